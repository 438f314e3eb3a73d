#pragma once
// The command line options that set Bounds, as texts of failures name them.

#include <string_view>

namespace easel {

inline constexpr std::string_view kConnectTimeoutOption = "--connect-timeout";
inline constexpr std::string_view kAnswerTimeoutOption = "--answer-timeout";
inline constexpr std::string_view kMaxBodyOption = "--max-body";
inline constexpr std::string_view kMaxHeadersOption = "--max-headers";

}  // namespace easel

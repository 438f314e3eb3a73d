#pragma once
// Base64 with the standard alphabet and padding (RFC 4648, section 4).

#include <optional>
#include <string>
#include <string_view>

namespace easel {

std::string base64_encode(std::string_view octets);

/// Blanks and line ends are passed over; anything else that is not base64 gives nullopt.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace easel

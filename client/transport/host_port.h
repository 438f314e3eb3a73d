#pragma once
// How people write where to connect: HOST, HOST:PORT or [IPv6]:PORT.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace easel {

/// 1 to 65535, in digits; nothing otherwise.
std::optional<std::uint16_t> port_number(std::string_view text);

/// Splits; `port` stays as it is where the text has none. False: it is none of the three forms.
bool split_host_port(std::string_view text, std::string& host, std::uint16_t& port);

}  // namespace easel

#include "client/transport/host_port.h"

#include <charconv>

namespace easel {

std::optional<std::uint16_t> port_number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0 || value > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(value);
}

bool split_host_port(std::string_view text, std::string& host, std::uint16_t& port) {
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return false;
    host = text.substr(1, close - 1);
    text.remove_prefix(close + 1);
    if (text.empty()) return true;
    if (!text.starts_with(':')) return false;
    text.remove_prefix(1);
  } else {
    const std::size_t colon = text.find(':');
    host = text.substr(0, colon);
    if (colon == std::string_view::npos) return !host.empty();
    text.remove_prefix(colon + 1);
  }
  const auto number = port_number(text);
  if (!number || host.empty()) return false;
  port = *number;
  return true;
}

}  // namespace easel

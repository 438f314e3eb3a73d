#include "client/transport/http_url.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace easel {

std::expected<HttpUrl, std::string> parse_http_url(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  constexpr std::size_t kLongest = 2048;
  const auto refuse = [](std::string why) { return std::unexpected("the address is not followed: " + std::move(why)); };
  if (url.size() > kLongest) return refuse("it is longer than 2048 octets");
  if (std::ranges::any_of(url, [](unsigned char c) { return c <= 0x20 || c >= 0x7F; }))
    return refuse("it holds octets that no address has");
  const auto same = [](unsigned char x, unsigned char y) { return std::tolower(x) == y; };
  if (!std::ranges::equal(url.substr(0, kScheme.size()), kScheme, same)) return refuse("it is not http");
  url.remove_prefix(kScheme.size());
  const std::size_t end = std::min(url.find_first_of("/?#"), url.size());
  std::string_view authority = url.substr(0, end), rest = url.substr(end);
  if (authority.find('@') != std::string_view::npos) return refuse("it holds a user name");
  HttpUrl out;
  const std::size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    const std::string_view digits = authority.substr(colon + 1);
    unsigned port = 0;
    const auto [last, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || last != digits.data() + digits.size() || port == 0 || port > 65535)
      return refuse("its port is no port");
    out.port = static_cast<std::uint16_t>(port);
    authority = authority.substr(0, colon);
  }
  if (authority.empty()) return refuse("it names no host");
  out.host = authority;
  rest = rest.substr(0, rest.find('#'));
  if (!rest.empty()) out.target = (rest.starts_with('/') ? "" : "/") + std::string(rest);
  return out;
}

}  // namespace easel

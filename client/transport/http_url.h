#pragma once
// Addresses that come from the wire and may be followed: plain http and nothing else (RFC 9110, 4.2.1).

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace easel {

struct HttpUrl {
  std::string host;
  std::uint16_t port = 80;
  std::string target = "/";  ///< path and query, as written
  friend bool operator==(const HttpUrl&, const HttpUrl&) = default;
};

/// Takes http://HOST[:PORT][/PATH] and nothing else: no other scheme, no user name, no octet that is no printable
/// ASCII, at most 2048 octets. The error is a sentence that says what is wrong.
std::expected<HttpUrl, std::string> parse_http_url(std::string_view url);

}  // namespace easel

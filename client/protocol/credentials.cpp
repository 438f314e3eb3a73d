#include "client/protocol/credentials.h"

#include <algorithm>
#include <cstdint>

#include "client/protocol/base64.h"

namespace easel {
namespace {

// Code points of Windows-1252 octets 0x80 to 0x9F; 0 where the octet is undefined.
constexpr std::uint32_t kHighControls[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                             0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                             0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                             0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

// One code point of UTF-8; a malformed octet is returned as itself, since a password may hold anything.
std::uint32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = octet(at);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC0 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF8 ? 4
                                           : 0;
  if (length < 2 || at + length > text.size()) {
    ++at;
    return lead;
  }
  std::uint32_t value = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) value = value << 6 | (octet(at + i) & 0x3FU);
  at += length;
  return value;
}

}  // namespace

std::string to_windows_1252(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t c = next_code_point(text, at);
    if (c < 0x80 || (c >= 0xA0 && c <= 0xFF)) {
      out += static_cast<char>(c);
      continue;
    }
    const auto* it = std::ranges::find(kHighControls, c);
    out += it == std::end(kHighControls) ? '?' : static_cast<char>(0x80 + (it - std::begin(kHighControls)));
  }
  return out;
}

std::string basic_authorization(std::string_view user, std::string_view password, std::string_view charset) {
  std::string pair = std::string(user) + ':' + std::string(password);
  if (charset == "windows-1252") pair = to_windows_1252(pair);
  return "Basic " + base64_encode(pair);
}

CanaryCredentials canary_credentials(std::string_view run_id) {
  return {"easel-canary-" + std::string(run_id), "not-a-password-" + std::string(run_id)};
}

std::string bare_user(std::string_view user) {
  const std::size_t slash = user.find('\\');
  if (slash != std::string_view::npos) return std::string(user.substr(slash + 1));
  return std::string(user.substr(0, user.find('@')));
}

}  // namespace easel

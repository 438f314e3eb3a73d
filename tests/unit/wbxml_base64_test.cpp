// Base64 by blocks against base64 by characters, at every length, place and level.
#include "wbxml/base64.h"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

namespace easel::wbxml::detail {
namespace {

constexpr SimdLevel kLevels[] = {SimdLevel::automatic, SimdLevel::avx512, SimdLevel::avx2};

std::string encoded(const Bytes& octets, SimdLevel level) {
  std::string text(base64_size(octets.size()) + kBase64Slack + 64, '?');
  char* const end = base64_encode_for(level)(octets, text.data());
  return text.substr(0, static_cast<std::size_t>(end - text.data()));
}
struct Decoded {
  Bytes octets;
  std::size_t bad;
  bool operator==(const Decoded&) const = default;
};
Decoded decoded(const std::string& text, SimdLevel level) {
  Bytes octets(base64_bound(text.size()));
  const Base64Decoded done = base64_decode(text, octets.data(), level);
  octets.resize(done.size);
  return {octets, done.bad};
}

}  // namespace

TEST_CASE("base64: every level writes and reads the same") {
  std::mt19937 random(20261125);
  for (std::size_t size = 0; size < 400; ++size) {
    Bytes octets(size);
    for (std::uint8_t& octet : octets) octet = static_cast<std::uint8_t>(random());
    const std::string text = encoded(octets, SimdLevel::portable);
    REQUIRE(decoded(text, SimdLevel::portable) == Decoded{octets, Base64Decoded::kNone});
    for (const SimdLevel level : kLevels) {
      REQUIRE(encoded(octets, level) == text);
      REQUIRE(decoded(text, level) == Decoded{octets, Base64Decoded::kNone});
    }
  }
}

TEST_CASE("base64: every level refuses the same character, and passes over the same blanks") {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "QUJD";
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int octet = 0; octet < 256; ++octet) {
      if (at > 140 && octet % 37 != 0) continue;
      std::string changed = text;
      changed[at] = static_cast<char>(octet);
      const Decoded wanted = decoded(changed, SimdLevel::portable);
      for (const SimdLevel level : kLevels) REQUIRE(decoded(changed, level) == wanted);
    }
  }
}

}  // namespace easel::wbxml::detail

// Base64 (RFC 4648, Base 64 Encoding) for octets that XML cannot hold. Internal to wbxml.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wbxml/tokens.h"

namespace easel::wbxml::detail {

/// Characters that `octets` octets take, padding included.
[[nodiscard]] constexpr std::size_t base64_size(std::size_t octets) { return (octets + 2) / 3 * 4; }
/// Writes base64_size(data.size()) characters.
char* base64_encode(ByteView data, char* out);
/// Octets that `text` can decode to at most.
[[nodiscard]] constexpr std::size_t base64_bound(std::size_t characters) { return characters / 4 * 3 + 3; }
struct Base64Decoded {
  std::size_t size = 0;     ///< octets written
  std::size_t bad = kNone;  ///< position of the first character that does not belong
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
};
/// Decodes; white space is skipped, padding may be missing at the end. `out` has room for base64_bound.
[[nodiscard]] Base64Decoded base64_decode(std::string_view text, std::uint8_t* out);

}  // namespace easel::wbxml::detail

// Base64 (RFC 4648, Base 64 Encoding) for octets that XML cannot hold. Internal to wbxml.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wbxml/decode_options.h"
#include "wbxml/tokens.h"

namespace easel::wbxml::detail {

/// Characters that `octets` octets take, padding included.
[[nodiscard]] constexpr std::size_t base64_size(std::size_t octets) { return (octets + 2) / 3 * 4; }
/// Octets that decoding and encoding may write behind the result.
inline constexpr std::size_t kBase64Slack = 32;

/// Writes base64_size(data.size()) characters, and up to kBase64Slack more; returns the end.
using Base64Encode = char* (*)(ByteView data, char* out);
[[nodiscard]] Base64Encode base64_encode_for(SimdLevel level);

/// Octets that `characters` can decode to at most, slack included.
[[nodiscard]] constexpr std::size_t base64_bound(std::size_t characters) {
  return characters / 4 * 3 + 3 + kBase64Slack;
}
struct Base64Decoded {
  std::size_t size = 0;     ///< octets written
  std::size_t bad = kNone;  ///< position of the first character that does not belong
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
};
/// Decodes; white space is skipped, padding may be missing at the end. `out` has room for base64_bound.
[[nodiscard]] Base64Decoded base64_decode(std::string_view text, std::uint8_t* out, SimdLevel level);

/// As much of the start as goes by blocks: characters read and written, 4 to 3 octets, without blanks or padding.
struct Base64Blocks {
  std::size_t from = 0, to = 0;
};
/// Decodes blocks of [text, text + size) until something else comes, which base64_decode knows; none where `level` has
/// no loop for it.
[[nodiscard]] Base64Blocks base64_decode_blocks(const char* text, std::size_t size, std::uint8_t* out, SimdLevel level);
#if defined(__x86_64__)
[[nodiscard]] Base64Blocks base64_encode_blocks_avx512(const std::uint8_t* data, std::size_t size, char* out);
[[nodiscard]] Base64Blocks base64_encode_blocks_avx2(const std::uint8_t* data, std::size_t size, char* out);
[[nodiscard]] Base64Blocks base64_decode_blocks_avx512(const char* text, std::size_t size, std::uint8_t* out);
[[nodiscard]] Base64Blocks base64_decode_blocks_avx2(const char* text, std::size_t size, std::uint8_t* out);
#endif

}  // namespace easel::wbxml::detail

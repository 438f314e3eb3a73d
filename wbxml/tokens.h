// The bytes WBXML is made of: a tag is a token on a code page, all other tokens are global.
// WAP-192-WBXML (WBXML 1.3), Global Tokens; [MS-ASWBXML] WBXML Tags, Code Pages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace easel::wbxml {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// A tag's identity: its code page and its token without the content bit (0x05 to 0x3F).
struct Tag {
  std::uint8_t page = 0;
  std::uint8_t token = 0;
  friend constexpr bool operator==(Tag, Tag) = default;
  /// Index into tables of all pages and tokens, below kTagIndexes.
  [[nodiscard]] constexpr std::uint16_t index() const {
    return static_cast<std::uint16_t>((unsigned{page} << 6) | (token & 0x3Fu));
  }
};
inline constexpr std::size_t kTagIndexes = 256 * 64;

inline constexpr std::uint8_t kSwitchPage = 0x00;
inline constexpr std::uint8_t kEnd = 0x01;
inline constexpr std::uint8_t kEntity = 0x02;
inline constexpr std::uint8_t kStrI = 0x03;
inline constexpr std::uint8_t kLiteral = 0x04;
inline constexpr std::uint8_t kPi = 0x43;
inline constexpr std::uint8_t kStrT = 0x83;
inline constexpr std::uint8_t kOpaque = 0xC3;

inline constexpr std::uint8_t kContentBit = 0x40;
inline constexpr std::uint8_t kAttributeBit = 0x80;
inline constexpr std::uint8_t kTokenBits = 0x3F;
inline constexpr std::uint8_t kFirstTagToken = 0x05;

inline constexpr std::uint8_t kPages = 26;

/// What every ActiveSync document starts with: WBXML 1.3, public identifier unknown, UTF-8, empty string table.
inline constexpr std::uint8_t kHeader[] = {0x03, 0x01, 0x6A, 0x00};

/// Name of a global token ("STR_I", "EXT_T_0", ...); empty when `octet` is a tag.
[[nodiscard]] constexpr std::string_view global_token_name(std::uint8_t octet) {
  switch (octet) {
    case 0x00:
      return "SWITCH_PAGE";
    case 0x01:
      return "END";
    case 0x02:
      return "ENTITY";
    case 0x03:
      return "STR_I";
    case 0x04:
      return "LITERAL";
    case 0x40:
      return "EXT_I_0";
    case 0x41:
      return "EXT_I_1";
    case 0x42:
      return "EXT_I_2";
    case 0x43:
      return "PI";
    case 0x44:
      return "LITERAL_C";
    case 0x80:
      return "EXT_T_0";
    case 0x81:
      return "EXT_T_1";
    case 0x82:
      return "EXT_T_2";
    case 0x83:
      return "STR_T";
    case 0x84:
      return "LITERAL_A";
    case 0xC0:
      return "EXT_0";
    case 0xC1:
      return "EXT_1";
    case 0xC2:
      return "EXT_2";
    case 0xC3:
      return "OPAQUE";
    case 0xC4:
      return "LITERAL_AC";
    default:
      return {};
  }
}

/// View of text as bytes.
[[nodiscard]] inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
/// View of bytes as text; no check is made.
[[nodiscard]] inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace easel::wbxml

// The one place that knows how WBXML tokens follow each other; all readers stand on it. Internal to wbxml.
// WAP-192-WBXML, Document Structure; [MS-ASWBXML] Processing Rules.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "wbxml/code_pages.h"
#include "wbxml/decode_options.h"
#include "wbxml/error.h"
#include "wbxml/text_scan.h"
#include "wbxml/tokens.h"

namespace easel::wbxml::detail {

/// Where a reader stands in a buffer.
struct Cursor {
  const std::uint8_t* begin = nullptr;
  const std::uint8_t* p = nullptr;
  const std::uint8_t* end = nullptr;
  ScanText scan = nullptr;
  TextWindow window{};
  std::uint64_t valid = 0;  ///< kValidTokens of the current page
  std::uint32_t max_depth = 0;
  std::uint32_t levels_left = 0;  ///< that may still open: max_depth less the open elements
  std::uint8_t page = 0;
  bool tolerant = false;

  /// Open elements.
  [[nodiscard]] std::uint32_t depth() const { return max_depth - levels_left; }
  /// Takes what reading changes: the rest stays known to the compiler as what it was.
  [[gnu::always_inline]] void follow(const Cursor& other) {
    p = other.p;
    valid = other.valid;
    levels_left = other.levels_left;
    page = other.page;
  }
};

enum class Flow : std::uint8_t {
  more,    ///< one thing was delivered
  closed,  ///< the root element was closed
  odd      ///< nothing was done: `slow_step` knows
};

enum class TokenKind : std::uint8_t { start, empty, text, opaque, end, failed };
/// What `slow_step` found.
struct Token {
  TokenKind kind = TokenKind::failed;
  bool not_xml = false;
  Tag tag;
  const std::uint8_t* at = nullptr;
  const std::uint8_t* data = nullptr;
  std::size_t length = 0;
};

/// What does not travel with the cursor: a failure's reason, and in tolerant mode the string table and the oddities.
struct StepNotes {
  Error error;
  std::uint64_t base = 0;  ///< offset of Cursor::begin in the whole input
  ByteView string_table;
  std::vector<Error>* oddities = nullptr;  ///< null in strict mode
  std::uint64_t oddity_count = 0;
  bool cut_short = false;  ///< tolerant: the end of the input was reached and noted
};
inline constexpr std::size_t kOdditiesKept = 64;

/// mb_u_int32 at `p`; advances over it.
enum class NumberState : std::uint8_t { good, bad, cut };
struct Number {
  NumberState state = NumberState::good;
  std::uint32_t value = 0;
};
[[gnu::always_inline]] inline Number read_number(const std::uint8_t*& p, const std::uint8_t* end) {
  if (p != end && *p < 0x80) [[likely]]
    return {NumberState::good, *p++};
  std::uint64_t value = 0;
  for (int octets = 0; octets < 5; ++octets) {
    if (p == end) return {NumberState::cut, 0};
    const std::uint8_t octet = *p++;
    value = value << 7 | (octet & 0x7F);
    if (value > 0xFFFFFFFFu) return {NumberState::bad, 0};
    if (octet < 0x80) return {NumberState::good, static_cast<std::uint32_t>(value)};
  }
  return {NumberState::bad, 0};
}

[[nodiscard]] inline std::uint32_t most_levels(const DecodeOptions& options) {
  return options.max_depth < kDepthLimit ? options.max_depth : kDepthLimit;
}
/// A cursor at the start of a buffer.
[[nodiscard]] inline Cursor cursor_over(ByteView bytes, const DecodeOptions& options) {
  return {.begin = bytes.data(),
          .p = bytes.data(),
          .end = bytes.data() + bytes.size(),
          .scan = scan_text_for(options.simd),
          .window = {bytes.data(), 0},
          .max_depth = most_levels(options),
          .levels_left = most_levels(options),
          .tolerant = options.tolerant};
}
/// Starts a document: header and root tag, the usual ones without a call. False: `open_slowly` decides.
[[gnu::always_inline]] inline bool open_quickly(Cursor& c, Token& root) {
  constexpr std::size_t kLeast = sizeof kHeader + 1;
  if (static_cast<std::size_t>(c.end - c.p) < kLeast || std::memcmp(c.p, kHeader, sizeof kHeader) != 0) return false;
  const std::uint8_t* p = c.p + sizeof kHeader;
  std::uint8_t page = 0;
  if (*p == kSwitchPage && c.end - p >= 3) {
    page = p[1];
    p += 2;
  }
  const std::uint8_t token = *p & kTokenBits;
  if (*p < kContentBit || *p >= kAttributeBit || ((kValidTokens[page] >> token) & 1) == 0 || c.max_depth == 0)
    return false;
  c.page = page;
  c.valid = kValidTokens[page];
  c.levels_left = c.max_depth - 1;
  c.p = p + 1;
  root = {TokenKind::start, false, {page, token}, p, p, 0};
  return true;
}
[[nodiscard]] Token open_slowly(Cursor& cursor, StepNotes& notes);
/// Places the cursor at the first octet after the header.
[[nodiscard]] bool read_header(Cursor& cursor, StepNotes& notes);
/// Reads page switches and the root's tag: start or empty, or failed.
[[nodiscard]] Token read_root(Cursor& cursor, StepNotes& notes);
/// Any one token, in full; what the hot step leaves over.
[[nodiscard]] Token slow_step(Cursor& cursor, StepNotes& notes);
/// Judges what follows the root.
[[nodiscard]] bool read_tail(Cursor& cursor, StepNotes& notes);

/// A NUL, then END.
[[gnu::always_inline]] inline bool ends_leaf(const std::uint8_t* p, const std::uint8_t* end) {
  if (p + 1 == end) [[unlikely]]
    return false;
  std::uint16_t two = 0;
  std::memcpy(&two, p, sizeof two);
  return two == (std::endian::native == std::endian::little ? kEnd << 8 : kEnd);
}

/// The hot step inside the root element. A sink has start, empty, leaf, opaque_leaf and end.
/// An element that holds one string or one opaque and nothing else is delivered at once.
template <class Sink>
[[gnu::always_inline]] inline Flow step(Cursor& c, Sink& sink) {
  const std::uint8_t* p = c.p;
  if (p == c.end) [[unlikely]]
    return Flow::odd;
  std::uint8_t octet = *p;
  const auto has_content = [&] { return static_cast<std::uint8_t>(octet - kContentBit) < kContentBit; };
  // Asked first, since most octets here are such tags.
  if (!has_content()) {
    if (octet == kEnd) {
      c.p = p + 1;
      sink.end(p);
      return ++c.levels_left == c.max_depth ? Flow::closed : Flow::more;
    }
    while (octet == kSwitchPage) {
      if (c.end - p < 3) [[unlikely]]
        return Flow::odd;
      c.page = p[1];
      c.valid = kValidTokens[c.page];
      p += 2;
      c.p = p;
      octet = *p;
    }
    if (!has_content()) {
      if (octet >= kAttributeBit || ((c.valid >> octet) & 1) == 0 || c.levels_left == 0) [[unlikely]]
        return Flow::odd;
      c.p = p + 1;
      sink.empty({c.page, octet}, p);
      return Flow::more;
    }
  }
  const Tag tag{c.page, static_cast<std::uint8_t>(octet & kTokenBits)};
  if (((c.valid >> tag.token) & 1) == 0 || c.levels_left == 0) [[unlikely]]
    return Flow::odd;
  if (p + 1 != c.end) [[likely]] {
    if (p[1] == kStrI) [[likely]] {
      const std::uint8_t* const text = p + 2;
      const std::uint8_t* end = next_suspect(c.window, c.begin, text, c.end);
      bool not_xml = false;
      if (end == nullptr || !ends_leaf(end, c.end)) [[unlikely]] {
        const TextEnd found = c.scan(text, c.end);
        end = found.state == TextState::found && ends_leaf(found.at, c.end) ? found.at : nullptr;
        not_xml = found.not_xml;
      }
      if (end != nullptr) [[likely]] {
        c.p = end + 2;
        sink.leaf(tag, p, static_cast<std::size_t>(end - text), not_xml);
        return Flow::more;
      }
    } else if (p[1] == kOpaque) {
      const std::uint8_t* data = p + 2;
      const Number length = read_number(data, c.end);
      if (length.state == NumberState::good && length.value < static_cast<std::size_t>(c.end - data) &&
          data[length.value] == kEnd) [[likely]] {
        c.p = data + length.value + 1;
        sink.opaque_leaf(tag, p, data, length.value);
        return Flow::more;
      }
    }
  }
  c.p = p + 1;
  --c.levels_left;
  sink.start(tag, p);
  return Flow::more;
}

}  // namespace easel::wbxml::detail

// The loop of XmlParser for what nearly all documents are made of: elements with elements, text or nothing in them, no
// attribute but a default namespace, no blanks between. All else it leaves where it stands.
#include <algorithm>
#include <cstring>
#include <utility>

#include "wbxml/code_pages.h"
#include "wbxml/xml_parser.h"

namespace easel::wbxml::detail {

#if defined(__SSE2__)
namespace {

// 32 octets in two registers.
struct Block {
  __m128i low, high;
  [[gnu::always_inline]] explicit Block(const char* p)
      : low(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))),
        high(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16))) {}
  [[gnu::always_inline]] void store(std::uint8_t* to) const {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), low);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 16), high);
  }
  // Bit i: `is` says so of octet i.
  template <class Is>
  [[gnu::always_inline]] std::uint32_t where(const Is& is) const {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(is(low))) |
           static_cast<std::uint32_t>(_mm_movemask_epi8(is(high))) << 16;
  }
  // Bit i: octet i is the same in both.
  [[gnu::always_inline]] std::uint32_t same(const Block& other) const {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(low, other.low))) |
           static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(high, other.high))) << 16;
  }
};
inline __m128i equals(__m128i block, char c) { return _mm_cmpeq_epi8(block, _mm_set1_epi8(c)); }
inline __m128i ends_a_name(__m128i block) {
  return _mm_or_si128(_mm_or_si128(equals(block, '>'), equals(block, '/')), _mm_cmplt_epi8(block, _mm_set1_epi8('!')));
}
inline __m128i ends_plain_text(__m128i block) {
  const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1F)), block);
  return _mm_or_si128(_mm_or_si128(equals(block, '<'), equals(block, '&')), control);
}
// True where the first `length` bits are all set; at most 32.
[[gnu::always_inline]] inline bool all_of(std::uint32_t bits, std::size_t length) {
  return std::uint64_t{~bits} << (64 - length) == 0;
}

}  // namespace

// Store by store: what the compiler makes of a loop here starts slowly.
void XmlParser::forget_names() {
  const __m128i none = _mm_setzero_si128();
  auto* const at = reinterpret_cast<__m128i*>(known_length_.data());
  [&]<int... i>(std::integer_sequence<int, i...>) {
    (_mm_storeu_si128(at + i, none), ...);
  }(std::make_integer_sequence<int, kFewNames / sizeof(__m128i)>());
  known_places_ = kFewNames;
  learned_ = 0;
}

// So that the loop below may load blocks from every place of it.
void XmlParser::copy_small(std::string_view xml) {
  char* const copy = small_.data();
  if (!xml.empty()) std::memcpy(copy, xml.data(), xml.size());
  const __m128i none = _mm_setzero_si128();
  auto* const behind = reinterpret_cast<__m128i*>(copy + xml.size());
  [&]<int... i>(std::integer_sequence<int, i...>) {
    (_mm_storeu_si128(behind + i, none), ...);
  }(std::make_integer_sequence<int, 4 * kBlock / sizeof(__m128i)>());
  begin_ = p_ = copy;
  end_ = copy + xml.size();
  readable_ = end_ + 4 * kBlock;
}

// A text with its NUL.
bool XmlParser::is_xml(const std::uint8_t* text, const std::uint8_t* end) const {
  const TextEnd found = scan_(text, end);
  return found.state == TextState::found && found.at == end - 1 && !found.not_xml;
}

// Passes over one attribute xmlns="...". False: something else is there.
bool XmlParser::default_namespace(const char*& p, int& page) const {
  constexpr char kBefore[] = {' ', 'x', 'm', 'l', 'n', 's', '=', '"'};
  if (readable_ - p < static_cast<std::ptrdiff_t>(sizeof kBefore + kBlock) + 4 ||
      std::memcmp(p, kBefore, sizeof kBefore) != 0)
    return false;
  const char* const value = p + sizeof kBefore;
  const std::uint32_t quotes = Block(value).where([](__m128i b) { return equals(b, '"'); });
  if (quotes == 0) return false;
  const auto length = static_cast<std::size_t>(__builtin_ctz(quotes));
  const auto found = page_of({value, length});
  if (!found) return false;
  page = *found;
  p = value + length + 1;
  return true;
}

void XmlParser::usual_elements() {
  if (has_run_ || opaque_text_) return;
  constexpr std::ptrdiff_t kMargin = 2 * kBlock + 4;  // a name and what is around it
  constexpr std::size_t kLongestText = 1024;          // longer ones have references and ends of lines
  const std::size_t deepest = std::min<std::size_t>(options_.max_depth, kDepthLimit);
  // Locals: a store through std::uint8_t* could change any member.
  const char* const last = readable_ - kMargin;
  const char* p = p_;
  std::uint8_t* out = out_.next();
  std::size_t depth = depth_;
  std::uint8_t page = page_;
  while (readable_ - p >= kMargin && *p == '<') {
    out = out_.need(out, 0);
    Frame& parent = frames_[depth - 1];
    if (p[1] == '/') {
      const std::size_t length = parent.name_length;
      if (length > kBlock || bound_ != parent.prefixes || p[2 + length] != '>' ||
          !all_of(Block(p + 2).same(Block(parent.name)), length))
        break;
      *out++ = kEnd;
      p += length + 3;
      if (--depth == 0) break;
      continue;
    }
    const char* const name = p + 1;
    const Block block(name);
    const std::uint32_t ends = block.where(ends_a_name);
    const std::size_t length = ends == 0 ? 0 : static_cast<std::size_t>(__builtin_ctz(ends));
    if (length == 0) break;
    const char* content = name + length;
    int default_page = parent.default_page;
    if (*content == ' ' && !default_namespace(content, default_page)) break;
    const bool empty = *content == '/';
    if (content[empty ? 1 : 0] != '>' || depth >= deepest) break;
    content += empty ? 2 : 1;
    const std::size_t at = known_at(name, length);
    const KnownName* known = &known_[at];
    if (known_length_[at] != length || (known->default_page != default_page && known->default_page != kNoPage) ||
        !all_of(block.same(Block(known->name)), length)) {
      const std::uint32_t colons = block.where([](__m128i b) { return equals(b, ':'); }) & ((ends - 1) & ~ends);
      known = learn(name, static_cast<std::uint32_t>(length), colons, default_page, at);
      if (known == nullptr) break;
    }
    parent.has_child = true;
    out[0] = kSwitchPage;
    out[1] = known->page;
    out += known->page != page ? 2 : 0;
    page = known->page;
    *out++ = known->token | (empty ? 0 : kContentBit);
    p = content;
    if (empty) continue;

    std::uint8_t* text = out + 1;
    std::uint32_t above_ascii = 0, stops = 0;
    while (p <= last) {
      const Block piece(p);
      piece.store(text);
      stops = piece.where(ends_plain_text);
      above_ascii |= piece.where([](__m128i b) { return b; }) & ((stops - 1) & ~stops);
      if (stops != 0 || static_cast<std::size_t>(p - content) >= kLongestText) break;
      p += kBlock;
      text += kBlock;
      const std::ptrdiff_t used = text - out;
      text = out_.need(text, 0);
      out = text - used;
    }
    if (stops != 0) {
      const int plain = __builtin_ctz(stops);
      const char* const stop = p + plain;
      text += plain;
      if (stop[0] == '<' && stop[1] == '/' && stop[2 + length] == '>' && all_of(Block(stop + 2).same(block), length)) {
        std::uint8_t* next = out;
        if (text != out + 1) {
          *next = kStrI;
          *text = 0;
          next = text + 1;
        }
        if (above_ascii == 0 || is_xml(out + 1, next)) [[likely]] {
          *next++ = kEnd;
          out = next;
          p = stop + length + 3;
          continue;
        }
      }
    }
    p = content;
    frames_[depth++] = {name, static_cast<std::uint32_t>(length), bound_, default_page, false};
  }
  p_ = p;
  out_.next() = out;
  depth_ = depth;
  page_ = page;
}
#else
void XmlParser::forget_names() {}
void XmlParser::copy_small(std::string_view) {}
bool XmlParser::default_namespace(const char*&, int&) const { return false; }
void XmlParser::usual_elements() {}
#endif

}  // namespace easel::wbxml::detail

// The loop of XmlParser for what nearly all documents are made of: elements with elements, text or nothing in them, no
// attribute but a default namespace, no blanks between. All else it leaves where it stands. Built once for each
// instruction set; no inline function of the standard library may be used here: the linker could keep one build's copy
// for everybody. Internal to wbxml.
#pragma once

#include "wbxml/xml_parser.h"

namespace easel::wbxml::detail {

namespace {
// True where the first `length` bits are all set; at most 32.
[[gnu::always_inline]] inline bool all_of(std::uint32_t bits, std::size_t length) {
  return std::uint64_t{~bits} << (64 - length) == 0;
}
}  // namespace

/// A Block is 32 octets. Bit i of what it answers is for octet i: it ends a name, is a colon, ends plain text, is above
/// ASCII, is the same in another block.
template <class Block>
[[gnu::always_inline]] inline void XmlParser::usual_elements_by() {
  constexpr std::ptrdiff_t kMargin = 2 * kBlock + 4;  // a name and what is around it
  constexpr std::size_t kLongestText = 1024;          // longer ones have references and ends of lines
  const std::size_t deepest = options_.max_depth < kDepthLimit ? options_.max_depth : kDepthLimit;
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
    const std::uint32_t ends = block.name_ends();
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
      const std::uint32_t colons = block.colons() & ((ends - 1) & ~ends);
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
    if (p <= last && p[0] == '<' && p[1] != '/') {  // an element with elements, most often
      frames_[depth++] = {name, static_cast<std::uint32_t>(length), bound_, default_page, false};
      continue;
    }

    std::uint8_t* text = out + 1;
    std::uint32_t above_ascii = 0, stops = 0;
    while (p <= last) {
      const Block piece(p);
      piece.store(text);
      stops = piece.plain_text_ends();
      above_ascii |= piece.above_ascii() & ((stops - 1) & ~stops);
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

}  // namespace easel::wbxml::detail

#include "wbxml/xml_text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string_view>
#include <utility>

#include "wbxml/base64.h"
#include "wbxml/byte_sink.h"
#include "wbxml/code_pages.h"
#include "wbxml/escape.h"
#include "wbxml/text_scan.h"

namespace easel::wbxml {
namespace {

constexpr std::size_t kCell = sizeof(NameCell::text);

// Every node first makes sure that there is room. Where to store goes from call to call as a value: in a member it
// would go through memory each time, since a store through char* could change it.
class Printer {
 public:
  Printer(const Document& document, detail::TextSink& sink, const XmlOptions& options)
      : document_(document), sink_(sink), source_(document.source()), simd_(options.simd), indent_(options.indent) {}

  void declaration() { sink_.next = put(sink_.next, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"); }
  void line_end() { sink_.next = put(sink_.next, "\n"); }

  void print(std::uint32_t first) {
    const Node* const nodes = document_.nodes().data();
    const Node* const last = nodes + first + nodes[first].span;
    char* out = sink_.next;
    base_ = nodes + first;
    open_[0] = {last, 0, 0, false};
    const Node* next_end = last;
    for (const Node* node = nodes + first; node != last; ++node) {
      while (node == next_end) {
        out = close(out);
        next_end = open_[depth_].end;
      }
      out = sink_.need(out, kNodeRoom + 2 * depth_);
      if (node->kind() >= NodeKind::text_piece) [[unlikely]] {
        out = print_piece(out, *node);
        continue;
      }
      out = start_tag(out, *node);
      switch (node->kind()) {
        case NodeKind::empty:
          out = put_octets(out - 1, "/>");
          break;
        case NodeKind::container:
          if (node->span == 1) {
            out = end_tag(out, node->tag);
            break;
          }
          push(*node);
          next_end = node + node->span;
          break;
        case NodeKind::text:
          out = print_text(out, *node);
          break;
        default:
          out = end_tag(print_coded(out, *node, " opaque=\"base64\">"), node->tag);
          break;
      }
    }
    while (depth_ > 0) out = close(out);
    sink_.next = out;
  }

 private:
  struct Open {
    const Node* end;
    std::uint8_t page, token;  // not a Tag: nothing here is cleared
    bool mixed;
  };
  // Two tags with their namespace and a short text.
  static constexpr std::size_t kNodeRoom = 4 * kCell + 32 * detail::kLongestReference + 2 * detail::kEscapeSlack;

  char* put(char* out, std::string_view text) {
    out = sink_.need(out, text.size());
    std::memcpy(out, text.data(), text.size());
    return out + text.size();
  }
  template <std::size_t n>
  [[gnu::always_inline]] static char* put_octets(char* out, const char (&text)[n]) {
    std::memcpy(out, text, n - 1);
    return out + n - 1;
  }
  [[gnu::always_inline]] static char* put_cell(char* out, const NameCell& cell) {
    std::memcpy(out, cell.text, kCell);
    return out + cell.length;
  }
  static char* indentation(char* out, std::size_t levels) {
    *out++ = '\n';
    std::memset(out, ' ', 2 * levels);
    return out + 2 * levels;
  }

  [[gnu::always_inline]] char* start_tag(char* out, const Node& node) {
    const Open& parent = open_[depth_];
    const bool switched = depth_ == 0 || parent.page != node.tag.page;
    if (indent_ && !parent.mixed && &node != base_) out = indentation(out, depth_);
    *out++ = '<';
    if (node.tag.page >= kPages || kTagCells[node.tag.index()].length == 0) [[unlikely]]
      return odd_start_tag(out, node.tag);
    out = put_cell(out, kTagCells[node.tag.index()]);
    return switched ? put_cell(out - 1, kNamespaceCells[node.tag.page]) : out;
  }
  [[gnu::noinline, gnu::cold]] char* odd_start_tag(char* out, Tag tag) {
    out = put(out, printed_name(tag));
    if (depth_ == 0 || open_[depth_].page != tag.page)
      out = put(put(put(out, " xmlns=\""), printed_namespace(tag.page)), "\"");
    return put(out, ">");
  }
  [[gnu::always_inline]] char* end_tag(char* out, Tag tag) {
    out = put_octets(out, "</");
    if (tag.page < kPages && kTagCells[tag.index()].length != 0) [[likely]]
      return put_cell(out, kTagCells[tag.index()]);
    return odd_end_tag(out, tag);
  }
  [[gnu::noinline, gnu::cold]] char* odd_end_tag(char* out, Tag tag) { return put(put(out, printed_name(tag)), ">"); }
  [[gnu::always_inline]] void push(const Node& node) {
    const bool mixed = open_[depth_].mixed || (node.bits & Node::kMixed) != 0;
    open_[++depth_] = {&node + node.span, node.tag.page, node.tag.token, mixed};
  }
  [[gnu::always_inline]] char* close(char* out) {
    const Open& closing = open_[depth_--];
    out = sink_.need(out, kNodeRoom + 2 * depth_);
    if (indent_ && !closing.mixed) out = indentation(out, depth_);
    return end_tag(out, {closing.page, closing.token});
  }

  [[gnu::always_inline]] char* print_text(char* out, const Node& node) {
#if defined(__SSE2__)
    // A short text without anything special: copied in two loads.
    const bool xml = node.skip != 0 && (node.bits & Node::kNotXml) == 0;
    if (node.length <= 32 && node.length != 0 && xml) [[likely]] {
      const std::uint8_t* const text = source_.block(node.offset + node.skip);
      const std::uint64_t inside = (std::uint64_t{1} << node.length) - 1;
      std::memcpy(out, text, 32);
      if ((special_of_32(text) & inside) == 0) [[likely]]
        return end_tag(out + node.length, node.tag);
    }
#endif
    return end_tag(print_long_text(out, node), node.tag);
  }
#if defined(__SSE2__)
  // Bit i says that octet i needs a reference.
  [[gnu::always_inline]] static std::uint64_t special_of_32(const std::uint8_t* text) {
    const auto half = [&](int at) {
      const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + at));
      const auto is = [&](char c) { return _mm_cmpeq_epi8(block, _mm_set1_epi8(c)); };
      // '<' and '>' differ in one bit.
      const __m128i angle = _mm_cmpeq_epi8(_mm_or_si128(block, _mm_set1_epi8(2)), _mm_set1_epi8('>'));
      return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(is('&'), is('\r')), angle)));
    };
    const std::uint32_t low = half(0);
    return std::uint64_t{half(16)} << 16 | low;
  }
#endif
  [[gnu::noinline]] char* print_long_text(char* out, const Node& node) {
    if ((node.bits & Node::kNotXml) != 0) return print_coded(out, node, " str=\"base64\">");
    const std::string_view text = document_.text(node);
    return text.empty() ? put(out, "<![CDATA[]]>") : escape(out, text);
  }
  char* escape(char* out, std::string_view text) {
    // In slices, so that the room asked for is not five times a long text.
    constexpr std::size_t kSlice = 4096;
    const detail::EscapeText escape_slice = detail::escape_text_for(simd_);
    const char* const source_end = reinterpret_cast<const char*>(document_.source().data() + document_.source().size());
    const bool in_source = std::less_equal<>()(reinterpret_cast<const char*>(document_.source().data()), text.data()) &&
                           std::less_equal<>()(text.data() + text.size(), source_end);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t length = std::min(kSlice, text.size() - at);
      const char* const from = text.data() + at;
      const std::size_t readable = in_source ? static_cast<std::size_t>(source_end - from) : text.size() - at;
      out = sink_.need(out, length * detail::kLongestReference + detail::kEscapeSlack + kCell);
      out = escape_slice(from, length, readable, out);
      at += length;
    }
    return out;
  }
  [[gnu::noinline]] char* print_coded(char* out, const Node& node, std::string_view attribute) {
    out = put(out - 1, attribute);  // over the '>' of the start tag
    const std::string_view octets = document_.text(node);
    out = sink_.need(out, detail::base64_size(octets.size()) + detail::kEscapeSlack + kCell);
    return detail::base64_encode_for(simd_)(as_bytes(octets), out);
  }
  [[gnu::noinline, gnu::cold]] char* print_piece(char* out, const Node& node) {
    const bool opaque = node.kind() == NodeKind::opaque_piece;
    const std::string_view text = document_.text(node);
    if (opaque || (node.bits & Node::kNotXml) != 0) {
      out = put(out, "<piece xmlns=\"urn:easel:wbxml\">");
      return put(print_coded(out, node, opaque ? " opaque=\"base64\">" : " str=\"base64\">"), "</piece>");
    }
    if (text.empty()) return put(out, "<![CDATA[]]>");
    if (text.find_first_not_of(" \t\r\n") != std::string_view::npos) return escape(out, text);
    // Blanks between elements are not content unless a reference says so.
    out = put(out, "&#" + std::to_string(static_cast<int>(text.front())) + ";");
    return escape(out, text.substr(1));
  }

  const Document& document_;
  detail::TextSink& sink_;
  detail::BlockSource source_;
  SimdLevel simd_;
  const Node* base_ = nullptr;
  std::size_t depth_ = 0;
  bool indent_;
  Open open_[kDepthLimit + 1];  // only what is open is ever set
};

}  // namespace

std::string printed_name(Tag tag) {
  const std::string_view name = tag_name(tag);
  if (!name.empty()) return std::string(name);
  constexpr std::string_view digits = "0123456789ABCDEF";
  return std::string("Token-") + digits[tag.token >> 4] + digits[tag.token & 15];
}

std::string printed_namespace(std::uint8_t page) {
  const std::string_view name = namespace_of(page);
  return name.empty() ? "Page-" + std::to_string(page) : std::string(name);
}

void to_xml(const Document& document, std::string& out, const XmlOptions& options) {
  detail::TextSink::fill(out, 3 * document.source().size(), [&](detail::TextSink& sink) {
    Printer printer(document, sink, options);
    if (options.declaration) printer.declaration();
    if (document.empty()) return;
    printer.print(0);
    if (options.indent) printer.line_end();
  });
}

std::string to_xml(const Document& document, const XmlOptions& options) {
  std::string out;
  to_xml(document, out, options);
  return out;
}

std::string to_xml(Element element, const XmlOptions& options) {
  std::string out;
  if (!element) return out;
  detail::TextSink::fill(
      out, 0, [&](detail::TextSink& sink) { Printer(element.document(), sink, options).print(element.index()); });
  return out;
}

}  // namespace easel::wbxml

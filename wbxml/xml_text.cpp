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

// Stores through a local position; every node first makes sure that there is room.
class Printer {
 public:
  Printer(const Document& document, detail::TextSink& out, const XmlOptions& options)
      : document_(document),
        out_(out),
        escape_(detail::escape_text_for(options.simd)),
        encode_(detail::base64_encode_for(options.simd)),
        indent_(options.indent) {}

  void declaration() { put("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"); }
  void line_end() { put("\n"); }

  void print(std::uint32_t first) {
    const Node* const nodes = document_.nodes().data();
    const Node* const last = nodes + first + nodes[first].span;
    base_ = nodes + first;
    open_[0] = {last, 0, 0, false};
    const Node* next_end = last;
    for (const Node* node = nodes + first; node != last; ++node) {
      while (node == next_end) {
        close();
        next_end = open_[depth_].end;
      }
      out_.need(kNodeRoom + 2 * depth_);
      if (node->kind() >= NodeKind::text_piece) [[unlikely]] {
        print_piece(*node);
        continue;
      }
      start_tag(*node);
      switch (node->kind()) {
        case NodeKind::empty:
          --out_.next;
          put_octets("/>");
          break;
        case NodeKind::container:
          if (node->span == 1) {
            end_tag(node->tag);
            break;
          }
          push(*node);
          next_end = node + node->span;
          break;
        case NodeKind::text:
          print_text(*node);
          break;
        default:
          print_base64(*node);
          break;
      }
    }
    while (depth_ > 0) close();
  }

 private:
  struct Open {
    const Node* end;
    std::uint8_t page, token;  // not a Tag: nothing here is cleared
    bool mixed;
  };
  // Two tags with their namespace and a short text.
  static constexpr std::size_t kNodeRoom = 4 * kCell + 32 * detail::kLongestReference + 2 * detail::kEscapeSlack;

  void put(std::string_view text) {
    out_.need(text.size());
    std::memcpy(out_.next, text.data(), text.size());
    out_.next += text.size();
  }
  template <std::size_t n>
  [[gnu::always_inline]] void put_octets(const char (&text)[n]) {
    std::memcpy(out_.next, text, n - 1);
    out_.next += n - 1;
  }
  [[gnu::always_inline]] void put_cell(const NameCell& cell) {
    std::memcpy(out_.next, cell.text, kCell);
    out_.next += cell.length;
  }
  void indentation(std::size_t levels) {
    *out_.next++ = '\n';
    std::memset(out_.next, ' ', 2 * levels);
    out_.next += 2 * levels;
  }

  [[gnu::always_inline]] void start_tag(const Node& node) {
    const Open& parent = open_[depth_];
    if (indent_ && !parent.mixed && &node != base_) indentation(depth_);
    *out_.next++ = '<';
    if (node.tag.page >= kPages || kTagCells[node.tag.index()].length == 0) [[unlikely]]
      return odd_start_tag(node.tag);
    put_cell(kTagCells[node.tag.index()]);
    if (depth_ != 0 && parent.page == node.tag.page) return;
    --out_.next;
    put_cell(kNamespaceCells[node.tag.page]);
  }
  [[gnu::noinline, gnu::cold]] void odd_start_tag(Tag tag) {
    put(printed_name(tag));
    if (depth_ == 0 || open_[depth_].page != tag.page) {
      put(" xmlns=\"");
      put(printed_namespace(tag.page));
      put("\"");
    }
    put(">");
  }
  [[gnu::always_inline]] void end_tag(Tag tag) {
    put_octets("</");
    if (tag.page < kPages && kTagCells[tag.index()].length != 0) [[likely]]
      return put_cell(kTagCells[tag.index()]);
    put(printed_name(tag));
    put(">");
  }
  [[gnu::always_inline]] void push(const Node& node) {
    const bool mixed = open_[depth_].mixed || (node.bits & Node::kMixed) != 0;
    open_[++depth_] = {&node + node.span, node.tag.page, node.tag.token, mixed};
  }
  void close() {
    const Open& closing = open_[depth_--];
    out_.need(kNodeRoom + 2 * depth_);
    if (indent_ && !closing.mixed) indentation(depth_);
    end_tag({closing.page, closing.token});
  }

  [[gnu::always_inline]] void print_text(const Node& node) {
#if defined(__SSE2__)
    // A short text without anything special: copied in two loads.
    const ByteView source = document_.source();
    const std::uint8_t* const text = source.data() + node.offset + node.skip;
    const auto left = static_cast<std::size_t>(source.data() + source.size() - text);
    const bool xml = node.skip != 0 && (node.bits & Node::kNotXml) == 0;
    if (node.length <= 32 && node.length != 0 && xml) [[likely]] {
      const std::uint64_t inside = (std::uint64_t{1} << node.length) - 1;
      std::uint64_t special = inside;
      if (left >= 32) [[likely]] {
        store_32(text);
        special = special_of_32(text);
      } else if (source.size() >= 32) {
        detail::copy_up_to_31(out_.next, text, node.length);
        special = special_of_32(text + left - 32) >> (32 - left);
      }
      if ((special & inside) == 0) [[likely]] {
        out_.next += node.length;
        return end_tag(node.tag);
      }
    }
#endif
    print_long_text(node);
    end_tag(node.tag);
  }
#if defined(__SSE2__)
  [[gnu::always_inline]] void store_32(const std::uint8_t* text) { std::memcpy(out_.next, text, 32); }
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
  [[gnu::noinline]] void print_long_text(const Node& node) {
    if ((node.bits & Node::kNotXml) != 0) return print_coded(node, " str=\"base64\">");
    const std::string_view text = document_.text(node);
    if (text.empty()) return put("<![CDATA[]]>");
    escape(text);
  }
  void escape(std::string_view text) {
    // In slices, so that the room asked for is not five times a long text.
    constexpr std::size_t kSlice = 4096;
    const char* const source_end = reinterpret_cast<const char*>(document_.source().data() + document_.source().size());
    const bool in_source = std::less_equal<>()(reinterpret_cast<const char*>(document_.source().data()), text.data()) &&
                           std::less_equal<>()(text.data() + text.size(), source_end);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t length = std::min(kSlice, text.size() - at);
      const char* const from = text.data() + at;
      const std::size_t readable = in_source ? static_cast<std::size_t>(source_end - from) : text.size() - at;
      out_.need(length * detail::kLongestReference + detail::kEscapeSlack + kCell);
      out_.next = escape_(from, length, readable, out_.next);
      at += length;
    }
  }
  void print_coded(const Node& node, std::string_view attribute) {
    --out_.next;  // the '>' of the start tag
    put(attribute);
    const std::string_view octets = document_.text(node);
    out_.need(detail::base64_size(octets.size()) + detail::kEscapeSlack + kCell);
    out_.next = encode_(as_bytes(octets), out_.next);
  }
  void print_base64(const Node& node) {
    print_coded(node, " opaque=\"base64\">");
    end_tag(node.tag);
  }
  [[gnu::cold]] void print_piece(const Node& node) {
    const bool opaque = node.kind() == NodeKind::opaque_piece;
    const std::string_view text = document_.text(node);
    if (opaque || (node.bits & Node::kNotXml) != 0) {
      put("<piece xmlns=\"urn:easel:wbxml\">");
      print_coded(node, opaque ? " opaque=\"base64\">" : " str=\"base64\">");
      return put("</piece>");
    }
    if (text.empty()) return put("<![CDATA[]]>");
    if (text.find_first_not_of(" \t\r\n") != std::string_view::npos) return escape(text);
    // Blanks between elements are not content unless a reference says so.
    put("&#" + std::to_string(static_cast<int>(text.front())) + ";");
    escape(text.substr(1));
  }

  const Document& document_;
  detail::TextSink& out_;
  detail::EscapeText escape_;
  detail::Base64Encode encode_;
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

#include "wbxml/xml_text.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "wbxml/base64.h"
#include "wbxml/code_pages.h"

namespace easel::wbxml {
namespace {

constexpr std::string_view kPieceNamespace = "urn:easel:wbxml";

void append_escaped(std::string& out, std::string_view text) {
  for (;;) {
    const std::size_t special = text.find_first_of("&<>\r");
    out.append(text.substr(0, special));
    if (special == std::string_view::npos) return;
    switch (text[special]) {
      case '&':
        out.append("&amp;");
        break;
      case '<':
        out.append("&lt;");
        break;
      case '>':
        out.append("&gt;");
        break;
      default:
        out.append("&#13;");
        break;
    }
    text.remove_prefix(special + 1);
  }
}

void append_base64(std::string& out, std::string_view octets) {
  const std::size_t at = out.size();
  out.resize(at + detail::base64_size(octets.size()));
  detail::base64_encode(as_bytes(octets), out.data() + at);
}

class Printer {
 public:
  Printer(const Document& document, std::string& out, const XmlOptions& options)
      : document_(document), out_(out), indent_(options.indent) {}

  void print(std::uint32_t first) {
    const auto nodes = document_.nodes();
    const std::uint32_t last = first + nodes[first].span;
    for (std::uint32_t i = first; i < last; ++i) {
      close_until(i);
      print_node(nodes[i], i);
    }
    close_until(last);
  }

 private:
  struct Open {
    std::uint32_t end;
    Tag tag;
    bool mixed;
  };

  [[nodiscard]] bool mixed() const { return depth_ > 0 && open_[depth_ - 1].mixed; }
  void new_line() {
    if (!indent_ || mixed()) return;
    if (depth_ > 0 || started_) out_ += '\n';
    out_.append(depth_ * 2, ' ');
  }
  void close_until(std::uint32_t index) {
    while (depth_ > 0 && open_[depth_ - 1].end == index) {
      const Open closing = open_[--depth_];
      if (indent_ && !closing.mixed && !mixed()) {
        out_ += '\n';
        out_.append(depth_ * 2, ' ');
      }
      close_tag(closing.tag);
    }
  }
  void open_tag(Tag tag) {
    out_ += '<';
    out_ += printed_name(tag);
    if (depth_ == 0 || open_[depth_ - 1].tag.page != tag.page) {
      out_ += " xmlns=\"";
      out_ += printed_namespace(tag.page);
      out_ += '"';
    }
  }
  void close_tag(Tag tag) {
    out_ += "</";
    out_ += printed_name(tag);
    out_ += '>';
  }
  void print_value(const Node& node) {
    const std::string_view text = document_.text(node);
    if (node.kind() == NodeKind::opaque || node.kind() == NodeKind::opaque_piece) {
      out_ += " opaque=\"base64\">";
      append_base64(out_, text);
    } else if ((node.bits & Node::kNotXml) != 0) {
      out_ += " str=\"base64\">";
      append_base64(out_, text);
    } else {
      out_ += '>';
      if (text.empty())
        out_ += "<![CDATA[]]>";
      else
        append_escaped(out_, text);
    }
  }
  void print_piece(const Node& node) {
    if (node.kind() == NodeKind::opaque_piece || (node.bits & Node::kNotXml) != 0) {
      out_ += "<piece xmlns=\"";
      out_ += kPieceNamespace;
      out_ += '"';
      print_value(node);
      out_ += "</piece>";
      return;
    }
    const std::string_view text = document_.text(node);
    if (text.empty()) {
      out_ += "<![CDATA[]]>";
    } else if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
      // Blanks between elements are not content unless a reference says so.
      out_ += "&#";
      out_ += std::to_string(static_cast<int>(text.front()));
      out_ += ';';
      append_escaped(out_, text.substr(1));
    } else {
      append_escaped(out_, text);
    }
  }
  void print_node(const Node& node, std::uint32_t index) {
    if (node.kind() >= NodeKind::text_piece) return print_piece(node);
    new_line();
    started_ = true;
    open_tag(node.tag);
    switch (node.kind()) {
      case NodeKind::empty:
        out_ += "/>";
        break;
      case NodeKind::container:
        out_ += '>';
        if (node.span == 1) {
          close_tag(node.tag);
        } else {
          open_[depth_++] = {index + node.span, node.tag, mixed() || (node.bits & Node::kMixed) != 0};
        }
        break;
      default:
        print_value(node);
        close_tag(node.tag);
        break;
    }
  }
  const Document& document_;
  std::string& out_;
  bool indent_;
  bool started_ = false;
  std::size_t depth_ = 0;
  Open open_[kDepthLimit] = {};
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
  out.clear();
  if (options.declaration) out += "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
  if (document.empty()) return;
  Printer(document, out, options).print(0);
  if (options.indent) out += '\n';
}

std::string to_xml(const Document& document, const XmlOptions& options) {
  std::string out;
  to_xml(document, out, options);
  return out;
}

std::string to_xml(Element element, const XmlOptions& options) {
  std::string out;
  if (element) Printer(element.document(), out, options).print(element.index());
  return out;
}

}  // namespace easel::wbxml

#include "client/xml/xml_tree.h"

#include <algorithm>
#include <charconv>
#include <pugixml.hpp>

namespace easel {
namespace {

constexpr std::size_t kMaxFile = 16U << 20;
constexpr int kMaxDepth = 100;

class Places {
 public:
  explicit Places(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') line_ends_.push_back(i);
    }
  }
  [[nodiscard]] XmlPlace at(std::ptrdiff_t offset) const {
    if (offset < 0) return {};
    const auto o = static_cast<std::size_t>(offset);
    const auto it = std::lower_bound(line_ends_.begin(), line_ends_.end(), o);
    const auto line = it - line_ends_.begin();
    const std::size_t start = line == 0 ? 0 : line_ends_[static_cast<std::size_t>(line - 1)] + 1;
    return {static_cast<int>(line) + 1, static_cast<int>(o - start) + 1};
  }

 private:
  std::vector<std::size_t> line_ends_;
};

bool copy(const pugi::xml_node& from, XmlElement& to, const Places& places, int depth) {
  if (depth > kMaxDepth) return false;
  to.name = from.name();
  // offset_debug points at the name; people count from the '<' in front of it.
  const XmlPlace name_place = places.at(from.offset_debug());
  to.place = {name_place.line, std::max(1, name_place.column - 1)};
  for (const pugi::xml_attribute& a : from.attributes()) to.attributes.push_back({a.name(), a.value()});
  for (const pugi::xml_node& child : from.children()) {
    if (child.type() == pugi::node_element) {
      to.children.emplace_back();
      if (!copy(child, to.children.back(), places, depth + 1)) return false;
    } else if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
      to.text += child.value();
    }
  }
  return true;
}

}  // namespace

const std::string* XmlElement::attribute(std::string_view attribute_name) const {
  for (const XmlAttribute& a : attributes) {
    if (a.name == attribute_name) return &a.value;
  }
  return nullptr;
}

std::string XmlElement::attribute_or(std::string_view attribute_name, std::string_view fallback) const {
  const std::string* value = attribute(attribute_name);
  return value ? *value : std::string(fallback);
}

const XmlElement* XmlElement::child(std::string_view child_name) const {
  for (const XmlElement& c : children) {
    if (c.name == child_name) return &c;
  }
  return nullptr;
}

std::string XmlElement::trimmed_text() const {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::expected<XmlElement, Diagnostics> read_xml(std::string_view text, std::string_view file) {
  const auto refuse = [&](XmlPlace place, std::string message, std::string hint = {}) {
    return std::unexpected(
        Diagnostics{{std::string(file), place.line, place.column, std::move(message), std::move(hint)}});
  };
  if (text.size() > kMaxFile) return refuse({}, "larger than 16 MiB", "this is not one of easel's files");
  const Places places(text);
  pugi::xml_document document;
  const pugi::xml_parse_result result = document.load_buffer(
      text.data(), text.size(), pugi::parse_default | pugi::parse_ws_pcdata_single | pugi::parse_doctype);
  if (!result) return refuse(places.at(result.offset), std::string("not well-formed XML: ") + result.description());
  for (const pugi::xml_node& node : document.children()) {
    if (node.type() == pugi::node_doctype) {
      return refuse({1, 1}, "a document type declaration is not allowed", "remove the <!DOCTYPE …> line");
    }
  }
  const pugi::xml_node root = document.document_element();
  if (!root) return refuse({1, 1}, "no root element");
  if (root.next_sibling() && root.next_sibling().type() == pugi::node_element) {
    return refuse(places.at(root.next_sibling().offset_debug()), "a second root element");
  }
  XmlElement element;
  if (!copy(root, element, places, 1)) return refuse({}, "more than 100 levels deep");
  return element;
}

void XmlChecker::complain(const XmlElement& at, std::string message, std::string hint) {
  diagnostics_.push_back({file_, at.place.line, at.place.column, std::move(message), std::move(hint)});
}

void XmlChecker::only_attributes(const XmlElement& element, std::span<const std::string_view> known) {
  for (const XmlAttribute& a : element.attributes) {
    if (std::find(known.begin(), known.end(), a.name) == known.end()) {
      complain(element, "<" + element.name + "> has no attribute '" + a.name + "'", suggest(a.name, known));
    }
  }
}

void XmlChecker::unknown_child(const XmlElement& parent, const XmlElement& child,
                               std::span<const std::string_view> known) {
  complain(child, "<" + parent.name + "> has no element <" + child.name + ">", suggest(child.name, known));
}

void XmlChecker::only_children(const XmlElement& element, std::span<const std::string_view> known) {
  for (const XmlElement& c : element.children) {
    if (std::find(known.begin(), known.end(), c.name) == known.end()) unknown_child(element, c, known);
  }
}

std::string XmlChecker::required(const XmlElement& element, std::string_view attribute_name) {
  const std::string* value = element.attribute(attribute_name);
  if (!value || value->empty()) {
    complain(element, "<" + element.name + "> needs the attribute '" + std::string(attribute_name) + "'");
    return {};
  }
  return *value;
}

std::string XmlChecker::one_of(const XmlElement& element, std::string_view attribute_name, std::string_view fallback,
                               std::span<const std::string_view> values) {
  const std::string* value = element.attribute(attribute_name);
  if (!value) return std::string(fallback);
  if (std::find(values.begin(), values.end(), *value) != values.end()) return *value;
  complain(element, std::string(attribute_name) + "=\"" + *value + "\" is not a value of <" + element.name + ">",
           suggest(*value, values));
  return std::string(fallback);
}

bool XmlChecker::yes_no(const XmlElement& element, std::string_view attribute_name, bool fallback) {
  static constexpr std::string_view values[] = {"yes", "no"};
  return one_of(element, attribute_name, fallback ? "yes" : "no", values) == "yes";
}

long XmlChecker::number(const XmlElement& element, std::string_view attribute_name, long fallback, long low,
                        long high) {
  const std::string* value = element.attribute(attribute_name);
  if (!value) return fallback;
  long number = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
  if (error != std::errc() || end != value->data() + value->size() || number < low || number > high) {
    complain(element, std::string(attribute_name) + "=\"" + *value + "\" is not a whole number from " +
                          std::to_string(low) + " to " + std::to_string(high));
    return fallback;
  }
  return number;
}

bool parse_duration_ms(std::string_view text, long& milliseconds) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0 || number > 1e9) return false;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  double factor = 0;
  if (unit == "ms") factor = 1;
  if (unit.empty() || unit == "s") factor = 1000;
  if (unit == "m" || unit == "min") factor = 60'000;
  if (unit == "h") factor = 3'600'000;
  if (factor == 0 || number * factor > 1e12) return false;
  milliseconds = static_cast<long>(number * factor);
  return true;
}

long XmlChecker::duration_ms(const XmlElement& element, std::string_view attribute_name, long fallback) {
  const std::string* value = element.attribute(attribute_name);
  if (!value) return fallback;
  long milliseconds = 0;
  if (!parse_duration_ms(*value, milliseconds)) {
    complain(element, std::string(attribute_name) + "=\"" + *value + "\" is not a duration",
             "write for example 500ms, 5s or 2m");
    return fallback;
  }
  return milliseconds;
}

std::string escape_xml(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\r':
        out += "&#13;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace easel

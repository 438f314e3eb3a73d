#include "wbxml/template.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "wbxml/byte_sink.h"
#include "wbxml/decoder.h"
#include "wbxml/text_scan.h"

namespace easel::wbxml {

// Walks a decoded document and cuts its octets into literal runs and leaves with holes.
class TemplateCompiler {
 public:
  TemplateCompiler(Template& form, const Bytes& octets, std::span<const std::size_t> base64)
      : form_(form), octets_(octets), base64_(base64) {}

  std::optional<XmlError> compile(const Document& document) {
    form_.literal_ = octets_;
    for (const Node& node : document.nodes()) {
      const NodeKind kind = node.kind();
      const std::string_view text = document.text(node);
      const bool plain = kind == NodeKind::text || kind == NodeKind::opaque;
      if (!plain || text.find("${") == std::string_view::npos || node.skip == 0) continue;
      if (std::binary_search(base64_.begin(), base64_.end(), std::size_t{node.offset} + node.skip)) continue;
      if (auto error = leaf(node, text)) return error;
    }
    form_.leaves_.push_back({{literal_at_, static_cast<std::uint32_t>(octets_.size()) - literal_at_}, 0, 0, 0, false});
    return std::nullopt;
  }

 private:
  std::optional<XmlError> leaf(const Node& node, std::string_view text) {
    const auto first_part = static_cast<std::uint32_t>(form_.parts_.size());
    const std::uint32_t text_at = node.offset + node.skip;
    if (auto error = parts(text, text_at)) return error;
    const auto octet = static_cast<std::uint8_t>(octets_[node.offset] & kTokenBits);
    form_.leaves_.push_back({{literal_at_, node.offset - literal_at_},
                             first_part,
                             static_cast<std::uint32_t>(form_.parts_.size()) - first_part,
                             octet,
                             node.kind() == NodeKind::opaque});
    const std::uint32_t behind_text = text_at + node.length + (node.kind() == NodeKind::text ? 1 : 0);
    literal_at_ = behind_text + 1;  // the END too
    return std::nullopt;
  }

  std::optional<XmlError> parts(std::string_view text, std::uint32_t text_at) {
    std::size_t from = 0;
    for (std::size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${", at)) {
      const bool escaped = at > from && text[at - 1] == '$';
      literal(text_at, from, escaped ? at - 1 : at);
      if (escaped) {
        literal(text_at, at, at + 2);
        from = at = at + 2;
        continue;
      }
      const std::size_t close = text.find('}', at);
      const std::string_view name = text.substr(at + 2, close == std::string_view::npos ? close : close - at - 2);
      if (close == std::string_view::npos || !is_name(name))
        return XmlError{
            XmlErrorCode::syntax, 0,
            "'" + std::string(text.substr(at, 40)) + "' is no placeholder: write ${name}, or $${ for the characters"};
      form_.parts_.push_back({{}, number_of(name)});
      from = at = close + 1;
    }
    literal(text_at, from, text.size());
    return std::nullopt;
  }

  void literal(std::uint32_t text_at, std::size_t from, std::size_t to) {
    if (from == to) return;
    form_.parts_.push_back({{text_at + static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to - from)}, -1});
  }

  static bool is_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
             c == '-';
    });
  }

  std::int32_t number_of(std::string_view name) {
    auto& names = form_.variables_;
    const auto found = std::find(names.begin(), names.end(), name);
    const auto number = static_cast<std::int32_t>(found - names.begin());
    if (found == names.end()) names.emplace_back(name);
    return number;
  }

  Template& form_;
  const Bytes& octets_;
  std::span<const std::size_t> base64_;
  std::uint32_t literal_at_ = 0;
};

std::expected<Template, XmlError> Template::compile(std::string_view xml, const XmlReadOptions& options) {
  std::vector<std::size_t> base64;
  const auto octets = detail::from_xml_noting_base64(xml, {}, options, base64);
  if (!octets) return std::unexpected(octets.error());
  const auto document = decode(*octets, {}, {.tolerant = true, .max_depth = kDepthLimit});
  if (!document) return std::unexpected(XmlError{XmlErrorCode::syntax, 0, describe(document.error())});
  Template form;
  if (auto error = TemplateCompiler(form, *octets, base64).compile(*document)) {
    // The text is in the XML as it is in the octets unless references hide it; point at it if it can be found.
    const std::size_t quote = error->text.find('\'') + 1;
    const std::size_t found = xml.find(error->text.substr(quote, error->text.find("' is no") - quote));
    error->offset = found == std::string_view::npos ? 0 : found;
    return std::unexpected(std::move(*error));
  }
  return form;
}

std::size_t Template::length_of(const Leaf& leaf, std::span<const std::string_view> values) const {
  std::size_t length = 0;
  for (const Part& part : std::span(parts_).subspan(leaf.first_part, leaf.parts))
    length += part.variable < 0 ? part.literal.length : values[static_cast<std::size_t>(part.variable)].size();
  return length;
}

std::expected<Bytes, TemplateError> Template::encode(std::span<const std::string_view> values, Bytes reuse) const {
  if (values.size() != variables_.size()) return std::unexpected(TemplateError{TemplateError::Code::wrong_count, {}});
  detail::ByteSink out(std::move(reuse));
  const ByteView literal(literal_);
  for (const Leaf& leaf : leaves_) {
    const std::size_t length = leaf.octet == 0 ? 0 : length_of(leaf, values);
    out.need(leaf.before.length + length);
    out.put(literal.subspan(leaf.before.begin, leaf.before.length));
    if (leaf.octet == 0) break;
    if (length == 0) {
      out.put(leaf.octet);
      continue;
    }
    out.put(leaf.octet | kContentBit);
    out.put(leaf.opaque ? kOpaque : kStrI);
    if (leaf.opaque) out.put_number(static_cast<std::uint32_t>(length));
    for (const Part& part : std::span(parts_).subspan(leaf.first_part, leaf.parts)) {
      if (part.variable < 0) {
        out.put(literal.subspan(part.literal.begin, part.literal.length));
        continue;
      }
      const std::string_view value = values[static_cast<std::size_t>(part.variable)];
      out.put(as_bytes(value));
      if (leaf.opaque) continue;
      const ByteView octets = as_bytes(value);
      const detail::TextEnd check = detail::scan_text_portable(octets.data(), octets.data() + octets.size());
      if (check.state == detail::TextState::cut && check.at == octets.data() + octets.size()) continue;
      const auto code =
          check.state == detail::TextState::found ? TemplateError::Code::nul_in_text : TemplateError::Code::bad_utf8;
      return std::unexpected(TemplateError{code, variables_[static_cast<std::size_t>(part.variable)]});
    }
    if (!leaf.opaque) out.put(0);
    out.put(kEnd);
  }
  return out.take();
}

namespace {

template <class Lookup>
std::expected<Bytes, TemplateError> encode_by_name(const Template& form, Bytes reuse, const Lookup& lookup) {
  constexpr std::size_t kUsual = 32;
  std::string_view usual[kUsual];
  std::vector<std::string_view> many;
  const auto names = form.variables();
  if (names.size() > kUsual) many.resize(names.size());
  const std::span<std::string_view> values =
      names.size() > kUsual ? std::span(many) : std::span(usual).first(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::optional<std::string_view> value = lookup(names[i]);
    if (!value) return std::unexpected(TemplateError{TemplateError::Code::missing, names[i]});
    values[i] = *value;
  }
  return form.encode(values, std::move(reuse));
}

}  // namespace

std::string describe(const TemplateError& error) {
  switch (error.code) {
    case TemplateError::Code::missing:
      return "${" + error.variable + "} has no value";
    case TemplateError::Code::bad_utf8:
      return "the value of ${" + error.variable + "} is not UTF-8";
    case TemplateError::Code::nul_in_text:
      return "the value of ${" + error.variable + "} holds a NUL";
    case TemplateError::Code::wrong_count:
      return "not one value for each variable";
  }
  return {};
}

std::expected<Bytes, TemplateError> encode(const Template& form, std::span<const Variable> variables, Bytes reuse) {
  return encode_by_name(form, std::move(reuse), [&](std::string_view name) -> std::optional<std::string_view> {
    for (const Variable& variable : variables)
      if (variable.name == name) return variable.value;
    return std::nullopt;
  });
}

std::expected<Bytes, TemplateError> encode(const Template& form, const VariableMap& variables, Bytes reuse) {
  return encode_by_name(form, std::move(reuse), [&](std::string_view name) -> std::optional<std::string_view> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

}  // namespace easel::wbxml

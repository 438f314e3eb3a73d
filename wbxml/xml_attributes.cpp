// The attribute part of XmlParser: namespaces, and the notation of values.
#include <charconv>
#include <optional>

#include "wbxml/code_pages.h"
#include "wbxml/xml_parser.h"

namespace easel::wbxml::detail {
namespace {

constexpr std::string_view kPieceNamespace = "urn:easel:wbxml";

std::optional<std::uint8_t> placeholder_page(std::string_view name) {
  if (!name.starts_with("Page-")) return std::nullopt;
  unsigned page = 0;
  const auto parsed = std::from_chars(name.data() + 5, name.data() + name.size(), page);
  if (parsed.ec != std::errc{} || parsed.ptr != name.data() + name.size() || page > 255) return std::nullopt;
  return static_cast<std::uint8_t>(page);
}

}  // namespace

// From behind the name to behind '>'.
bool XmlParser::attributes(StartTag& tag) {
  for (;;) {
    const bool blank = p_ != end_ && is_blank(*p_);
    skip_blanks();
    if (p_ == end_) return cut();
    if (*p_ == '>') {
      ++p_;
      return true;
    }
    if (at("/>")) {
      p_ += 2;
      tag.empty = true;
      return true;
    }
    if (!blank) return fail(XmlErrorCode::syntax, p_, about("unexpected character in the tag ", tag.whole()));
    if (!attribute(tag)) return false;
  }
}

bool XmlParser::attribute(StartTag& tag) {
  const char* const start = p_;
  while (p_ != end_ && !ends_name(*p_)) ++p_;
  const std::string_view name(start, static_cast<std::size_t>(p_ - start));
  skip_blanks();
  if (p_ == end_) return cut();
  if (name.empty() || *p_ != '=') return fail(XmlErrorCode::syntax, p_, "expected name=\"value\"");
  ++p_;
  skip_blanks();
  if (p_ == end_) return cut();
  const char quote = *p_;
  if (quote != '"' && quote != '\'') return fail(XmlErrorCode::syntax, p_, "the value needs quotes");
  const char* const value_start = ++p_;
  while (p_ != end_ && *p_ != quote && *p_ != '<') ++p_;
  if (p_ == end_) return cut();
  if (*p_ == '<') return fail(XmlErrorCode::syntax, p_, "'<' in an attribute value");
  const std::string_view value(value_start, static_cast<std::size_t>(p_++ - value_start));

  if (name.starts_with("xmlns")) return bind(tag, name, value, start);
  if (name == "opaque" && value == "base64") {
    tag.coding = Coding::opaque_base64;
  } else if (name == "opaque" && value == "text") {
    tag.coding = Coding::opaque_text;
  } else if (name == "str" && value == "base64") {
    tag.coding = Coding::str_base64;
  } else if (name == "opaque" || name == "str") {
    return fail(XmlErrorCode::unknown_attribute, value_start,
                about("", name, name == "opaque" ? " can be \"base64\" or \"text\"" : " can be \"base64\""));
  } else {
    return fail(XmlErrorCode::unknown_attribute, start,
                about("ActiveSync elements have no attributes: ", name, "; known are xmlns, opaque and str"));
  }
  return true;
}

bool XmlParser::bind(StartTag& tag, std::string_view name, std::string_view value, const char* at) {
  int page = kUnknownPage;
  if (const auto known = page_of(value)) {
    page = *known;
  } else if (value == kPieceNamespace) {
    page = kPiecePage;
  } else if (const auto placeholder = placeholder_page(value)) {
    page = *placeholder;
  }
  if (name == "xmlns") {
    tag.default_page = page;
    if (page == kUnknownPage) default_space_ = value;
    return true;
  }
  if (name[5] != ':') return fail(XmlErrorCode::unknown_attribute, at, about("unknown attribute ", name));
  if (name.size() == 6) return fail(XmlErrorCode::syntax, at, "a prefix is missing behind xmlns:");
  if (bound_ + 1 >= kPrefixes) return fail(XmlErrorCode::syntax, at, "more namespace prefixes than can be kept");
  bindings_[++bound_] = {name.data() + 6, value.data(), static_cast<std::uint32_t>(name.size() - 6),
                         static_cast<std::uint32_t>(value.size()), page};
  forget_names();
  newest_[hash_of(name.data() + 6, name.size() - 6)] = static_cast<std::uint8_t>(bound_);
  return true;
}

}  // namespace easel::wbxml::detail

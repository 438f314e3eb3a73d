// The words of XML errors.
#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "wbxml/code_pages.h"
#include "wbxml/xml_parser.h"
#include "wbxml/xml_reader.h"

namespace easel::wbxml {
namespace {

std::string quoted(std::string_view name) {
  constexpr std::size_t kLongestShown = 60;
  return "'" + std::string(name.substr(0, kLongestShown)) + (name.size() > kLongestShown ? "...'" : "'");
}

// Namespaces that have a tag of this name, for the message about a missing or wrong one.
std::string pages_with(std::string_view name) {
  std::string list;
  for (std::uint8_t page = 0; page < kPages; ++page)
    if (find_tag(page, name)) list += (list.empty() ? "" : ", ") + std::string(namespace_of(page));
  return list;
}

}  // namespace

namespace detail {

std::string about_unknown_element(std::string_view name, int page) {
  std::string text = quoted(name) + " is no element of ";
  const auto code_page = static_cast<std::uint8_t>(page);
  text += page < kPages ? std::string(namespace_of(code_page)) : "code page " + std::to_string(page);
  const std::string_view nearest = nearest_tag_name(code_page, name);
  if (!nearest.empty()) text += "; the nearest is '" + std::string(nearest) + "'";
  const std::string elsewhere = pages_with(name);
  if (!elsewhere.empty()) text += "; " + elsewhere + " has it";
  return text;
}

std::string about_missing_namespace(std::string_view name) {
  const std::string pages = pages_with(name);
  return quoted(name) + " has no namespace: add xmlns=\"...\"" + (pages.empty() ? "" : "; " + pages + " has it");
}

std::string about_unknown_namespace(std::string_view space) {
  const std::string_view nearest = nearest_namespace(space);
  return quoted(space) + " is no ActiveSync namespace" +
         (nearest.empty() ? std::string() : "; the nearest is '" + std::string(nearest) + "'");
}

std::string about(std::string_view before, std::string_view name, std::string_view after) {
  return std::string(before) + quoted(name) + std::string(after);
}

}  // namespace detail

std::string_view name_of(XmlErrorCode code) {
  constexpr std::string_view kNames[] = {"syntax",          "truncated",         "bad_utf8",       "bad_character",
                                         "unknown_entity",  "doctype",           "unknown_prefix", "unknown_namespace",
                                         "unknown_element", "unknown_attribute", "bad_base64",     "mismatched_end",
                                         "no_root",         "trailing_data",     "too_deep",       "too_large"};
  static_assert(std::size(kNames) == static_cast<std::size_t>(XmlErrorCode::too_large) + 1);
  return kNames[static_cast<std::size_t>(code)];
}

std::string describe(const XmlError& error, std::string_view xml) {
  const std::string_view before = xml.substr(0, error.offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t line_start = before.rfind('\n');
  const std::size_t column = before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + error.text;
}

}  // namespace easel::wbxml

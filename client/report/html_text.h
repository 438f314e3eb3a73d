#pragma once
// Text of a page. Whatever enters here may come from a hostile server: these are the only ways into the page for text.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace easel {

/// Printable (client/report/text.h) and with & < > " ' as character references: fit for content and for attributes.
std::string html_text(std::string_view text);
/// The same with line ends and tabs kept, at most `limit` octets of it.
std::string html_lines(std::string_view text, std::size_t limit);

/// <tag class="classes">content</tag>; `content` is HTML already, tag and classes are ours.
std::string html_element(std::string_view tag, std::string_view classes, std::string_view content);

/// <dt>term</dt><dd>text</dd>, the text escaped; nothing where it is empty.
std::string html_term(std::string_view term, std::string_view text);

/// "{{name}}" replaced by its value, in one pass: a value that holds "{{…}}" stays as it is.
std::string fill_template(std::string_view page,
                          std::initializer_list<std::pair<std::string_view, std::string_view>> values);

/// Octets as rows of offset, eight in hexadecimal, and as ASCII; at most `limit` of them. Plain text, not HTML.
std::string hex_dump(std::string_view octets, std::size_t limit);

}  // namespace easel

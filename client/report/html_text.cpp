#include "client/report/html_text.h"

#include <algorithm>

#include "client/report/text.h"

namespace easel {
namespace {

std::string references(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
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
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

constexpr std::size_t kMaxText = 8192;  // octets of one field

}  // namespace

std::string html_text(std::string_view text) { return references(printable(clipped(text, kMaxText))); }

std::string html_lines(std::string_view text, std::size_t limit) {
  return references(printable(clipped(text, limit), true));
}

std::string html_element(std::string_view tag, std::string_view classes, std::string_view content) {
  std::string out = "<" + std::string(tag);
  if (!classes.empty()) out += " class=\"" + std::string(classes) + "\"";
  return out + ">" + std::string(content) + "</" + std::string(tag) + ">";
}

std::string html_term(std::string_view term, std::string_view text) {
  return text.empty() ? "" : html_element("dt", "", term) + html_element("dd", "", html_text(text));
}

std::string fill_template(std::string_view page,
                          std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
  std::string out;
  for (;;) {
    const std::size_t begin = page.find("{{");
    const std::size_t end = begin == std::string_view::npos ? begin : page.find("}}", begin);
    if (end == std::string_view::npos) return out + std::string(page);
    const std::string_view name = page.substr(begin + 2, end - begin - 2);
    const auto* value = std::ranges::find(values, name, [](const auto& v) { return v.first; });
    out += page.substr(0, begin);
    out += value == values.end() ? page.substr(begin, end + 2 - begin) : value->second;
    page.remove_prefix(end + 2);
  }
}

std::string hex_dump(std::string_view octets, std::size_t limit) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::size_t kRow = 8;
  std::string out;
  const std::size_t size = std::min(octets.size(), limit);
  for (std::size_t row = 0; row < size; row += kRow) {
    for (unsigned shift = 16; shift > 0; shift -= 4) out += kDigits[row >> (shift - 4) & 0xFU];
    out += ' ';
    std::string ascii;
    for (std::size_t i = row; i < row + kRow; ++i) {
      if (i >= size) {
        out += "   ";
        continue;
      }
      const auto octet = static_cast<unsigned char>(octets[i]);
      out += {' ', kDigits[octet >> 4U], kDigits[octet & 0xFU]};
      ascii += octet >= 0x20 && octet < 0x7F ? octets[i] : '.';
    }
    out += "  " + ascii + "\n";
  }
  if (octets.size() > size) out += "… " + counted(octets.size() - size, "octet") + " more\n";
  return out;
}

}  // namespace easel

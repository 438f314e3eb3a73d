#include "client/report/text.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace easel {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

struct CodePoint {
  char32_t value = 0xFFFD;
  std::size_t size = 1;  ///< octets
  bool valid = false;
};

// One character of UTF-8 (RFC 3629): overlong forms, surrogates and values above U+10FFFF are invalid.
CodePoint code_point(std::string_view text) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = octet(0);
  if (first < 0x80) return {first, 1, true};
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return {};
  char32_t value = first & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((octet(i) & 0xC0) != 0x80) return {};
    value = value << 6 | (octet(i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kLeast[size] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {};
  return {value, size, true};
}

struct Range {
  char32_t first;
  char32_t last;
};
template <std::size_t N>
bool within(const Range (&ranges)[N], char32_t c) {
  return std::ranges::any_of(ranges, [c](const Range& r) { return c >= r.first && c <= r.last; });
}

// C1 controls, and what reorders, hides or separates lines (Unicode, Bidirectional Algorithm; UTR 36).
constexpr Range kDeceitful[] = {{0x80, 0x9F},     {0x61C, 0x61C},   {0x200B, 0x200F}, {0x2028, 0x202E},
                                {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF}};
// Coarse on purpose: a terminal that disagrees about a rare character shows one line that is a column off.
constexpr Range kCombining[] = {{0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},  {0x64B, 0x65F},
                                {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}};
constexpr Range kWide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},  {0x3041, 0xA4CF}, {0xAC00, 0xD7A3},
                           {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},  {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6},
                           {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};

std::size_t columns_of(char32_t c) { return within(kCombining, c) ? 0 : within(kWide, c) ? 2 : 1; }

bool is_non_character(char32_t c) { return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF); }

// Writes `word` from `column` on, breaking it where a line is full.
void put_broken(std::string& out, std::string_view word, std::size_t& column, std::size_t indent, std::size_t limit) {
  while (!word.empty()) {
    const CodePoint c = code_point(word);
    const std::size_t width = columns_of(c.value);
    if (column + width > limit && column > indent) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    }
    out += word.substr(0, c.size);
    column += width;
    word.remove_prefix(c.size);
  }
}

struct Margins {
  std::size_t indent;
  std::size_t limit;
};
// A line has room for at least ten characters, however far it is indented.
Margins margins(int indent, int columns) {
  const auto left = static_cast<std::size_t>(std::max(indent, 0));
  return {left, std::max(static_cast<std::size_t>(std::max(columns, 0)), left + 10)};
}

}  // namespace

std::string iso_time(std::int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm tm{};
  if (!gmtime_r(&time, &tm)) return "beyond all calendars";
  std::array<char, 64> buffer{};
  const std::size_t n = std::strftime(buffer.data(), buffer.size(), "%Y-%m-%dT%H:%M:%SZ", &tm);
  return {buffer.data(), n};
}

std::string duration_text(std::chrono::milliseconds took) {
  const auto ms = std::max<std::chrono::milliseconds::rep>(took.count(), 0);
  if (ms >= 60'000) return std::to_string(ms / 60'000) + " min " + std::to_string(ms / 1000 % 60) + " s";
  const std::string hundredths = std::to_string(ms % 1000 / 10);
  return std::to_string(ms / 1000) + "." + (hundredths.size() < 2 ? "0" : "") + hundredths + " s";
}

std::string counted(std::size_t n, std::string_view noun) {
  return std::to_string(n) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

std::string printable(std::string_view text, bool lines) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint c = code_point(text);
    if (lines && (c.value == '\n' || c.value == '\t')) {
      out += text[0];
    } else if (lines && text.starts_with("\r\n")) {
      out += '\n';
      text.remove_prefix(1);
    } else if (c.value < 0x20 || c.value == 0x7F) {  // U+2400 to U+241F and U+2421 are their pictures
      out += "\xE2\x90";
      out += static_cast<char>(c.value == 0x7F ? 0xA1 : 0x80 + c.value);
    } else if (!c.valid || within(kDeceitful, c.value) || is_non_character(c.value)) {
      out += kReplacement;
    } else {
      out += text.substr(0, c.size);
    }
    text.remove_prefix(c.size);
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint c = code_point(text);
    width += columns_of(c.value);
    text.remove_prefix(c.size);
  }
  return width;
}

std::string clipped(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  return std::string(text.substr(0, limit)) + " … (" + std::to_string(text.size() - limit) + " octets more)";
}

std::string wrapped(std::string_view text, int indent, int columns) {
  constexpr std::string_view kBlanks = " \n\t\r";
  const Margins m = margins(indent, columns);
  std::string out;
  std::size_t column = m.indent;
  for (std::size_t at = 0; (at = text.find_first_not_of(kBlanks, at)) != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(kBlanks, at), text.size());
    const std::string word = printable(text.substr(at, end - at));
    if (column > m.indent && column + 1 + display_width(word) > m.limit) {
      out += '\n' + std::string(m.indent, ' ');
      column = m.indent;
    } else if (column > m.indent) {
      out += ' ';
      ++column;
    }
    put_broken(out, word, column, m.indent, m.limit);
    at = end;
  }
  return out;
}

std::string folded(std::string_view line, int indent, int columns) {
  const Margins m = margins(indent, columns);
  std::string out;
  std::size_t column = m.indent;
  put_broken(out, printable(line), column, m.indent, m.limit);
  return out;
}

}  // namespace easel

#include <algorithm>
#include <array>
#include <ctime>

#include "client/report/report.h"

namespace easel {

std::string iso_time(std::int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm tm{};
  gmtime_r(&time, &tm);
  std::array<char, 32> buffer{};
  const std::size_t n = std::strftime(buffer.data(), buffer.size(), "%Y-%m-%dT%H:%M:%SZ", &tm);
  return {buffer.data(), n};
}

std::string printable(std::string_view text, bool lines) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto o = static_cast<unsigned char>(text[i]);
    // C1 controls (U+0080 to U+009F) come as C2 80 to C2 9F in UTF-8; a terminal obeys them like escapes.
    const bool c1 = o == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) >= 0x80 &&
                    static_cast<unsigned char>(text[i + 1]) <= 0x9F;
    if (c1) {
      out += "·";
      ++i;
    } else if ((o < 0x20 && !(lines && (text[i] == '\n' || text[i] == '\t'))) || o == 0x7F) {
      out += "·";
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string wrapped(std::string_view text, int indent, int columns) {
  const auto width = [](std::string_view word) {  // characters, not octets
    return static_cast<int>(
        std::ranges::count_if(word, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  };
  std::string out;
  int column = indent;
  for (std::size_t at = 0; (at = text.find_first_not_of(" \n\t\r", at)) != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(" \n\t\r", at), text.size());
    const std::string_view word = text.substr(at, end - at);
    if (column > indent && column + 1 + width(word) > columns) {
      out += '\n' + std::string(static_cast<std::size_t>(indent), ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += width(word);
    at = end;
  }
  return out;
}

std::string_view verdict_word(int exit_code) {
  switch (exit_code) {
    case 0:
      return "HOLDS";
    case 1:
      return "FINDINGS";
    case 3:
      return "NOT JUDGED";
    case 4:
      return "NOTHING RAN";
    default:
      return "USAGE";
  }
}

}  // namespace easel

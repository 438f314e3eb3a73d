#pragma once
// Text as a terminal, an XML file or a page may safely show it: what a server sends is hostile and may be no text.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace easel {

/// "2026-11-25T10:00:00Z".
std::string iso_time(std::int64_t seconds);

/// "0.25 s", to a hundredth; "1 min 3 s" above a minute.
std::string duration_text(std::chrono::milliseconds took);

/// "1 finding", "2 findings".
std::string counted(std::size_t n, std::string_view noun);

/// Valid UTF-8 that obeys nobody: C0 controls and DEL become their pictures (U+2400 …), and C1 controls, characters
/// that reorder or hide text (U+202A …), non-characters and octets that are not UTF-8 become U+FFFD. Line ends (CR LF
/// as one) and tabs stay where `lines` says so.
std::string printable(std::string_view text, bool lines = false);

/// Columns that printable text takes on a terminal: two for wide East Asian characters, none for combining marks.
std::size_t display_width(std::string_view text);

/// The first `limit` octets, cut between characters, and how many were left out.
std::string clipped(std::string_view text, std::size_t limit);

/// Printable text broken at blanks to lines of at most `columns`, the first one begun at column `indent`, the others
/// indented by as much. A word that is longer than a line is broken where the line ends.
std::string wrapped(std::string_view text, int indent, int columns);

/// As wrapped, but one line that keeps its blanks: for headers and documents.
std::string folded(std::string_view line, int indent, int columns);

}  // namespace easel

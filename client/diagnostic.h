#pragma once
// Complaints about a user's file or option: every one of them at once, each with its place and what to do.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace easel {

/// One complaint. `file` may be an option name; line and column count from 1, 0 means that there is none.
struct Diagnostic {
  std::string file;
  int line = 0;
  int column = 0;
  std::string message;
  std::string hint;  ///< what to do, or the nearest known name; may be empty
  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};
using Diagnostics = std::vector<Diagnostic>;

/// "file:line:column: message; hint" lines, each ended by a newline.
std::string to_text(const Diagnostics& diagnostics);

/// The known word nearest to `word` (edit distance with transpositions, case ignored), or empty when none is near
/// enough to be a slip of the pen: at most a third of the word, and never more than three edits.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

/// "did you mean 'x'?" for the nearest word, else "known: a, b, c" while the list is short, else empty.
std::string suggest(std::string_view word, std::span<const std::string_view> known);

}  // namespace easel

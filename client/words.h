#pragma once
// Text in small: lists of words, as attributes, profiles and tables hold them.

#include <string>
#include <string_view>
#include <vector>

namespace easel {

/// The words of a list; any of `separators` stand between them, several count as one.
std::vector<std::string> words(std::string_view text, std::string_view separators = " \t\r\n");
/// ASCII letters in lower case, everything else as it is.
std::string lower(std::string_view text);
std::string joined(const std::vector<std::string>& parts, std::string_view between = ", ");
/// In quotes, 120 octets at most; control characters become dots, since they must not reach a terminal.
std::string quoted(std::string_view text);

}  // namespace easel

#pragma once
// Comma-separated values (RFC 4180), as <data> of a scenario takes them.

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace easel {

/// Rows of cells; the first row names the columns. Lines that are blank or begin with # are left out. Every row must
/// have as many cells as the first. The error names the line.
std::expected<std::vector<std::vector<std::string>>, std::string> parse_csv(std::string_view text);

}  // namespace easel

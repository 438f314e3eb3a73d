#include "client/scenario/csv.h"

#include <algorithm>

namespace easel {
namespace {

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r") - first + 1));
}

// Reads one cell and leaves `at` behind its comma; quotes may hold commas and doubled quotes. Returns what is wrong.
std::string_view read_cell(std::string_view line, std::size_t& at, std::string& cell) {
  while (at < line.size() && line[at] == ' ') ++at;
  if (at < line.size() && line[at] == '"') {
    cell.clear();
    for (++at;; ++at) {
      if (at >= line.size()) return "a quoted cell is not closed";
      if (line[at] != '"') {
        cell += line[at];
      } else if (at + 1 < line.size() && line[at + 1] == '"') {
        cell += line[at++];
      } else {
        break;
      }
    }
    const std::size_t comma = std::min(line.find(',', at), line.size());
    if (line.substr(at + 1, comma - at - 1).find_first_not_of(' ') != std::string_view::npos)
      return "text behind a quoted cell";
    at = comma + 1;
    return {};
  }
  const std::size_t comma = line.find(',', at);
  const std::size_t end = comma == std::string_view::npos ? line.size() : comma;
  cell = trimmed(line.substr(at, end - at));
  at = end + 1;
  return {};
}

}  // namespace

std::expected<std::vector<std::vector<std::string>>, std::string> parse_csv(std::string_view text) {
  std::vector<std::vector<std::string>> rows;
  int line_number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line_number;
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> row;
    for (std::size_t at = 0; at <= line.size();) {
      std::string cell;
      if (const std::string_view problem = read_cell(line, at, cell); !problem.empty()) {
        return std::unexpected("line " + std::to_string(line_number) + ": " + std::string(problem));
      }
      row.push_back(std::move(cell));
    }
    if (!rows.empty() && row.size() != rows.front().size()) {
      return std::unexpected("line " + std::to_string(line_number) + " has " + std::to_string(row.size()) +
                             " cells, the first has " + std::to_string(rows.front().size()));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace easel

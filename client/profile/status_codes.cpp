#include "client/profile/status_codes.h"

#include <algorithm>

namespace easel {
namespace {

/// The fields of every line that has `count` of them, but for comments and the first line, which names the columns.
std::vector<std::vector<std::string>> rows_of(const DataFiles& data, std::string_view path, std::size_t count) {
  std::vector<std::vector<std::string>> out;
  const auto text = data.read(path);
  std::string_view rest = text ? std::string_view(*text) : std::string_view();
  bool header = true;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> fields;
    for (std::size_t tab; (tab = line.find('\t')) != std::string_view::npos; line.remove_prefix(tab + 1))
      fields.emplace_back(line.substr(0, tab));
    fields.emplace_back(line);
    if (!header && fields.size() == count) out.push_back(std::move(fields));
    header = false;
  }
  return out;
}

}  // namespace

StatusCodes::StatusCodes(const DataFiles& data) {
  for (auto& f : rows_of(data, "profiles/status-codes.tsv", 4))
    codes_.push_back({std::move(f[0]), std::move(f[1]), std::move(f[2]), std::move(f[3])});
  for (auto& f : rows_of(data, "profiles/http-statuses.tsv", 3))
    http_.push_back({std::move(f[0]), std::move(f[1]), std::move(f[2])});
}

std::string StatusCodes::meaning(std::string_view command, std::string_view status) const {
  for (const std::string_view scope : {command, std::string_view("*")}) {
    for (const StatusCode& code : codes_) {
      if (code.command == scope && code.status == status) return code.name + ": " + code.meaning;
    }
  }
  return {};
}

std::vector<const StatusCode*> StatusCodes::rows(std::string_view command, std::string_view status) const {
  std::vector<const StatusCode*> out;
  for (const StatusCode& code : codes_) {
    if (code.status == status && (command.empty() || code.command == "*" || code.command == command))
      out.push_back(&code);
  }
  return out;
}

const HttpStatus* StatusCodes::http(std::string_view status) const {
  const auto found = std::ranges::find(http_, status, &HttpStatus::status);
  return found == http_.end() ? nullptr : &*found;
}

bool StatusCodes::is_command(std::string_view name) const {
  return name != "*" && std::ranges::find(codes_, name, &StatusCode::command) != codes_.end();
}

}  // namespace easel

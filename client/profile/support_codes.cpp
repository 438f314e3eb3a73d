#include "client/profile/support_codes.h"

#include <algorithm>
#include <cctype>

namespace easel {
namespace {

constexpr std::string_view kPath = "profiles/support-codes.tsv";
constexpr std::string_view kColumns[] = {"code",  "symbol",  "message", "meaning",
                                         "cause", "trigger", "source",  "confidence"};

std::vector<std::string> cells(std::string_view line) {
  std::vector<std::string> out;
  while (true) {
    const std::size_t tab = line.find('\t');
    out.emplace_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return out;
    line.remove_prefix(tab + 1);
  }
}

std::string plain_code(std::string_view code) {
  if (code.starts_with("0x") || code.starts_with("0X")) code.remove_prefix(2);
  std::string out(code);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

}  // namespace

std::expected<SupportCodes, Diagnostics> SupportCodes::load(const DataFiles& data) {
  auto text = data.read(kPath);
  if (!text) return std::unexpected(Diagnostics{{"", 0, 0, text.error(), ""}});
  const std::string file = data.display_name(kPath);
  SupportCodes table;
  Diagnostics diagnostics;
  std::vector<std::string> header;
  std::string_view rest = *text;
  for (int number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> row = cells(line);
    if (header.empty()) {
      header = row;
      for (const std::string_view column : kColumns) {
        if (std::ranges::find(header, column) == header.end()) {
          diagnostics.push_back(
              {file, number, 1, "no column '" + std::string(column) + "'", "the first line names the columns"});
        }
      }
      if (!diagnostics.empty()) return std::unexpected(std::move(diagnostics));
      continue;
    }
    if (row.size() != header.size()) {
      diagnostics.push_back({file, number, 1,
                             std::to_string(row.size()) + " cells, the header has " + std::to_string(header.size()),
                             ""});
      continue;
    }
    const auto cell = [&](std::string_view column) {
      const auto at = std::ranges::find(header, column) - header.begin();
      return row[static_cast<std::size_t>(at)] == "-" ? std::string() : row[static_cast<std::size_t>(at)];
    };
    SupportCode code{cell("code"), cell("symbol"),  cell("message"), cell("meaning"),
                     {},           cell("trigger"), cell("source"),  cell("confidence")};
    std::string_view causes = row[static_cast<std::size_t>(std::ranges::find(header, "cause") - header.begin())];
    for (std::size_t at = 0; (at = causes.find_first_not_of(' ', at)) != std::string_view::npos;) {
      const std::size_t stop = std::min(causes.find(' ', at), causes.size());
      if (causes.substr(at, stop - at) != "-") code.causes.emplace_back(causes.substr(at, stop - at));
      at = stop;
    }
    table.codes_.push_back(std::move(code));
  }
  if (!diagnostics.empty()) return std::unexpected(std::move(diagnostics));
  return table;
}

const SupportCode* SupportCodes::by_cause(std::string_view cause) const {
  for (const SupportCode& c : codes_) {
    if (std::ranges::find(c.causes, cause) != c.causes.end()) return &c;
  }
  return nullptr;
}

const SupportCode* SupportCodes::by_code(std::string_view code) const {
  const std::string wanted = plain_code(code);
  for (const SupportCode& c : codes_) {
    if (plain_code(c.code) == wanted) return &c;
  }
  return nullptr;
}

}  // namespace easel

#include "client/profile/device_roots.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "client/data/data_files.h"

namespace easel {
namespace {

std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

// The most telling attribute of a distinguished name in RFC 2253 text: its CN, else its first OU, else its O.
std::string_view name_in(std::string_view subject) {
  for (const std::string_view key : {"CN=", "OU=", "O="}) {
    const std::size_t at = subject.starts_with(key) ? 0 : subject.find("," + std::string(key));
    if (at == std::string_view::npos) continue;
    const std::string_view rest = subject.substr(subject.find('=', at) + 1);
    return rest.substr(0, rest.find(','));
  }
  return subject;
}

}  // namespace

bool DeviceRoot::is(std::string_view subject_text, std::string_view fingerprint) const {
  if (!sha1.empty() && !fingerprint.empty()) return sha1 == fingerprint;
  return folded(subject) == folded(name_in(subject_text));
}

std::expected<std::vector<DeviceRoot>, std::string> device_roots(std::string_view id) {
  const auto text = DataFiles().read("profiles/roots/" + std::string(id) + ".tsv");
  if (!text) return std::unexpected(text.error());
  std::vector<DeviceRoot> out;
  bool heading = true;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty() || line.front() == '#') continue;
    if (std::exchange(heading, false)) continue;
    std::vector<std::string> cells;
    for (std::size_t at = 0; at <= line.size();) {
      const std::size_t tab = std::min(line.find('\t', at), line.size());
      cells.emplace_back(line.substr(at, tab - at));
      at = tab + 1;
    }
    if (cells.size() > 4) out.push_back({cells[0], cells[4] == "-" ? "" : cells[4]});
  }
  return out;
}

}  // namespace easel

#include "client/profile/device_roots.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <ctime>
#include <optional>

namespace easel {
namespace {

std::vector<std::string_view> split(std::string_view line, char at) {
  std::vector<std::string_view> out;
  for (;;) {
    const std::size_t end = line.find(at);
    out.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return out;
    line.remove_prefix(end + 1);
  }
}

// Words of letters and digits, lower case; "CA" in full.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  const auto end_word = [&] {
    if (word == "ca") {
      out.insert(out.end(), {"certification", "authority"});
    } else if (!word.empty()) {
      out.push_back(word);
    }
    word.clear();
  };
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (std::isalnum(u) != 0) {
      word += static_cast<char>(std::tolower(u));
    } else {
      end_word();
    }
  }
  end_word();
  return out;
}

bool all_in(const std::vector<std::string>& words, const std::vector<std::string>& text) {
  return !words.empty() && std::ranges::all_of(words, [&](const std::string& word) {
    return std::ranges::find(text, word) != text.end();
  });
}

// The most telling attribute of a distinguished name: its CN, else its first OU, else its O.
std::string_view telling(std::string_view name) {
  for (const std::string_view key : {"CN=", "OU=", "O="}) {
    const std::size_t at = name.starts_with(key) ? 0 : name.find("," + std::string(key));
    if (at == std::string_view::npos) continue;
    const std::string_view rest = name.substr(name.find('=', at) + 1);
    return rest.substr(0, rest.find(','));
  }
  return name;
}

// Without the attribute's own names, which are no words of the name: "CN=Root,O=Contoso" into "Root Contoso".
std::string values_of(std::string_view name) {
  std::string out;
  for (const std::string_view part : split(name, ',')) {
    const std::size_t equals = part.find('=');
    out += (out.empty() ? "" : " ") + std::string(equals == std::string_view::npos ? part : part.substr(equals + 1));
  }
  return out;
}

std::string year_of(std::int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm tm{};
  gmtime_r(&time, &tm);
  return std::to_string(tm.tm_year + 1900);
}

struct Columns {
  std::size_t subject = 0, sha1 = 0, key_bits = 0, expires = 0;
};

std::optional<Columns> columns_of(const std::vector<std::string_view>& heading, std::string& missing) {
  Columns out;
  for (const auto& [name, at] : {std::pair{"subject", &out.subject},
                                 {"sha1", &out.sha1},
                                 {"key_bits", &out.key_bits},
                                 {"expires", &out.expires}}) {
    const auto found = std::ranges::find(heading, name);
    if (found == heading.end()) {
      missing = name;
      return std::nullopt;
    }
    *at = static_cast<std::size_t>(found - heading.begin());
  }
  return out;
}

std::string known(std::string_view cell) { return cell == "-" ? std::string() : std::string(cell); }

}  // namespace

bool is_named_like(const DeviceRoot& root, std::string_view distinguished_name) {
  const std::vector<std::string> row = words_of(root.subject);
  return all_in(words_of(telling(distinguished_name)), row) && all_in(row, words_of(values_of(distinguished_name)));
}

bool is_device_root(const DeviceRoot& root, const Certificate& certificate) {
  if (!root.sha1.empty()) return root.sha1 == certificate.sha1;
  if (root.key_bits != 0 && root.key_bits != certificate.key_bits) return false;
  if (!root.expires.empty() && root.expires.substr(0, 4) != year_of(certificate.not_after)) return false;
  return certificate.self_issued && is_named_like(root, certificate.subject);
}

std::expected<std::vector<DeviceRoot>, Diagnostics> read_device_roots(const DataFiles& data, std::string_view id) {
  const std::string path = "profiles/roots/" + std::string(id) + ".tsv";
  const auto text = data.read(path);
  if (!text) return std::unexpected(Diagnostics{{path, 0, 0, text.error(), ""}});
  std::vector<DeviceRoot> out;
  std::optional<Columns> columns;
  int number = 0;
  for (const std::string_view line : split(*text, '\n')) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const std::vector<std::string_view> cells = split(line, '\t');
    const auto complain = [&](std::string message) {
      return std::unexpected(Diagnostics{{data.display_name(path), number, 1, std::move(message), ""}});
    };
    if (!columns) {
      std::string missing;
      columns = columns_of(cells, missing);
      if (!columns) return complain("no column " + missing);
      continue;
    }
    if (cells.size() <= std::max({columns->subject, columns->sha1, columns->key_bits, columns->expires}))
      return complain("the row has too few fields");
    DeviceRoot root{known(cells[columns->subject]), known(cells[columns->sha1]), 0, known(cells[columns->expires])};
    const std::string_view bits = cells[columns->key_bits];
    std::from_chars(bits.data(), bits.data() + bits.size(), root.key_bits);
    out.push_back(std::move(root));
  }
  return out;
}

}  // namespace easel

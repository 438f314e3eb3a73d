#include "client/profile/device_trust.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

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

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  for (const std::string_view word : split(text, ' ')) {
    if (!word.empty()) out.emplace_back(word);
  }
  return out;
}

/// Fingerprints of the table, in its order.
std::expected<std::vector<std::string>, Diagnostics> read_table(const DataFiles& data, const std::string& path) {
  const auto text = data.read(path);
  if (!text) return std::unexpected(Diagnostics{{path, 0, 0, text.error(), ""}});
  std::vector<std::string> out;
  std::size_t column = std::string::npos;
  int number = 0;
  for (const std::string_view line : split(*text, '\n')) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const std::vector<std::string_view> fields = split(line, '\t');
    if (column == std::string::npos) {
      const auto found = std::ranges::find(fields, "sha1");
      if (found == fields.end()) {
        return std::unexpected(Diagnostics{{data.display_name(path), number, 1, "no column sha1", ""}});
      }
      column = static_cast<std::size_t>(found - fields.begin());
      continue;
    }
    if (fields.size() <= column) {
      return std::unexpected(Diagnostics{{data.display_name(path), number, 1, "the row has no sha1 field", ""}});
    }
    if (fields[column].size() == 40) out.emplace_back(fields[column]);
  }
  return out;
}

Diagnostics read_rules(const XmlElement& trust, const std::string& file, CertificateRules& rules) {
  static constexpr std::array<std::string_view, 7> kAttributes = {
      "wildcards", "refused-hashes", "max-rsa-bits", "ecdsa", "source", "confidence", "note"};
  XmlChecker checker(file);
  if (const XmlElement* element = trust.child("certificates")) {
    checker.only_attributes(*element, kAttributes);
    checker.required(*element, "source");
    rules.wildcards = checker.yes_no(*element, "wildcards", true);
    rules.ecdsa = checker.yes_no(*element, "ecdsa", true);
    rules.max_rsa_bits = static_cast<int>(checker.number(*element, "max-rsa-bits", 0, 0, 65536));
    rules.refused_hashes = words(element->attribute_or("refused-hashes", ""));
  }
  return checker.take();
}

}  // namespace

std::expected<TrustPolicy, Diagnostics> device_trust(const DataFiles& data, const DeviceProfile& profile,
                                                     const std::vector<Certificate>& installed) {
  const std::string file = "profiles/devices/" + profile.id + ".xml";
  TrustPolicy out;
  out.store = TrustPolicy::Store::Authorities;
  out.name = "the root store of " + profile.id;
  out.authorities = installed;
  if (profile.roots.empty() && installed.empty()) {
    return std::unexpected(Diagnostics{{file, 0, 0, "the root store of " + profile.id + " is not known", ""}});
  }
  if (!profile.roots.empty()) {
    auto table = read_table(data, "profiles/roots/" + profile.roots + ".tsv");
    if (!table) return std::unexpected(table.error());
    out.fingerprints = std::move(*table);
  }
  if (profile.trust) {
    Diagnostics problems = read_rules(*profile.trust, data.display_name(file), out.rules);
    if (!problems.empty()) return std::unexpected(std::move(problems));
  }
  if (!installed.empty()) out.name += " with " + std::to_string(installed.size()) + " installed";
  return out;
}

}  // namespace easel

#include "client/profile/device_trust.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "client/profile/device_roots.h"
#include "client/words.h"

namespace easel {
std::expected<CertificateRules, Diagnostics> certificate_rules(const DataFiles& data, const DeviceProfile& profile) {
  static constexpr std::array<std::string_view, 8> kAttributes = {
      "names", "wildcards", "refused-hashes", "max-rsa-bits", "ecdsa", "source", "confidence", "note"};
  static constexpr std::array<std::string_view, 2> kNames = {"any", "common-name"};
  CertificateRules rules;
  const XmlElement* element = profile.trust ? profile.trust->child("certificates") : nullptr;
  if (!element) return rules;
  XmlChecker checker(data.display_name("profiles/devices/" + profile.id + ".xml"));
  checker.only_attributes(*element, kAttributes);
  checker.required(*element, "source");
  rules.common_name_only = checker.one_of(*element, "names", "any", kNames) == "common-name";
  rules.wildcards = checker.yes_no(*element, "wildcards", true);
  rules.ecdsa = checker.yes_no(*element, "ecdsa", true);
  rules.max_rsa_bits = static_cast<int>(checker.number(*element, "max-rsa-bits", 0, 0, 65536));
  rules.refused_hashes = words(element->attribute_or("refused-hashes", ""));
  if (!checker.clean()) return std::unexpected(checker.take());
  return rules;
}

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
    auto table = read_device_roots(data, profile.roots);
    if (!table) return std::unexpected(table.error());
    for (DeviceRoot& root : *table) {
      if (!root.sha1.empty()) out.fingerprints.push_back(std::move(root.sha1));
    }
  }
  auto rules = certificate_rules(data, profile);
  if (!rules) return std::unexpected(rules.error());
  out.rules = std::move(*rules);
  if (!installed.empty()) out.name += " with " + std::to_string(installed.size()) + " installed";
  return out;
}

}  // namespace easel

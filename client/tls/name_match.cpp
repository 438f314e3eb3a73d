#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "client/tls/trust.h"

namespace easel {
namespace {

std::string lower_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  std::string out(host);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string address_bytes(const std::string& text) {
  std::array<char, 16> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return {bytes.data(), 4};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return {bytes.data(), 16};
  return {};
}

/// RFC 6125, 6.4.3: a wildcard is the whole left-most label and stands for exactly one label.
bool dns_name_matches(std::string_view pattern, const std::string& host) {
  const std::string name = lower_host(pattern);
  if (!name.starts_with("*.")) return !name.empty() && name == host;
  const std::string_view rest = std::string_view(name).substr(1);
  if (std::ranges::count(rest, '.') < 2 || rest.find('*') != std::string_view::npos) return false;
  const std::size_t dot = host.find('.');
  return dot != std::string::npos && dot > 0 && std::string_view(host).substr(dot) == rest;
}

}  // namespace

bool name_matches(const Certificate& leaf, std::string_view host, bool& used_common_name) {
  used_common_name = false;
  const std::string wanted = lower_host(host);
  const std::string address = address_bytes(wanted);
  if (!address.empty()) {
    for (const std::string& name : leaf.ip_names) {
      if (address_bytes(name) == address) return true;
    }
  } else {
    for (const std::string& name : leaf.dns_names) {
      if (dns_name_matches(name, wanted)) return true;
    }
  }
  if (!leaf.dns_names.empty() || !leaf.ip_names.empty()) return false;
  used_common_name = true;
  return address.empty() ? dns_name_matches(leaf.common_name, wanted) : lower_host(leaf.common_name) == wanted;
}

bool name_matches_on_device(const Certificate& leaf, std::string_view host, const CertificateRules& rules,
                            std::string& why_not) {
  Certificate seen = leaf;
  if (rules.common_name_only) {
    seen.dns_names.clear();
    seen.ip_names.clear();
    why_not = "the device compares the common name only, which is \"" + leaf.common_name + "\"";
  }
  const auto is_wildcard = [](const std::string& name) { return name.starts_with("*"); };
  const bool alone = seen.dns_names.empty() && seen.ip_names.empty();
  if (!rules.wildcards && (alone ? is_wildcard(seen.common_name) : std::ranges::any_of(seen.dns_names, is_wildcard))) {
    why_not = "the device takes no wildcard";
    std::erase_if(seen.dns_names, is_wildcard);
    if (alone) seen.common_name.clear();
    // What stands in subjectAltName, even if none of it is left, keeps the common name out.
    if (!alone && seen.dns_names.empty()) seen.dns_names.emplace_back();
  }
  bool used_common_name = false;
  const bool matches = name_matches(seen, host, used_common_name);
  if (matches) why_not.clear();
  return matches;
}

}  // namespace easel

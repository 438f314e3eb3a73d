#include "client/run/needs.h"

#include <algorithm>
#include <cctype>

#include "client/profile/device_profile.h"
#include "client/words.h"

namespace easel {
namespace {

bool contains_word(std::string_view words, std::string_view word) {
  return (" " + std::string(words) + " ").find(" " + std::string(word) + " ") != std::string::npos;
}

// The value that a <needs site="…"> compares. Lists answer "yes" when they have something.
std::string field_of(const Site& site, std::string_view field) {
  if (field == "role") return site.role;
  if (field == "publisher") return site.publisher;
  if (field == "vantage") return site.vantage;
  if (field == "policy") return site.policy;
  if (field == "securid") return site.securid;
  if (field == "passcode") return site.securid_logon.passcode.empty() ? "no" : "yes";
  if (field == "client-certificate") return site.client_certificate;
  if (field == "axis") return site.axis;
  if (field == "plain-port") return site.plain_port_none ? "none" : site.plain_port ? "known" : "unknown";
  if (field == "autodiscover") return site.autodiscover.empty() ? "no" : "yes";
  if (field == "pins") return site.trust.pins.empty() ? "no" : "yes";
  if (field == "addresses") return site.addresses.size() > 1 ? "yes" : "no";
  if (field == "baseline") return site.baseline ? "yes" : "no";
  if (field == "store") {
    if (!site.trust.pins.empty()) return "pins";
    return site.trust.store == TrustPolicy::Store::Authorities ? "authorities" : "host";
  }
  if (field == "user-form") {
    const Account* account = site.account("main");
    if (!account) return "none";
    return account->user.find('\\') != std::string::npos  ? "domain"
           : account->user.find('@') != std::string::npos ? "upn"
                                                          : "bare";
  }
  if (field == "certificate") return site.certificate ? "yes" : "no";
  if (field.starts_with("certificate:")) {
    const std::string_view wanted = field.substr(12);
    return std::ranges::any_of(site.other_certificates, [&](const ClientCertificate& c) { return c.name == wanted; })
               ? "yes"
               : "no";
  }
  if (field.starts_with("account:")) return site.account(field.substr(8)) ? "yes" : "no";
  return {};
}

bool holds(const Needs& n, const Site& site) {
  if (n.site == "schemes") {
    return std::ranges::any_of(site.schemes,
                               [&](const std::string& s) { return contains_word(lower(n.is), lower(s)); });
  }
  return contains_word(n.is, field_of(site, n.site));
}

Verdict verdict_of(const Needs& n, std::string actual) {
  Verdict verdict;
  verdict.kind = n.blocks ? VerdictKind::Blocked : VerdictKind::Skip;
  verdict.reason = n.reason;
  verdict.actual = std::move(actual);
  return verdict;
}

}  // namespace

std::optional<Verdict> fixed_by_site(const Scenario& check, const Site& site) {
  for (const Needs& n : check.needs) {
    if (n.site.empty() || holds(n, site)) continue;
    if (n.site == "schemes") return verdict_of(n, "the site's schemes do not include " + n.is);
    if (n.site == "baseline") return verdict_of(n, "no baseline is given: --baseline, or <baseline> in the site file");
    if (n.site == "addresses")
      return verdict_of(n, "the site lists fewer than two front ends: <address at=\"…\"/> in the site file, one each");
    if (n.site.starts_with("certificate:")) {
      const std::string name = n.site.substr(12);
      return verdict_of(n, "the site has no certificate that is " + name + ": add <client-certificate name=\"" + name +
                               "\" file=\"…\"/> to the site file");
    }
    return verdict_of(n, "the site's " + n.site + " is \"" + field_of(site, n.site) + "\"");
  }
  return std::nullopt;
}

std::optional<Verdict> fixed_by_server(const Scenario& check, const Session& known, std::string_view version) {
  for (const Needs& n : check.needs) {
    if (!n.version_at_least.empty() && compare_versions(version, n.version_at_least) < 0) {
      return verdict_of(n, "the negotiated version is " + (version.empty() ? "unknown" : std::string(version)));
    }
    if (!n.command.empty() && std::ranges::find(known.commands, n.command) == known.commands.end()) {
      return verdict_of(n, "the server does not announce " + n.command);
    }
  }
  return std::nullopt;
}

}  // namespace easel

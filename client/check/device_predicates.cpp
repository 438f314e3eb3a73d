#include "client/check/device_predicates.h"

#include <algorithm>
#include <array>

#include "client/profile/device_roots.h"
#include "client/profile/device_trust.h"
#include "client/tls/trust.h"

namespace easel {
namespace {

// What holds has no place and no cause.
PredicateResult judged(bool holds, std::string expected, std::string actual, std::string where, std::string cause) {
  if (holds) return result(true, std::move(expected), std::move(actual));
  return result(false, std::move(expected), std::move(actual), std::move(where), std::move(cause));
}

std::vector<std::string> devices_of(const Evidence& e, const DataFiles& data) {
  if (e.site && !e.site->fleet.empty()) return e.site->fleet;
  std::vector<std::string> out;
  constexpr std::string_view kFolder = "profiles/devices/", kEnd = ".xml";
  for (const std::string& path : data.list(kFolder, kEnd))
    out.push_back(path.substr(kFolder.size(), path.size() - kFolder.size() - kEnd.size()));
  return out;
}

// Roots that a chain may end in: the anchor of our own verdict, and what the server sends of its own accord.
std::vector<Certificate> roots_at_hand(const TlsSession& tls) {
  std::vector<Certificate> out;
  if (tls.verdict.anchor) out.push_back(*tls.verdict.anchor);
  for (std::size_t i = 1; i < tls.chain.size(); ++i) {
    if (tls.chain[i].self_issued) out.push_back(tls.chain[i]);
  }
  return out;
}

}  // namespace

PredicateResult name_on_devices(const Evidence& e) {
  const DataFiles data;
  const Certificate& leaf = e.round_trip->tls->chain.front();
  const std::string& host = e.round_trip->request.host;
  const std::string expected = "names that every device of the fleet matches with " + host;
  std::string cannot, reason;
  for (const std::string& id : devices_of(e, data)) {
    const auto profile = load_device_profile(data, id);
    const auto rules = profile ? certificate_rules(data, *profile) : std::unexpected(profile.error());
    if (!rules) return judged(false, expected, to_text(rules.error()), id, "");
    std::string why_not;
    if (name_matches_on_device(leaf, host, *rules, why_not)) continue;
    cannot += (cannot.empty() ? "" : ", ") + id;
    if (reason.empty()) reason = why_not;
  }
  if (cannot.empty()) return judged(true, expected, "the common name is \"" + leaf.common_name + "\"", "", "");
  return judged(
      false, expected,
      cannot + " cannot: the common name is \"" + leaf.common_name + "\"" + (reason.empty() ? "" : "; " + reason),
      "certificate 0 (" + leaf.subject + ")", "tls.name");
}

PredicateResult root_on_device(const Evidence& e, std::string_view table) {
  const DataFiles data;
  const TlsSession& tls = *e.round_trip->tls;
  const std::string expected =
      "a root of the store " + std::string(table) + ", or one that the site installs on its devices (--trust-ca)";
  const auto rows = read_device_roots(data, table);
  if (!rows) return judged(false, expected, to_text(rows.error()), "", "");

  // The chain judged as the device would: its table, and what the site installs. Names and dates have their own checks.
  TrustPolicy device;
  device.store = TrustPolicy::Store::Authorities;
  if (e.site->trust.store == TrustPolicy::Store::Authorities) device.authorities = e.site->trust.authorities;
  for (const DeviceRoot& row : *rows) {
    if (!row.sha1.empty()) device.fingerprints.push_back(row.sha1);
  }
  const TrustVerdict verdict = judge_chain(tls.chain, device, e.round_trip->request.host, e.now);
  if (verdict.anchor) return judged(true, expected, "leads to " + verdict.anchor->subject, "", "");

  const std::vector<Certificate> at_hand = roots_at_hand(tls);
  const auto row_of = [&](const auto& fits) -> const DeviceRoot* {
    const auto row = std::ranges::find_if(*rows, fits);
    return row == rows->end() ? nullptr : &*row;
  };
  for (const Certificate& root : at_hand) {
    if (const DeviceRoot* row = row_of([&](const DeviceRoot& r) { return is_device_root(r, root); }))
      return judged(true, expected, "leads to " + root.subject + ", the store's " + row->subject, "", "");
  }
  const std::string issuer = tls.verdict.anchor ? tls.verdict.anchor->subject : tls.chain.back().issuer;
  const DeviceRoot* named = row_of([&](const DeviceRoot& r) { return is_named_like(r, issuer); });
  if (named && at_hand.empty()) {
    PredicateResult r =
        judged(true, expected, "leads to " + issuer + ", by its name the store's " + named->subject, "", "");
    r.note = "the root " + issuer + " was not at hand: that the store " + std::string(table) +
             " holds it is concluded from its name";
    return r;
  }
  return judged(false, expected,
                "the chain leads to " + issuer + ", which that store does not hold" +
                    (named ? " (it holds another of that name)" : ""),
                "chain", "tls.untrusted");
}

}  // namespace easel

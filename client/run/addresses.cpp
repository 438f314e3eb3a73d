#include "client/run/addresses.h"

#include <algorithm>

#include "client/run/step_request.h"

namespace easel {
namespace {

std::string endpoint(const std::string& host, std::uint16_t port) {
  const bool bare_ipv6 = host.find(':') != std::string::npos && !host.starts_with('[');
  return (bare_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

void add(std::vector<Hop>& hops, Hop hop, bool named) {
  const auto same = std::ranges::find(hops, hop.at, &Hop::at);
  if (same == hops.end()) {
    hops.push_back(std::move(hop));
  } else if (named) {
    same->label = std::move(hop.label);  // the administrator's word for it says more than ours
  }
}

bool sends_password(const Plan& plan) {
  return std::ranges::any_of(plan.steps, [](const PlannedStep& s) { return uses_real_password(s.step); });
}

const AddressVerdict* find_verdict(const AddressResult& result, const std::string& check) {
  const auto it = std::ranges::find(result.verdicts, check, &AddressVerdict::check);
  return it == result.verdicts.end() ? nullptr : &*it;
}

VerdictKind kind_of(const AddressVerdict& v) { return v.kind == VerdictKind::Flaky ? VerdictKind::Pass : v.kind; }

bool same(const AddressVerdict& a, const AddressVerdict& b) {
  return kind_of(a) == kind_of(b) && (kind_of(a) == VerdictKind::Pass || a.reason == b.reason);
}

std::string named(const AddressResult& r) { return r.label == r.at ? r.at : r.label + " (" + r.at + ")"; }

std::string told(const AddressVerdict& v) {
  std::string text(to_string(kind_of(v)));
  if (!v.reason.empty()) text += "(" + v.reason + ")";
  if (kind_of(v) != VerdictKind::Pass && !v.actual.empty()) text += ": " + v.actual;
  return text;
}

// The first check, lowest layer first, whose verdict is another one than at the reference.
const AddressVerdict* first_difference(const AddressResult& reference, const AddressResult& other) {
  for (const AddressVerdict& v : other.verdicts) {
    const AddressVerdict* before = find_verdict(reference, v.check);
    if (before && !same(*before, v)) return &v;
  }
  return nullptr;
}

// A machine without IPv6 says nothing about the server's.
void leave_out(const Hop& hop, AddressResult& result) {
  if (!hop.ipv6 || result.verdicts.empty()) return;
  if (result.verdicts.front().cause == "tcp.unreachable") result.left_out = "this machine has no way to IPv6 addresses";
}

class Comparison {
 public:
  Comparison(const std::vector<Hop>& hops, const AddressRuns& runs, std::vector<AddressResult>& results)
      : hops_(hops), runs_(runs), results_(results) {}

  RunOutcome run() {
    for (const Hop& hop : hops_) {
      AddressResult result;
      result.label = hop.label;
      result.at = hop.at;
      result.verdicts.resize(runs_.checks.size());
      results_.push_back(std::move(result));
    }
    std::vector<std::pair<std::size_t, std::size_t>> quiet, logging_on;  // hop and check
    for (std::size_t h = 0; h < hops_.size(); ++h) {
      for (std::size_t c = 0; c < runs_.checks.size(); ++c)
        (sends_password(*runs_.checks[c]) ? logging_on : quiet).emplace_back(h, c);
    }
    together(quiet);
    for (const auto& pair : logging_on) together({pair});
    for (std::size_t h = 0; h < hops_.size(); ++h) leave_out(hops_[h], results_[h]);
    outcome_.verdict = judge_addresses(results_);
    evidence();
    return std::move(outcome_);
  }

 private:
  void together(const std::vector<std::pair<std::size_t, std::size_t>>& pairs) {
    std::vector<DriveItem> items;
    for (const auto& [h, c] : pairs) {
      const Scenario& check = runs_.checks[c]->scenario;
      RunContext context = runs_.context(check);
      context.address_label = hops_[h].label;
      context.route = hops_[h].route;
      items.push_back({std::make_unique<Run>(runs_.checks[c], std::move(context)), check.serial});
    }
    drive(items, *runs_.transport, runs_.drive_options(), nullptr);
    for (std::size_t i = 0; i < items.size(); ++i) take(pairs[i].first, pairs[i].second, items[i].run->take());
  }

  void take(std::size_t h, std::size_t c, RunOutcome outcome) {
    AddressResult& result = results_[h];
    const Verdict& v = outcome.verdict;
    result.verdicts[c] = {runs_.checks[c]->scenario.id, v.kind, v.reason, v.actual, v.cause, {}};
    for (RoundTripRecord& r : outcome.round_trips) {
      if (result.certificate.empty() && r.round_trip.tls && !r.round_trip.tls->chain.empty())
        result.certificate = r.round_trip.tls->chain.front().sha256;
      r.step = hops_[h].label + " · " + runs_.checks[c]->scenario.id + (r.step.empty() ? "" : " · " + r.step);
      result.verdicts[c].round_trips.push_back(outcome_.round_trips.size());
      outcome_.round_trips.push_back(std::move(r));
    }
    for (std::string& trace : outcome.left_behind) outcome_.left_behind.push_back(std::move(trace));
    outcome_.took += outcome.took;
  }

  // Both sides of the first difference.
  void evidence() {
    const auto reference = std::ranges::find_if(results_, [](const AddressResult& r) { return r.left_out.empty(); });
    if (outcome_.verdict.kind != VerdictKind::Fail || reference == results_.end()) return;
    for (const AddressResult& r : results_) {
      const AddressVerdict* v = r.left_out.empty() ? first_difference(*reference, r) : nullptr;
      if (!v) continue;
      for (const AddressVerdict* side : {find_verdict(*reference, v->check), v}) {
        if (!side->round_trips.empty()) outcome_.verdict.evidence.push_back(side->round_trips.back());
      }
      return;
    }
  }

  const std::vector<Hop>& hops_;
  const AddressRuns& runs_;
  std::vector<AddressResult>& results_;
  RunOutcome outcome_;
};

void note_certificates(const std::vector<AddressResult>& results, Verdict& verdict) {
  std::string first, other;
  for (const AddressResult& r : results) {
    if (r.certificate.empty()) continue;
    if (first.empty()) first = r.certificate;
    if (r.certificate != first && other.empty()) other = named(r);
  }
  if (!other.empty())
    verdict.notes.push_back("the certificates differ from address to address: " + other +
                            " shows another one than the first, which is no fault by itself");
}

}  // namespace

std::vector<Hop> hops_of(const Site& site, const Resolutions& names) {
  std::vector<Hop> hops;
  const Route& route = site.route;
  if (!route.connect_to_host.empty()) {
    const std::uint16_t port = route.connect_to_port ? route.connect_to_port : site.port;
    add(hops, {"--connect-to", endpoint(route.connect_to_host, port), route, false}, false);
  } else {
    std::vector<std::string> addresses = route.addresses;
    const Resolution* found = find_resolution(names, site.host);
    if (addresses.empty() && route.proxy.empty() && found) {
      addresses = found->ipv4;
      addresses.insert(addresses.end(), found->ipv6.begin(), found->ipv6.end());
    }
    for (const std::string& address : addresses) {
      Hop hop{address, endpoint(address, site.port), route, address.find(':') != std::string::npos};
      hop.label = addresses.size() == 1 ? "public name" : (hop.ipv6 ? "AAAA " : "A ") + address;
      hop.route.addresses = {address};
      add(hops, std::move(hop), false);
    }
    if (addresses.empty()) add(hops, {"public name", endpoint(site.host, site.port), route, false}, false);
  }
  for (const SiteAddress& a : site.addresses) {
    const std::uint16_t port = a.port ? a.port : site.port;
    Hop hop{a.label.empty() ? a.host : a.label, endpoint(a.host, port), route, a.host.find(':') != std::string::npos};
    hop.route.addresses.clear();
    hop.route.connect_to_host = a.host;
    hop.route.connect_to_port = port;
    add(hops, std::move(hop), true);
  }
  return hops;
}

Verdict judge_addresses(const std::vector<AddressResult>& results) {
  Verdict verdict;
  const AddressResult* reference = nullptr;
  std::size_t judged = 0;
  for (const AddressResult& r : results) {
    if (!r.left_out.empty()) {
      verdict.notes.push_back(named(r) + " was left out: " + r.left_out);
      continue;
    }
    ++judged;
    if (!reference) reference = &r;
    for (const AddressVerdict& v : r.verdicts) {
      const bool stopped = v.kind == VerdictKind::Blocked && (v.reason == "interrupted" || v.reason == "budget");
      if (v.kind != VerdictKind::Error && !stopped) continue;
      verdict.kind = v.kind;
      verdict.reason = v.reason;
      verdict.actual = v.check + " at " + named(r) + ": " + v.actual;
      return verdict;
    }
  }
  if (judged < 2) {
    verdict.kind = VerdictKind::Skip;
    verdict.reason = "no-address";
    verdict.actual = results.empty() ? "the site has no address" : "one address: " + named(results.front());
    return verdict;
  }
  note_certificates(results, verdict);
  for (const AddressResult& r : results) {
    const AddressVerdict* v = r.left_out.empty() ? first_difference(*reference, r) : nullptr;
    if (!v) continue;
    const AddressVerdict& before = *find_verdict(*reference, v->check);
    if (verdict.kind == VerdictKind::Fail) {
      verdict.notes.push_back("it is not alone: " + v->check + " at " + named(r) + " is " + told(*v));
      continue;
    }
    verdict.kind = VerdictKind::Fail;
    verdict.expected = v->check + " at " + named(r) + " as at " + named(*reference) + ": " + told(before);
    verdict.actual = v->check + " at " + named(r) + " is " + told(*v);
    verdict.where = "address " + named(r) + ", the first that differs";
    verdict.cause = v->cause.empty() ? before.cause : v->cause;
  }
  return verdict;
}

RunOutcome compare_addresses(const std::vector<Hop>& hops, const AddressRuns& runs,
                             std::vector<AddressResult>& results) {
  return Comparison(hops, runs, results).run();
}

}  // namespace easel

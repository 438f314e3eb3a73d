#include "client/run/verify.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "client/protocol/eas_request.h"
#include "client/run/addresses.h"
#include "client/run/check_result.h"
#include "client/run/guide.h"
#include "client/run/names.h"
#include "client/run/needs.h"
#include "client/run/shut_out.h"
#include "client/run/traces.h"
#include "client/run/waive.h"
#include "client/words.h"

namespace easel {
namespace {

using Clock = std::chrono::steady_clock;

Verdict skip(std::string reason, std::string actual) {
  Verdict v;
  v.kind = VerdictKind::Skip;
  v.reason = std::move(reason);
  v.actual = std::move(actual);
  return v;
}

Verdict blocked(std::string reason, std::string actual) {
  Verdict v = skip(std::move(reason), std::move(actual));
  v.kind = VerdictKind::Blocked;
  return v;
}

class Verifier {
 public:
  Verifier(const Schedule& plan, const DeviceProfile& device, const Site& site, const SupportCodes& codes,
           const VerifyOptions& options, Transport& transport, Progress* progress)
      : plan_(plan),
        device_(device),
        site_(site),
        codes_(codes),
        options_(options),
        transport_(transport),
        progress_(progress),
        started_(Clock::now()) {}

  RunResult run() {
    head();
    if (progress_) progress_->begin(result_, plan_.checks.size());
    look_up();
    first_controls();
    checks();
    last_controls();
    finish();
    return std::move(result_);
  }

 private:
  void head() {
    const Account* account = site_.account("main");
    if (account) redactor_.add_credentials(account->user, account->password.reveal());
    for (const Account& a : site_.accounts) redactor_.add_credentials(a.user, a.password.reveal());
    redactor_.add(site_.route.proxy_password);
    redactor_.add(site_.securid_logon.passcode.reveal());
    result_.plan = options_.plan;
    result_.axis = site_.axis;
    result_.fail_on = options_.fail_on;
    result_.site = site_.name.empty() ? site_.host : site_.name;
    result_.host = site_.host;
    result_.port = site_.port;
    if (!site_.route.connect_to_host.empty()) {
      result_.route = site_.route.connect_to_host + ":" +
                      std::to_string(site_.route.connect_to_port ? site_.route.connect_to_port : site_.port);
    }
    result_.device = device_.id;
    result_.device_title = device_.title;
    result_.device_id = stable_device_id(device_, account ? account->user : "", "0");
    result_.trust = site_.trust.name;
    result_.account = account ? account->user : "";
    result_.run_id = options_.run_id;
    result_.started_at = options_.now();
    result_.seed = options_.seed;
    result_.guide_total = visible_guide_steps();
  }

  void look_up() {
    std::vector<std::shared_ptr<const Plan>> plans = plan_.controls;
    for (const ScheduledCheck& c : plan_.checks) {
      if (!c.fixed) plans.push_back(c.plan);
    }
    auto names = resolve_for(plans, context("0"), options_.resolver);
    if (names) {
      names_ = std::move(*names);
    } else {
      result_.notes.push_back("--dns: " + names.error());
    }
  }

  RunContext context(std::string lane) {
    RunContext c;
    c.site = &site_;
    c.redactor = &redactor_;
    c.run_id = options_.run_id;
    c.lane = std::move(lane);
    c.heartbeat = options_.heartbeat;
    c.known = known_;
    c.now = options_.now;
    c.logons = &logons_;
    c.ticket = &ticket_;
    c.names = &names_;
    c.legacy_sessions = legacy_;
    c.only_names = !options_.resolver.server.empty();
    return c;
  }

  [[nodiscard]] DriveOptions drive_options() const {
    DriveOptions d;
    d.jobs = options_.jobs;
    d.interrupts = options_.interrupts;
    const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_);
    d.budget = options_.time_limit > spent ? options_.time_limit - spent : std::chrono::milliseconds(0);
    return d;
  }

  [[nodiscard]] bool needed(std::string_view layer) const {
    return std::ranges::any_of(plan_.checks, [&](const ScheduledCheck& c) {
      return !c.fixed && std::ranges::find(c.check->rests_on, layer) != c.check->rests_on.end();
    });
  }

  void control(const std::shared_ptr<const Plan>& plan, bool last) {
    std::vector<DriveItem> items;
    items.push_back({std::make_unique<Run>(plan, context("control")), false});
    drive(items, transport_, drive_options(), nullptr);
    RunOutcome outcome = items.front().run->take();
    const std::string layer = plan->scenario.id.substr(plan->scenario.id.rfind('.') + 1);
    if (!last && outcome.session.server.size() > known_.server.size()) known_.server = outcome.session.server;
    if (!last && layer == "auth") known_ = outcome.session;
    ControlResult c;
    c.layer = layer;
    c.holds = outcome.verdict.kind == VerdictKind::Pass || outcome.verdict.kind == VerdictKind::Flaky;
    c.last = last;
    c.actual = outcome.verdict.kind == VerdictKind::Blocked ? outcome.verdict.reason + ": " + outcome.verdict.actual
                                                            : outcome.verdict.actual;
    if (outcome.verdict.kind == VerdictKind::Blocked) control_reason_[layer] = outcome.verdict.reason;
    learn_product(outcome);
    c.detail = describe_check(plan->scenario, std::move(outcome));
    result_.controls.push_back(std::move(c));
  }

  void learn_product(const RunOutcome& outcome) {
    note_server_names(outcome, result_.server);
    result_.product = site_.server.empty() ? recognise_product(result_.server) : site_.server;
  }

  [[nodiscard]] const ControlResult* broken(std::string_view layer) const {
    for (const ControlResult& c : result_.controls) {
      if (c.layer == layer && !c.holds && !c.last) return &c;
    }
    return nullptr;
  }

  // An old server has only RC4 or 3DES, which the device has, too, and OpenSSL 3 has not.
  void try_legacy(const std::shared_ptr<const Plan>& tls) {
    const ControlResult& failed = result_.controls.back();
    const auto handshake_failed = [](const RoundTripRecord& r) {
      const TlsFailure* failure = r.round_trip.tls_failure();
      return failure && failure->kind != TlsFailure::Kind::Verdict;
    };
    const bool old_device = device_.session_offer.min_version == "TLSv1" && device_.session_offer.legacy_renegotiation;
    if (!old_device || std::ranges::none_of(failed.detail.round_trips, handshake_failed)) return;
    ControlResult modern = std::move(result_.controls.back());
    result_.controls.pop_back();
    legacy_ = true;
    control(tls, false);
    if (result_.controls.back().holds) {
      result_.notes.push_back(
          "only suites of the device's time are common (RC4, 3DES): sessions are held by GnuTLS, and their chains "
          "are judged as any other");
      return;
    }
    legacy_ = false;
    result_.controls.back() = std::move(modern);
  }

  void first_controls() {
    static constexpr std::string_view kOrder[] = {"tcp", "tls", "trust", "http", "auth"};
    for (std::size_t i = 0; i < plan_.controls.size() && i < std::size(kOrder); ++i) {
      // A layer stands on those below it; http does not stand on trust, since probes may go on without.
      if (broken("tcp") || (i > 1 && broken("tls"))) break;
      if (kOrder[i] == "auth" && (broken("trust") || broken("http"))) break;
      bool wanted = false;
      for (std::size_t j = i; j < std::size(kOrder); ++j) wanted = wanted || needed(kOrder[j]);
      if (wanted) control(plan_.controls[i], false);
      if (kOrder[i] == "tls" && broken("tls")) try_legacy(plan_.controls[i]);
    }
    result_.version = known_.version.empty() ? negotiate_version(device_.versions, known_.versions) : known_.version;
    known_.version = result_.version;
  }

  [[nodiscard]] std::optional<Verdict> resting(const Scenario& s) const {
    for (const std::string& layer : s.rests_on) {
      if (const ControlResult* c = broken(layer)) {
        const auto why = control_reason_.find(layer);
        return blocked(why == control_reason_.end() ? layer : why->second,
                       "the " + layer + " control failed: " + c->actual);
      }
    }
    // Layers above a broken one were never tried.
    for (const std::string_view below : {"tcp", "tls", "trust", "http"}) {
      const ControlResult* c = broken(below);
      if (!c) continue;
      for (const std::string& layer : s.rests_on) {
        const bool above = (below == "tcp") || (below == "tls" && layer != "tcp") || (layer == "auth");
        if (above) return blocked(std::string(below), "the " + std::string(below) + " control failed: " + c->actual);
      }
    }
    return std::nullopt;
  }

  struct Watcher : DriveWatcher {
    Verifier* verifier = nullptr;
    std::vector<std::size_t> checks;  // item index to check index
    std::vector<RunOutcome> outcomes;
    void started(std::size_t index) override {
      if (verifier->progress_) verifier->progress_->check_started(verifier->plan_.checks[checks[index]].check->id);
    }
    void finished(std::size_t index, Run& run) override {
      outcomes[index] = run.take();
      if (!verifier->progress_) return;
      CheckResult light;
      light.id = verifier->plan_.checks[checks[index]].check->id;
      light.verdict.kind = outcomes[index].verdict.kind;
      verifier->progress_->check_finished(light);
    }
  };

  void checks() {
    result_.checks.resize(plan_.checks.size());
    for (std::size_t i = 0; i < plan_.checks.size(); ++i) {
      const ScheduledCheck& c = plan_.checks[i];
      std::optional<Verdict> fixed = c.fixed;
      if (!fixed) fixed = resting(*c.check);
      if (!fixed) fixed = fixed_by_server(*c.check, known_, result_.version);
      if (fixed) {
        settle(i, *fixed);
        continue;
      }
      open_.insert(i);
    }
    // In rounds: what rests on another check waits for its verdict.
    while (!open_.empty()) {
      std::vector<std::size_t> ready;
      const std::size_t before = open_.size();
      for (const std::size_t i : std::vector<std::size_t>(open_.begin(), open_.end())) {
        if (waits(*plan_.checks[i].check) || plan_.checks[i].check->whole_run == "logon-budget") continue;
        if (auto verdict = prerequisite(*plan_.checks[i].check)) {
          settle(i, *verdict);
        } else {
          ready.push_back(i);
        }
      }
      if (ready.empty() && open_.size() == before) break;
      std::vector<std::size_t> comparisons;
      std::erase_if(ready, [&](const std::size_t i) {
        const bool compares = plan_.checks[i].check->whole_run == "addresses";
        if (compares) comparisons.push_back(i);
        return compares;
      });
      batch(ready);
      for (const std::size_t i : comparisons) compare(i);
    }
    logon_budget();
    for (const std::size_t i : std::vector<std::size_t>(open_.begin(), open_.end()))
      settle(i, blocked("prerequisite", "checks need each other in a circle"));
  }

  // Is a check that this one needs still to be judged?
  [[nodiscard]] bool waits(const Scenario& s) const {
    return std::ranges::any_of(open_, [&](const std::size_t other) {
      return std::ranges::any_of(s.needs, [&](const Needs& n) {
        return std::ranges::any_of(words(n.check),
                                   [&](const std::string& id) { return id == plan_.checks[other].check->id; });
      });
    });
  }

  [[nodiscard]] std::optional<Verdict> prerequisite(const Scenario& s) const {
    for (const Needs& n : s.needs) {
      if (n.check.empty()) continue;
      for (const std::string& id : words(n.check)) {
        const auto it = std::ranges::find(result_.checks, id, &CheckResult::id);
        if (it == result_.checks.end()) continue;  // not in this plan: it cannot forbid
        if (it->verdict.kind == VerdictKind::Pass || it->verdict.kind == VerdictKind::Flaky) continue;
        const std::string actual = id + " is " + std::string(to_string(it->verdict.kind));
        return n.blocks ? blocked("prerequisite", actual) : skip(n.reason, actual);
      }
    }
    return std::nullopt;
  }

  // One check that runs others at every address.
  void compare(std::size_t index) {
    const ScheduledCheck& c = plan_.checks[index];
    if (progress_) progress_->check_started(c.check->id);
    AddressRuns runs;
    for (const auto& check : c.compared) {
      if (!fixed_by_server(check->scenario, known_, result_.version)) runs.checks.push_back(check);
    }
    runs.context = [this](const Scenario& s) { return context(s.serial ? "0" : s.id); };
    runs.drive_options = [this] { return drive_options(); };
    runs.transport = &transport_;
    const std::vector<Hop> hops = hops_of(site_, names_);
    RunOutcome outcome;
    if (hops.size() > 1) {
      outcome = compare_addresses(hops, runs, result_.addresses);
    } else {
      outcome.verdict = skip("no-address", "the site has one address: " + hops.front().at);
    }
    predict_code(*c.check, codes_, outcome.verdict);
    result_.checks[index] = describe_check(*c.check, std::move(outcome));
    open_.erase(index);
    if (progress_) progress_->check_finished(result_.checks[index]);
  }

  // Judged when everything else has been: did this run stay within what each account allows?
  void logon_budget() {
    for (const std::size_t i : std::vector<std::size_t>(open_.begin(), open_.end())) {
      if (plan_.checks[i].check->whole_run != "logon-budget") continue;
      settle(i, judge_logons(logons_, site_));
    }
  }

  void settle(std::size_t index, const Verdict& verdict) {
    open_.erase(index);
    RunOutcome outcome;
    outcome.verdict = verdict;
    result_.checks[index] = describe_check(*plan_.checks[index].check, std::move(outcome));
    if (progress_) progress_->check_finished(result_.checks[index]);
  }

  void batch(std::vector<std::size_t> indexes) {
    // What the server refuses may make it shut us out, so the noisy ones come last.
    std::ranges::stable_sort(indexes, {}, [&](std::size_t i) {
      return std::pair(plan_.checks[i].plan->refused_logons, plan_.checks[i].check->refusals);
    });
    if (options_.random_order) {
      std::mt19937_64 random(options_.seed);
      std::ranges::shuffle(indexes, random);
    }
    std::vector<DriveItem> items;
    Watcher watcher;
    watcher.verifier = this;
    for (const std::size_t i : indexes) {
      const Scenario& s = *plan_.checks[i].check;
      items.push_back({std::make_unique<Run>(plan_.checks[i].plan, context(s.serial ? "0" : s.id)), s.serial});
      watcher.checks.push_back(i);
    }
    watcher.outcomes.resize(items.size());
    drive(items, transport_, drive_options(), &watcher);
    // In the order of the catalogue, so that no report depends on which answer came first.
    std::map<std::size_t, RunOutcome> outcomes;
    for (std::size_t k = 0; k < items.size(); ++k) outcomes.emplace(indexes[k], std::move(watcher.outcomes[k]));
    for (auto& [index, outcome] : outcomes) {
      const Scenario& s = *plan_.checks[index].check;
      learn_product(outcome);
      predict_code(s, codes_, outcome.verdict);
      result_.checks[index] = describe_check(s, std::move(outcome));
      open_.erase(index);
    }
  }

  // A server that has shut us out in the middle makes everything since then worthless.
  void last_controls() {
    if (options_.interrupts && options_.interrupts->load() > 0) {
      result_.interrupted = true;
      return;
    }
    const bool stood =
        std::ranges::any_of(result_.controls, [](const ControlResult& c) { return c.layer == "http" && c.holds; });
    if (!stood || plan_.controls.size() < 4) return;
    control(plan_.controls[3], true);
    block_if_shut_out(result_, started_);
  }

  void finish() {
    apply_waivers(result_, options_.waivers, options_.now());
    std::vector<std::string> seen;
    for (CheckResult& c : result_.checks) {
      const auto planned = std::ranges::find(plan_.checks, c.id, [](const ScheduledCheck& p) { return p.check->id; });
      if (planned != plan_.checks.end()) choose_remedy(*planned->check, result_.product, c);
      const bool told = c.verdict.kind == VerdictKind::Pass || c.verdict.kind == VerdictKind::Fail ||
                        c.verdict.kind == VerdictKind::Flaky || c.verdict.kind == VerdictKind::Waived;
      for (const std::string& step : told ? words(c.guide) : std::vector<std::string>()) {
        if (is_visible_step(step) && std::ranges::find(seen, step) == seen.end()) seen.push_back(step);
      }
      result_.left_behind.insert(result_.left_behind.end(), c.left_behind.begin(), c.left_behind.end());
    }
    result_.guide_seen = static_cast<int>(seen.size());
    count_traces(plan_, device_, site_, result_);
    result_.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_);
  }

  const Schedule& plan_;
  const DeviceProfile& device_;
  const Site& site_;
  const SupportCodes& codes_;
  const VerifyOptions& options_;
  Transport& transport_;
  Progress* progress_;
  Clock::time_point started_;
  Redactor redactor_;
  Session known_;
  LogonLedger logons_;
  std::string ticket_;
  Resolutions names_;
  std::map<std::string, std::string, std::less<>> control_reason_;
  bool legacy_ = false;
  std::set<std::size_t> open_;  // checks without a verdict
  RunResult result_;
};

}  // namespace

RunResult verify(const Schedule& plan, const DataFiles&, const DeviceProfile& device, const Site& site,
                 const SupportCodes& codes, const VerifyOptions& options, Transport& transport, Progress* progress) {
  return Verifier(plan, device, site, codes, options, transport, progress).run();
}

}  // namespace easel

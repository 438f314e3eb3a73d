#include "client/run/scenarios.h"

#include <algorithm>
#include <sstream>

#include "client/protocol/eas_request.h"
#include "client/run/check_result.h"
#include "client/run/names.h"
#include "client/run/needs.h"
#include "client/words.h"

namespace easel {
namespace {

Verdict verdict_of(VerdictKind kind, std::string reason, std::string actual) {
  Verdict v;
  v.kind = kind;
  v.reason = std::move(reason);
  v.actual = std::move(actual);
  return v;
}

bool good(const Verdict& v) { return v.kind == VerdictKind::Pass || v.kind == VerdictKind::Flaky; }

RunResult head_of(const DeviceProfile& device, const Site& site, const ScenarioOptions& options) {
  RunResult result;
  const Account* account = site.account("main");
  result.axis = site.axis;
  result.fail_on = "info";  // a scenario has no severity: whatever it asserts counts
  result.site = site.name.empty() ? site.host : site.name;
  result.host = site.host;
  result.port = site.port;
  if (!site.route.connect_to_host.empty()) {
    result.route = site.route.connect_to_host + ":" +
                   std::to_string(site.route.connect_to_port ? site.route.connect_to_port : site.port);
  }
  result.device = device.id;
  result.device_title = device.title;
  result.device_id = stable_device_id(device, account ? account->user : "", "0");
  result.trust = site.trust.name;
  result.account = account ? account->user : "";
  result.run_id = options.run_id;
  result.started_at = options.now();
  return result;
}

class Compiler {
 public:
  explicit Compiler(const CompileContext& context) : context_(context) {}

  std::expected<ScenarioSet, Diagnostics> run(const std::vector<std::string>& files) {
    std::vector<std::string_view> known;
    for (const std::string& file : files) {
      ParsedScenario parsed = load_scenario(context_.data, file);
      for (const Param& p : parsed.scenario.params) names_.push_back(p.name);
      if (auto plan = take(compile(std::move(parsed), context_))) set_.plans.push_back(std::move(plan));
    }
    for (const auto& plan : set_.plans) gates(*plan);
    known.assign(names_.begin(), names_.end());
    for (const auto& [name, value] : context_.parameters) {
      if (std::ranges::find(known, name) == known.end() && diagnostics_.empty())
        diagnostics_.push_back({"-D", 0, 0, "no scenario has a parameter '" + name + "'", suggest(name, known)});
    }
    if (!diagnostics_.empty()) return std::unexpected(std::move(diagnostics_));
    return std::move(set_);
  }

 private:
  std::shared_ptr<const Plan> take(std::expected<std::shared_ptr<const Plan>, Diagnostics> plan) {
    if (plan) return std::move(*plan);
    diagnostics_.insert(diagnostics_.end(), plan.error().begin(), plan.error().end());
    return nullptr;
  }

  void gates(const Plan& plan) {
    const CompileContext bare{context_.data, context_.device, context_.site, {}, false};
    for (const Needs& n : plan.scenario.needs) {
      if ((!n.version_at_least.empty() || !n.command.empty()) && !set_.log_on)
        set_.log_on = take(compile(load_scenario(context_.data, "scenarios/controls/auth.xml"), bare));
      for (const std::string& id : words(n.check)) {
        if (set_.checks.contains(id)) continue;
        const std::string path = "scenarios/catalogue/" + id.substr(0, id.find('.')) + "/" + id + ".xml";
        if (context_.data.read(path)) {
          if (auto check = take(compile(load_scenario(context_.data, path), bare))) set_.checks[id] = std::move(check);
        } else {
          unknown_check(plan, n, id);
        }
      }
    }
  }

  void unknown_check(const Plan& plan, const Needs& n, const std::string& id) {
    std::vector<std::string> ids;
    for (const std::string& path : context_.data.list("scenarios/catalogue/", ".xml")) {
      const std::size_t slash = path.rfind('/') + 1;
      ids.push_back(path.substr(slash, path.size() - slash - 4));
    }
    const std::vector<std::string_view> known(ids.begin(), ids.end());
    diagnostics_.push_back(
        {plan.scenario.file, n.place.line, n.place.column, "no check is called '" + id + "'", suggest(id, known)});
  }

  const CompileContext& context_;
  ScenarioSet set_;
  std::vector<std::string> names_;
  Diagnostics diagnostics_;
};

class Runner {
 public:
  Runner(const ScenarioSet& set, const DeviceProfile& device, const Site& site, const SupportCodes& codes,
         const ScenarioOptions& options, Transport& transport, Progress* progress)
      : set_(set), site_(site), codes_(codes), options_(options), transport_(transport), progress_(progress) {
    result_ = head_of(device, site, options);
  }

  RunResult run() {
    for (const Account& a : site_.accounts) redactor_.add_credentials(a.user, a.password.reveal());
    redactor_.add(site_.route.proxy_password);
    redactor_.add(site_.securid_logon.passcode.reveal());
    for (const auto& plan : set_.plans) {
      result_.plan += (result_.plan.empty() ? "" : " ") + plan->scenario.id;
      for (const std::string& secret : plan->secrets) redactor_.add(secret);
    }
    if (progress_) progress_->begin(result_, set_.plans.size());
    look_up();
    for (const auto& plan : set_.plans) scenario(*plan, plan);
    result_.took = elapsed();
    return std::move(result_);
  }

 private:
  [[nodiscard]] std::chrono::milliseconds elapsed() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started_);
  }

  void look_up() {
    std::vector<std::shared_ptr<const Plan>> plans = set_.plans;
    for (const auto& [id, check] : set_.checks) plans.push_back(check);
    if (set_.log_on) plans.push_back(set_.log_on);
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
    c.logons = &logons_;
    c.ticket = &ticket_;
    c.names = &names_;
    c.only_names = !options_.resolver.server.empty();
    c.now = options_.now;
    return c;
  }

  RunOutcome go(const std::shared_ptr<const Plan>& plan, const std::string& lane) {
    DriveOptions drive_options;
    drive_options.interrupts = options_.interrupts;
    drive_options.budget =
        options_.time_limit > elapsed() ? options_.time_limit - elapsed() : std::chrono::milliseconds(0);
    std::vector<DriveItem> items;
    items.push_back({std::make_unique<Run>(plan, context(lane)), true});
    drive(items, transport_, drive_options, nullptr);
    RunOutcome outcome = items.front().run->take();
    note_server_names(outcome, result_.server);
    return outcome;
  }

  void scenario(const Plan& plan, const std::shared_ptr<const Plan>& shared) {
    if (progress_) progress_->check_started(plan.scenario.id);
    RunOutcome outcome;
    if (auto verdict = gate(plan)) {
      outcome.verdict = std::move(*verdict);
    } else {
      logons_used_ += plan.refused_logons;
      outcome = go(shared, "0");
    }
    if (result_.version.empty()) result_.version = outcome.session.version;
    result_.product = site_.server.empty() ? recognise_product(result_.server) : site_.server;
    predict_code(plan.scenario, codes_, outcome.verdict);
    CheckResult check = describe_check(plan.scenario, std::move(outcome));
    choose_remedy(plan.scenario, result_.product, check);
    result_.left_behind.insert(result_.left_behind.end(), check.left_behind.begin(), check.left_behind.end());
    if (progress_) progress_->check_finished(check);
    result_.checks.push_back(std::move(check));
    if (options_.interrupts && options_.interrupts->load() > 0) result_.interrupted = true;
  }

  // The verdict that is fixed before the first step: it does not apply here, or what it rests on does not hold.
  std::optional<Verdict> gate(const Plan& plan) {
    if (result_.interrupted) return verdict_of(VerdictKind::Blocked, "interrupted", "interrupted by the user");
    if (auto verdict = fixed_by_site(plan.scenario, site_)) return verdict;
    const int allowed = site_.account("main") ? site_.account("main")->failed_logons : 0;
    if (plan.refused_logons > 0 && logons_used_ + plan.refused_logons > allowed)
      return verdict_of(VerdictKind::Skip, "logon-budget",
                        "it may cause " + std::to_string(plan.refused_logons) + " failed log-ons, " +
                            std::to_string(allowed - logons_used_) + " are left (--failed-logons)");
    for (const Needs& n : plan.scenario.needs) {
      if (auto verdict = check_gate(n)) return verdict;
    }
    return server_gate(plan);
  }

  std::optional<Verdict> check_gate(const Needs& n) {
    for (const std::string& id : words(n.check)) {
      const auto check = set_.checks.find(id);
      if (check == set_.checks.end()) continue;
      if (!verdicts_.contains(id)) verdicts_[id] = go(check->second, id).verdict;
      const Verdict& v = verdicts_[id];
      if (good(v)) continue;
      return verdict_of(n.blocks ? VerdictKind::Blocked : VerdictKind::Skip, n.reason,
                        id + " is " + std::string(to_string(v.kind)) + (v.actual.empty() ? "" : ": " + v.actual));
    }
    return std::nullopt;
  }

  std::optional<Verdict> server_gate(const Plan& plan) {
    const bool asks = std::ranges::any_of(
        plan.scenario.needs, [](const Needs& n) { return !n.version_at_least.empty() || !n.command.empty(); });
    if (!asks || !set_.log_on) return std::nullopt;
    if (!log_on_) {
      RunOutcome outcome = go(set_.log_on, "control");
      log_on_ = outcome.verdict;
      known_ = outcome.session;
    }
    if (!good(*log_on_)) return verdict_of(VerdictKind::Blocked, "auth", "the log-on failed: " + log_on_->actual);
    const DeviceProfile& profile = plan.devices.at("");
    const std::string version = negotiate_version(profile.versions, known_.versions);
    return fixed_by_server(plan.scenario, known_, version);
  }

  const ScenarioSet& set_;
  const Site& site_;
  const SupportCodes& codes_;
  const ScenarioOptions& options_;
  Transport& transport_;
  Progress* progress_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  Redactor redactor_;
  Session known_;
  LogonLedger logons_;
  std::string ticket_;
  Resolutions names_;
  int logons_used_ = 0;
  std::optional<Verdict> log_on_;
  std::map<std::string, Verdict, std::less<>> verdicts_;
  RunResult result_;
};

}  // namespace

std::expected<ScenarioSet, Diagnostics> compile_scenarios(const std::vector<std::string>& files, const DataFiles& data,
                                                          const DeviceProfile& device, const Site& site,
                                                          const Variables& parameters, bool read_only) {
  const CompileContext context{data, device, site, parameters, read_only};
  return Compiler(context).run(files);
}

RunResult run_scenarios(const ScenarioSet& set, const DeviceProfile& device, const Site& site,
                        const SupportCodes& codes, const ScenarioOptions& options, Transport& transport,
                        Progress* progress) {
  return Runner(set, device, site, codes, options, transport, progress).run();
}

}  // namespace easel

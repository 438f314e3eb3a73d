// What a run would do, decided before any packet: which checks, whether they apply, what they may cost.
#include "client/run/needs.h"
#include "client/run/verify.h"

namespace easel {
namespace {

Verdict skip(std::string reason, std::string actual) {
  Verdict v;
  v.kind = VerdictKind::Skip;
  v.reason = std::move(reason);
  v.actual = std::move(actual);
  return v;
}

}  // namespace

std::expected<Schedule, Diagnostics> schedule(const Catalogue& catalogue, const DataFiles& data,
                                              const DeviceProfile& device, const Site& site,
                                              const VerifyOptions& options) {
  auto chosen = select_checks(catalogue, options.patterns, options.opt_in, "--check");
  if (!chosen) return std::unexpected(std::move(chosen.error()));
  Schedule out;
  Diagnostics diagnostics;
  const CompileContext context{data, device, site, {}, false};
  for (const ParsedScenario& c : catalogue.controls) {
    auto plan = compile(c, context);
    if (plan) {
      out.controls.push_back(std::move(*plan));
    } else {
      diagnostics.insert(diagnostics.end(), plan.error().begin(), plan.error().end());
    }
  }
  int logons_left = site.account("main") ? site.account("main")->failed_logons : 0;
  for (const std::size_t i : *chosen) {
    const ParsedScenario& parsed = catalogue.checks[i];
    ScheduledCheck check;
    check.check = &parsed.scenario;
    auto plan = compile(parsed, context);
    if (!plan) {
      diagnostics.insert(diagnostics.end(), plan.error().begin(), plan.error().end());
      continue;
    }
    check.plan = std::move(*plan);
    check.fixed = fixed_by_site(parsed.scenario, site);
    if (!check.fixed && options.read_only && parsed.scenario.writes) {
      check.fixed = skip("read-only", "--read-only was given");
    }
    if (!check.fixed && check.plan->refused_logons > logons_left) {
      check.fixed = skip("logon-budget", "it may cause " + std::to_string(check.plan->refused_logons) +
                                             " failed log-ons, " + std::to_string(logons_left) + " are left");
    }
    if (!check.fixed && options.refusals >= 0 && out.refusals + parsed.scenario.refusals > options.refusals) {
      check.fixed = skip("refusal-budget", "it causes " + std::to_string(parsed.scenario.refusals) +
                                               " refusals, --refusals is " + std::to_string(options.refusals));
    }
    if (!check.fixed) {
      logons_left -= check.plan->refused_logons;
      out.refused_logons += check.plan->refused_logons;
      out.refusals += parsed.scenario.refusals;
    }
    out.checks.push_back(std::move(check));
  }
  if (!diagnostics.empty()) return std::unexpected(std::move(diagnostics));
  return out;
}

}  // namespace easel

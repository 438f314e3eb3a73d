// What a run would do, decided before any packet: which checks, whether they apply, what they may cost.
#include <algorithm>
#include <sstream>

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

// Budgets are spent on what matters most: by severity, then in catalogue order.
void reserve(Schedule& out, const Site& site, const VerifyOptions& options) {
  std::vector<ScheduledCheck*> order;
  for (ScheduledCheck& c : out.checks) {
    if (!c.fixed) order.push_back(&c);
  }
  std::ranges::stable_sort(order, {}, [](const ScheduledCheck* c) { return severity_rank(c->check->severity); });
  int logons_left = site.account("main") ? site.account("main")->failed_logons : 0;
  for (ScheduledCheck* c : order) {
    const int logons = c->plan->refused_logons, refusals = c->check->refusals;
    if (logons > logons_left) {
      c->fixed = skip("logon-budget", "it may cause " + std::to_string(logons) + " failed log-ons, " +
                                          std::to_string(logons_left) + " are left");
    } else if (options.refusals >= 0 && out.refusals + refusals > options.refusals) {
      c->fixed = skip("refusal-budget", "it causes " + std::to_string(refusals) + " refusals, --refusals is " +
                                            std::to_string(options.refusals));
    } else {
      logons_left -= logons;
      out.refused_logons += logons;
      out.refusals += refusals;
    }
  }
}

// The checks that go to every address, compiled like the others; what does not apply to this site is left out.
void compared(const Catalogue& catalogue, const CompileContext& context, ScheduledCheck& check,
              Diagnostics& diagnostics) {
  std::istringstream ids(check.check->compared);
  for (std::string id; ids >> id;) {
    const auto found = std::ranges::find(catalogue.checks, id,
                                         [](const ParsedScenario& c) { return std::string_view(c.scenario.id); });
    const XmlPlace place = check.check->whole_run_place;
    if (found == catalogue.checks.end()) {
      diagnostics.push_back({check.check->file, place.line, place.column, "no check is called '" + id + "'",
                             suggest(id, catalogue.ids())});
      continue;
    }
    if (fixed_by_site(found->scenario, context.site)) continue;
    auto plan = compile(*found, context);
    if (!plan) {
      diagnostics.insert(diagnostics.end(), plan.error().begin(), plan.error().end());
    } else if ((*plan)->refused_logons > 0 || found->scenario.writes || !found->scenario.whole_run.empty()) {
      diagnostics.push_back({check.check->file, place.line, place.column,
                             "'" + id + "' makes log-ons fail, changes items or judges the whole run",
                             "take a check that may be repeated at every address"});
    } else {
      check.compared.push_back(std::move(*plan));
    }
  }
}

// A site whose connections go to given addresses is not looked up, unless a name server is given for it.
bool looks_up_in_vain(const Plan& plan, const Site& site, const VerifyOptions& options) {
  const bool routed = !site.route.connect_to_host.empty() || !site.route.addresses.empty() || !site.route.proxy.empty();
  return routed && options.resolver.server.empty() && std::ranges::any_of(plan.steps, [](const PlannedStep& s) {
           return s.step.kind == Step::Kind::Resolve && s.step.host.empty();
         });
}

}  // namespace

std::expected<Schedule, Diagnostics> schedule(const Catalogue& catalogue, const DataFiles& data,
                                              const DeviceProfile& device, const Site& site,
                                              const VerifyOptions& options) {
  auto chosen = select_checks(catalogue, options.patterns, options.opt_in, "--check");
  if (!chosen) return std::unexpected(std::move(chosen.error()));
  Schedule out;
  Diagnostics diagnostics;
  const CompileContext context{data, device, site, options.parameters, false};
  for (const ParsedScenario& c : catalogue.controls) {
    auto plan = compile(c, context);
    if (plan) {
      out.controls.push_back(std::move(*plan));
    } else {
      diagnostics.insert(diagnostics.end(), plan.error().begin(), plan.error().end());
    }
  }
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
    if (!check.fixed && looks_up_in_vain(*check.plan, site, options)) {
      check.fixed = skip("not-seen",
                         "the name is not looked up: --connect-to, --resolve or --proxy says where to go (--dns looks "
                         "it up all the same)");
    }
    if (!check.fixed) compared(catalogue, context, check, diagnostics);
    out.checks.push_back(std::move(check));
  }
  if (!diagnostics.empty()) return std::unexpected(std::move(diagnostics));
  reserve(out, site, options);
  return out;
}

}  // namespace easel

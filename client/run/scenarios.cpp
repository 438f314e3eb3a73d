#include "client/run/scenarios.h"

#include "client/protocol/eas_request.h"
#include "client/run/check_result.h"

namespace easel {
namespace {

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

}  // namespace

std::expected<std::vector<std::shared_ptr<const Plan>>, Diagnostics> compile_scenarios(
    const std::vector<std::string>& files, const DataFiles& data, const DeviceProfile& device, const Site& site,
    const Variables& parameters, bool read_only) {
  std::vector<std::shared_ptr<const Plan>> plans;
  Diagnostics diagnostics;
  const CompileContext context{data, device, site, parameters, read_only};
  for (const std::string& file : files) {
    auto plan = compile(load_scenario(data, file), context);
    if (plan) {
      plans.push_back(std::move(*plan));
    } else {
      diagnostics.insert(diagnostics.end(), plan.error().begin(), plan.error().end());
    }
  }
  if (!diagnostics.empty()) return std::unexpected(std::move(diagnostics));
  return plans;
}

RunResult run_scenarios(const std::vector<std::shared_ptr<const Plan>>& plans, const DeviceProfile& device,
                        const Site& site, const SupportCodes& codes, const ScenarioOptions& options,
                        Transport& transport, Progress* progress) {
  const auto started = std::chrono::steady_clock::now();
  RunResult result = head_of(device, site, options);
  Redactor redactor;
  for (const Account& a : site.accounts) redactor.add_credentials(a.user, a.password.reveal());
  redactor.add(site.route.proxy_password);
  for (const auto& plan : plans) {
    result.plan += (result.plan.empty() ? "" : " ") + plan->scenario.id;
    for (const std::string& secret : plan->secrets) redactor.add(secret);
  }
  if (progress) progress->begin(result, plans.size());
  for (const auto& plan : plans) {
    const auto spent =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
    RunContext context;
    context.site = &site;
    context.redactor = &redactor;
    context.run_id = options.run_id;
    context.heartbeat = options.heartbeat;
    context.now = options.now;
    DriveOptions drive_options;
    drive_options.interrupts = options.interrupts;
    drive_options.budget = options.time_limit > spent ? options.time_limit - spent : std::chrono::milliseconds(0);
    if (progress) progress->check_started(plan->scenario.id);
    std::vector<DriveItem> items;
    items.push_back({std::make_unique<Run>(plan, context), true});
    drive(items, transport, drive_options, nullptr);
    RunOutcome outcome = items.front().run->take();
    if (result.version.empty()) result.version = outcome.session.version;
    note_server_names(outcome, result.server);
    result.product = site.server.empty() ? recognise_product(result.server) : site.server;
    predict_code(plan->scenario, codes, outcome.verdict);
    CheckResult check = describe_check(plan->scenario, std::move(outcome));
    choose_remedy(plan->scenario, result.product, check);
    result.left_behind.insert(result.left_behind.end(), check.left_behind.begin(), check.left_behind.end());
    if (progress) progress->check_finished(check);
    result.checks.push_back(std::move(check));
    if (options.interrupts && options.interrupts->load() > 0) {
      result.interrupted = true;
      break;
    }
  }
  result.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
  return result;
}

}  // namespace easel

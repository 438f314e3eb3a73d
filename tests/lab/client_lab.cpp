#include "client_lab.h"

#include <doctest/doctest.h>

#include "client/cli/command.h"
#include "client/report/report.h"
#include "client/tls/certificate.h"
#include "client/transport/curl_transport.h"

namespace easel::testing {

std::unique_ptr<lab::Lab> start_lab(const LabRun& run) {
  lab::LabOptions options;
  options.persona = run.persona;
  options.faults = run.faults;
  auto lab = lab::Lab::start(options);
  REQUIRE_MESSAGE(lab.has_value(), (lab ? std::string() : lab.error()));
  return std::move(*lab);
}

Site site_of(const lab::Lab& lab) {
  const lab::LabFacts& facts = lab.facts();
  Site site;
  site.host = facts.host;
  site.port = facts.https_port;
  site.plain_port = facts.http_port;
  site.route.connect_to_host = "127.0.0.1";
  site.route.connect_to_port = facts.https_port;
  const auto ca = parse_certificates(facts.ca_pem, "ca.pem");
  REQUIRE(ca.has_value());
  site.trust.store = TrustPolicy::Store::Authorities;
  site.trust.authorities = *ca;
  site.trust.name = "only the lab's root";
  site.accounts.push_back({"main", facts.accounts.front().domain_user, Secret(facts.accounts.front().password), 2});
  site.bounds.connect = std::chrono::milliseconds(1500);
  site.bounds.answer = std::chrono::milliseconds(2500);
  site.bounds.max_body = 4U << 20;
  site.bounds.max_headers = 64U << 10;
  return site;
}

namespace {

struct Common {
  DataFiles data;
  DeviceProfile device;
  Site site;
  SupportCodes codes;
  Common(const lab::Lab& lab, const LabRun& run) : site(site_of(lab)) {
    if (run.site) run.site(site);
    auto profile = load_device_profile(data, run.device);
    REQUIRE(profile.has_value());
    device = std::move(*profile);
    auto table = SupportCodes::load(data);
    REQUIRE(table.has_value());
    codes = std::move(*table);
  }
};

}  // namespace

RunResult run_files(const lab::Lab& lab, const std::vector<std::string>& files, const LabRun& run,
                    const Variables& parameters) {
  Common c(lab, run);
  auto set = compile_scenarios(files, c.data, c.device, c.site, parameters, false);
  REQUIRE_MESSAGE(set.has_value(), (set ? std::string() : to_text(set.error())));
  ScenarioOptions options;
  options.run_id = new_run_id();
  options.heartbeat = run.heartbeat;
  options.now = system_now;
  options.interrupts = run.interrupts;
  CurlTransport transport;
  return run_scenarios(*set, c.device, c.site, c.codes, options, transport, nullptr);
}

RunResult verify_lab(const lab::Lab& lab, const std::vector<std::string>& patterns, const LabRun& run) {
  Common c(lab, run);
  const auto catalogue = load_catalogue(c.data);
  REQUIRE_MESSAGE(catalogue.has_value(), (catalogue ? std::string() : to_text(catalogue.error())));
  VerifyOptions options;
  options.patterns = patterns;
  options.run_id = new_run_id();
  options.heartbeat = run.heartbeat;
  options.now = system_now;
  options.interrupts = run.interrupts;
  options.time_limit = std::chrono::seconds(20);
  if (run.options) run.options(options);
  auto plan = schedule(*catalogue, c.data, c.device, c.site, options);
  REQUIRE_MESSAGE(plan.has_value(), (plan ? std::string() : to_text(plan.error())));
  CurlTransport transport;
  return verify(*plan, c.data, c.device, c.site, c.codes, options, transport, nullptr);
}

std::string all_reports(const RunResult& result) {
  ConsoleOptions console;
  console.transcript = true;
  return render_console(result, console) + render_json(result) + render_junit(result) + render_tap(result);
}

}  // namespace easel::testing

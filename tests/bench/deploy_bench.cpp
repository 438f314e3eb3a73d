// The deploy plan against a lab in the same process: its wall time beside the sum of the single checks, which is what
// it would take without running side by side. It asserts nothing; --gate fails above the five seconds of the goal.
#include <algorithm>
#include <ctime>
#include <iomanip>
#include <iostream>
#include <string_view>

#include "client/run/verify.h"
#include "client/transport/curl_transport.h"
#include "lab/lab.h"

namespace {

using namespace easel;
using std::chrono::milliseconds;
constexpr milliseconds kGoal{5000};

std::int64_t now() { return static_cast<std::int64_t>(std::time(nullptr)); }

Site site_of(const lab::LabFacts& facts) {
  Site site;
  site.host = site.name = facts.host;
  site.port = facts.https_port;
  site.plain_port = facts.http_port;
  site.route.connect_to_host = "127.0.0.1";
  site.route.connect_to_port = facts.https_port;
  site.plain_route = site.route;
  site.plain_route->connect_to_port = facts.http_port;
  site.trust.store = TrustPolicy::Store::Authorities;
  site.trust.authorities = parse_certificates(facts.ca_pem, "the lab's root").value_or(std::vector<Certificate>());
  for (const lab::LabAccount& a : facts.accounts)
    site.accounts.push_back({a.role, a.domain_user, Secret(a.password), 2});
  return site;
}

struct Ground {
  DataFiles data;
  DeviceProfile device;
  SupportCodes codes;
  Catalogue catalogue;
};

RunResult run(const Ground& ground, const Site& site, std::vector<std::string> patterns, int jobs) {
  VerifyOptions options;
  options.patterns = std::move(patterns);
  options.run_id = "12345678";
  options.now = now;
  options.jobs = jobs;
  const auto plan = schedule(ground.catalogue, ground.data, ground.device, site, options);
  if (!plan) return {};
  CurlTransport transport;
  return verify(*plan, ground.data, ground.device, site, ground.codes, options, transport, nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  const bool gate = argc > 1 && std::string_view(argv[1]) == "--gate";
  const DataFiles data("");
  auto device = load_device_profile(data, "wm6.1");
  auto codes = SupportCodes::load(data);
  auto catalogue = load_catalogue(data);
  auto lab = lab::Lab::start({});
  if (!device || !codes || !catalogue || !lab) {
    std::cerr << "the data files or the lab could not be loaded\n";
    return 2;
  }
  const Ground ground{data, std::move(*device), std::move(*codes), std::move(*catalogue)};
  const Site site = site_of((*lab)->facts());
  const auto plan = std::ranges::find(ground.catalogue.plans, "deploy", &CheckPlan::id);
  if (plan == ground.catalogue.plans.end()) return 2;

  const RunResult whole = run(ground, site, plan->patterns, 4);
  milliseconds single{0};
  std::size_t judged = 0;
  for (const CheckResult& c : whole.checks) {
    if (c.round_trips.empty()) continue;
    single += run(ground, site, {c.id}, 1).took;
    ++judged;
  }
  const auto seconds = [](milliseconds ms) { return static_cast<double>(ms.count()) / 1000.0; };
  std::cout << std::fixed << std::setprecision(2);
  std::cout << "deploy, one run, 4 jobs          " << std::setw(7) << seconds(whole.took) << " s   "
            << whole.checks.size() << " checks, " << count(whole, VerdictKind::Pass) << " pass\n"
            << "each check in a run of its own   " << std::setw(7) << seconds(single) << " s   " << judged
            << " checks, with their controls\n"
            << "goal                             " << std::setw(7) << seconds(kGoal) << " s\n";
  return gate && whole.took > kGoal ? 1 : 0;
}

#include "client/run/traces.h"

#include <algorithm>

#include "client/protocol/eas_request.h"

namespace easel {
namespace {

void count_refusal(const RoundTripRecord& r, RunResult& result) {
  const HttpResponse* response = r.round_trip.response();
  if (!response || (response->status != 401 && response->status != 403)) return;
  ++result.refusals;
  if (response->status == 401 && find_header(r.round_trip.request.headers, "Authorization")) ++result.refused_logons;
}

bool makes_partnership(const RoundTripRecord& r) {
  const HttpResponse* response = r.round_trip.response();
  const bool command = r.what == "FolderSync" || r.what == "Sync" || r.what.starts_with("Provision");
  return command && response && response->status == 200;
}

}  // namespace

void count_traces(const Schedule& schedule, const DeviceProfile& device, const Site& site, RunResult& result) {
  const Account* account = site.account("main");
  std::vector<std::string> ids;
  for (const CheckResult& c : result.checks) {
    const auto planned = std::ranges::find(schedule.checks, c.id, [](const ScheduledCheck& s) { return s.check->id; });
    const std::string lane = planned != schedule.checks.end() && planned->check->serial ? "0" : c.id;
    for (const RoundTripRecord& r : c.round_trips) {
      count_refusal(r, result);
      if (!makes_partnership(r)) continue;
      const std::string id = stable_device_id(device, account ? account->user : "", lane);
      if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    }
  }
  for (const std::string& id : ids) {
    result.left_behind.push_back("a device partnership of " + result.account + " with DeviceId " + id +
                                 " (the same on every run)");
  }
}

}  // namespace easel

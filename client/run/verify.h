#pragma once
// `easel verify`: the controls, the checks of a plan, the controls again, one result.

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/profile/device_profile.h"
#include "client/profile/support_codes.h"
#include "client/run/catalogue.h"
#include "client/run/drive.h"
#include "client/run/run_result.h"
#include "client/scenario/waiver.h"
#include "client/transport/resolver.h"

namespace easel {

struct VerifyOptions {
  std::string plan = "smoke";         ///< how the report calls it
  std::vector<std::string> patterns;  ///< ids and patterns; empty: the plan's
  bool opt_in = false;
  std::string fail_on = "high";  ///< least severity of a finding
  int jobs = 4;
  std::chrono::milliseconds time_limit{600'000};
  bool read_only = false;
  bool random_order = false;
  std::uint64_t seed = 0;
  int refusals = -1;  ///< most refused requests that the run may cause; -1: no limit
  std::string heartbeat = "60";
  Variables parameters;  ///< of checks that have <param>, by name
  ResolverOptions resolver;
  std::vector<Waiver> waivers;
  std::string run_id;
  std::int64_t (*now)() = nullptr;
  const std::atomic<int>* interrupts = nullptr;
};

/// Told about progress, from the driving thread.
class Progress {
 public:
  Progress() = default;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  virtual ~Progress() = default;
  virtual void begin(const RunResult& head, std::size_t checks) = 0;
  virtual void check_started(const std::string& id) = 0;
  virtual void check_finished(const CheckResult& check) = 0;
};

/// One check, compiled, with the verdict that was fixed before anything was sent (skip), if there is one.
struct ScheduledCheck {
  const Scenario* check = nullptr;
  std::shared_ptr<const Plan> plan;
  std::optional<Verdict> fixed;
  std::vector<std::shared_ptr<const Plan>> compared;  ///< of a check that compares addresses
};

/// What a run would do: compiled checks and controls. Complaints about any file or option come before any packet.
struct Schedule {
  std::vector<std::shared_ptr<const Plan>> controls;
  std::vector<ScheduledCheck> checks;
  int refused_logons = 0;  ///< how many the checks may cause
  int refusals = 0;
};
std::expected<Schedule, Diagnostics> schedule(const Catalogue& catalogue, const DataFiles& data,
                                              const DeviceProfile& device, const Site& site,
                                              const VerifyOptions& options);

/// Runs a schedule. Nothing is thrown; whatever was earned before an interruption stands in the result.
RunResult verify(const Schedule& plan, const DataFiles& data, const DeviceProfile& device, const Site& site,
                 const SupportCodes& codes, const VerifyOptions& options, Transport& transport, Progress* progress);

}  // namespace easel

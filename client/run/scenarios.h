#pragma once
// `easel run`: scenario files, one after the other, one result.

#include <expected>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/profile/support_codes.h"
#include "client/run/plan.h"
#include "client/run/run_result.h"
#include "client/run/verify.h"

namespace easel {

struct ScenarioOptions {
  std::string heartbeat = "60";
  bool read_only = false;
  std::string run_id;
  std::chrono::milliseconds time_limit{600'000};
  ResolverOptions resolver;
  std::int64_t (*now)() = nullptr;
  const std::atomic<int>* interrupts = nullptr;
};

/// Scenarios ready to run, with what their gates need: the checks that <needs check="…"> names, and the log-on that
/// tells the server's versions and commands.
struct ScenarioSet {
  std::vector<std::shared_ptr<const Plan>> plans;
  std::map<std::string, std::shared_ptr<const Plan>, std::less<>> checks;
  std::shared_ptr<const Plan> log_on;  ///< nullptr where no gate asks for versions or commands
};

/// Parses and compiles every file; all complaints at once, also about parameters that no file has.
std::expected<ScenarioSet, Diagnostics> compile_scenarios(const std::vector<std::string>& files, const DataFiles& data,
                                                          const DeviceProfile& device, const Site& site,
                                                          const Variables& parameters, bool read_only);

/// Runs them one after the other, since each may change what the next one finds.
RunResult run_scenarios(const ScenarioSet& set, const DeviceProfile& device, const Site& site,
                        const SupportCodes& codes, const ScenarioOptions& options, Transport& transport,
                        Progress* progress);

}  // namespace easel

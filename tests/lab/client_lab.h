#pragma once
// The client against a lab in the same process: a site that leads to it, and one call that verifies or runs.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client/run/scenarios.h"
#include "client/run/verify.h"
#include "lab/lab.h"

namespace easel::testing {

struct LabRun {
  std::string device = "wm6.1";
  std::vector<std::string> faults{};
  std::string persona = "sound";
  std::function<void(Site&)> site{};              ///< changes the site before the run
  std::function<void(VerifyOptions&)> options{};  ///< changes the options of verify
  std::string heartbeat = "5";
  const std::atomic<int>* interrupts = nullptr;
};

/// Starts the lab that `run` describes; a mistake ends the test.
std::unique_ptr<lab::Lab> start_lab(const LabRun& run);

/// The site of a lab: its ports, its root, its main account, small bounds.
Site site_of(const lab::Lab& lab);

/// Runs scenario files of the tree ("scenarios/examples/x.xml") one after the other.
RunResult run_files(const lab::Lab& lab, const std::vector<std::string>& files, const LabRun& run,
                    const Variables& parameters = {});

/// Verifies with these ids or patterns.
RunResult verify_lab(const lab::Lab& lab, const std::vector<std::string>& patterns, const LabRun& run);

/// Every report of a result, one after the other.
std::string all_reports(const RunResult& result);

}  // namespace easel::testing

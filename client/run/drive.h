#pragma once
// The one loop: it carries out what Runs ask for and hands back what came of it. Any number of Runs, one transport.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include "client/run/run.h"
#include "client/transport/transport.h"

namespace easel {

/// A Run with its place in the schedule.
struct DriveItem {
  std::unique_ptr<Run> run;
  bool serial = false;  ///< never beside another serial one: it changes server state
};

struct DriveOptions {
  int jobs = 4;                                  ///< Runs side by side
  std::chrono::milliseconds budget{600'000};     ///< of the whole drive; what is left then is stopped with "budget"
  std::chrono::milliseconds cleanup{30'000};     ///< what the cleanup may take after that
  const std::atomic<int>* interrupts = nullptr;  ///< Ctrl-C count: 1 stops the steps, 2 the cleanup, too
};

/// Called from the driving thread.
class DriveWatcher {
 public:
  DriveWatcher() = default;
  DriveWatcher(const DriveWatcher&) = delete;
  DriveWatcher& operator=(const DriveWatcher&) = delete;
  virtual ~DriveWatcher() = default;
  virtual void started(std::size_t index) = 0;
  /// The Run is done; its outcome may be taken here, or later.
  virtual void finished(std::size_t index, Run& run) = 0;
};

/// Returns when every Run is done; their outcomes are then taken by index.
void drive(std::vector<DriveItem>& items, Transport& transport, const DriveOptions& options, DriveWatcher* watcher);

}  // namespace easel

#pragma once
// What a run leaves behind: refusals in the server's log, partnerships in the mailbox.

#include "client/run/verify.h"

namespace easel {

/// Counts the refusals of the run into `result`, and names the partnerships that are in the mailbox now: every DeviceId
/// that a command reached with good credentials.
void count_traces(const Schedule& schedule, const DeviceProfile& device, const Site& site, RunResult& result);

}  // namespace easel

#pragma once
// A server (or what stands in front of it) that shuts us out in the middle of a run makes everything since worthless.

#include <chrono>

#include "client/run/run_result.h"

namespace easel {

/// Looks at the closing control, the last of `result.controls`. If it met no TCP, or a 403 or 429 that the first http
/// control did not meet, every check that was judged after the target's last good answer becomes
/// blocked(banned-during-run), with what it had been as a note.
void block_if_shut_out(RunResult& result, std::chrono::steady_clock::time_point run_started);

}  // namespace easel

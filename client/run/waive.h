#pragma once
// What waivers do to a result: a finding that somebody answers for is no finding, until its day; a waiver that is not
// needed any more is red.

#include <vector>

#include "client/run/catalogue.h"
#include "client/run/run_result.h"
#include "client/scenario/waiver.h"

namespace easel {

/// A failed check with a waiver that holds becomes waived; with one that has ended, or that is about another finding,
/// it stays failed and says so. A passed check with a waiver that holds becomes xpass.
void apply_waivers(RunResult& result, const std::vector<Waiver>& waivers, std::int64_t now);

/// Complaints about waivers for checks that do not exist.
Diagnostics unknown_waivers(const std::vector<Waiver>& waivers, const Catalogue& catalogue);

}  // namespace easel

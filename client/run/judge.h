#pragma once
// Judging one step: its <when> outcomes first, then its assertions in order. A pure function of the evidence.

#include <optional>
#include <string>
#include <vector>

#include "client/check/predicates.h"
#include "client/run/plan.h"

namespace easel {

struct Judgement {
  const CompiledWhen* ended = nullptr;  ///< a <when> that ends the check with skip, blocked or pass
  std::string ended_actual;             ///< what made it hold
  std::optional<PredicateResult> failure;
  Variables captured;
  std::vector<std::string> notes;
  [[nodiscard]] bool passed() const { return ended == nullptr && !failure; }
};

Judgement judge(const PlannedStep& step, const Evidence& evidence);

}  // namespace easel

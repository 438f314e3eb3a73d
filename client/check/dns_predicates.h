#pragma once
// Predicates about what a name led to (RFC 1035; RFC 2782, SRV).

#include "client/check/predicates.h"

namespace easel {

PredicateResult ask_resolves(const Assertion& assertion, const Evidence& evidence);

}  // namespace easel

#pragma once
// Predicates about the TLS session: the chain as sent, the leaf's names, dates and key.

#include "client/check/predicates.h"

namespace easel {

PredicateResult ask_chain(const Assertion& assertion, const Evidence& evidence);
PredicateResult ask_cert(const Assertion& assertion, const Evidence& evidence);
PredicateResult ask_session_tls(const Assertion& assertion, const Evidence& evidence);

/// "2026-11-25 10:00:00 UTC".
std::string utc_text(std::int64_t seconds);

}  // namespace easel

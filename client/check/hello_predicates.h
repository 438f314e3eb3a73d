#pragma once
// What a <hello> step may assert: what was offered, and what the server made of it (RFC 5246, 7.4.1; RFC 8446, 4.1).

#include "client/check/predicates.h"

namespace easel {

PredicateResult ask_server_hello(const Assertion& assertion, const Evidence& evidence);
PredicateResult ask_client_hello(const Assertion& assertion, const Evidence& evidence);

}  // namespace easel

#pragma once
// Predicates about HTTP: status, headers, body, the grades of a refusal. (MS-ASHTTP, Response.)

#include "client/check/predicates.h"

namespace easel {

PredicateResult ask_status(const Assertion& assertion, const Evidence& evidence);
PredicateResult ask_header(const Assertion& assertion, const Evidence& evidence);
PredicateResult ask_media_type(const Assertion& assertion, const Evidence& evidence);
PredicateResult ask_body(const Assertion& assertion, const Evidence& evidence);
PredicateResult ask_refused(const Assertion& assertion, const Evidence& evidence);
PredicateResult ask_challenge(const Assertion& assertion, const Evidence& evidence);
PredicateResult ask_answered(const Assertion& assertion, const Evidence& evidence);
PredicateResult ask_fails(const Assertion& assertion, const Evidence& evidence);
PredicateResult ask_redirect(const Assertion& assertion, const Evidence& evidence);
PredicateResult ask_same_as(const Assertion& assertion, const Evidence& evidence);

/// Scheme names of every WWW-Authenticate header, in order, lower case (RFC 9110, 11.6.1).
std::vector<std::string> challenge_schemes(const Headers& headers);

}  // namespace easel

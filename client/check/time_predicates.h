#pragma once
// Predicates about time: the server's clock, and how long an answer took.

#include "client/check/predicates.h"

namespace easel {

PredicateResult ask_clock(const Assertion& assertion, const Evidence& evidence);
PredicateResult ask_timing(const Assertion& assertion, const Evidence& evidence);

/// Seconds since 1970 of an HTTP date (RFC 9110, 5.6.7); -1 if it is none.
std::int64_t parse_http_date(std::string_view text);

}  // namespace easel

#pragma once
// Predicates about the decoded body: patterns, XPath, Status values. (MS-ASCMD, Common Status Codes.)

#include "client/check/predicates.h"

namespace easel {

PredicateResult ask_like(const Assertion& assertion, const Evidence& evidence);
PredicateResult ask_never(const Assertion& assertion, const Evidence& evidence);
PredicateResult ask_xpath(const Assertion& assertion, const Evidence& evidence);
PredicateResult ask_eas_status(const Assertion& assertion, const Evidence& evidence);
PredicateResult ask_items(const Assertion& assertion, const Evidence& evidence);

}  // namespace easel

#pragma once
// Predicates for what a careless server gives away: log-on forms, cookies, private addresses, connections that
// remember.

#include "client/check/predicates.h"

namespace easel {

/// Is the answer, or what it leads to, a form that asks for a name and a password? (KB817379: devices cannot fill it
/// in.)
PredicateResult ask_logon_form(const Assertion& assertion, const Evidence& evidence);
/// Every cookie that the answer sets, as one Cookie header: capture="name".
PredicateResult ask_cookies(const Assertion& assertion, const Evidence& evidence);
/// Did the request go over a connection that had carried one before?
PredicateResult ask_connection(const Assertion& assertion, const Evidence& evidence);
/// RFC 1918 and loopback addresses and names without a dot in the headers that name a place.
PredicateResult ask_private_address(const Assertion& assertion, const Evidence& evidence);

/// The cookies that an answer sets, as the Cookie header that sends them back (RFC 6265, 5.4); empty if there is none.
std::string cookie_header(const RoundTrip& round_trip);

}  // namespace easel

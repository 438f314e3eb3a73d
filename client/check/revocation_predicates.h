#pragma once
// Whether the server's certificate still is what it was: revoked, or another one than the site's baseline.

#include "client/check/predicates.h"

namespace easel {

/// <revocation of="STEP">: the body is a revocation list (RFC 5280, 5) of the issuer of that step's server certificate,
/// signed by it and in force, and does not name the certificate.
PredicateResult ask_revocation(const Assertion& a, const Evidence& e);

/// The first address of a revocation list that may be followed, in `actual`.
PredicateResult names_revocation_list(const Certificate& leaf);

/// The certificate of the site's baseline, or the one whose coming was announced. Holds not where there is no baseline.
PredicateResult unchanged_since_baseline(const Evidence& e, const Certificate& leaf);

}  // namespace easel

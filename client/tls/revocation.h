#pragma once
// Certificate revocation lists (RFC 5280, 5 and 6.3), read by hand so that each reason for doubt has a name.

#include <cstdint>
#include <string>
#include <string_view>

#include "client/tls/certificate.h"

namespace easel {

/// What a list says about one certificate.
struct RevocationAnswer {
  enum class Kind {
    Good,        ///< a list of the issuer, in force, that does not name the certificate
    Revoked,     ///< it names it
    Unreadable,  ///< neither DER nor PEM of a list
    Foreign,     ///< of another issuer, or not signed by it
    Stale,       ///< its next update was due before `now`, or it begins after `now`
  };
  Kind kind = Kind::Unreadable;
  std::string text;  ///< one sentence
};

/// Looks `certificate` up in the list (DER or PEM). `issuer` is the certificate of its issuer: the signature is
/// checked. A list that names the certificate counts even if it is stale; one of somebody else never does.
RevocationAnswer look_up_revocation(std::string_view list, const Certificate& certificate, const Certificate& issuer,
                                    std::int64_t now);

}  // namespace easel

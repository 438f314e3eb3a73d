#pragma once
// Whom the emulated device trusts, and the verdict on a chain exactly as the server sent it.
// The verdict falls inside the handshake, before any client certificate or HTTP byte is sent.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/tls/certificate.h"

namespace easel {

/// What a device can make of a certificate, where that is known. The defaults refuse nothing.
struct CertificateRules {
  bool common_name_only = false;  ///< subjectAltName is not looked at
  bool wildcards = true;
  bool ecdsa = true;
  int max_rsa_bits = 0;                     ///< 0: no bound is known
  std::vector<std::string> refused_hashes;  ///< signature hashes it cannot verify: "SHA512"
  friend bool operator==(const CertificateRules&, const CertificateRules&) = default;
};

/// Where trust comes from. The store is named in the first line of every report.
struct TrustPolicy {
  enum class Store {
    Host,         ///< the CA store of the machine easel runs on
    Authorities,  ///< only `authorities`: --trust-ca, or a device's root store
    Empty,        ///< nobody: every chain is untrusted (trust.untrusted.aborts)
  };
  Store store = Store::Host;
  std::string name = "the host's CA store";  ///< how reports call it
  /// Trust anchors when store == Authorities. With Host: what that store holds, where it is not read from the machine.
  std::vector<Certificate> authorities;
  /// Roots known by fingerprint alone (SHA-1, upper-case hex: a device's table), with store == Authorities. Such a root
  /// is an anchor when the server sends it or the host's store holds it.
  std::vector<std::string> fingerprints;
  CertificateRules rules;
  std::vector<Certificate> intermediates;  ///< device's intermediate store: used for building, never as anchors
  std::vector<std::string> pins;  ///< base64 SPKI SHA-256; not empty: replaces the chain check, never name or date
  std::string revocation_lists;   ///< PEM CRLs; empty: revocation is not checked
  friend bool operator==(const TrustPolicy&, const TrustPolicy&) = default;
};

/// What is wrong with a chain. Each maps to one cause key of profiles/support-codes.tsv.
enum class TrustProblem {
  Untrusted,            ///< no path to an anchor: unknown root, or self-signed
  IntermediateMissing,  ///< no path to an anchor, and the issuer of the last certificate sent was not sent
  NotYetValid,
  Expired,
  NameMismatch,
  PinMismatch,
  Revoked,
  WrongPurpose,  ///< extendedKeyUsage without serverAuth
  WeakOrBad,     ///< bad signature, refused algorithm, malformed certificate
};

/// The kebab-case key of a problem ("untrusted", "intermediate-missing", …), as reports and checks spell it.
std::string_view to_string(TrustProblem problem);

/// One complaint about one certificate.
struct TrustComplaint {
  TrustProblem problem{};
  int depth = 0;     ///< 0 = leaf
  std::string text;  ///< one sentence that names the certificate and what was found
  friend bool operator==(const TrustComplaint&, const TrustComplaint&) = default;
};

/// Every complaint, not only the first; empty: trusted.
struct TrustVerdict {
  std::vector<TrustComplaint> complaints;
  std::vector<std::string> path;      ///< subjects from the leaf to the anchor that was reached; empty if none was
  std::optional<Certificate> anchor;  ///< the end of that path
  [[nodiscard]] bool trusted() const { return complaints.empty(); }
  [[nodiscard]] bool has(TrustProblem problem) const;
  friend bool operator==(const TrustVerdict&, const TrustVerdict&) = default;
};

/// Judges `chain` (as sent, leaf first) for `host` at `now` (seconds since 1970). Nothing is fetched (no AIA, no CRL).
/// Names: a matching dNSName; without any dNSName the common name (RFC 6125, 6.4.4). A pin replaces the chain check
/// only.
TrustVerdict judge_chain(const std::vector<Certificate>& chain, const TrustPolicy& policy, std::string_view host,
                         std::int64_t now);

/// As name_matches(), by what the device makes of names. `why_not` is set where a rule of the device decides: one
/// clause.
bool name_matches_on_device(const Certificate& leaf, std::string_view host, const CertificateRules& rules,
                            std::string& why_not);

/// Does one of the certificate's names match `host`? `used_common_name` is set when only the CN could be compared.
bool name_matches(const Certificate& leaf, std::string_view host, bool& used_common_name);

}  // namespace easel

#pragma once
// Client certificates: the authority that signs them, good and bad ones, and the judgement on one that a client shows.

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "lab/behaviour.h"
#include "lab/certificates.h"
#include "lab/lab.h"

namespace easel::lab {

/// The authority for client certificates and all that was minted below it or beside it.
struct ClientAuthority {
  Minted root{};
  std::string revocation_list_der{};  ///< signed by `root`, lists the revoked certificate
  std::vector<LabClientCertificate> certificates{};
};
[[nodiscard]] std::expected<ClientAuthority, std::string> mint_client_certificates(
    const std::vector<LabAccount>& accounts);

/// What the server thinks of a client's certificate.
struct CertificateJudgement {
  enum class Outcome { none, refused, unmapped, good };
  Outcome outcome = Outcome::none;
  int sub_status = 7;  ///< of IIS's 403: 7 none, 13 revoked, 16 untrusted or unfit, 17 dates
  std::string subject{};
  const LabAccount* account = nullptr;  ///< of a good one
};
/// `chain` as the client sent it, each one DER, its own first. Empty = no certificate.
[[nodiscard]] CertificateJudgement judge_client_certificate(const std::vector<std::string>& chain,
                                                            const ClientAuthority& authority,
                                                            const ClientCertificateShape& shape,
                                                            const std::vector<LabAccount>& accounts);

}  // namespace easel::lab

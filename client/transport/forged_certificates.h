#pragma once
// Client certificates that anybody can make in somebody else's name, for checks that a server refuses them.

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "client/transport/transport.h"

namespace easel {

/// The names of what forge_client_certificates() makes, as `certificate="…"` of a step spells them.
inline constexpr std::string_view kSelfSigned = "self-signed";
inline constexpr std::string_view kUntrustedIssuer = "untrusted-issuer";

/// Two forgeries of `genuine`, each with its subject, its subjectAltName and its extended key usage (so that only the
/// signature tells them apart) and an RSA key made for this call (some tenths of a second): one signed with its own
/// key, one by an authority that nobody has heard of. Valid from yesterday for a week. The error says what OpenSSL
/// refused.
std::expected<std::vector<ClientCertificate>, std::string> forge_client_certificates(const ClientCertificate& genuine);

}  // namespace easel

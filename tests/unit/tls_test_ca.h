#pragma once
// Certificates for tests, made in memory: roots, intermediates, servers and clients with whatever is wrong with them.

#include <cstdint>
#include <string>
#include <vector>

#include "client/tls/certificate.h"

namespace easel::testing {

/// A certificate with its key. Values; no OpenSSL type shows.
struct Minted {
  Certificate certificate;
  std::string key_pem;  ///< PKCS#8
};

struct Wish {
  std::string common_name = {};
  std::string organization = {};
  std::vector<std::string> dns_names = {};
  std::vector<std::string> ip_names = {};
  std::int64_t not_before = -3600;      ///< seconds from now
  std::int64_t not_after = 30 * 86400;  ///< seconds from now
  bool ca = false;
  bool rsa = false;             ///< RSA 2048, else P-256
  std::string hash = "SHA256";  ///< "SHA1", "MD5"
  std::string extended_key_usage = {};
  std::string issuer_url = {};  ///< AIA caIssuers
};

/// Signed by `issuer`, or by itself if that is null.
Minted mint(const Wish& wish, const Minted* issuer);

/// A CRL of `issuer` that revokes `serials` (hexadecimal), PEM.
std::string mint_revocation_list(const Minted& issuer, const std::vector<std::string>& serials);

/// A root, an intermediate under it, and a server certificate for localhost and 127.0.0.1 under that.
struct Family {
  Minted root;
  Minted intermediate;
  Minted server;
  [[nodiscard]] std::vector<Certificate> chain() const { return {server.certificate, intermediate.certificate}; }
};
/// `name` stands in the subjects. Made once a call: keep it.
Family mint_family(const std::string& name);

}  // namespace easel::testing

#pragma once
// What a TLS listener of the lab is set up with: GnuTLS, because it still speaks the ciphers and versions of the
// Windows Mobile years ([RFC 2246] to [RFC 8446]) and because it is not the library that judges the client.

#include <expected>
#include <memory>
#include <string>

#include "lab/behaviour.h"
#include "lab/certificates.h"

namespace easel::lab {

/// Credentials and settings, shared by all connections of a listener. Immutable once made.
class TlsServer {
 public:
  struct Materials {
    const ServerChain& chain;
    const ServerChain* without_sni = nullptr;  ///< shown to a hello without SNI; null = the same chain
    std::string client_authority_pem{};        ///< named to clients that are asked for a certificate
  };
  /// The error names the part that GnuTLS refused: the priority string, a certificate, the key.
  [[nodiscard]] static std::expected<std::shared_ptr<const TlsServer>, std::string> make(const TlsShape& shape,
                                                                                         const Materials& materials);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  struct Impl;  ///< GnuTLS handles; tls.cpp and stream.cpp know them
  [[nodiscard]] const Impl& impl() const { return *impl_; }

 private:
  explicit TlsServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace easel::lab

#pragma once
// Client certificates from files, for --client-cert and for <client-certificate> of the site file.

#include <expected>
#include <string>

#include "client/diagnostic.h"
#include "client/transport/transport.h"

namespace easel {

/// Where one certificate lies.
struct CertificateSource {
  std::string place;              ///< what complaints name: the option, or the site file
  std::string file;               ///< PKCS#12, PEM or DER
  std::string key;                ///< file of the key where it is not in `file`
  std::string passphrase_option;  ///< what says where the passphrase comes from, for complaints
  std::string passphrase;         ///< env:NAME, file:PATH, fd:N or prompt; empty: asked for where it is needed
};

/// Reads the files and, where `may_ask`, asks at the terminal for a passphrase that is needed and was not named.
std::expected<ClientCertificate, Diagnostics> load_client_certificate(const CertificateSource& source, bool may_ask);

}  // namespace easel

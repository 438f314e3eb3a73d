#pragma once
// Client certificates from the files people have: PKCS#12 (RFC 7292), or PEM/DER certificates with a key, encrypted or
// not (RFC 5208, RFC 5958, and OpenSSL's own PEM encryption).

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "client/transport/transport.h"

namespace easel {

/// What was given. Bytes are the files' contents; names are for texts.
struct ClientCertificateFiles {
  std::string name;  ///< of the certificate's file, e.g. "alice.p12"
  std::string bytes;
  std::string key_name;  ///< of the key's own file; empty: the key is in `bytes`
  std::string key_bytes;
  std::optional<std::string> passphrase;  ///< nullopt: none was given
};

struct ClientCertificateError {
  enum class Kind {
    Unreadable,        ///< neither PKCS#12 nor PEM nor DER, or broken
    PassphraseNeeded,  ///< encrypted, and no passphrase was given
    WrongPassphrase,
    NoKey,
    NoCertificate,
    KeyMismatch,  ///< the key belongs to none of the certificates
  };
  Kind kind = Kind::Unreadable;
  std::string text;  ///< one sentence that names the file and never holds a secret
};

/// The certificate that belongs to the key comes first, then those that issued it, as far as they are in the files.
std::expected<ClientCertificate, ClientCertificateError> read_client_certificate(const ClientCertificateFiles& files);

}  // namespace easel

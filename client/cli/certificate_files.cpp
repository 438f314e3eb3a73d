#include "client/cli/certificate_files.h"

#include <utility>

#include "client/cli/secret_source.h"
#include "client/data/data_files.h"
#include "client/transport/client_certificate.h"

namespace easel {
namespace {

std::unexpected<Diagnostics> complain(const std::string& place, std::string message) {
  return std::unexpected(Diagnostics{{place, 0, 0, std::move(message), ""}});
}

std::expected<std::string, std::string> passphrase(const CertificateSource& source) {
  auto secret = read_secret(source.passphrase, source.passphrase_option, "Passphrase of " + source.file);
  if (!secret) return std::unexpected(secret.error());
  return secret->reveal();
}

}  // namespace

std::expected<ClientCertificate, Diagnostics> load_client_certificate(const CertificateSource& source, bool may_ask) {
  constexpr std::size_t kLimit = 1U << 20;
  ClientCertificateFiles files;
  files.name = source.file;
  files.key_name = source.key;
  auto bytes = read_user_file(source.file, kLimit);
  if (!bytes) return complain(source.place, bytes.error());
  files.bytes = std::move(*bytes);
  if (!source.key.empty()) {
    auto key = read_user_file(source.key, kLimit);
    if (!key) return complain(source.place, key.error());
    files.key_bytes = std::move(*key);
  }
  if (!source.passphrase.empty()) {
    auto secret = passphrase(source);
    if (!secret) return complain("", secret.error());
    files.passphrase = std::move(*secret);
  }
  auto certificate = read_client_certificate(files);
  using Kind = ClientCertificateError::Kind;
  if (!certificate && certificate.error().kind == Kind::PassphraseNeeded && !files.passphrase && may_ask) {
    auto secret = passphrase(source);
    if (!secret) return complain("", secret.error());
    files.passphrase = std::move(*secret);
    certificate = read_client_certificate(files);
  }
  if (!certificate) return complain(source.place, certificate.error().text);
  return std::move(*certificate);
}

}  // namespace easel

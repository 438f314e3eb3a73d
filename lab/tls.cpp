#include "lab/tls.h"

#include <utility>

#include "lab/tls_impl.h"

namespace easel::lab {

namespace {

/// Hands over the chain exactly as it was shaped; the usual loader of GnuTLS would sort it and test the key against it.
int choose_identity(gnutls_session_t session, const gnutls_datum_t*, int, const gnutls_pk_algorithm_t*, int,
                    gnutls_pcert_st** chain, unsigned* length, gnutls_privkey_t* key) {
  const auto* impl = static_cast<const TlsServer::Impl*>(gnutls_session_get_ptr(session));
  *chain = const_cast<gnutls_pcert_st*>(impl->identity.chain.data());
  *length = static_cast<unsigned>(impl->identity.chain.size());
  *key = impl->identity.key;
  return 0;
}

gnutls_datum_t datum_of(const std::string& text) {
  return {reinterpret_cast<unsigned char*>(const_cast<char*>(text.data())), static_cast<unsigned>(text.size())};
}

std::string load_identity(TlsServer::Impl::Identity& into, const std::vector<std::string>& pems,
                          const std::string& key_pem) {
  for (const std::string& pem : pems) {
    gnutls_pcert_st certificate{};
    const gnutls_datum_t text = datum_of(pem);
    if (const int rc = gnutls_pcert_import_x509_raw(&certificate, &text, GNUTLS_X509_FMT_PEM, 0); rc != 0)
      return std::string("certificate: ") + gnutls_strerror(rc);
    into.chain.push_back(certificate);
  }
  const gnutls_datum_t text = datum_of(key_pem);
  int rc = gnutls_privkey_init(&into.key);
  if (rc == 0) rc = gnutls_privkey_import_x509_raw(into.key, &text, GNUTLS_X509_FMT_PEM, nullptr, 0);
  return rc == 0 ? std::string() : std::string("private key: ") + gnutls_strerror(rc);
}

}  // namespace

TlsServer::Impl::~Impl() {
  for (gnutls_pcert_st& certificate : identity.chain) gnutls_pcert_deinit(&certificate);
  if (identity.key != nullptr) gnutls_privkey_deinit(identity.key);
  if (priority != nullptr) gnutls_priority_deinit(priority);
  if (credentials != nullptr) gnutls_certificate_free_credentials(credentials);
}

TlsServer::TlsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsServer::~TlsServer() = default;

std::expected<std::shared_ptr<const TlsServer>, std::string> TlsServer::make(const TlsShape& shape,
                                                                             const ServerChain& chain) {
  auto impl = std::make_unique<Impl>();
  impl->client_certificates = shape.client_certificates;
  if (const int rc = gnutls_certificate_allocate_credentials(&impl->credentials); rc != 0)
    return std::unexpected(std::string("TLS credentials: ") + gnutls_strerror(rc));
  const char* where = nullptr;
  if (const int rc = gnutls_priority_init(&impl->priority, shape.priority.c_str(), &where); rc != 0)
    return std::unexpected("TLS priorities: " + std::string(gnutls_strerror(rc)) + " at '" +
                           (where != nullptr ? where : "") + "'");
  if (const std::string error = load_identity(impl->identity, chain.sent, chain.key_pem); !error.empty())
    return std::unexpected("TLS " + error);
  gnutls_certificate_set_retrieve_function2(impl->credentials, choose_identity);
  return std::shared_ptr<const TlsServer>(new TlsServer(std::move(impl)));
}

}  // namespace easel::lab

#include "lab/tls.h"

#include <utility>

#include "lab/tls_impl.h"

namespace easel::lab {

namespace {

/// Hands over the chain exactly as it was shaped; the usual loader of GnuTLS would sort it and test the key against it.
int choose_identity(gnutls_session_t session, const gnutls_datum_t*, int, const gnutls_pk_algorithm_t*, int,
                    gnutls_pcert_st** chain, unsigned* length, gnutls_privkey_t* key) {
  const auto* impl = static_cast<const TlsServer::Impl*>(gnutls_session_get_ptr(session));
  std::size_t size = 0;
  unsigned type = 0;
  const bool named = gnutls_server_name_get(session, nullptr, &size, &type, 0) != GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE;
  const auto& identity = named || impl->without_sni.chain.empty() ? impl->identity : impl->without_sni;
  *chain = const_cast<gnutls_pcert_st*>(identity.chain.data());
  *length = static_cast<unsigned>(identity.chain.size());
  *key = identity.key;
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
  for (Identity* one : {&identity, &without_sni}) {
    for (gnutls_pcert_st& certificate : one->chain) gnutls_pcert_deinit(&certificate);
    if (one->key != nullptr) gnutls_privkey_deinit(one->key);
  }
  gnutls_free(ticket_key.data);
  if (priority != nullptr) gnutls_priority_deinit(priority);
  if (credentials != nullptr) gnutls_certificate_free_credentials(credentials);
}

TlsServer::TlsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsServer::~TlsServer() = default;

std::expected<std::shared_ptr<const TlsServer>, std::string> TlsServer::make(const TlsShape& shape,
                                                                             const Materials& materials) {
  auto impl = std::make_unique<Impl>();
  impl->shape = shape;
  if (const int rc = gnutls_certificate_allocate_credentials(&impl->credentials); rc != 0)
    return std::unexpected(std::string("TLS credentials: ") + gnutls_strerror(rc));
  const char* where = nullptr;
  const std::string priority = shape.priority + (shape.safe_renegotiation ? "" : ":%DISABLE_SAFE_RENEGOTIATION");
  if (const int rc = gnutls_priority_init(&impl->priority, priority.c_str(), &where); rc != 0)
    return std::unexpected("TLS priorities: " + std::string(gnutls_strerror(rc)) + " at '" +
                           (where != nullptr ? where : "") + "'");
  std::string error = load_identity(impl->identity, materials.chain.sent, materials.chain.key_pem);
  if (error.empty() && materials.without_sni != nullptr)
    error = load_identity(impl->without_sni, materials.without_sni->sent, materials.without_sni->key_pem);
  if (!error.empty()) return std::unexpected("TLS " + error);
  if (!materials.client_authority_pem.empty()) {
    const gnutls_datum_t pem = datum_of(materials.client_authority_pem);
    gnutls_certificate_set_x509_trust_mem(impl->credentials, &pem, GNUTLS_X509_FMT_PEM);
  }
  if (shape.resumption) gnutls_session_ticket_key_generate(&impl->ticket_key);
  gnutls_certificate_set_retrieve_function2(impl->credentials, choose_identity);
  return std::shared_ptr<const TlsServer>(new TlsServer(std::move(impl)));
}

}  // namespace easel::lab

#include "lab/client_certificates.h"

#include <openssl/pkcs12.h>

#include <algorithm>
#include <set>
#include <utility>

#include "lab/http_message.h"
#include "lab/openssl_pointers.h"

namespace easel::lab {

namespace {

constexpr const char* kPassphrase = "lab";

/// What is minted: one row a certificate.
struct Row {
  const char* name;
  const char* common_name;  ///< empty = the other account
  int starts_in_days = -30;
  int ends_in_days = 366;
  const char* purpose = "clientAuth";
  enum class Signer { authority, stranger, self } signer = Signer::authority;
};

std::string pkcs12_of(const Minted& minted, const std::string& issuer_pem) {
  const CertificatePtr certificate = read_certificate(minted.pem);
  const KeyPtr key = read_key(minted.key_pem);
  STACK_OF(X509)* others = sk_X509_new_null();
  CertificatePtr issuer = read_certificate(issuer_pem);
  if (issuer) sk_X509_push(others, issuer.get());
  PKCS12* bag = PKCS12_create(kPassphrase, "easel lab", key.get(), certificate.get(), others, 0, 0, 0, 0, 0);
  sk_X509_free(others);
  unsigned char* der = nullptr;
  const int size = bag != nullptr ? i2d_PKCS12(bag, &der) : 0;
  PKCS12_free(bag);
  if (size <= 0) return {};
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

std::expected<LabClientCertificate, std::string> mint_row(const Row& row, const Minted& root, const Minted& stranger) {
  const CertificateShape shape{.common_name = row.common_name,
                               .starts_in_days = row.starts_in_days,
                               .ends_in_days = row.ends_in_days,
                               .purpose = row.purpose};
  const Minted* issuer = &root;
  if (row.signer == Row::Signer::stranger) issuer = &stranger;
  if (row.signer == Row::Signer::self) issuer = nullptr;
  auto minted = mint(shape, "client", "", issuer, false);
  if (!minted) return std::unexpected(minted.error());
  LabClientCertificate out{.name = row.name, .pkcs12_passphrase = kPassphrase};
  out.pkcs12 = pkcs12_of(*minted, issuer != nullptr ? issuer->pem : "");
  out.certificate_pem = std::move(minted->pem);
  out.key_pem = std::move(minted->key_pem);
  return out;
}

/// Verifies and keeps every error, not only the first.
std::set<int> verify_errors(X509* certificate, STACK_OF(X509) * others, const Minted& root) {
  static thread_local std::set<int>* errors = nullptr;  // OpenSSL's callback has no argument of ours
  std::set<int> found;
  errors = &found;
  const std::unique_ptr<X509_STORE, OpenSslDeleter<X509_STORE_free>> store(X509_STORE_new());
  const std::unique_ptr<X509_STORE_CTX, OpenSslDeleter<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
  const CertificatePtr anchor = read_certificate(root.pem);
  X509_STORE_add_cert(store.get(), anchor.get());
  X509_STORE_CTX_init(context.get(), store.get(), certificate, others);
  X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_CLIENT);
  X509_STORE_CTX_set_verify_cb(context.get(), [](int good, X509_STORE_CTX* at) {
    if (good == 0) errors->insert(X509_STORE_CTX_get_error(at));
    return 1;
  });
  X509_verify_cert(context.get());
  errors = nullptr;
  return found;
}

bool is_revoked(X509* certificate, const std::string& list_der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(list_der.data());
  const RevocationListPtr list(d2i_X509_CRL(nullptr, &bytes, static_cast<long>(list_der.size())));
  X509_REVOKED* entry = nullptr;
  return list && X509_CRL_get0_by_cert(list.get(), &entry, certificate) == 1;
}

/// 0 = nothing is wrong with it.
int refusal(const std::set<int>& errors, bool revoked, const ClientCertificateShape& shape) {
  for (const int error : errors) {
    const bool date = error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID;
    const bool purpose = error == X509_V_ERR_INVALID_PURPOSE;
    if (date && !shape.ignore_dates) return 17;
    if (purpose && !shape.ignore_purpose) return 16;
    if (!date && !purpose && !shape.trust_any) return 16;
  }
  return revoked && !shape.ignore_revocation ? 13 : 0;
}

std::string common_name(X509* certificate) {
  std::string name(256, '\0');
  const int size = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(),
                                             static_cast<int>(name.size()));
  name.resize(static_cast<std::size_t>(std::max(size, 0)));
  return name;
}

}  // namespace

std::expected<ClientAuthority, std::string> mint_client_certificates(const std::vector<LabAccount>& accounts) {
  using Signer = Row::Signer;
  const char* main = accounts.front().user.c_str();
  const char* other = accounts.at(1).user.c_str();
  const std::vector<Row> rows{{"valid", main},
                              {"other-user", other},
                              {"expired", main, -60, -1},
                              {"not-yet-valid", main, 2, 366},
                              {"wrong-purpose", main, -30, 366, "serverAuth"},
                              {"revoked", main},
                              {"unmapped", "mallory"},
                              {"untrusted-issuer", main, -30, 366, "clientAuth", Signer::stranger},
                              {"self-signed", main, -30, 366, "clientAuth", Signer::self}};
  const CertificateShape authority{.common_name = "Easel Lab Client CA", .ends_in_days = 3650, .purpose = ""};
  const CertificateShape other_authority{.common_name = "Some Other Client CA", .ends_in_days = 3650, .purpose = ""};
  auto root = mint(authority, "client-root", "", nullptr, true);
  auto stranger = mint(other_authority, "stranger-client-root", "", nullptr, true);
  if (!root || !stranger) return std::unexpected(root ? stranger.error() : root.error());
  ClientAuthority out{.root = *root};
  for (const Row& row : rows) {
    auto made = mint_row(row, *root, *stranger);
    if (!made) return std::unexpected(made.error());
    if (made->name == "revoked") out.revocation_list_der = make_revocation_list(*root, {made->certificate_pem});
    out.certificates.push_back(std::move(*made));
  }
  return out;
}

CertificateJudgement judge_client_certificate(const std::vector<std::string>& chain, const ClientAuthority& authority,
                                              const ClientCertificateShape& shape,
                                              const std::vector<LabAccount>& accounts) {
  CertificateJudgement out;
  std::vector<CertificatePtr> sent;
  for (const std::string& der : chain) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    sent.emplace_back(d2i_X509(nullptr, &bytes, static_cast<long>(der.size())));
  }
  if (sent.empty() || !sent.front()) return out;
  STACK_OF(X509)* others = sk_X509_new_null();
  for (const CertificatePtr& one : sent)
    if (one) sk_X509_push(others, one.get());
  const std::set<int> errors = verify_errors(sent.front().get(), others, authority.root);
  sk_X509_free(others);
  out.subject = common_name(sent.front().get());
  out.sub_status = refusal(errors, is_revoked(sent.front().get(), authority.revocation_list_der), shape);
  if (out.sub_status != 0) {
    out.outcome = CertificateJudgement::Outcome::refused;
    return out;
  }
  const auto account =
      std::ranges::find_if(accounts, [&](const LabAccount& one) { return equal_ignoring_case(one.user, out.subject); });
  out.outcome = CertificateJudgement::Outcome::unmapped;
  if (shape.mapping_lost) return out;
  if (account != accounts.end()) out.account = &*account;
  if (account == accounts.end() && shape.map_unknown) out.account = &accounts.front();
  if (out.account != nullptr) out.outcome = CertificateJudgement::Outcome::good;
  return out;
}

}  // namespace easel::lab

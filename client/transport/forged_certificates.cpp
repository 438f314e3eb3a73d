#include "client/transport/forged_certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>

#include "client/tls/openssl_handles.h"
#include "client/tls/trust_store.h"

namespace easel {
namespace {

constexpr long kDay = 86'400;

bool begin(X509* certificate, EVP_PKEY* key) {
  std::array<unsigned char, 12> serial{};
  if (RAND_bytes(serial.data(), static_cast<int>(serial.size())) != 1) return false;
  serial[0] = static_cast<unsigned char>((serial[0] & 0x3F) | 0x40);  // positive, and of full length
  ASN1_INTEGER* number = X509_get_serialNumber(certificate);
  return X509_set_version(certificate, 2) == 1 &&
         ASN1_STRING_set(number, serial.data(), static_cast<int>(serial.size())) == 1 &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -kDay) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), 7 * kDay) != nullptr &&
         X509_set_pubkey(certificate, key) == 1;
}

/// What a server looks at to map the holder and to judge the purpose.
bool copy_claims(const X509* from, X509* into) {
  for (const int nid : {NID_key_usage, NID_ext_key_usage, NID_subject_alt_name, NID_basic_constraints}) {
    const int at = X509_get_ext_by_NID(from, nid, -1);
    if (at >= 0 && X509_add_ext(into, X509_get_ext(from, at), -1) != 1) return false;
  }
  return true;
}

X509Ptr authority(EVP_PKEY* key) {
  X509Ptr made(X509_new());
  X509_NAME* name = made ? X509_get_subject_name(made.get()) : nullptr;
  const void* text = "easel test authority, to be trusted by nobody";
  X509_EXTENSION* basic = X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
  const bool good = name != nullptr && basic != nullptr && begin(made.get(), key) &&
                    X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_ASC,
                                               static_cast<const unsigned char*>(text), -1, -1, 0) == 1 &&
                    X509_set_issuer_name(made.get(), name) == 1 && X509_add_ext(made.get(), basic, -1) == 1 &&
                    X509_sign(made.get(), key, EVP_sha256()) > 0;
  X509_EXTENSION_free(basic);
  return good ? std::move(made) : nullptr;
}

/// `issuer` null: signed with its own key.
X509Ptr forge(const X509* genuine, EVP_PKEY* key, const X509* issuer, EVP_PKEY* issuer_key) {
  X509Ptr made(X509_new());
  const X509_NAME* subject = X509_get_subject_name(genuine);
  const bool good = made && begin(made.get(), key) && X509_set_subject_name(made.get(), subject) == 1 &&
                    X509_set_issuer_name(made.get(), issuer ? X509_get_subject_name(issuer) : subject) == 1 &&
                    copy_claims(genuine, made.get()) && X509_sign(made.get(), issuer_key, EVP_sha256()) > 0;
  return good ? std::move(made) : nullptr;
}

std::string der_of(X509* x509) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(x509, &der);
  const void* bytes = der;
  std::string out(size > 0 ? static_cast<const char*>(bytes) : "", size > 0 ? static_cast<std::size_t>(size) : 0);
  OPENSSL_free(der);
  return out;
}

std::string key_text(EVP_PKEY* key) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) return {};
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace

std::expected<std::vector<ClientCertificate>, std::string> forge_client_certificates(const ClientCertificate& genuine) {
  const auto failed = [] {
    return std::unexpected("a forged client certificate for the test could not be made: " + take_openssl_reason());
  };
  const X509Ptr original = genuine.chain.empty() ? nullptr : decode_certificate(genuine.chain.front());
  // RSA, because the servers of the era know no other key.
  const KeyPtr key(EVP_RSA_gen(2048)), authority_key(EVP_RSA_gen(2048));
  if (!original || !key || !authority_key) return failed();
  const X509Ptr stranger = authority(authority_key.get());
  const X509Ptr self = forge(original.get(), key.get(), nullptr, key.get());
  const X509Ptr foreign = stranger ? forge(original.get(), key.get(), stranger.get(), authority_key.get()) : nullptr;
  if (!self || !foreign) return failed();
  std::vector<ClientCertificate> out;
  for (const auto& [name, x509] : {std::pair{kSelfSigned, self.get()}, std::pair{kUntrustedIssuer, foreign.get()}}) {
    auto certificate = parse_certificate(der_of(x509));
    if (!certificate) return std::unexpected(certificate.error());
    out.push_back({std::string(name), {std::move(*certificate)}, key_text(key.get())});
  }
  return out;
}

}  // namespace easel

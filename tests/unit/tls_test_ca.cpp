#include "tests/unit/tls_test_ca.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdlib>
#include <ctime>

#include "client/tls/openssl_handles.h"

namespace easel::testing {
namespace {

const unsigned char* octets(const std::string& text) {
  return static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
}

std::string drain(bio_st* bio) {
  std::string out;
  std::array<char, 4096> part{};
  for (int size = 0; (size = BIO_read(bio, part.data(), static_cast<int>(part.size()))) > 0;) {
    out.append(part.data(), static_cast<std::size_t>(size));
  }
  return out;
}

KeyPtr read_key(const std::string& pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return KeyPtr(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

X509Ptr read_x509(const Certificate& certificate) {
  const unsigned char* cursor = octets(certificate.der);
  return X509Ptr(d2i_X509(nullptr, &cursor, static_cast<long>(certificate.der.size())));
}

void add_extension(X509* x509, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, x509, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (extension == nullptr) std::abort();
  X509_add_ext(x509, extension, -1);
  X509_EXTENSION_free(extension);
}

void set_extensions(X509* x509, X509* issuer, const Wish& wish) {
  add_extension(x509, issuer, NID_basic_constraints, wish.ca ? "critical,CA:TRUE" : "CA:FALSE");
  add_extension(x509, issuer, NID_subject_key_identifier, "hash");
  if (issuer != x509) add_extension(x509, issuer, NID_authority_key_identifier, "keyid");
  std::string names;
  for (const std::string& name : wish.dns_names) names += (names.empty() ? "DNS:" : ",DNS:") + name;
  for (const std::string& name : wish.ip_names) names += (names.empty() ? "IP:" : ",IP:") + name;
  if (!names.empty()) add_extension(x509, issuer, NID_subject_alt_name, names);
  if (!wish.extended_key_usage.empty()) add_extension(x509, issuer, NID_ext_key_usage, wish.extended_key_usage);
  if (!wish.issuer_url.empty()) add_extension(x509, issuer, NID_info_access, "caIssuers;URI:" + wish.issuer_url);
}

void set_name(X509_NAME* name, const Wish& wish) {
  const auto add = [&](const char* field, const std::string& value) {
    if (value.empty()) return;
    X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, octets(value), static_cast<int>(value.size()), -1, 0);
  };
  add("O", wish.organization);
  add("CN", wish.common_name);
}

}  // namespace

Minted mint(const Wish& wish, const Minted* issuer) {
  const KeyPtr key(wish.rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256"));
  const KeyPtr issuer_key(issuer == nullptr ? nullptr : read_key(issuer->key_pem));
  const X509Ptr issuer_x509(issuer == nullptr ? nullptr : read_x509(issuer->certificate));
  const X509Ptr x509(X509_new());
  X509* parent = issuer_x509 ? issuer_x509.get() : x509.get();
  X509_set_version(x509.get(), 2);
  std::array<unsigned char, 8> serial{};
  RAND_bytes(serial.data(), static_cast<int>(serial.size()));
  serial[0] = 0x41;
  BIGNUM* number = BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509.get()));
  BN_free(number);
  X509_gmtime_adj(X509_getm_notBefore(x509.get()), wish.not_before);
  X509_gmtime_adj(X509_getm_notAfter(x509.get()), wish.not_after);
  set_name(X509_get_subject_name(x509.get()), wish);
  X509_set_issuer_name(x509.get(), X509_get_subject_name(parent));
  X509_set_pubkey(x509.get(), key.get());
  set_extensions(x509.get(), parent, wish);
  const EVP_MD* hash = EVP_get_digestbyname(wish.hash.c_str());
  if (X509_sign(x509.get(), issuer_key ? issuer_key.get() : key.get(), hash) == 0) std::abort();
  unsigned char* der = nullptr;
  const int size = i2d_X509(x509.get(), &der);
  Minted out;
  out.certificate =
      parse_certificate({static_cast<const char*>(static_cast<void*>(der)), static_cast<std::size_t>(size)}).value();
  OPENSSL_free(der);
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  out.key_pem = drain(bio.get());
  return out;
}

std::string mint_revocation_list(const Minted& issuer, const std::vector<std::string>& serials) {
  const X509Ptr x509 = read_x509(issuer.certificate);
  const KeyPtr key = read_key(issuer.key_pem);
  const CrlPtr crl(X509_CRL_new());
  X509_CRL_set_version(crl.get(), 1);
  X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(x509.get()));
  ASN1_TIME* time = ASN1_TIME_new();
  X509_gmtime_adj(time, -60);
  X509_CRL_set1_lastUpdate(crl.get(), time);
  for (const std::string& serial : serials) {
    BIGNUM* number = nullptr;
    BN_hex2bn(&number, serial.c_str());
    X509_REVOKED* entry = X509_REVOKED_new();
    ASN1_INTEGER* value = BN_to_ASN1_INTEGER(number, nullptr);
    X509_REVOKED_set_serialNumber(entry, value);
    X509_REVOKED_set_revocationDate(entry, time);
    X509_CRL_add0_revoked(crl.get(), entry);
    ASN1_INTEGER_free(value);
    BN_free(number);
  }
  X509_gmtime_adj(time, 86400);
  X509_CRL_set1_nextUpdate(crl.get(), time);
  ASN1_TIME_free(time);
  X509_CRL_sign(crl.get(), key.get(), EVP_sha256());
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_CRL(bio.get(), crl.get());
  return drain(bio.get());
}

Family mint_family(const std::string& name) {
  Family out;
  out.root = mint({.common_name = name + " root", .ca = true}, nullptr);
  out.intermediate =
      mint({.common_name = name + " intermediate", .ca = true, .issuer_url = "http://ca.example/root.cer"}, &out.root);
  out.server = mint({.common_name = "localhost",
                     .dns_names = {"localhost", "mail.example.com"},
                     .ip_names = {"127.0.0.1"},
                     .extended_key_usage = "serverAuth",
                     .issuer_url = "http://ca.example/intermediate.cer"},
                    &out.intermediate);
  return out;
}

}  // namespace easel::testing

#include "client/tls/revocation.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>

#include "client/tls/openssl_handles.h"
#include "client/tls/trust_store.h"

namespace easel {
namespace {

using Kind = RevocationAnswer::Kind;

CrlPtr read_list(std::string_view bytes) {
  CrlPtr list;
  if (bytes.find("-----BEGIN ") != std::string_view::npos) {
    const BioPtr bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
    list.reset(PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr));
  } else {
    const void* data = bytes.data();
    const auto* cursor = static_cast<const unsigned char*>(data);
    list.reset(d2i_X509_CRL(nullptr, &cursor, static_cast<long>(bytes.size())));
  }
  ERR_clear_error();
  return list;
}

std::string day_of(const ASN1_TIME* time) {
  std::tm tm{};
  if (!time || ASN1_TIME_to_tm(time, &tm) != 1) return "an unreadable day";
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &tm)};
}

bool signed_by(X509_CRL* list, X509* issuer) {
  EVP_PKEY* key = X509_get0_pubkey(issuer);
  const bool good = key != nullptr && X509_CRL_verify(list, key) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace

RevocationAnswer look_up_revocation(std::string_view bytes, const Certificate& certificate, const Certificate& issuer,
                                    std::int64_t now) {
  const CrlPtr list = read_list(bytes);
  if (!list) return {Kind::Unreadable, "what came is no revocation list"};
  const X509Ptr wanted = decode_certificate(certificate), authority = decode_certificate(issuer);
  if (!wanted || !authority) return {Kind::Unreadable, "the certificate or its issuer cannot be read"};
  const std::string name = name_text(X509_CRL_get_issuer(list.get()));
  if (X509_NAME_cmp(X509_CRL_get_issuer(list.get()), X509_get_issuer_name(wanted.get())) != 0)
    return {Kind::Foreign, "the list is of " + name + ", the certificate of " + certificate.issuer};
  if (!signed_by(list.get(), authority.get())) return {Kind::Foreign, "the list is not signed by " + issuer.subject};

  X509_REVOKED* entry = nullptr;
  const int found = X509_CRL_get0_by_serial(list.get(), &entry, X509_get0_serialNumber(wanted.get()));
  if (found == 1) {
    return {Kind::Revoked, "the certificate (serial " + certificate.serial + ") was revoked on " +
                               day_of(X509_REVOKED_get0_revocationDate(entry)) + " by " + name};
  }
  auto at = static_cast<std::time_t>(now);
  const ASN1_TIME* begin = X509_CRL_get0_lastUpdate(list.get());
  const ASN1_TIME* next = X509_CRL_get0_nextUpdate(list.get());
  if (begin && X509_cmp_time(begin, &at) > 0)
    return {Kind::Stale, "the list of " + name + " begins on " + day_of(begin) + " only"};
  if (next && X509_cmp_time(next, &at) < 0)
    return {Kind::Stale, "the list of " + name + " should have been renewed by " + day_of(next)};
  return {Kind::Good, "the list of " + name + (next ? ", good until " + day_of(next) : std::string()) +
                          ", does not name the certificate"};
}

}  // namespace easel

#include "client/tls/trust_store.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace easel {
namespace {

bool may_be_anchor(const Certificate& certificate) { return certificate.is_ca || certificate.self_issued; }

std::string sha1_of(const X509* x509) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  X509_digest(x509, EVP_sha1(), digest.data(), &size);
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    out += kDigits[digest[i] >> 4];
    out += kDigits[digest[i] & 15];
  }
  return out;
}

/// Adds those of the host's roots whose fingerprint is in the device's table.
void add_known_roots(X509_STORE* store, const std::vector<std::string>& fingerprints) {
  const StorePtr host(X509_STORE_new());
  if (fingerprints.empty() || X509_STORE_set_default_paths(host.get()) != 1) return;
  STACK_OF(X509)* all = X509_STORE_get1_all_certs(host.get());
  for (int i = 0; i < sk_X509_num(all); ++i) {
    X509* x509 = sk_X509_value(all, i);
    if (std::ranges::find(fingerprints, sha1_of(x509)) != fingerprints.end()) X509_STORE_add_cert(store, x509);
  }
  sk_X509_pop_free(all, X509_free);
}

void add_authorities(X509_STORE* store, const std::vector<Certificate>& authorities) {
  for (const Certificate& authority : authorities) {
    // A leaf in the root store does not help a device; its issuer must be there.
    if (!may_be_anchor(authority)) continue;
    if (const X509Ptr x509 = decode_certificate(authority)) X509_STORE_add_cert(store, x509.get());
  }
}

}  // namespace

X509Ptr decode_certificate(const Certificate& certificate) {
  const void* data = certificate.der.data();
  const auto* cursor = static_cast<const unsigned char*>(data);
  X509Ptr x509(d2i_X509(nullptr, &cursor, static_cast<long>(certificate.der.size())));
  ERR_clear_error();
  return x509;
}

void add_revocation_lists(X509_STORE* store, const std::string& pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  while (const CrlPtr crl{PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr)}) {
    X509_STORE_add_crl(store, crl.get());
  }
  ERR_clear_error();
}

StorePtr build_trust_store(const TrustPolicy& policy) {
  StorePtr store(X509_STORE_new());
  switch (policy.store) {
    case TrustPolicy::Store::Host:
      if (policy.authorities.empty()) X509_STORE_set_default_paths(store.get());
      add_authorities(store.get(), policy.authorities);
      break;
    case TrustPolicy::Store::Authorities:
      add_authorities(store.get(), policy.authorities);
      add_known_roots(store.get(), policy.fingerprints);
      break;
    case TrustPolicy::Store::Empty:
      break;
  }
  add_revocation_lists(store.get(), policy.revocation_lists);
  ERR_clear_error();
  return store;
}

}  // namespace easel

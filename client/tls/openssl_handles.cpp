#include "client/tls/openssl_handles.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <array>
#include <cstddef>

namespace easel {

void OpensslFree::operator()(bio_st* object) const noexcept { BIO_free_all(object); }
void OpensslFree::operator()(evp_pkey_st* object) const noexcept { EVP_PKEY_free(object); }
void OpensslFree::operator()(x509_st* object) const noexcept { X509_free(object); }
void OpensslFree::operator()(X509_crl_st* object) const noexcept { X509_CRL_free(object); }
void OpensslFree::operator()(x509_store_st* object) const noexcept { X509_STORE_free(object); }
void OpensslFree::operator()(x509_store_ctx_st* object) const noexcept { X509_STORE_CTX_free(object); }

std::string name_text(const X509_name_st* name) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, (XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) | XN_FLAG_DN_REV);
  std::array<char, 4096> text{};
  const int size = BIO_read(bio.get(), text.data(), static_cast<int>(text.size()));
  return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : std::string();
}

std::string take_openssl_reason() {
  const unsigned long last = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = last == 0 ? nullptr : ERR_reason_error_string(last);
  return reason == nullptr ? "unknown" : reason;
}

}  // namespace easel

#pragma once
// Owners of OpenSSL objects, named by their tags so that no OpenSSL header is needed to hold one.

#include <memory>
#include <string>

struct bio_st;
struct evp_pkey_st;
struct x509_st;
struct X509_crl_st;
struct x509_store_st;
struct x509_store_ctx_st;
struct X509_name_st;

namespace easel {

struct OpensslFree {
  void operator()(bio_st* object) const noexcept;
  void operator()(evp_pkey_st* object) const noexcept;
  void operator()(x509_st* object) const noexcept;
  void operator()(X509_crl_st* object) const noexcept;
  void operator()(x509_store_st* object) const noexcept;
  void operator()(x509_store_ctx_st* object) const noexcept;
};
using BioPtr = std::unique_ptr<bio_st, OpensslFree>;
using KeyPtr = std::unique_ptr<evp_pkey_st, OpensslFree>;
using X509Ptr = std::unique_ptr<x509_st, OpensslFree>;
using CrlPtr = std::unique_ptr<X509_crl_st, OpensslFree>;
using StorePtr = std::unique_ptr<x509_store_st, OpensslFree>;
using StoreContextPtr = std::unique_ptr<x509_store_ctx_st, OpensslFree>;

/// RFC 2253 text of a name, UTF-8 kept, control characters escaped.
std::string name_text(const X509_name_st* name);

/// The last reason in this thread's OpenSSL error queue, which is emptied; "unknown" if there is none.
std::string take_openssl_reason();

}  // namespace easel

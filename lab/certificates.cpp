#include "lab/certificates.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

#include "lab/key_cache.h"

namespace easel::lab {

namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Deleter<X509_free>>;
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using NumberPtr = std::unique_ptr<BIGNUM, Deleter<BN_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;

BioPtr reading(std::string_view text) { return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

KeyPtr read_key(std::string_view pem) {
  return KeyPtr(PEM_read_bio_PrivateKey(reading(pem).get(), nullptr, nullptr, nullptr));
}

CertificatePtr read_certificate(std::string_view pem) {
  return CertificatePtr(PEM_read_bio_X509(reading(pem).get(), nullptr, nullptr, nullptr));
}

std::string pem_of(X509* certificate) {
  const BioPtr out(BIO_new(BIO_s_mem()));
  if (!out || PEM_write_bio_X509(out.get(), certificate) != 1) return {};
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

const EVP_MD* digest_of(Hash hash) {
  switch (hash) {
    case Hash::md5:
      return EVP_md5();
    case Hash::sha1:
      return EVP_sha1();
    case Hash::sha256:
      return EVP_sha256();
    case Hash::sha512:
      return EVP_sha512();
  }
  return EVP_sha256();
}

bool add_extension(X509* subject, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, subject, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(subject, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
  const NumberPtr number(BN_new());
  return number && BN_rand(number.get(), 120, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_subject(X509* certificate, const std::string& common_name) {
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto add = [&](const char* field, const std::string& value) {
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
                                      static_cast<int>(value.size()), -1, 0) == 1;
  };
  return add("O", "Contoso") && add("CN", common_name);
}

bool set_validity(X509* certificate, const CertificateShape& shape) {
  constexpr long kDay = 24L * 60 * 60;
  return X509_gmtime_adj(X509_getm_notBefore(certificate), shape.starts_in_days * kDay) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), shape.ends_in_days * kDay) != nullptr;
}

bool add_extensions(X509* subject, X509* issuer, const CertificateShape& shape, std::string_view host, bool authority) {
  bool good =
      add_extension(subject, issuer, NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE") &&
      add_extension(subject, issuer, NID_key_usage,
                    authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature,keyEncipherment") &&
      add_extension(subject, issuer, NID_subject_key_identifier, "hash") &&
      add_extension(subject, issuer, NID_authority_key_identifier, "keyid");
  if (good && !shape.purpose.empty()) good = add_extension(subject, issuer, NID_ext_key_usage, shape.purpose);
  std::string names;
  for (const std::string& name : shape.alt_names) names += (names.empty() ? "DNS:" : ",DNS:") + with_host(name, host);
  if (good && !names.empty()) good = add_extension(subject, issuer, NID_subject_alt_name, names);
  return good;
}

}  // namespace

std::string with_host(std::string_view text, std::string_view host) {
  std::string out(text);
  constexpr std::string_view kMark = "{host}";
  for (auto at = out.find(kMark); at != std::string::npos; at = out.find(kMark, at + host.size()))
    out.replace(at, kMark.size(), host);
  return out;
}

std::expected<Minted, std::string> mint(const CertificateShape& shape, std::string_view role, std::string_view host,
                                        const Minted* issuer, bool authority) {
  const auto failed = [&](std::string_view what) {
    return std::unexpected("the certificate '" + shape.common_name + "' could not be made: " + std::string(what));
  };
  Minted out{.pem = {}, .key_pem = key_of(role, shape.key)};
  const KeyPtr key = read_key(out.key_pem);
  if (!key) return failed("no key");
  const CertificatePtr issuer_certificate = issuer != nullptr ? read_certificate(issuer->pem) : nullptr;
  const KeyPtr issuer_key = issuer != nullptr ? read_key(issuer->key_pem) : nullptr;
  if (issuer != nullptr && (!issuer_certificate || !issuer_key)) return failed("its issuer cannot be read");

  const CertificatePtr made(X509_new());
  if (!made || X509_set_version(made.get(), 2) != 1 || !set_serial(made.get())) return failed("serial number");
  if (!set_subject(made.get(), with_host(shape.common_name, host))) return failed("subject");
  X509* const signer = issuer_certificate ? issuer_certificate.get() : made.get();
  if (X509_set_issuer_name(made.get(), X509_get_subject_name(signer)) != 1) return failed("issuer");
  if (!set_validity(made.get(), shape)) return failed("validity");
  if (X509_set_pubkey(made.get(), key.get()) != 1) return failed("public key");
  if (!add_extensions(made.get(), signer, shape, host, authority)) return failed("extensions");
  if (X509_sign(made.get(), issuer_key ? issuer_key.get() : key.get(), digest_of(shape.hash)) == 0)
    return failed("signature");
  out.pem = pem_of(made.get());
  return out;
}

std::expected<ServerChain, std::string> mint_chain(const ChainShape& shape, std::string_view host) {
  ServerChain chain;
  const auto step = [&](Minted& into, const CertificateShape& wanted, std::string_view role, const Minted* issuer,
                        bool authority) -> std::string {
    auto made = mint(wanted, role, host, issuer, authority);
    if (!made) return made.error();
    into = std::move(*made);
    return {};
  };
  std::string error = step(chain.root, shape.root, "root", nullptr, true);
  if (error.empty()) error = step(chain.intermediate, shape.intermediate, "intermediate", &chain.root, true);
  const bool stranger = shape.signer == ChainShape::Signer::stranger;
  if (error.empty() && stranger) {
    CertificateShape other_root = shape.root;
    other_root.common_name = "Some Other Root CA";
    error = step(chain.stranger_root, other_root, "stranger-root", nullptr, true);
    CertificateShape other = shape.intermediate;
    other.common_name = "Some Other Issuing CA";
    if (error.empty())
      error = step(chain.stranger_intermediate, other, "stranger-intermediate", &chain.stranger_root, true);
  }
  const Minted& signer = stranger ? chain.stranger_intermediate : chain.intermediate;
  const bool self = shape.signer == ChainShape::Signer::self;
  if (error.empty()) error = step(chain.leaf, shape.leaf, "leaf", self ? nullptr : &signer, false);
  if (!error.empty()) return std::unexpected(error);

  chain.sent = {chain.leaf.pem};
  if (!self && shape.send_intermediate) chain.sent.push_back(signer.pem);
  if (!self && shape.send_root) chain.sent.push_back(stranger ? chain.stranger_root.pem : chain.root.pem);
  if (shape.order == ChainShape::Order::reversed) std::ranges::reverse(chain.sent);
  chain.key_pem = shape.foreign_key ? key_of("foreign", shape.leaf.key) : chain.leaf.key_pem;
  return chain;
}

}  // namespace easel::lab

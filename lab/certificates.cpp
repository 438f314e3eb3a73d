#include "lab/certificates.h"

#include <algorithm>
#include <memory>

#include "lab/key_cache.h"
#include "lab/openssl_pointers.h"

namespace easel::lab {

namespace {

std::string pem_of(X509* certificate) {
  const BioPtr out(BIO_new(BIO_s_mem()));
  if (!out || PEM_write_bio_X509(out.get(), certificate) != 1) return {};
  return text_of(out.get());
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
  if (good && !shape.issuer_url.empty())
    good = add_extension(subject, issuer, NID_info_access, "caIssuers;URI:" + shape.issuer_url);
  if (good && !shape.crl_url.empty())
    good = add_extension(subject, issuer, NID_crl_distribution_points, "URI:" + shape.crl_url);
  return good;
}

}  // namespace

std::string der_of(std::string_view pem) {
  const CertificatePtr certificate = read_certificate(pem);
  unsigned char* der = nullptr;
  const int size = certificate ? i2d_X509(certificate.get(), &der) : 0;
  if (size <= 0) return {};
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

std::string make_revocation_list(const Minted& issuer, const std::vector<std::string>& revoked_pems) {
  const CertificatePtr authority = read_certificate(issuer.pem);
  const KeyPtr key = read_key(issuer.key_pem);
  const RevocationListPtr list(X509_CRL_new());
  if (!authority || !key || !list || X509_CRL_set_version(list.get(), 1) != 1) return {};
  const std::unique_ptr<ASN1_TIME, OpenSslDeleter<ASN1_TIME_free>> now(X509_gmtime_adj(nullptr, -3600));
  const std::unique_ptr<ASN1_TIME, OpenSslDeleter<ASN1_TIME_free>> next(X509_gmtime_adj(nullptr, 7L * 86400));
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(authority.get()));
  X509_CRL_set1_lastUpdate(list.get(), now.get());
  X509_CRL_set1_nextUpdate(list.get(), next.get());
  for (const std::string& pem : revoked_pems) {
    const CertificatePtr one = read_certificate(pem);
    X509_REVOKED* entry = X509_REVOKED_new();
    if (!one || entry == nullptr) return {};
    X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(one.get()));
    X509_REVOKED_set_revocationDate(entry, now.get());
    X509_CRL_add0_revoked(list.get(), entry);
  }
  X509_CRL_sort(list.get());
  if (X509_CRL_sign(list.get(), key.get(), EVP_sha256()) == 0) return {};
  unsigned char* der = nullptr;
  const int size = i2d_X509_CRL(list.get(), &der);
  if (size <= 0) return {};
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

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

std::expected<ServerChain, std::string> mint_chain(const ChainShape& shape, std::string_view host,
                                                   const ServerChain* below) {
  ServerChain chain;
  const auto step = [&](Minted& into, const CertificateShape& wanted, std::string_view role, const Minted* issuer,
                        bool authority) -> std::string {
    auto made = mint(wanted, role, host, issuer, authority);
    if (!made) return made.error();
    into = std::move(*made);
    return {};
  };
  std::string error;
  if (below != nullptr) {
    chain.root = below->root;
    chain.intermediate = below->intermediate;
  } else {
    error = step(chain.root, shape.root, "root", nullptr, true);
  }
  if (error.empty() && below == nullptr)
    error = step(chain.intermediate, shape.intermediate, "intermediate", &chain.root, true);
  const bool stranger = shape.signer == ChainShape::Signer::stranger;
  if (error.empty() && (stranger || shape.send_stranger)) {
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
  CertificateShape leaf = shape.leaf;
  if (self) leaf.issuer_url.clear();
  if (error.empty()) error = step(chain.leaf, leaf, "leaf", self ? nullptr : &signer, false);
  if (error.empty() && shape.swapped) error = step(chain.leaf_before, shape.leaf, "leaf-before", &signer, false);
  if (!error.empty()) return std::unexpected(error);

  chain.sent = {chain.leaf.pem};
  if (!self && shape.send_intermediate) chain.sent.push_back(signer.pem);
  if (!self && shape.send_root) chain.sent.push_back(stranger ? chain.stranger_root.pem : chain.root.pem);
  if (shape.send_stranger) chain.sent.push_back(chain.stranger_intermediate.pem);
  if (shape.order == ChainShape::Order::issuers_reversed) std::reverse(chain.sent.begin() + 1, chain.sent.end());
  chain.key_pem = shape.foreign_key ? key_of("foreign", shape.leaf.key) : chain.leaf.key_pem;
  return chain;
}

}  // namespace easel::lab

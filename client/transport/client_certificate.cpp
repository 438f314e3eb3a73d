#include "client/transport/client_certificate.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <utility>

#include "client/tls/openssl_handles.h"

namespace easel {
namespace {

using Kind = ClientCertificateError::Kind;

constexpr std::size_t kMaxFile = 1u << 20;

struct LibraryFree {
  void operator()(OSSL_LIB_CTX* library) const noexcept { OSSL_LIB_CTX_free(library); }
};
struct ProviderFree {
  void operator()(OSSL_PROVIDER* provider) const noexcept { OSSL_PROVIDER_unload(provider); }
};
struct Pkcs12Free {
  void operator()(PKCS12* container) const noexcept { PKCS12_free(container); }
};
using Pkcs12Ptr = std::unique_ptr<PKCS12, Pkcs12Free>;

struct Parts {
  KeyPtr key;
  std::vector<Certificate> certificates;
};
using PartsResult = std::expected<Parts, ClientCertificateError>;

std::unexpected<ClientCertificateError> fail(Kind kind, std::string text) {
  ERR_clear_error();
  return std::unexpected(ClientCertificateError{kind, std::move(text)});
}

const unsigned char* octets(std::string_view text) {
  return static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
}

Certificate describe(X509* x509) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(x509, &der);
  const void* bytes = der;
  Certificate out;
  if (size > 0) {
    out = parse_certificate({static_cast<const char*>(bytes), static_cast<std::size_t>(size)}).value_or(Certificate{});
  }
  OPENSSL_free(der);
  return out;
}

/// The passphrase for OpenSSL's callback; `asked` tells whether the file wanted one.
struct Passphrase {
  const std::optional<std::string>& given;
  bool asked = false;

  static int answer(char* buffer, int size, int, void* self) {
    auto& passphrase = *static_cast<Passphrase*>(self);
    passphrase.asked = true;
    if (!passphrase.given || passphrase.given->size() > static_cast<std::size_t>(size)) return -1;
    std::memcpy(buffer, passphrase.given->data(), passphrase.given->size());
    return static_cast<int>(passphrase.given->size());
  }
};

/// PKCS#12 of the era is encrypted with RC2-40, which OpenSSL 3 keeps in a provider of its own: loaded here into a
/// library context that nothing else sees.
PartsResult open_pkcs12(PKCS12* container, const ClientCertificateFiles& files) {
  const bool plain = !files.passphrase || files.passphrase->empty();
  const char* passphrase = files.passphrase ? files.passphrase->c_str() : nullptr;
  const bool keyed = PKCS12_mac_present(container) == 1;
  const bool without =
      plain && (PKCS12_verify_mac(container, nullptr, 0) == 1 || PKCS12_verify_mac(container, "", 0) == 1);
  if (keyed && plain && !without && !files.passphrase) {
    return fail(Kind::PassphraseNeeded, files.name + " is encrypted and no passphrase was given");
  }
  if (keyed && !without && PKCS12_verify_mac(container, passphrase, -1) != 1) {
    return fail(Kind::WrongPassphrase, files.name + ": the passphrase is wrong");
  }
  EVP_PKEY* key = nullptr;
  X509* leaf = nullptr;
  STACK_OF(X509)* others = nullptr;
  const bool parsed = PKCS12_parse(container, passphrase == nullptr ? "" : passphrase, &key, &leaf, &others) == 1;
  Parts out;
  out.key.reset(key);
  const X509Ptr owned(leaf);
  if (leaf != nullptr) out.certificates.push_back(describe(leaf));
  for (int i = 0; i < sk_X509_num(others); ++i) out.certificates.push_back(describe(sk_X509_value(others, i)));
  sk_X509_pop_free(others, X509_free);
  if (!parsed)
    return fail(Kind::Unreadable, files.name + ": this PKCS#12 cannot be opened (" + take_openssl_reason() + ")");
  return out;
}

PartsResult read_pkcs12(const ClientCertificateFiles& files) {
  const std::unique_ptr<OSSL_LIB_CTX, LibraryFree> library(OSSL_LIB_CTX_new());
  const std::unique_ptr<OSSL_PROVIDER, ProviderFree> modern(OSSL_PROVIDER_load(library.get(), "default"));
  const std::unique_ptr<OSSL_PROVIDER, ProviderFree> legacy(OSSL_PROVIDER_load(library.get(), "legacy"));
  PKCS12* container = PKCS12_init_ex(NID_pkcs7_data, library.get(), nullptr);
  const unsigned char* cursor = octets(files.bytes);
  if (d2i_PKCS12(&container, &cursor, static_cast<long>(files.bytes.size())) == nullptr) {
    return fail(Kind::Unreadable, files.name + " is neither PKCS#12 nor PEM");
  }
  const Pkcs12Ptr owned(container);
  auto parts = open_pkcs12(container, files);
  if (!parts || !parts->key) return parts;
  // The key must not depend on the library context, which ends here.
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), parts->key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  parts->key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  return parts;
}

std::expected<KeyPtr, ClientCertificateError> read_key(std::string_view bytes, const std::string& name,
                                                       const std::optional<std::string>& given) {
  if (bytes.find("-----BEGIN ") == std::string_view::npos) {
    const unsigned char* cursor = octets(bytes);
    KeyPtr key(d2i_AutoPrivateKey(nullptr, &cursor, static_cast<long>(bytes.size())));
    if (!key) return fail(Kind::NoKey, name + ": no private key in this file");
    return key;
  }
  if (bytes.find("PRIVATE KEY-----") == std::string_view::npos) {
    return fail(Kind::NoKey, name + ": no private key in this file");
  }
  Passphrase passphrase{given};
  const BioPtr bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &Passphrase::answer, &passphrase));
  if (key) return key;
  if (passphrase.asked && !given) {
    return fail(Kind::PassphraseNeeded, "the key in " + name + " is encrypted and no passphrase was given");
  }
  if (passphrase.asked) return fail(Kind::WrongPassphrase, name + ": the passphrase of the key is wrong");
  return fail(Kind::Unreadable, name + ": the private key cannot be read (" + take_openssl_reason() + ")");
}

PartsResult read_parts(const ClientCertificateFiles& files) {
  if (files.bytes.size() > kMaxFile || files.key_bytes.size() > kMaxFile) {
    return fail(Kind::Unreadable, files.name + ": larger than 1 MiB");
  }
  const bool pem = files.bytes.find("-----BEGIN ") != std::string::npos;
  const bool own_key_file = !files.key_name.empty();
  if (!pem && !own_key_file) return read_pkcs12(files);
  Parts out;
  auto certificates = parse_certificates(files.bytes, files.name);
  if (!certificates) return fail(Kind::NoCertificate, certificates.error());
  out.certificates = std::move(*certificates);
  auto key = own_key_file ? read_key(files.key_bytes, files.key_name, files.passphrase)
                          : read_key(files.bytes, files.name, files.passphrase);
  if (!key) return std::unexpected(key.error());
  out.key = std::move(*key);
  return out;
}

bool belongs(const Certificate& certificate, EVP_PKEY* key) {
  const unsigned char* cursor = octets(certificate.der);
  const X509Ptr x509(d2i_X509(nullptr, &cursor, static_cast<long>(certificate.der.size())));
  const bool yes = x509 && X509_check_private_key(x509.get(), key) == 1;
  ERR_clear_error();
  return yes;
}

/// The leaf, then issuers by name. What does not belong to the path is left out; a root is not sent.
std::vector<Certificate> in_order(const std::vector<Certificate>& all, std::size_t leaf) {
  std::vector<Certificate> out = {all[leaf]};
  while (!out.back().self_issued && out.size() <= all.size()) {
    const auto issuer = std::ranges::find(all, out.back().issuer, &Certificate::subject);
    if (issuer == all.end() || issuer->self_issued) break;
    out.push_back(*issuer);
  }
  return out;
}

std::string pem_of(EVP_PKEY* key) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  std::string out;
  std::array<char, 4096> part{};
  for (int size = 0; (size = BIO_read(bio.get(), part.data(), static_cast<int>(part.size()))) > 0;) {
    out.append(part.data(), static_cast<std::size_t>(size));
  }
  OPENSSL_cleanse(part.data(), part.size());
  return out;
}

}  // namespace

std::expected<ClientCertificate, ClientCertificateError> read_client_certificate(const ClientCertificateFiles& files) {
  auto parts = read_parts(files);
  if (!parts) return std::unexpected(parts.error());
  if (!parts->key) return fail(Kind::NoKey, files.name + ": no private key in this file");
  if (parts->certificates.empty()) return fail(Kind::NoCertificate, files.name + ": no certificate in this file");
  const auto leaf =
      std::ranges::find_if(parts->certificates, [&](const Certificate& c) { return belongs(c, parts->key.get()); });
  if (leaf == parts->certificates.end()) {
    return fail(Kind::KeyMismatch, "the key in " + (files.key_name.empty() ? files.name : files.key_name) +
                                       " does not fit the certificate \"" + parts->certificates.front().subject +
                                       "\" in " + files.name);
  }
  ClientCertificate out;
  out.name = files.name;
  out.chain = in_order(parts->certificates, static_cast<std::size_t>(leaf - parts->certificates.begin()));
  out.private_key_pem = pem_of(parts->key.get());
  ERR_clear_error();
  return out;
}

}  // namespace easel

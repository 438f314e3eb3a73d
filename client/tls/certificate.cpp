#include "client/tls/certificate.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <climits>
#include <cstddef>
#include <ctime>
#include <memory>
#include <utility>

#include "client/tls/openssl_handles.h"

namespace easel {
namespace {

constexpr std::size_t kMaxCertificates = 1000;  // of one file
constexpr std::size_t kMaxCertificateFile = 16u << 20;

struct OpensslMemoryFree {
  void operator()(void* memory) const noexcept { OPENSSL_free(memory); }
};
using OpensslBytes = std::unique_ptr<unsigned char, OpensslMemoryFree>;

const unsigned char* bytes_of(std::string_view text) {
  return static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
}

std::string string_of(const ASN1_STRING* value) {
  const void* data = ASN1_STRING_get0_data(value);
  return {static_cast<const char*>(data), static_cast<std::size_t>(ASN1_STRING_length(value))};
}

std::string hex(const unsigned char* data, std::size_t size) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(size * 2);
  for (std::size_t i = 0; i < size; ++i) {
    out += kDigits[data[i] >> 4];
    out += kDigits[data[i] & 15];
  }
  return out;
}

std::string last_common_name(const X509_NAME* name) {
  std::string found;
  for (int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1); at >= 0;
       at = X509_NAME_get_index_by_NID(name, NID_commonName, at)) {
    unsigned char* utf8 = nullptr;
    const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    const OpensslBytes owned(utf8);
    if (size >= 0) found.assign(static_cast<const char*>(static_cast<void*>(utf8)), static_cast<std::size_t>(size));
  }
  return found;
}

std::int64_t seconds(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return 0;
  return timegm(&parts);
}

std::string ip_text(const ASN1_OCTET_STRING* address) {
  const unsigned char* data = ASN1_STRING_get0_data(address);
  const int size = ASN1_STRING_length(address);
  if (size == 4) {
    return std::to_string(data[0]) + "." + std::to_string(data[1]) + "." + std::to_string(data[2]) + "." +
           std::to_string(data[3]);
  }
  if (size != 16) return {};
  std::string out;
  for (int i = 0; i < 16; i += 2) {
    if (i != 0) out += ':';
    constexpr std::string_view kDigits = "0123456789abcdef";
    const unsigned group = static_cast<unsigned>(data[i]) << 8 | data[i + 1];
    bool started = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
      const unsigned digit = group >> shift & 15;
      started = started || digit != 0 || shift == 0;
      if (started) out += kDigits[digit];
    }
  }
  return out;
}

void read_alternative_names(const X509* x509, Certificate& out) {
  auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(x509, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type == GEN_DNS) out.dns_names.push_back(string_of(name->d.dNSName));
    if (name->type == GEN_IPADD) out.ip_names.push_back(ip_text(name->d.iPAddress));
  }
  GENERAL_NAMES_free(names);
}

std::string object_name(const ASN1_OBJECT* object) {
  const int nid = OBJ_obj2nid(object);
  if (nid != NID_undef) return OBJ_nid2sn(nid);
  std::array<char, 128> text{};
  OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
  return text.data();
}

void read_key_usage(const X509* x509, Certificate& out) {
  auto* usage = static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(x509, NID_ext_key_usage, nullptr, nullptr));
  for (int i = 0; i < sk_ASN1_OBJECT_num(usage); ++i) {
    out.extended_key_usage.push_back(object_name(sk_ASN1_OBJECT_value(usage, i)));
  }
  EXTENDED_KEY_USAGE_free(usage);
  auto* constraints = static_cast<BASIC_CONSTRAINTS*>(X509_get_ext_d2i(x509, NID_basic_constraints, nullptr, nullptr));
  out.is_ca = constraints != nullptr && constraints->ca != 0;
  BASIC_CONSTRAINTS_free(constraints);
}

void read_urls(const X509* x509, Certificate& out) {
  auto* access = static_cast<AUTHORITY_INFO_ACCESS*>(X509_get_ext_d2i(x509, NID_info_access, nullptr, nullptr));
  for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access); ++i) {
    const ACCESS_DESCRIPTION* entry = sk_ACCESS_DESCRIPTION_value(access, i);
    if (entry->location->type != GEN_URI) continue;
    const int method = OBJ_obj2nid(entry->method);
    if (method == NID_ad_ca_issuers) out.issuer_urls.push_back(string_of(entry->location->d.uniformResourceIdentifier));
    if (method == NID_ad_OCSP) out.ocsp_urls.push_back(string_of(entry->location->d.uniformResourceIdentifier));
  }
  AUTHORITY_INFO_ACCESS_free(access);
  auto* points = static_cast<CRL_DIST_POINTS*>(X509_get_ext_d2i(x509, NID_crl_distribution_points, nullptr, nullptr));
  for (int i = 0; i < sk_DIST_POINT_num(points); ++i) {
    const DIST_POINT* point = sk_DIST_POINT_value(points, i);
    if (point->distpoint == nullptr || point->distpoint->type != 0) continue;
    const GENERAL_NAMES* names = point->distpoint->name.fullname;
    for (int j = 0; j < sk_GENERAL_NAME_num(names); ++j) {
      const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, j);
      if (name->type == GEN_URI) out.crl_urls.push_back(string_of(name->d.uniformResourceIdentifier));
    }
  }
  CRL_DIST_POINTS_free(points);
}

void read_key(X509* x509, Certificate& out) {
  const EVP_PKEY* key = X509_get0_pubkey(x509);
  if (key != nullptr) {
    const int type = EVP_PKEY_get_base_id(key);
    const char* name = OBJ_nid2sn(type);
    if (type == EVP_PKEY_RSA)
      out.key_type = "RSA";
    else if (type == EVP_PKEY_EC)
      out.key_type = "EC";
    else
      out.key_type = name == nullptr ? "unknown" : name;
    out.key_bits = EVP_PKEY_get_bits(key);
  }
  unsigned char* spki = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &spki);
  const OpensslBytes owned(spki);
  if (size <= 0) return;
  out.spki_pin = sha256_base64({static_cast<const char*>(static_cast<void*>(spki)), static_cast<std::size_t>(size)});
}

std::string fingerprint(const X509* x509, const EVP_MD* type) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  X509_digest(x509, type, digest.data(), &size);
  return hex(digest.data(), size);
}

std::string signature_hash(const X509* x509) {
  int digest = NID_undef;
  X509_get_signature_info(const_cast<X509*>(x509), &digest, nullptr, nullptr, nullptr);
  if (digest == NID_undef) OBJ_find_sigid_algs(X509_get_signature_nid(x509), &digest, nullptr);
  if (digest != NID_undef) return OBJ_nid2sn(digest);
  const char* name = OBJ_nid2sn(X509_get_signature_nid(x509));
  return name == nullptr ? "unknown" : name;
}

std::string serial_text(const X509* x509) {
  const ASN1_INTEGER* serial = X509_get0_serialNumber(x509);
  return hex(ASN1_STRING_get0_data(serial), static_cast<std::size_t>(ASN1_STRING_length(serial)));
}

Certificate describe(X509* x509, std::string der) {
  Certificate out;
  out.der = std::move(der);
  out.subject = name_text(X509_get_subject_name(x509));
  out.issuer = name_text(X509_get_issuer_name(x509));
  out.serial = serial_text(x509);
  out.common_name = last_common_name(X509_get_subject_name(x509));
  out.not_before = seconds(X509_get0_notBefore(x509));
  out.not_after = seconds(X509_get0_notAfter(x509));
  out.signature_hash = signature_hash(x509);
  out.self_issued = X509_NAME_cmp(X509_get_subject_name(x509), X509_get_issuer_name(x509)) == 0;
  read_alternative_names(x509, out);
  read_key_usage(x509, out);
  read_urls(x509, out);
  read_key(x509, out);
  out.sha256 = fingerprint(x509, EVP_sha256());
  out.sha1 = fingerprint(x509, EVP_sha1());
  ERR_clear_error();
  return out;
}

std::string der_of(const X509* x509) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(x509, &der);
  const OpensslBytes owned(der);
  if (size <= 0) return {};
  return {static_cast<const char*>(static_cast<void*>(der)), static_cast<std::size_t>(size)};
}

void add_pkcs7(PKCS7* pkcs7, std::vector<Certificate>& out) {
  STACK_OF(X509)* certificates = nullptr;
  if (PKCS7_type_is_signed(pkcs7) && pkcs7->d.sign != nullptr) certificates = pkcs7->d.sign->cert;
  for (int i = 0; i < sk_X509_num(certificates); ++i) {
    X509* x509 = sk_X509_value(certificates, i);
    out.push_back(describe(x509, der_of(x509)));
  }
  PKCS7_free(pkcs7);
}

struct PemBlock {
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  PemBlock() = default;
  PemBlock(const PemBlock&) = delete;
  PemBlock& operator=(const PemBlock&) = delete;
  ~PemBlock() {
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(data);
  }
};

/// Adds one block of a PEM file; what is neither a certificate nor PKCS#7 (keys, parameters) is passed over.
bool add_pem_block(const PemBlock& block, std::vector<Certificate>& out) {
  const std::string_view name = block.name;
  const unsigned char* cursor = block.data;
  if (name == PEM_STRING_X509 || name == PEM_STRING_X509_OLD || name == PEM_STRING_X509_TRUSTED) {
    const X509Ptr x509(name == PEM_STRING_X509_TRUSTED ? d2i_X509_AUX(nullptr, &cursor, block.size)
                                                       : d2i_X509(nullptr, &cursor, block.size));
    if (x509) out.push_back(describe(x509.get(), der_of(x509.get())));
    return x509 != nullptr;
  }
  if (name != PEM_STRING_PKCS7 && name != PEM_STRING_PKCS7_SIGNED) return true;
  PKCS7* pkcs7 = d2i_PKCS7(nullptr, &cursor, block.size);
  if (pkcs7 == nullptr) return false;
  add_pkcs7(pkcs7, out);
  return true;
}

std::expected<std::vector<Certificate>, std::string> parse_pem(std::string_view bytes, std::string_view name) {
  std::vector<Certificate> out;
  const BioPtr bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
  int number = 0;
  while (out.size() < kMaxCertificates) {
    PemBlock block;
    if (PEM_read_bio(bio.get(), &block.name, &block.header, &block.data, &block.size) != 1) break;
    ++number;
    if (!add_pem_block(block, out)) {
      return std::unexpected(std::string(name) + ": PEM block " + std::to_string(number) + " (" + block.name +
                             ") cannot be read: " + take_openssl_reason());
    }
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string reason = take_openssl_reason();
  if (!at_end && out.size() < kMaxCertificates) {
    return std::unexpected(std::string(name) + ": PEM block " + std::to_string(number + 1) +
                           " cannot be read: " + reason);
  }
  if (out.empty()) return std::unexpected(std::string(name) + ": no certificate in this file");
  return out;
}

}  // namespace

std::expected<Certificate, std::string> parse_certificate(std::string_view der) {
  if (der.size() > kMaxCertificateFile) return std::unexpected("larger than 16 MiB");
  const unsigned char* cursor = bytes_of(der);
  const X509Ptr x509(d2i_X509(nullptr, &cursor, static_cast<long>(der.size())));
  if (!x509) return std::unexpected(take_openssl_reason());
  const auto used = static_cast<std::size_t>(cursor - bytes_of(der));
  if (used != der.size()) {
    return std::unexpected("bytes after the certificate, from offset " + std::to_string(used));
  }
  return describe(x509.get(), std::string(der));
}

std::expected<std::vector<Certificate>, std::string> parse_certificates(std::string_view bytes, std::string_view name) {
  if (bytes.empty()) return std::unexpected(std::string(name) + ": the file is empty");
  if (bytes.size() > kMaxCertificateFile) return std::unexpected(std::string(name) + ": larger than 16 MiB");
  if (bytes.find("-----BEGIN ") != std::string_view::npos) return parse_pem(bytes, name);
  auto single = parse_certificate(bytes);
  if (single) return std::vector<Certificate>{std::move(*single)};
  const unsigned char* cursor = bytes_of(bytes);
  PKCS7* pkcs7 = d2i_PKCS7(nullptr, &cursor, static_cast<long>(bytes.size()));
  if (pkcs7 == nullptr) {
    ERR_clear_error();
    return std::unexpected(std::string(name) + ": neither PEM nor DER nor PKCS#7 (as DER: " + single.error() + ")");
  }
  std::vector<Certificate> out;
  add_pkcs7(pkcs7, out);
  if (out.empty()) return std::unexpected(std::string(name) + ": PKCS#7 without a certificate");
  return out;
}

std::string to_pem(const std::vector<Certificate>& chain) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  for (const Certificate& certificate : chain) {
    PEM_write_bio(bio.get(), PEM_STRING_X509, "", bytes_of(certificate.der), static_cast<long>(certificate.der.size()));
  }
  std::string out;
  std::array<char, 4096> part{};
  for (int size = 0; (size = BIO_read(bio.get(), part.data(), static_cast<int>(part.size()))) > 0;) {
    out.append(part.data(), static_cast<std::size_t>(size));
  }
  return out;
}

std::string sha256_base64(std::string_view octets) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned digest_size = 0;
  EVP_Digest(octets.data(), octets.size(), digest.data(), &digest_size, EVP_sha256(), nullptr);
  std::array<unsigned char, 2 * EVP_MAX_MD_SIZE> text{};
  const int text_size = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest_size));
  return {static_cast<const char*>(static_cast<void*>(text.data())), static_cast<std::size_t>(text_size)};
}

std::string fingerprint_of(std::string_view text) {
  constexpr std::size_t kDigits = 64;
  std::string out;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (c == ':') continue;
    if (std::isxdigit(u) == 0 || out.size() == kDigits) return {};
    out += static_cast<char>(std::toupper(u));
  }
  return out.size() == kDigits ? out : std::string();
}

}  // namespace easel

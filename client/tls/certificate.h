#pragma once
// An X.509 certificate as evidence: the fields that verdicts and reports speak of, read once from its DER bytes.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace easel {

/// One certificate of a chain, as the server sent it. Times are seconds since 1970 (UTC).
struct Certificate {
  std::string der;
  std::string subject;  ///< RFC 2253 text, most specific attribute first
  std::string issuer;
  std::string serial;                  ///< hexadecimal, upper case
  std::string common_name;             ///< the last CN of the subject, empty if there is none
  std::vector<std::string> dns_names;  ///< subjectAltName dNSName, in order
  std::vector<std::string> ip_names;   ///< subjectAltName iPAddress, printed
  std::int64_t not_before = 0;
  std::int64_t not_after = 0;
  std::string key_type;  ///< "RSA", "EC", "Ed25519", … as OpenSSL names it
  int key_bits = 0;
  std::string signature_hash;                   ///< "SHA256", "SHA1", "MD5", …
  std::vector<std::string> extended_key_usage;  ///< "serverAuth", "clientAuth", … or dotted OIDs; empty: no extension
  std::vector<std::string> issuer_urls;         ///< AIA caIssuers
  std::vector<std::string> ocsp_urls;           ///< AIA OCSP
  std::vector<std::string> crl_urls;            ///< CRL distribution points
  std::string sha256;                           ///< fingerprint, upper-case hex
  std::string sha1;                             ///< fingerprint, upper-case hex: how device root tables name a root
  std::string spki_pin;                         ///< base64 SHA-256 of the SubjectPublicKeyInfo (RFC 7469, section 2.4)
  bool is_ca = false;                           ///< basicConstraints cA
  bool self_issued = false;                     ///< subject equals issuer
  friend bool operator==(const Certificate&, const Certificate&) = default;
};

/// Reads one DER certificate. The error is OpenSSL's reason in one line.
std::expected<Certificate, std::string> parse_certificate(std::string_view der);

/// Reads every certificate of a file that holds PEM, DER or PKCS#7 (DER or PEM). `name` is used in the error text.
std::expected<std::vector<Certificate>, std::string> parse_certificates(std::string_view bytes, std::string_view name);

/// PEM text of the certificates, in order, ready to be a server's bundle.
std::string to_pem(const std::vector<Certificate>& chain);

/// A SHA-256 fingerprint as people write it (64 hexadecimal digits in either case, with or without colons) as
/// upper-case hex; empty if it is none.
std::string fingerprint_of(std::string_view text);

/// Base64 of the SHA-256 of any octets: how pins and Content-Security-Policy name what they allow.
std::string sha256_base64(std::string_view octets);

}  // namespace easel

#include "client/transport/connection_key.h"

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace easel {
namespace {

constexpr std::string_view kNobody =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBlDCCATugAwIBAgIUZCkdi6qbcX3Z0sKEzWm5Aow+wPMwCgYIKoZIzj0EAwIw\n"
    "HzEdMBsGA1UEAwwUZWFzZWwgY29ubmVjdGlvbiBrZXkwIBcNMjYxMTI1MDcyMDAw\n"
    "WhgPMjEyNjExMDEwNzIwMDBaMB8xHTAbBgNVBAMMFGVhc2VsIGNvbm5lY3Rpb24g\n"
    "a2V5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/FC74GvUkUV7uezII7whIvd3\n"
    "Cm6LXYyPnv9zBmxpljZOCaUUQNupfGcAjdeuRUSPlwirSEY8CnqkySh6KTchY6NT\n"
    "MFEwHQYDVR0OBBYEFKvHkruK5p8hvjUZ917Qjw4ta5ocMB8GA1UdIwQYMBaAFKvH\n"
    "kruK5p8hvjUZ917Qjw4ta5ocMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwID\n"
    "RwAwRAIgIQiDoCo0x2WJjB0kHwCU9uUBzLX5rhd5G9gbs4GN8IcCIGHd7Au2LWVN\n"
    "1p0MSo3y+677TMQiuCJCwuj4Em/Hulje\n"
    "-----END CERTIFICATE-----\n";

/// Fields one after the other, each with its length in front, so that no two identities make the same text.
class FieldWriter {
 public:
  void text(std::string_view value) {
    number(value.size());
    bytes_.append(value);
  }
  void number(std::uint64_t value) { bytes_ += std::to_string(value) + ";"; }
  void certificates(const std::vector<Certificate>& certificates) {
    number(certificates.size());
    for (const Certificate& certificate : certificates) text(certificate.der);
  }
  void texts(const std::vector<std::string>& values) {
    number(values.size());
    for (const std::string& value : values) text(value);
  }
  [[nodiscard]] std::string sha256() const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(bytes_.data(), bytes_.size(), digest.data(), &size, EVP_sha256(), nullptr);
    std::string out;
    for (unsigned i = 0; i < size; ++i) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      out += kDigits[digest[i] >> 4];
      out += kDigits[digest[i] & 15];
    }
    return out;
  }

 private:
  std::string bytes_;
};

void write_trust(FieldWriter& out, const TrustPolicy& trust) {
  out.number(static_cast<std::uint64_t>(trust.store));
  out.text(trust.name);
  out.certificates(trust.authorities);
  out.texts(trust.fingerprints);
  out.number(trust.rules.wildcards ? 1 : 0);
  out.number(trust.rules.ecdsa ? 1 : 0);
  out.number(static_cast<std::uint64_t>(trust.rules.max_rsa_bits));
  out.texts(trust.rules.refused_hashes);
  out.certificates(trust.intermediates);
  out.texts(trust.pins);
  out.text(trust.revocation_lists);
}

void write_offer(FieldWriter& out, const TlsOffer& offer) {
  out.text(offer.min_version);
  out.text(offer.max_version);
  out.text(offer.ciphers);
  out.number(offer.sni ? 1 : 0);
  out.texts(offer.alpn);
  out.number(offer.legacy_renegotiation ? 1 : 0);
  out.text(offer.legacy_priority);
}

}  // namespace

std::string connection_key(const ConnectionIdentity& identity, bool allow_untrusted) {
  FieldWriter out;
  out.text(identity.device);
  out.text(identity.account);
  write_trust(out, identity.trust);
  write_offer(out, identity.offer);
  out.number(identity.client_certificate ? 1 : 0);
  if (identity.client_certificate) {
    out.certificates(identity.client_certificate->chain);
    out.text(identity.client_certificate->private_key_pem);
  }
  out.text(identity.lane);
  out.number(allow_untrusted ? 1 : 0);
  return out.sha256();
}

std::string connection_key_pem(const std::string& key) { return "# " + key + "\n" + std::string(kNobody); }

}  // namespace easel

#include "client/tls/key_exchange.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <utility>

#include "client/tls/byte_cursor.h"
#include "client/tls/hello.h"
#include "client/tls/openssl_handles.h"

namespace easel {
namespace {

using Error = KeyExchangeError;

constexpr std::size_t kMaxNumber = 2048;  // octets of a prime or modulus: 16384 bits

struct DigestContextFree {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

const unsigned char* octets(std::string_view text) {
  return static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
}

std::size_t bit_length(std::string_view number) {
  while (!number.empty() && number.front() == '\0') number.remove_prefix(1);
  if (number.empty()) return 0;
  const auto first = static_cast<unsigned char>(number.front());
  return 8 * (number.size() - 1) + static_cast<std::size_t>(std::bit_width(first));
}

/// Takes two or three numbers with a length in front of each; the first one's size is the key's.
std::expected<std::size_t, Error> read_numbers(ByteCursor& in, int count) {
  std::size_t bits = 0;
  for (int i = 0; i < count; ++i) {
    const std::size_t at = in.offset();
    const std::string_view number = in.vector(2);
    if (!in.ok()) return std::unexpected(Error{"a number that passes the end", in.failed_at()});
    if (number.empty() || number.size() > kMaxNumber) return std::unexpected(Error{"a number of impossible size", at});
    if (i == 0) bits = bit_length(number);
  }
  return bits;
}

std::expected<std::string, Error> read_curve(ByteCursor& in) {
  constexpr std::uint32_t kNamedCurve = 3;
  if (in.number(1) != kNamedCurve || !in.ok())
    return std::unexpected(Error{"a curve that is not named", in.failed_at()});
  const std::string name = group_name(static_cast<std::uint16_t>(in.number(2)));
  const std::size_t at = in.offset();
  const std::string_view point = in.vector(1);
  if (!in.ok() || point.empty()) return std::unexpected(Error{"the public point", at});
  return name;
}

std::expected<std::string, Error> read_parameters(ByteCursor& in, const CipherSuite& suite) {
  const auto with_bits = [](std::string_view name, const std::expected<std::size_t, Error>& bits) {
    if (!bits) return std::expected<std::string, Error>(std::unexpected(bits.error()));
    return std::expected<std::string, Error>(std::string(name) + " " + std::to_string(*bits));
  };
  switch (suite.key_exchange) {
    case KeyExchange::Ecdhe: {
      auto curve = read_curve(in);
      if (!curve) return curve;
      return "ECDHE " + *curve;
    }
    case KeyExchange::Dhe:
      return with_bits("DHE", read_numbers(in, 3));
    case KeyExchange::DheExport:
      return with_bits("DHE_EXPORT", read_numbers(in, 3));
    case KeyExchange::RsaExport:
      return with_bits("RSA_EXPORT", read_numbers(in, 2));
    case KeyExchange::Rsa:
    case KeyExchange::DhStatic:
    case KeyExchange::EcdhStatic:
    case KeyExchange::Tls13:
      break;
  }
  return std::unexpected(Error{"a message that this suite does not have", 0});
}

struct SignatureRule {
  const EVP_MD* digest = nullptr;  ///< null with known = true: the algorithm has its own (Ed25519)
  bool pss = false;
  bool known = false;
};

/// SignatureScheme of RFC 8446, 4.2.3, which takes in the pairs of RFC 5246, 7.4.1.4.1.
SignatureRule rule_of(std::uint32_t scheme) {
  const std::uint32_t hash = scheme >> 8;
  const std::uint32_t signature = scheme & 0xff;
  if (hash == 8) {
    if (signature == 7 || signature == 8) return {nullptr, false, true};
    const bool pss = (signature >= 4 && signature <= 6) || (signature >= 9 && signature <= 11);
    const std::array digests = {EVP_sha256(), EVP_sha384(), EVP_sha512()};
    if (!pss) return {};
    return {digests[signature >= 9 ? signature - 9 : signature - 4], true, true};
  }
  const std::array digests = {EVP_md5(), EVP_sha1(), EVP_sha224(), EVP_sha256(), EVP_sha384(), EVP_sha512()};
  if (hash < 1 || hash > digests.size() || signature < 1 || signature > 3) return {};
  return {digests[hash - 1], false, true};
}

SignatureRule rule_before_tls12(const EVP_PKEY* key) {
  // RSA signs MD5 and SHA-1 side by side, without naming them (RFC 2246, 7.4.3).
  return {EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA ? EVP_md5_sha1() : EVP_sha1(), false, true};
}

bool verify(EVP_PKEY* key, const SignatureRule& rule, std::string_view signature, const std::string& signed_octets) {
  const std::unique_ptr<EVP_MD_CTX, DigestContextFree> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;
  bool good = rule.known && EVP_DigestVerifyInit(context.get(), &parameters, rule.digest, nullptr, key) == 1;
  if (good && rule.pss) {
    good = EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  good = good && EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(signed_octets),
                                  signed_octets.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace

std::string group_name(std::uint16_t group) {
  constexpr auto kNames = std::to_array<std::pair<std::uint16_t, std::string_view>>({
      {18, "secp192k1"},
      {19, "P-192"},
      {20, "secp224k1"},
      {21, "P-224"},
      {22, "secp256k1"},
      {23, "P-256"},
      {24, "P-384"},
      {25, "P-521"},
      {26, "brainpoolP256r1"},
      {27, "brainpoolP384r1"},
      {28, "brainpoolP512r1"},
      {29, "X25519"},
      {30, "X448"},
      {256, "ffdhe2048"},
      {257, "ffdhe3072"},
      {258, "ffdhe4096"},
      {259, "ffdhe6144"},
      {260, "ffdhe8192"},
      {4588, "X25519MLKEM768"},
  });
  const auto* found = std::ranges::find(kNames, group, &std::pair<std::uint16_t, std::string_view>::first);
  return found == kNames.end() ? "group " + std::to_string(group) : std::string(found->second);
}

std::expected<ServerKey, KeyExchangeError> read_server_key(std::string_view body, const CipherSuite& suite,
                                                           std::uint16_t version, std::string_view randoms,
                                                           const Certificate* leaf) {
  ByteCursor in(body);
  auto text = read_parameters(in, suite);
  if (!text) return std::unexpected(text.error());
  ServerKey out;
  out.text = std::move(*text);
  const std::string_view parameters = body.substr(0, in.offset());
  if (suite.authentication == Authentication::Anonymous) {
    if (!in.empty()) return std::unexpected(Error{"octets after the parameters", in.offset()});
    return out;
  }
  const std::uint32_t scheme = version >= kTls12Version ? in.number(2) : 0;
  const std::string_view signature = in.vector(2);
  if (!in.ok() || signature.empty()) return std::unexpected(Error{"the signature", in.failed_at()});
  if (!in.empty()) return std::unexpected(Error{"octets after the signature", in.offset()});
  out.signature_valid = false;
  if (leaf == nullptr) return out;
  const unsigned char* der = octets(leaf->der);
  const X509Ptr x509(d2i_X509(nullptr, &der, static_cast<long>(leaf->der.size())));
  EVP_PKEY* key = x509 ? X509_get0_pubkey(x509.get()) : nullptr;
  if (key != nullptr) {
    const SignatureRule rule = version >= kTls12Version ? rule_of(scheme) : rule_before_tls12(key);
    out.signature_valid = verify(key, rule, signature, std::string(randoms) + std::string(parameters));
  }
  ERR_clear_error();
  return out;
}

}  // namespace easel

#pragma once
// Cipher suites by number: name, key exchange, authentication, strength (IANA, "TLS Cipher Suites"; SSL 2.0 draft).

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace easel {

enum class KeyExchange { Rsa, RsaExport, Dhe, DheExport, DhStatic, Ecdhe, EcdhStatic, Tls13 };
enum class Authentication { Rsa, Dss, Ecdsa, Static, Anonymous, Tls13 };

struct CipherSuite {
  std::uint32_t code = 0;  ///< two octets, or three for an SSLv2 kind
  std::string_view name;
  KeyExchange key_exchange{};
  Authentication authentication{};
  int bits = 0;  ///< of the secret key; 0: no encryption
};

/// The whole table, and that of the SSL 2.0 kinds, by code.
std::span<const CipherSuite> cipher_suites();
std::span<const CipherSuite> ssl2_kinds();
/// nullptr if the table has no such suite.
const CipherSuite* find_suite(std::uint16_t code);
/// SSL 2.0 cipher kinds have a number space of their own.
const CipherSuite* find_ssl2_kind(std::uint32_t code);
/// The suite's name, or "suite 0x1234".
std::string suite_name(std::uint16_t code);
std::string ssl2_kind_name(std::uint32_t code);

/// Does the server sign its key exchange (ServerKeyExchange, RFC 5246, 7.4.3), so that a hello alone shows a signature?
bool sends_key_exchange(KeyExchange key_exchange);

}  // namespace easel

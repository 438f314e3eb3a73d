#pragma once
// ServerKeyExchange (RFC 5246, 7.4.3; RFC 8422, 5.4; export: RFC 2246, 7.4.3): what key the server offers, and whether
// its certificate's key signed it.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "client/tls/certificate.h"
#include "client/tls/cipher_suites.h"

namespace easel {

struct ServerKey {
  std::string text;                     ///< "ECDHE P-256", "DHE 1024", "RSA_EXPORT 512"
  std::optional<bool> signature_valid;  ///< nullopt: anonymous, nothing is signed
};

struct KeyExchangeError {
  std::string what;
  std::size_t offset = 0;
};

/// Reads the body of a ServerKeyExchange. `randoms` is client_random followed by server_random, `leaf` the server's
/// certificate (nullptr: none was sent), `version` the version agreed.
std::expected<ServerKey, KeyExchangeError> read_server_key(std::string_view body, const CipherSuite& suite,
                                                           std::uint16_t version, std::string_view randoms,
                                                           const Certificate* leaf);

/// "P-256", "X25519", … for a named group (RFC 8446, 4.2.7), or "group 0x1234".
std::string group_name(std::uint16_t group);

}  // namespace easel

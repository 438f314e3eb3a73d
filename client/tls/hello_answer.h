#pragma once
// What a server answered to a ClientHello, as far as it can be read without keys.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/tls/certificate.h"

namespace easel {

struct HelloAnswer {
  enum class Kind {
    Accepted,   ///< a whole first flight: to ServerHelloDone, or to the ServerHello of TLS 1.3
    Retry,      ///< HelloRetryRequest (RFC 8446, 4.1.4): the server would go on with another key share
    Alert,      ///< a fatal alert, named in `alert`
    NotTls,     ///< plain HTTP or something else
    Malformed,  ///< TLS that breaks its own rules; `text` names message and octet
    Closed,     ///< FIN before a whole flight
    Reset,      ///< RST
    Silence,    ///< nothing, or not all of it, within the bound
    NoTcp,      ///< no connection; `text` says why
  };
  Kind kind = Kind::Silence;
  std::string text;  ///< one sentence for people; empty when accepted

  std::uint16_t version = 0;  ///< chosen; 0: no ServerHello came
  std::uint32_t suite = 0;    ///< chosen; SSL 2.0: the server's first choice among ours
  std::string suite_text;
  std::string key_exchange;  ///< "RSA", "ECDHE P-256", "DHE 1024", "RSA_EXPORT 512", "X25519"; empty: not seen
  int compression = 0;
  bool resumed = false;
  std::vector<std::uint16_t> extensions;  ///< kinds in the ServerHello, in order
  std::vector<Certificate> chain;         ///< as sent; empty in TLS 1.3, where it is encrypted
  /// ServerKeyExchange signed by the leaf's key; nullopt: nothing signed was seen.
  std::optional<bool> signature_valid;
  bool client_certificate_asked = false;
  std::vector<std::string> client_ca_names;  ///< RFC 2253 text
  std::string alert;                         ///< fatal alert by name
  std::vector<std::string> warnings;         ///< warning alerts by name, before the rest
  std::chrono::microseconds took{0};
  friend bool operator==(const HelloAnswer&, const HelloAnswer&) = default;
};

/// kebab-case key: "accepted", "retry", "not-tls", …
std::string_view to_string(HelloAnswer::Kind kind);

}  // namespace easel

#pragma once
// The one door to the network. A Run decides what to send; a Transport carries it and says what came back.
// Implementations: CurlTransport (the world), and canned ones in tests.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/transport/round_trip.h"

namespace easel {

/// What the device offers in its ClientHello when libcurl makes the connection.
struct TlsOffer {
  std::string min_version = "TLSv1.2";  ///< "SSLv3" … "TLSv1.3"
  std::string max_version = "TLSv1.3";
  std::string ciphers;  ///< OpenSSL cipher string; empty: the library's default
  bool sni = true;
  std::vector<std::string> alpn;      ///< empty: no ALPN extension
  bool legacy_renegotiation = false;  ///< accept servers without RFC 5746
  /// A GnuTLS priority string. Not empty: GnuTLS holds the session, for suites that OpenSSL 3 lacks (RC4, 3DES); the
  /// fields above but `sni` are not looked at then. See legacy_offer().
  std::string legacy_priority;
  friend bool operator==(const TlsOffer&, const TlsOffer&) = default;
};

/// The offer of a Windows Mobile device where only its own suites are common: TLS 1.0, RC4 and 3DES, RSA key transport,
/// no extensions worth the name.
TlsOffer legacy_offer();

/// A client certificate with its key, already decrypted (MS-OXPROTO, certificate-based authentication).
struct ClientCertificate {
  std::string name;                ///< how reports call it, e.g. the file
  std::vector<Certificate> chain;  ///< leaf first
  std::string private_key_pem;     ///< PKCS#8 PEM, unencrypted in memory only
  friend bool operator==(const ClientCertificate&, const ClientCertificate&) = default;
};

/// Everything that makes two connections different. Requests share a connection only if all of it is equal
/// (design: connection identity is ours, because libcurl does not compare SSL_CTX callbacks).
struct ConnectionIdentity {
  std::string device;   ///< profile id
  std::string account;  ///< user name, or empty for requests without credentials
  TrustPolicy trust;
  TlsOffer offer;
  std::optional<ClientCertificate> client_certificate;
  std::string lane;  ///< anything else that must not share: a check id, an address label
  friend bool operator==(const ConnectionIdentity&, const ConnectionIdentity&) = default;
};

/// Where to really connect. Host and port of the request stay in Host, SNI and name checks.
struct Route {
  std::string connect_to_host;         ///< empty: the request's host
  std::uint16_t connect_to_port = 0;   ///< 0: the request's port
  std::vector<std::string> addresses;  ///< resolved addresses; empty: the transport resolves
  std::string proxy;                   ///< "http://host:port"; environment proxies are ignored
  std::string proxy_user;
  std::string proxy_password;
  friend bool operator==(const Route&, const Route&) = default;
};

/// Bounds of one round trip; each is an option of the command line.
struct Bounds {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds answer{30'000};  ///< from the end of the request to the end of the response
  std::uint64_t max_body = 64ull << 20;      ///< after decoding
  std::uint64_t max_headers = 256ull << 10;
  friend bool operator==(const Bounds&, const Bounds&) = default;
};

/// A ClientHello to send byte for byte (client/tls/hello.h).
struct HelloOffer {
  std::string name;  ///< as in HelloExchange
  Hello hello;
};

struct SendRequest {
  HttpRequest request;
  std::shared_ptr<const ConnectionIdentity> identity;
  Route route;
  Bounds bounds;
  /// Go on over a session whose verdict is negative. Only for requests without credentials; the report says so.
  bool allow_untrusted = false;
  /// Use a new connection: the request must not be sent twice (SendMail), or the test needs a fresh one.
  bool fresh_connection = false;
  /// Stop after the TLS handshake (or TCP connect for http): the outcome is a response with status 0.
  bool connect_only = false;
  /// Send this hello on a bare TCP connection, read the server's first flight and stop: RoundTrip::hello. No request
  /// and no credentials follow. The outcome is a response with status 0 where a ServerHello came, else a failure.
  std::optional<HelloOffer> hello;
  /// With connect_only: after a handshake below TLS 1.3, try to renegotiate so many times (RFC 5746; RFC
  /// 5246, 7.4.1.1). GnuTLS holds this session, whatever the offer says; the chain is seen and judged, but never stops
  /// it.
  int renegotiations = 0;
  /// Keep the TLS session, and offer the one that an equal identity has kept (RFC 5246, 7.3; RFC 8446, 2.2). The
  /// connection is a new one. Only for requests that carry no credentials, and those whose session others may resume.
  bool keep_session = false;
};

using Ticket = std::uint64_t;

struct Completion {
  Ticket ticket = 0;
  RoundTrip round_trip;
};

class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  /// Starts a round trip. Never blocks; its Completion carries `ticket`. Tickets are the caller's and unique.
  virtual void start(Ticket ticket, SendRequest request) = 0;
  /// Ends a round trip early; its Completion comes with NetworkFailure::Kind::Cancelled.
  virtual void cancel(Ticket ticket) = 0;
  /// Waits at most `limit` and returns what has completed, maybe nothing. Returns at once if nothing is under way.
  virtual std::vector<Completion> wait(std::chrono::milliseconds limit) = 0;
};

}  // namespace easel

#pragma once
// A request with whatever the world answered: a response, a failed handshake or a failed connection. A refusal is often
// the result that was wanted, so failures are data here, never errors.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "client/tls/certificate.h"
#include "client/tls/hello.h"
#include "client/tls/hello_answer.h"
#include "client/tls/trust.h"

namespace easel {

struct Header {
  std::string name;
  std::string value;
  friend bool operator==(const Header&, const Header&) = default;
};
using Headers = std::vector<Header>;

/// First value of a header, names compared without case (RFC 9110, 5.1); nullptr if absent.
const std::string* find_header(const Headers& headers, std::string_view name);
/// Every value of a header in order.
std::vector<std::string_view> header_values(const Headers& headers, std::string_view name);

/// A request as it goes over the wire. `headers` are sent after Host, in this order, and nothing is added but
/// Content-Length (where there is a body or the method is POST).
struct HttpRequest {
  std::string method;            ///< any token, sent as it is
  std::string scheme = "https";  ///< "https" or "http"
  std::string host;              ///< name for Host, SNI and the certificate's names
  std::uint16_t port = 443;
  std::string target;  ///< path and query, already encoded
  Headers headers;
  std::string body;
  friend bool operator==(const HttpRequest&, const HttpRequest&) = default;
};

/// What was agreed and seen in the TLS handshake, complete or not.
struct TlsSession {
  std::string version;  ///< "TLSv1.2", …; empty if no ServerHello came
  std::string cipher;   ///< OpenSSL or GnuTLS name
  std::string alpn;
  std::vector<Certificate> chain;  ///< exactly as sent, leaf first
  TrustVerdict verdict;
  bool completed = false;  ///< both Finished messages were exchanged
  bool resumed = false;
  bool secure_renegotiation = true;       ///< RFC 5746 (TLS 1.3: always true)
  bool client_certificate_asked = false;  ///< a CertificateRequest was seen, at any time
  bool client_certificate_sent = false;
  std::vector<std::string> client_ca_names;  ///< CA list of the CertificateRequest, RFC 2253 text
  int renegotiations = 0;                    ///< that we began and the server went through with
  std::string renegotiation_end;             ///< why there were no more; empty: none was tried, or none refused
  friend bool operator==(const TlsSession&, const TlsSession&) = default;
};

struct HttpResponse {
  int status = 0;
  std::string reason;
  std::string version;  ///< "HTTP/1.1"
  Headers headers;
  std::string body;                  ///< after Content-Encoding and chunking were undone
  std::uint64_t body_wire_size = 0;  ///< octets before Content-Encoding was undone
  friend bool operator==(const HttpResponse&, const HttpResponse&) = default;
};

/// The TLS layer ended the connection, or we did because of the verdict.
struct TlsFailure {
  enum class Phase { Handshake, AfterRequest };
  enum class Kind {
    Verdict,   ///< we stopped: the chain did not pass the trust policy
    Alert,     ///< the peer sent a fatal alert, named in `alert`
    Protocol,  ///< bytes that are not the TLS message expected, or no common version
    Closed,    ///< the peer closed or reset in the middle of the handshake
  };
  Phase phase = Phase::Handshake;
  Kind kind = Kind::Protocol;
  std::string alert;  ///< RFC 5246/8446 name such as "handshake_failure"; empty if none was seen
  std::string text;   ///< one sentence
  friend bool operator==(const TlsFailure&, const TlsFailure&) = default;
};

/// No HTTP response came, for a reason below or above TLS.
struct NetworkFailure {
  enum class Kind {
    NameNotFound,    ///< DNS gave no address
    Refused,         ///< RST to SYN
    ConnectTimeout,  ///< SYN unanswered within the bound
    Unreachable,     ///< ICMP, no route
    Reset,           ///< RST after the connection stood
    Closed,          ///< FIN before a complete response
    AnswerTimeout,   ///< silence, or a drip, past the bound
    Malformed,       ///< not HTTP, or HTTP that contradicts itself
    TooLarge,        ///< a bound of ours was passed: headers or body
    Proxy,           ///< the proxy refused
    Cancelled,       ///< we stopped: run budget, or Ctrl-C
    Ours,            ///< no socket, no memory, …: not the world's fault
  };
  Kind kind = Kind::Ours;
  std::string text;            ///< one sentence; names the bound and the option that sets it where a bound was passed
  bool connected = false;      ///< TCP stood at the time
  std::uint64_t received = 0;  ///< octets of response seen before the failure
  friend bool operator==(const NetworkFailure&, const NetworkFailure&) = default;
};

/// kebab-case key: "name-not-found", "refused", …
std::string_view to_string(NetworkFailure::Kind kind);
std::string_view to_string(TlsFailure::Kind kind);

/// An emulated ClientHello that was sent in place of a request, and what came back.
struct HelloExchange {
  std::string name;  ///< whose hello it is: "wm6.1", "SSLv3, weak"
  Hello offer;
  HelloAnswer answer;
  friend bool operator==(const HelloExchange&, const HelloExchange&) = default;

  /// Did the server choose among what was offered? What breaks TLS after the choice does not take it back.
  [[nodiscard]] bool answered() const;
};

/// "TLSv1.0, 8 suites, no extensions"
std::string describe(const Hello& offer);
/// Names of the suites in order, with ", " between.
std::string suite_list(const Hello& offer);

/// Durations since the start of the request; zero where a stage was not reached.
struct Timing {
  std::chrono::microseconds connected{0};
  std::chrono::microseconds secured{0};
  std::chrono::microseconds first_byte{0};
  std::chrono::microseconds total{0};
  friend bool operator==(const Timing&, const Timing&) = default;
};

struct RoundTrip {
  HttpRequest request;
  std::string peer;     ///< "192.0.2.1:443" that TCP reached; empty if none
  bool reused = false;  ///< the connection had carried a request before
  std::optional<TlsSession> tls;
  std::optional<HelloExchange> hello;  ///< only the hello was sent; `tls` then holds what the answer shows
  std::variant<HttpResponse, TlsFailure, NetworkFailure> outcome;
  /// A response that was already complete in its head when the connection failed (early answer, cut body).
  std::optional<HttpResponse> partial;
  Timing timing;
  std::int64_t started_at = 0;  ///< seconds since 1970, local clock

  [[nodiscard]] const HttpResponse* response() const { return std::get_if<HttpResponse>(&outcome); }
  [[nodiscard]] const TlsFailure* tls_failure() const { return std::get_if<TlsFailure>(&outcome); }
  [[nodiscard]] const NetworkFailure* network_failure() const { return std::get_if<NetworkFailure>(&outcome); }
  friend bool operator==(const RoundTrip&, const RoundTrip&) = default;
};

/// One line for people: "401 Unauthorized", "TLS alert handshake_failure", "connection refused".
std::string summary(const RoundTrip& round_trip);

/// The cause key of profiles/support-codes.tsv for this outcome ("tls.untrusted", "http.401", "tcp.refused", …);
/// empty for a 2xx or 3xx answer.
std::string cause_key(const RoundTrip& round_trip);

/// The cause key of the gravest complaint; empty if the chain is trusted.
std::string_view cause_key(const TrustVerdict& verdict);

}  // namespace easel

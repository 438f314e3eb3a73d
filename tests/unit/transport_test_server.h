#pragma once
// A scripted server on 127.0.0.1 and a port of its own: the test says what each connection does, the server keeps a
// transcript of what reached it.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/tls_test_ca.h"

namespace easel::testing {

/// One accepted connection, TLS shaken hands already where the server has an identity.
class TestConnection {
 public:
  virtual ~TestConnection() = default;
  /// 1 for the server's first connection.
  [[nodiscard]] virtual int number() const = 0;
  /// Head and Content-Length octets of body of the next request, which enters the transcript; empty at the end.
  virtual std::string read_request() = 0;
  /// What comes next, at most 16 KiB; empty at the end.
  virtual std::string read_some() = 0;
  virtual void write(std::string_view bytes) = 0;
  /// Ends with RST instead of FIN.
  virtual void reset() = 0;
  /// TLS 1.2: renegotiates for a client certificate. TLS 1.3: asks for one after the handshake. False: it failed.
  virtual bool ask_certificate(bool require) = 0;
  /// Common name of the client's certificate; empty if it has none.
  [[nodiscard]] virtual std::string client_name() const = 0;
  /// Common name of the SNI; empty if none came.
  [[nodiscard]] virtual std::string sni() const = 0;
};

struct ServerOptions {
  std::optional<Minted> identity = {};         ///< none: bare TCP
  std::vector<Certificate> chain = {};         ///< sent after the identity
  std::vector<Certificate> client_roots = {};  ///< not empty: a client certificate is asked for in the first handshake
  bool require_client = false;
  bool asks_later = false;  ///< client_roots are only for TestConnection::ask_certificate()
  std::string max_version = "TLSv1.3";
  std::string ciphers = "DEFAULT:@SECLEVEL=0";
};

class TestServer {
 public:
  using Handler = std::function<void(TestConnection&)>;
  TestServer(ServerOptions options, Handler handler);
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer();

  [[nodiscard]] std::uint16_t port() const;
  /// "1 alice: GET / HTTP/1.1…" a request: connection, client's name, text as it came. Also "1 handshake failed: …".
  [[nodiscard]] std::vector<std::string> transcript() const;
  /// The transcript once it has `lines` lines, for what happens after the client is done; at most 10 s.
  [[nodiscard]] std::vector<std::string> transcript_of(std::size_t lines) const;
  [[nodiscard]] int connections() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Answers every request with 200 and `body` and keeps the connection.
TestServer::Handler answer_always(std::string body);
/// Reads one request, writes `bytes`, closes.
TestServer::Handler answer_once(std::string bytes);

/// A port of 127.0.0.1 on which nobody listens.
std::uint16_t closed_port();

}  // namespace easel::testing

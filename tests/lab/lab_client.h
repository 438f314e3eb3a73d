#pragma once
// A small HTTPS client for the lab's own tests: OpenSSL on a socket to 127.0.0.1, bytes in, bytes out.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lab/lab.h"

namespace easel::lab::test {

struct Answer {
  bool connected = false;   ///< TCP
  bool handshake = false;   ///< TLS, where asked for
  int verify_error = 0;     ///< X509_V_ERR_* of OpenSSL; 0 = the chain leads to the lab's root, names and dates fit
  std::string tls_version;  ///< "TLSv1.3"
  std::vector<std::string> subjects;  ///< of the chain as sent
  int status = 0;                     ///< 0 = no HTTP answer
  std::string head, body;
  bool complete = false;  ///< the body is as long as Content-Length says
  [[nodiscard]] std::string header(std::string_view name) const;
};

struct Call {
  std::string method = "POST";
  std::string target = "/Microsoft-Server-ActiveSync";
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  int limit_ms = 3000;
};

struct TlsWishes {
  const LabClientCertificate* certificate = nullptr;
  int tls_max = 0;  ///< 12 or 13; 0 = what the library has
};

class Client {
 public:
  /// Connects at once. `sni` false leaves the name out of the hello. The chain is judged but never refused.
  Client(const LabFacts& facts, bool tls, bool sni = true, const TlsWishes& wishes = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Sends a request on the open connection and reads its answer.
  Answer call(const Call& call);
  /// The connection only.
  [[nodiscard]] const Answer& connection() const { return connection_; }
  bool send(std::string_view bytes);
  /// Reads until the peer closes, the time is over or `enough` bytes are there.
  std::string read_some(int limit_ms, std::size_t enough = SIZE_MAX);

 private:
  struct Handles;
  int read_once(char* into, int size, int limit_ms);
  std::unique_ptr<Handles> handles_;
  Answer connection_;
};

/// One request on a connection of its own.
Answer ask(const LabFacts& facts, const Call& call, bool tls = true);

[[nodiscard]] std::pair<std::string, std::string> basic(std::string_view user, std::string_view password);

}  // namespace easel::lab::test

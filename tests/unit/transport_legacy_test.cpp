// A front that speaks RC4 or 3DES only, as an unpatched server of 2003 does: OpenSSL 3 cannot reach it, a tunnel can.

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <mutex>
#include <thread>

#include "tests/unit/transport_testing.h"

using namespace easel;
using namespace easel::testing;

namespace {

const Minted& rsa_server() {
  static const Minted made =
      mint({.common_name = "localhost", .dns_names = {"localhost"}, .rsa = true}, &family().root);
  return made;
}

gnutls_datum_t datum(std::string& text) {
  return {static_cast<unsigned char*>(static_cast<void*>(text.data())), static_cast<unsigned>(text.size())};
}

/// Serves connections one after the other until it is destroyed.
class LegacyServer {
 public:
  explicit LegacyServer(std::string priority) : priority_(std::move(priority)) {
    std::string chain = to_pem({rsa_server().certificate});
    std::string key = rsa_server().key_pem;
    const gnutls_datum_t chain_datum = datum(chain);
    const gnutls_datum_t key_datum = datum(key);
    gnutls_certificate_allocate_credentials(&credentials_);
    REQUIRE(gnutls_certificate_set_x509_key_mem(credentials_, &chain_datum, &key_datum, GNUTLS_X509_FMT_PEM) >= 0);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = static_cast<sockaddr*>(static_cast<void*>(&address));
    REQUIRE(::bind(listener_, generic, size) == 0);
    REQUIRE(::listen(listener_, 10) == 0);
    getsockname(listener_, generic, &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  LegacyServer(const LegacyServer&) = delete;
  LegacyServer& operator=(const LegacyServer&) = delete;
  ~LegacyServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
    gnutls_certificate_free_credentials(credentials_);
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string received() const {
    const std::scoped_lock lock(mutex_);
    return received_;
  }

 private:
  void serve() {
    for (int socket = -1; (socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
      gnutls_session_t tls = nullptr;
      gnutls_init(&tls, GNUTLS_SERVER | GNUTLS_NO_SIGNAL);
      gnutls_priority_set_direct(tls, priority_.c_str(), nullptr);
      gnutls_credentials_set(tls, GNUTLS_CRD_CERTIFICATE, credentials_);
      gnutls_transport_set_int(tls, socket);
      gnutls_handshake_set_timeout(tls, 5000);
      if (gnutls_handshake(tls) == GNUTLS_E_SUCCESS) answer(tls);
      gnutls_deinit(tls);
      ::close(socket);
    }
  }
  void answer(gnutls_session_t tls) {
    std::string request;
    std::array<char, 16384> part{};
    const auto whole = [&] {
      const std::size_t end = request.find("\r\n\r\n");
      if (end == std::string::npos) return false;
      const std::size_t at = request.find("Content-Length: ");
      const std::size_t body = at < end ? std::strtoul(request.c_str() + at + 16, nullptr, 10) : 0;
      return request.size() >= end + 4 + body;
    };
    while (!whole()) {
      const ssize_t size = gnutls_record_recv(tls, part.data(), part.size());
      if (size <= 0) break;
      request.append(part.data(), static_cast<std::size_t>(size));
    }
    {
      const std::scoped_lock lock(mutex_);
      received_ += request;
    }
    if (!whole()) return;
    constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nlegacy";
    gnutls_record_send(tls, kAnswer.data(), kAnswer.size());
    gnutls_bye(tls, GNUTLS_SHUT_WR);
  }

  std::string priority_;
  gnutls_certificate_credentials_t credentials_ = nullptr;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::string received_;
  std::thread thread_;
};

const std::string kRc4 = "NONE:+VERS-TLS1.0:+RSA:+ARCFOUR-128:+MD5:+COMP-NULL:+SIGN-ALL:+CTYPE-X509";
const std::string kTripleDes = "NONE:+VERS-TLS1.0:+RSA:+3DES-CBC:+SHA1:+COMP-NULL:+SIGN-ALL:+CTYPE-X509";

SendRequest request_to(std::uint16_t port, bool legacy) {
  SendRequest send;
  send.request.method = "POST";
  send.request.host = "localhost";
  send.request.port = port;
  send.request.target = "/Microsoft-Server-ActiveSync";
  send.request.headers = {{"User-Agent", "MSFT-PPC/5.1.2301"}};
  send.request.body = "body";
  send.route.addresses = {"127.0.0.1"};
  auto who = identity();
  if (legacy) who->offer = legacy_offer();
  send.identity = who;
  send.bounds.connect = std::chrono::seconds(5);
  send.bounds.answer = std::chrono::seconds(5);
  return send;
}

}  // namespace

TEST_CASE("RC4-MD5 and 3DES fronts are out of OpenSSL's reach, and not out of a tunnel's") {
  for (const auto& [priority, suite] :
       {std::pair{kRc4, "RSA_ARCFOUR_128_MD5"}, {kTripleDes, "RSA_3DES_EDE_CBC_SHA1"}}) {
    CAPTURE(suite);
    LegacyServer server(priority);
    // This server closes without an alert; Schannel and nginx send handshake_failure.
    const TlsFailure::Kind kind = tls_failure(run(request_to(server.port(), false))).kind;
    CHECK((kind == TlsFailure::Kind::Alert || kind == TlsFailure::Kind::Closed));
    CHECK(server.received().empty());
    const RoundTrip round_trip = run(request_to(server.port(), true));
    CHECK(response(round_trip).body == "legacy");
    REQUIRE(round_trip.tls.has_value());
    CHECK(round_trip.tls->version == "TLSv1.0");
    CHECK(round_trip.tls->cipher == suite);
    CHECK(round_trip.tls->completed);
    CHECK(round_trip.tls->verdict.trusted());
    CHECK(round_trip.peer == "127.0.0.1:" + std::to_string(server.port()));
    CHECK(server.received() ==
          "POST /Microsoft-Server-ActiveSync HTTP/1.1\r\nHost: localhost:" + std::to_string(server.port()) +
              "\r\nUser-Agent: MSFT-PPC/5.1.2301\r\nContent-Length: 4\r\n\r\nbody");
  }
}

TEST_CASE("a legacy session with a wrong root carries no HTTP octet") {
  LegacyServer server(kRc4);
  SendRequest send = request_to(server.port(), true);
  auto who = std::make_shared<ConnectionIdentity>(*send.identity);
  who->trust.store = TrustPolicy::Store::Empty;
  send.identity = who;
  const RoundTrip round_trip = run(send);
  CHECK(tls_failure(round_trip).kind == TlsFailure::Kind::Verdict);
  CHECK(cause_key(round_trip) == "tls.untrusted");
  CHECK(round_trip.tls->chain.size() == 1);
  CHECK_FALSE(round_trip.tls->completed);
  CHECK(server.received().empty());
}

TEST_CASE("legacy sessions fail with a name too: refused, alert, silence, not TLS") {
  CHECK(network_failure(run(request_to(closed_port(), true))).kind == NetworkFailure::Kind::Refused);
  TestServer modern(secure(), answer_always(""));
  const RoundTrip alert = run(request_to(modern.port(), true));
  CHECK(tls_failure(alert).kind == TlsFailure::Kind::Alert);
  CHECK_FALSE(tls_failure(alert).alert.empty());
  TestServer silent({}, [](TestConnection& connection) {
    while (!connection.read_some().empty()) {
    }
  });
  SendRequest send = request_to(silent.port(), true);
  send.bounds.connect = std::chrono::milliseconds(300);
  CHECK(tls_failure(run(send)).text == "the TLS handshake did not end within 300 ms");
  TestServer http({}, [](TestConnection& connection) {
    connection.read_some();
    connection.write("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  CHECK(tls_failure(run(request_to(http.port(), true))).kind == TlsFailure::Kind::Protocol);
  SendRequest proxied = request_to(http.port(), true);
  proxied.route.proxy = "http://127.0.0.1:1";
  CHECK(network_failure(run(proxied)).kind == NetworkFailure::Kind::Ours);
}

TEST_CASE("a legacy round trip can be cancelled while the server is silent") {
  TestServer silent({}, [](TestConnection& connection) {
    while (!connection.read_some().empty()) {
    }
  });
  CurlTransport transport;
  transport.start(1, request_to(silent.port(), true));
  CHECK(transport.wait(std::chrono::milliseconds(100)).empty());
  transport.cancel(1);
  const auto done = transport.wait(std::chrono::seconds(5));
  REQUIRE(done.size() == 1);
  CHECK(network_failure(done.front().round_trip).kind == NetworkFailure::Kind::Cancelled);
}

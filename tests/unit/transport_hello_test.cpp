// What is said on a bare connection: emulated ClientHellos, sessions that renegotiate, and sessions that are kept.

#include <doctest/doctest.h>

#include <map>

#include "client/tls/hello_recipe.h"
#include "tests/unit/transport_testing.h"

using namespace easel;
using namespace easel::testing;

namespace {

HelloOffer offer(std::string suites, std::uint16_t highest = kTls12Version, std::uint16_t lowest = kSsl3Version) {
  auto hello = make_hello({lowest, highest, std::move(suites), true});
  REQUIRE(hello.has_value());
  return {"recipe", std::move(*hello)};
}

SendRequest hello_to(const TestServer& server, HelloOffer hello) {
  SendRequest send = get(server);
  send.request.method = "HELLO";
  send.hello = std::move(hello);
  return send;
}

TestServer::Handler never_answer() {
  return [](TestConnection& connection) {
    while (!connection.read_some().empty()) {
    }
  };
}

std::string alert(char number) { return {'\x15', '\x03', '\x01', '\0', '\2', '\2', number}; }

}  // namespace

TEST_CASE("a hello shows version, suite and chain, judged, and no request follows") {
  ServerOptions options = secure();
  options.max_version = "TLSv1.2";
  TestServer server(options, answer_always("never"));
  const RoundTrip round_trip = run(hello_to(server, offer("usual")));
  REQUIRE(round_trip.hello.has_value());
  CHECK(round_trip.hello->answered());
  CHECK(round_trip.hello->answer.version == kTls12Version);
  CHECK(response(round_trip).status == 0);
  CHECK(summary(round_trip) == "ServerHello TLSv1.2 " + round_trip.hello->answer.suite_text);
  REQUIRE(round_trip.tls.has_value());
  CHECK(round_trip.tls->chain.size() == 2);
  CHECK(round_trip.tls->verdict.trusted());
  CHECK_FALSE(round_trip.tls->completed);
  CHECK(round_trip.tls->secure_renegotiation);
  CHECK(round_trip.peer == "127.0.0.1:" + std::to_string(server.port()));
  for (const std::string& line : server.transcript()) CHECK(line.find("HELLO") == std::string::npos);
}

TEST_CASE("TLS 1.3 answers a hello without a key share with HelloRetryRequest, which is an answer") {
  TestServer server(secure(), answer_always(""));
  const RoundTrip round_trip = run(hello_to(server, offer("usual", kTls13Version)));
  REQUIRE(round_trip.hello.has_value());
  CHECK(round_trip.hello->answer.kind == HelloAnswer::Kind::Retry);
  CHECK(round_trip.hello->answered());
  CHECK(round_trip.tls->version == "TLSv1.3");
}

TEST_CASE("refusals are told apart: alert, close, plain HTTP, silence, no TCP") {
  const std::map<std::string, HelloAnswer::Kind> ways = {
      {alert(40), HelloAnswer::Kind::Alert},
      {"", HelloAnswer::Kind::Closed},
      {"HTTP/1.1 400 Bad Request\r\n\r\n", HelloAnswer::Kind::NotTls}};
  for (const auto& [bytes, kind] : ways) {
    TestServer server({}, [&](TestConnection& connection) {
      connection.read_some();
      if (!bytes.empty()) connection.write(bytes);
    });
    const RoundTrip round_trip = run(hello_to(server, offer("null")));
    REQUIRE(round_trip.hello.has_value());
    CHECK(round_trip.hello->answer.kind == kind);
    CHECK_FALSE(round_trip.hello->answered());
    CHECK(cause_key(round_trip) == "tls.handshake");
    CHECK_FALSE(round_trip.tls.has_value());
    if (kind == HelloAnswer::Kind::Alert) CHECK(tls_failure(round_trip).alert == "handshake_failure");
  }
  TestServer any({}, never_answer());
  SendRequest nobody = hello_to(any, offer("usual"));
  nobody.route.connect_to_port = closed_port();
  const RoundTrip refused = run(nobody);
  CHECK(network_failure(refused).kind == NetworkFailure::Kind::Refused);
  CHECK_FALSE(refused.hello.has_value());
}

TEST_CASE("a server that never answers a hello is given up in time, and keeps nobody waiting") {
  TestServer silent({}, never_answer());
  TestServer other(secure(), answer_always("meanwhile"));
  CurlTransport transport;
  SendRequest send = hello_to(silent, offer("usual"));
  send.bounds.connect = std::chrono::milliseconds(400);
  transport.start(1, std::move(send));
  transport.start(2, get(other));
  std::vector<Ticket> order;
  while (order.size() < 2) {
    for (Completion& done : transport.wait(std::chrono::seconds(5))) {
      order.push_back(done.ticket);
      if (done.ticket == 2) CHECK(response(done.round_trip).body == "meanwhile");
      if (done.ticket == 1) CHECK(network_failure(done.round_trip).kind == NetworkFailure::Kind::AnswerTimeout);
    }
  }
  CHECK(order == std::vector<Ticket>{2, 1});
}

TEST_CASE("a hello can be cancelled") {
  TestServer silent({}, never_answer());
  CurlTransport transport;
  transport.start(7, hello_to(silent, offer("usual")));
  for (int i = 0; i < 5; ++i) transport.wait(std::chrono::milliseconds(20));
  transport.cancel(7);
  const auto done = transport.wait(std::chrono::seconds(1));
  REQUIRE(done.size() == 1);
  CHECK(network_failure(done.front().round_trip).kind == NetworkFailure::Kind::Cancelled);
}

TEST_CASE("a hello goes through the route's proxy") {
  TestServer proxy({}, [](TestConnection& connection) {
    const std::string request = connection.read_request();
    CHECK(request.starts_with("CONNECT mail.example.com:443 HTTP/1.1"));
    connection.write("HTTP/1.1 200 Connection established\r\n\r\n");
    const std::string hello = connection.read_some();
    CHECK(hello.starts_with("\x16\x03\x01"));
    connection.write(alert(70));
  });
  SendRequest send = hello_to(proxy, offer("usual"));
  send.request.host = "mail.example.com";
  send.request.port = 443;
  send.route.addresses.clear();
  send.route.connect_to_host.clear();
  send.route.connect_to_port = 0;
  send.route.proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
  const RoundTrip round_trip = run(send);
  CHECK(tls_failure(round_trip).alert == "protocol_version");
  TestServer closed({}, answer_once("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"));
  send.route.proxy = "http://127.0.0.1:" + std::to_string(closed.port());
  CHECK(network_failure(run(send)).kind == NetworkFailure::Kind::Proxy);
}

TEST_CASE("renegotiation that a client begins: refused by this OpenSSL, absent from TLS 1.3") {
  ServerOptions options = secure();
  options.max_version = "TLSv1.2";
  TestServer server(options, answer_always(""));
  SendRequest send = get(server);
  send.connect_only = true;
  send.renegotiations = 5;
  const RoundTrip round_trip = run(send);
  CHECK(response(round_trip).status == 0);
  REQUIRE(round_trip.tls.has_value());
  CHECK(round_trip.tls->completed);
  CHECK(round_trip.tls->version == "TLSv1.2");
  CHECK(round_trip.tls->verdict.trusted());
  CHECK(round_trip.tls->renegotiations == 0);
  CHECK(round_trip.tls->renegotiation_end == "the alert no_renegotiation");
}

TEST_CASE("a kept session is resumed by the same identity, and by no other") {
  for (const std::string version : {"TLSv1.2", "TLSv1.3"}) {
    CAPTURE(version);
    ServerOptions options = secure();
    options.max_version = version;
    TestServer server(options, answer_always("ok"));
    CurlTransport transport;
    const auto ask = [&](bool keep, const std::string& account) {
      SendRequest send = get(server);
      auto who = std::make_shared<ConnectionIdentity>(*send.identity);
      who->account = account;
      send.identity = who;
      send.keep_session = keep;
      send.fresh_connection = true;
      return send_one(transport, std::move(send));
    };
    CHECK_FALSE(ask(true, "alice").tls->resumed);
    const RoundTrip again = ask(true, "alice");
    CHECK(response(again).body == "ok");
    CHECK(again.tls->resumed);
    CHECK_FALSE(ask(true, "bob").tls->resumed);
    CHECK_FALSE(ask(false, "alice").tls->resumed);
  }
}

#include <doctest/doctest.h>

#include "tests/unit/transport_testing.h"

using namespace easel;
using namespace easel::testing;

namespace {

SendRequest hurried(SendRequest send) {
  send.bounds.connect = std::chrono::milliseconds(300);
  send.bounds.answer = std::chrono::milliseconds(300);
  return send;
}

void wait_for_end(TestConnection& connection) {
  while (!connection.read_some().empty()) {
  }
}

}  // namespace

TEST_CASE("a closed port is Refused") {
  TestServer server({}, answer_always(""));
  SendRequest send = get(server);
  send.request.port = closed_port();
  const RoundTrip round_trip = run(send);
  CHECK(network_failure(round_trip).kind == NetworkFailure::Kind::Refused);
  CHECK_FALSE(network_failure(round_trip).connected);
  CHECK(round_trip.peer.empty());
  CHECK_FALSE(round_trip.tls.has_value());
  CHECK(cause_key(round_trip) == "tcp.refused");
  CHECK(summary(round_trip) == "connection refused");
}

TEST_CASE("a name that cannot exist is not found") {
  TestServer server({}, answer_always(""));
  SendRequest send = get(server);
  send.route.addresses.clear();
  send.request.host = "no-such-host.invalid";
  send.bounds.connect = std::chrono::seconds(20);
  const RoundTrip round_trip = run(send);
  CHECK(network_failure(round_trip).kind == NetworkFailure::Kind::NameNotFound);
  CHECK(network_failure(round_trip).text == "DNS has no address for no-such-host.invalid");
  CHECK(cause_key(round_trip) == "dns.none");
}

TEST_CASE("no answer, and a drip, pass the answer bound") {
  TestServer silent({}, [](TestConnection& connection) {
    connection.read_request();
    wait_for_end(connection);
  });
  const RoundTrip none = run(hurried(plain_get(silent)));
  CHECK(network_failure(none).kind == NetworkFailure::Kind::AnswerTimeout);
  CHECK(network_failure(none).text == "no answer within 300 ms of the request (--answer-timeout)");
  CHECK(network_failure(none).connected);
  CHECK(cause_key(none) == "net.timeout");
  TestServer drip({}, [](TestConnection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
    wait_for_end(connection);
  });
  const RoundTrip some = run(hurried(plain_get(drip)));
  CHECK(network_failure(some).kind == NetworkFailure::Kind::AnswerTimeout);
  CHECK(network_failure(some).received == 43);
  REQUIRE(some.partial.has_value());
  CHECK(some.partial->body == "abc");
}

TEST_CASE("silence in the handshake is told from silence after it") {
  TestServer server({}, wait_for_end);
  const RoundTrip round_trip = run(hurried(get(server)));
  CHECK(network_failure(round_trip).kind == NetworkFailure::Kind::AnswerTimeout);
  CHECK(network_failure(round_trip).connected);
  CHECK(network_failure(round_trip).text ==
        "TCP stood, but the TLS handshake did not end within 300 ms (--connect-timeout)");
  CHECK_FALSE(round_trip.peer.empty());
}

TEST_CASE("closing and resetting without an answer have their own kinds") {
  TestServer closing({}, [](TestConnection& connection) { connection.read_request(); });
  const RoundTrip closed = run(plain_get(closing));
  CHECK(network_failure(closed).kind == NetworkFailure::Kind::Closed);
  CHECK(network_failure(closed).text == "the server closed the connection without an answer");
  for (const bool tls : {false, true}) {
    TestServer resetting(tls ? secure() : ServerOptions{}, [](TestConnection& connection) {
      connection.read_request();
      connection.reset();
    });
    const RoundTrip reset = run(tls ? get(resetting) : plain_get(resetting));
    CHECK(network_failure(reset).kind == NetworkFailure::Kind::Reset);
    CHECK(cause_key(reset) == "net.reset");
  }
}

TEST_CASE("a round trip can be cancelled, once") {
  TestServer server({}, [](TestConnection& connection) {
    connection.read_request();
    wait_for_end(connection);
  });
  CurlTransport transport;
  transport.start(7, plain_get(server));
  CHECK(transport.wait(std::chrono::milliseconds(50)).empty());
  transport.cancel(7);
  transport.cancel(7);
  transport.cancel(8);
  const auto done = transport.wait(std::chrono::seconds(5));
  REQUIRE(done.size() == 1);
  CHECK(done.front().ticket == 7);
  CHECK(network_failure(done.front().round_trip).kind == NetworkFailure::Kind::Cancelled);
  CHECK(transport.wait(std::chrono::seconds(5)).empty());
}

TEST_CASE("an early answer to a body that nobody reads is kept") {
  TestServer server(secure(), [](TestConnection& connection) {
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) head += connection.read_some();
    connection.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  });
  const RoundTrip round_trip = run(post(server, std::string(20'000'000, 'x')));
  const HttpResponse* seen = round_trip.response();
  if (seen == nullptr && round_trip.partial) seen = &*round_trip.partial;
  // TCP may throw the answer away with the reset; what came must not be lost.
  if (seen != nullptr)
    CHECK(seen->status == 413);
  else
    CHECK(network_failure(round_trip).connected);
}

TEST_CASE("a hundred round trips side by side end, each with its own answer") {
  TestServer server(secure(), [](TestConnection& connection) {
    std::string request;
    while (!(request = connection.read_request()).empty()) {
      const std::string target = request.substr(4, request.find(' ', 4) - 4);
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(target.size()) + "\r\n\r\n" + target);
    }
  });
  CurlTransport transport;
  for (Ticket ticket = 1; ticket <= 100; ++ticket) {
    SendRequest send = get(server);
    send.bounds.connect = std::chrono::seconds(30);
    send.bounds.answer = std::chrono::seconds(30);
    send.request.target = "/" + std::to_string(ticket);
    transport.start(ticket, send);
  }
  std::size_t done = 0;
  while (done < 100) {
    const auto part = transport.wait(std::chrono::seconds(60));
    REQUIRE_FALSE(part.empty());
    for (const Completion& completion : part) {
      CHECK(response(completion.round_trip).body == "/" + std::to_string(completion.ticket));
      ++done;
    }
  }
}

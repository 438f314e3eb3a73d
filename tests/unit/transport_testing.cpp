#include "tests/unit/transport_testing.h"

#include <doctest/doctest.h>

namespace easel::testing {

const Family& family() {
  static const Family made = mint_family("Transport");
  return made;
}

ServerOptions secure() {
  ServerOptions options;
  options.identity = family().server;
  options.chain = {family().intermediate.certificate};
  return options;
}

TrustPolicy trusting_family() {
  TrustPolicy policy;
  policy.store = TrustPolicy::Store::Authorities;
  policy.name = "the test's store";
  policy.authorities = {family().root.certificate};
  return policy;
}

std::shared_ptr<ConnectionIdentity> identity() {
  auto out = std::make_shared<ConnectionIdentity>();
  out->device = "wm6.1";
  out->trust = trusting_family();
  return out;
}

SendRequest get(const TestServer& server) {
  SendRequest send;
  send.request.method = "GET";
  send.request.host = "localhost";
  send.request.port = server.port();
  send.request.target = "/";
  send.identity = identity();
  send.route.addresses = {"127.0.0.1"};
  send.bounds.connect = std::chrono::seconds(5);
  send.bounds.answer = std::chrono::seconds(5);
  return send;
}

SendRequest plain_get(const TestServer& server) {
  SendRequest send = get(server);
  send.request.scheme = "http";
  return send;
}

SendRequest post(const TestServer& server, std::string body) {
  SendRequest send = get(server);
  send.request.method = "POST";
  send.request.body = std::move(body);
  return send;
}

RoundTrip run(SendRequest request) {
  CurlTransport transport;
  return send_one(transport, std::move(request));
}

NetworkFailure network_failure(const RoundTrip& round_trip) {
  INFO(summary(round_trip));
  REQUIRE(round_trip.network_failure() != nullptr);
  return *round_trip.network_failure();
}

TlsFailure tls_failure(const RoundTrip& round_trip) {
  INFO(summary(round_trip));
  if (const NetworkFailure* failure = round_trip.network_failure()) INFO(failure->text);
  REQUIRE(round_trip.tls_failure() != nullptr);
  return *round_trip.tls_failure();
}

HttpResponse response(const RoundTrip& round_trip) {
  std::string why = summary(round_trip);
  if (const TlsFailure* failure = round_trip.tls_failure()) why += ": " + failure->text;
  if (const NetworkFailure* failure = round_trip.network_failure()) why += ": " + failure->text;
  INFO(why);
  REQUIRE(round_trip.response() != nullptr);
  return *round_trip.response();
}

}  // namespace easel::testing

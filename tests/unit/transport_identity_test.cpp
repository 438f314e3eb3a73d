#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "client/transport/connection_key.h"
#include "tests/unit/transport_testing.h"

using namespace easel;
using namespace easel::testing;

namespace {

ClientCertificate client(const std::string& name) {
  const Minted minted = mint({.common_name = name, .extended_key_usage = "clientAuth"}, &family().root);
  return {name, {minted.certificate}, minted.key_pem};
}

std::shared_ptr<ConnectionIdentity> account(const std::string& name) {
  auto out = identity();
  out->account = name;
  out->client_certificate = client(name);
  return out;
}

std::string client_of(const std::string& line) {
  const std::size_t space = line.find(' ');
  return line.substr(space + 1, line.find(':') - space - 1);
}

}  // namespace

// Design, section 5, rule 1. Every identity goes twice over one loop, so that libcurl has something to reuse.
TEST_CASE("trust-isolation") {
  ServerOptions options = secure();
  options.client_roots = {family().root.certificate};
  TestServer server(options, answer_always("ok"));
  auto untrusting = identity();
  untrusting->trust.store = TrustPolicy::Store::Empty;
  const std::map<std::string, std::shared_ptr<ConnectionIdentity>> identities = {
      {"trusted", identity()}, {"untrusted", untrusting}, {"alice", account("alice")},
      {"bob", account("bob")}, {"nobody", identity()},
  };
  CurlTransport transport;
  for (int round = 0; round < 3; ++round) {
    for (const auto& [name, who] : identities) {
      SendRequest send = get(server);
      send.request.target = "/" + name;
      if (name == "nobody") {
        auto copy = std::make_shared<ConnectionIdentity>(*who);
        copy->lane = "nobody";
        send.identity = copy;
      } else {
        send.identity = who;
      }
      const RoundTrip round_trip = send_one(transport, send);
      CAPTURE(name);
      if (name == "untrusted") {
        CHECK(tls_failure(round_trip).kind == TlsFailure::Kind::Verdict);
        CHECK(cause_key(round_trip) == "tls.untrusted");
        continue;
      }
      CHECK(response(round_trip).status == 200);
      CHECK(round_trip.reused == (round > 0));
      REQUIRE(round_trip.tls.has_value());
      CHECK(round_trip.tls->client_certificate_asked);
      CHECK(round_trip.tls->client_certificate_sent == (name == "alice" || name == "bob"));
    }
  }
  std::map<std::string, std::set<std::string>> connections;
  int requests = 0;
  for (const std::string& line : server.transcript()) {
    const std::size_t path = line.find("GET /");
    if (path == std::string::npos) continue;
    ++requests;
    const std::string name = line.substr(path + 5, line.find(' ', path + 5) - path - 5);
    CHECK(client_of(line) == (name == "alice" || name == "bob" ? name : ""));
    CHECK(name != "untrusted");
    connections[line.substr(0, line.find(' '))].insert(name);
  }
  CHECK(requests == 12);
  CHECK(connections.size() == 4);
  for (const auto& [number, names] : connections) CHECK(names.size() == 1);
}

TEST_CASE("the same five at once share no connection") {
  TestServer server(secure(), answer_always("ok"));
  CurlTransport transport;
  for (Ticket ticket = 0; ticket < 20; ++ticket) {
    SendRequest send = get(server);
    auto who = identity();
    who->account = "account " + std::to_string(ticket % 5);
    send.identity = who;
    send.request.target = "/" + std::to_string(ticket % 5);
    transport.start(ticket, send);
  }
  std::size_t done = 0;
  while (done < 20) {
    for (const Completion& completion : transport.wait(std::chrono::seconds(5))) {
      CHECK(response(completion.round_trip).status == 200);
      ++done;
    }
  }
  std::map<std::string, std::set<std::string>> connections;
  for (const std::string& line : server.transcript()) {
    const std::size_t path = line.find("GET /");
    connections[line.substr(0, line.find(' '))].insert(line.substr(path + 5, 1));
  }
  for (const auto& [number, names] : connections) CHECK(names.size() == 1);
}

TEST_CASE("every field of the identity makes another key") {
  const ConnectionIdentity base = *identity();
  std::vector<ConnectionIdentity> others(12, base);
  others[0].device = "wm5";
  others[1].account = "alice";
  others[2].trust.store = TrustPolicy::Store::Empty;
  others[3].trust.authorities.clear();
  others[4].trust.pins = {"pin"};
  others[5].trust.revocation_lists = "list";
  others[6].offer.max_version = "TLSv1.2";
  others[7].offer.sni = false;
  others[8].offer.alpn = {"http/1.1"};
  others[9].lane = "1";
  others[10].client_certificate = client("alice");
  others[11].trust.intermediates = {family().intermediate.certificate};
  std::set<std::string> keys = {connection_key(base, false), connection_key(base, true)};
  for (const ConnectionIdentity& other : others) keys.insert(connection_key(other, false));
  CHECK(keys.size() == 14);
  ConnectionIdentity left = base;
  ConnectionIdentity right = base;
  left.device = "ab";
  left.account = "c";
  right.device = "a";
  right.account = "bc";
  CHECK(connection_key(left, false) != connection_key(right, false));
}

// Design, section 5, rule 5: libcurl alone would send the POST again on a new connection.
TEST_CASE("a request on a kept connection that closes is not sent again") {
  for (const bool by_reset : {false, true}) {
    TestServer server(secure(), [&](TestConnection& connection) {
      if (connection.read_request().empty()) return;
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      connection.read_request();
      if (by_reset) connection.reset();
    });
    CurlTransport transport;
    CHECK(response(send_one(transport, get(server))).status == 200);
    SendRequest mail = post(server, "mail");
    mail.request.target = "/send";
    const RoundTrip second = send_one(transport, mail);
    CHECK(second.reused);
    const NetworkFailure::Kind kind = network_failure(second).kind;
    CHECK((kind == NetworkFailure::Kind::Closed || kind == NetworkFailure::Kind::Reset));
    const auto lines = server.transcript();
    CHECK(std::ranges::count_if(lines,
                                [](const std::string& line) { return line.find("/send") != std::string::npos; }) == 1);
    CHECK(server.connections() == 1);
  }
}

TEST_CASE("a fresh connection is one that no request has used") {
  TestServer server(secure(), answer_always("ok"));
  CurlTransport transport;
  CHECK_FALSE(send_one(transport, get(server)).reused);
  CHECK(send_one(transport, get(server)).reused);
  SendRequest fresh = get(server);
  fresh.fresh_connection = true;
  CHECK_FALSE(send_one(transport, fresh).reused);
  CHECK(server.connections() == 2);
}

TEST_CASE("connections that may be untrusted are not used by requests that must be trusted") {
  TestServer server(secure(), answer_always("ok"));
  CurlTransport transport;
  SendRequest probe = get(server);
  auto nobody = identity();
  nobody->trust.store = TrustPolicy::Store::Empty;
  probe.identity = nobody;
  probe.allow_untrusted = true;
  const RoundTrip first = send_one(transport, probe);
  CHECK(response(first).status == 200);
  CHECK_FALSE(first.tls->verdict.trusted());
  probe.allow_untrusted = false;
  CHECK(tls_failure(send_one(transport, probe)).kind == TlsFailure::Kind::Verdict);
  CHECK(server.transcript_of(2).size() == 2);
}

TEST_CASE("credentials never go over an untrusted session, whatever is allowed") {
  TestServer server(secure(), answer_always("ok"));
  SendRequest probe = get(server);
  auto nobody = identity();
  nobody->trust.store = TrustPolicy::Store::Empty;
  probe.identity = nobody;
  probe.allow_untrusted = true;
  probe.request.headers = {{"Authorization", "Basic c2VjcmV0"}};
  CHECK(tls_failure(run(probe)).kind == TlsFailure::Kind::Verdict);
  CHECK(server.transcript_of(1).size() == 1);
}

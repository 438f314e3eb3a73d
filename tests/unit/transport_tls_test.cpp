#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/transport_testing.h"

using namespace easel;
using namespace easel::testing;

namespace {

ClientCertificate client(const std::string& name, const Minted& issuer) {
  const Minted minted = mint({.common_name = name, .extended_key_usage = "clientAuth"}, &issuer);
  return {name, {minted.certificate}, minted.key_pem};
}

SendRequest with_client(SendRequest send, const ClientCertificate& certificate) {
  auto who = identity();
  who->client_certificate = certificate;
  send.identity = who;
  return send;
}

/// Reads the ClientHello record, writes `bytes`, waits for the end.
TestServer::Handler after_hello(std::string bytes) {
  return [bytes = std::move(bytes)](TestConnection& connection) {
    connection.read_some();
    if (!bytes.empty()) connection.write(bytes);
  };
}

std::string alert(char number) { return {'\x15', '\x03', '\x03', '\0', '\2', '\2', number}; }

}  // namespace

// Design, section 5, rule 2.
TEST_CASE("the verdict falls before any HTTP byte and any client certificate") {
  for (const std::string version : {"TLSv1.2", "TLSv1.3"}) {
    ServerOptions options = secure();
    options.max_version = version;
    options.client_roots = {family().root.certificate};
    TestServer server(options, answer_always("ok"));
    SendRequest send = with_client(get(server), client("alice", family().root));
    auto who = std::make_shared<ConnectionIdentity>(*send.identity);
    who->trust.store = TrustPolicy::Store::Empty;
    send.identity = who;
    const RoundTrip round_trip = run(send);
    const TlsFailure failure = tls_failure(round_trip);
    CHECK(failure.kind == TlsFailure::Kind::Verdict);
    CHECK(failure.phase == TlsFailure::Phase::Handshake);
    CHECK(failure.alert == "unknown_ca");
    CHECK(cause_key(round_trip) == "tls.untrusted");
    REQUIRE(round_trip.tls.has_value());
    CHECK(round_trip.tls->version == version);
    CHECK_FALSE(round_trip.tls->cipher.empty());
    CHECK(round_trip.tls->chain == family().chain());
    CHECK_FALSE(round_trip.tls->completed);
    CHECK_FALSE(round_trip.tls->client_certificate_sent);
    const auto lines = server.transcript_of(1);
    REQUIRE(lines.size() == 1);
    CHECK(lines.front().starts_with("1 handshake failed: "));
    CHECK(lines.front().find("unknown ca") != std::string::npos);
  }
}

TEST_CASE("each thing wrong with a certificate has its cause key") {
  struct Row {
    Wish wish;
    std::string key;
    std::string alert;
  };
  const Row rows[] = {
      {{.common_name = "localhost", .dns_names = {"localhost"}, .not_before = -9000, .not_after = -60},
       "tls.expired",
       "certificate_expired"},
      {{.common_name = "localhost", .dns_names = {"localhost"}, .not_before = 3600}, "tls.expired", "bad_certificate"},
      {{.common_name = "other", .dns_names = {"other.example.com"}}, "tls.name", "bad_certificate"},
      {{.common_name = "localhost", .dns_names = {"localhost"}, .extended_key_usage = "clientAuth"},
       "tls.invalid",
       "unsupported_certificate"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.key);
    ServerOptions options;
    options.identity = mint(row.wish, &family().root);
    TestServer server(options, answer_always("ok"));
    const RoundTrip round_trip = run(get(server));
    CHECK(tls_failure(round_trip).kind == TlsFailure::Kind::Verdict);
    CHECK(tls_failure(round_trip).alert == row.alert);
    CHECK(cause_key(round_trip) == row.key);
    CHECK(summary(round_trip) == "certificate not trusted");
  }
  TestServer server(secure(), answer_always("ok"));
  SendRequest send = get(server);
  auto pinned = identity();
  pinned->trust.pins = {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="};
  send.identity = pinned;
  CHECK(cause_key(run(send)) == "tls.pin");
  auto revoking = identity();
  revoking->trust.revocation_lists = mint_revocation_list(family().intermediate, {family().server.certificate.serial});
  send.identity = revoking;
  CHECK(cause_key(run(send)) == "tls.revoked");
}

TEST_CASE("the clock that judges dates is the caller's") {
  TestServer server(secure(), answer_always("ok"));
  CurlTransport transport({.clock = [] { return std::int64_t{4'000'000'000}; }});
  const RoundTrip round_trip = send_one(transport, get(server));
  CHECK(cause_key(round_trip) == "tls.expired");
  CHECK(round_trip.started_at == 4'000'000'000);
}

TEST_CASE("a session tells what was agreed") {
  ServerOptions options = secure();
  options.max_version = "TLSv1.2";
  options.ciphers = "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0";
  TestServer server(options, answer_always("ok"));
  const RoundTrip round_trip = run(get(server));
  CHECK(response(round_trip).status == 200);
  const TlsSession& session = round_trip.tls.value();
  CHECK(session.version == "TLSv1.2");
  CHECK(session.cipher == "ECDHE-ECDSA-AES128-SHA");
  CHECK(session.completed);
  CHECK(session.secure_renegotiation);
  CHECK(session.verdict.trusted());
  CHECK(session.verdict.path.size() == 3);
  CHECK_FALSE(session.resumed);
  CHECK_FALSE(session.client_certificate_asked);
}

TEST_CASE("the offer's versions and suites are kept to") {
  ServerOptions options = secure();
  options.max_version = "TLSv1.0";
  TestServer old(options, answer_always("ok"));
  SendRequest send = get(old);
  CHECK(tls_failure(run(send)).alert == "protocol_version");
  auto lenient = identity();
  lenient->offer.min_version = "SSLv3";
  lenient->offer.max_version = "TLSv1.0";
  send.identity = lenient;
  CHECK(run(send).tls->version == "TLSv1.0");
  auto odd = identity();
  odd->offer.ciphers = "NO-SUCH-SUITE";
  send.identity = odd;
  CHECK(network_failure(run(send)).kind == NetworkFailure::Kind::Ours);
}

TEST_CASE("SNI goes or stays away as the profile says") {
  for (const bool sni : {true, false}) {
    TestServer server(secure(), [](TestConnection& connection) {
      connection.read_request();
      const std::string name = connection.sni();
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(name.size()) + "\r\n\r\n" + name);
    });
    SendRequest send = get(server);
    auto who = identity();
    who->offer.sni = sni;
    send.identity = who;
    CHECK(response(run(send)).body == (sni ? "localhost" : ""));
  }
}

TEST_CASE("alerts have names, whatever the server sends") {
  struct Row {
    char number;
    std::string name;
  };
  const Row rows[] = {{40, "handshake_failure"},
                      {70, "protocol_version"},
                      {80, "internal_error"},
                      {112, "unrecognized_name"},
                      {71, "insufficient_security"}};
  for (const Row& row : rows) {
    TestServer server({}, after_hello(alert(row.number)));
    const RoundTrip round_trip = run(get(server));
    CHECK(tls_failure(round_trip).kind == TlsFailure::Kind::Alert);
    CHECK(tls_failure(round_trip).alert == row.name);
    CHECK(tls_failure(round_trip).phase == TlsFailure::Phase::Handshake);
    CHECK(summary(round_trip) == "TLS alert " + row.name);
    CHECK(cause_key(round_trip) == "tls.handshake");
    CHECK(round_trip.tls->version.empty());
  }
}

TEST_CASE("what is not TLS is named, closing and resetting are told apart from it") {
  TestServer http({}, after_hello("HTTP/1.1 400 Bad Request\r\n\r\n"));
  CHECK(tls_failure(run(get(http))).text == "the port speaks plain HTTP, not TLS");
  TestServer ssh({}, after_hello("SSH-2.0-x\r\n"));
  CHECK(tls_failure(run(get(ssh))).kind == TlsFailure::Kind::Protocol);
  CHECK(tls_failure(run(get(ssh))).text == "the answer to our ClientHello is no TLS record: it begins with \"SSH-2\"");
  TestServer closing({}, after_hello(""));
  CHECK(tls_failure(run(get(closing))).kind == TlsFailure::Kind::Closed);
  TestServer resetting({}, [](TestConnection& connection) {
    connection.read_some();
    connection.reset();
  });
  CHECK(tls_failure(run(get(resetting))).kind == TlsFailure::Kind::Closed);
  CHECK(tls_failure(run(get(resetting))).text == "the server reset the connection in the handshake");
}

TEST_CASE("a client certificate that is asked for in the first handshake") {
  for (const std::string version : {"TLSv1.2", "TLSv1.3"}) {
    CAPTURE(version);
    ServerOptions options = secure();
    options.max_version = version;
    options.client_roots = {family().root.certificate};
    options.require_client = true;
    TestServer server(options, answer_always("ok"));
    const RoundTrip good = run(with_client(get(server), client("alice", family().root)));
    CHECK(response(good).status == 200);
    CHECK(good.tls->client_certificate_asked);
    CHECK(good.tls->client_certificate_sent);
    CHECK(good.tls->client_ca_names == std::vector<std::string>{"CN=Transport root"});
    const RoundTrip none = run(get(server));
    CHECK(tls_failure(none).kind == TlsFailure::Kind::Alert);
    CHECK(tls_failure(none).alert == (version == "TLSv1.3" ? "certificate_required" : "handshake_failure"));
    CHECK(cause_key(none) == "tls.client-cert-required");
    CHECK_FALSE(none.tls->client_certificate_sent);
    const Minted stranger = mint({.common_name = "Stranger", .ca = true}, nullptr);
    const RoundTrip wrong = run(with_client(get(server), client("alice", stranger)));
    CHECK(tls_failure(wrong).alert == "unknown_ca");
    CHECK(cause_key(wrong) == "tls.client-cert-required");
  }
}

// Design, section 5, rule 7: as IIS does it, with the request already read.
TEST_CASE("a client certificate that is asked for after a request of 200 KB") {
  for (const std::string version : {"TLSv1.2", "TLSv1.3"}) {
    CAPTURE(version);
    ServerOptions options = secure();
    options.max_version = version;
    options.asks_later = true;
    options.client_roots = {family().root.certificate};
    const auto handler = [](TestConnection& connection) {
      connection.read_request();
      if (!connection.ask_certificate(true)) return;
      const std::string name = connection.client_name();
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(name.size()) + "\r\n\r\n" + name);
    };
    TestServer server(options, handler);
    const std::string body(200'000, 'm');
    const RoundTrip none = run(post(server, body));
    CHECK(tls_failure(none).phase == TlsFailure::Phase::AfterRequest);
    CHECK(tls_failure(none).kind == TlsFailure::Kind::Alert);
    CHECK(none.tls->client_certificate_asked);
    CHECK(cause_key(none) == "tls.client-cert-required");
    CHECK(summary(none) == "TLS alert " + tls_failure(none).alert + " after the request");
    const RoundTrip good = run(with_client(post(server, body), client("alice", family().root)));
    CHECK(response(good).body == "alice");
    CHECK(good.tls->client_certificate_sent);
    CHECK(server.transcript_of(2).back().ends_with(body));
  }
}

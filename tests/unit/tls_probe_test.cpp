#include "client/tls/hello_probe.h"

#include <doctest/doctest.h>

#include "client/tls/hello_parser.h"
#include "tests/unit/tls_hello_samples.h"
#include "tests/unit/transport_test_server.h"

using namespace easel;
using namespace easel::testing;

namespace {

const Family& family() {
  static const Family made = mint_family("Probe");
  return made;
}

const Minted& rsa_server() {
  static const Minted made =
      mint({.common_name = "localhost", .dns_names = {"localhost"}, .rsa = true}, &family().root);
  return made;
}

ServerOptions server_options(bool rsa, const std::string& max_version, const std::string& ciphers = "ALL") {
  ServerOptions options;
  options.identity = rsa ? rsa_server() : family().server;
  options.chain = {family().intermediate.certificate};
  options.max_version = max_version;
  options.ciphers = ciphers + ":@SECLEVEL=0";
  return options;
}

HelloProbe probe(const TestServer& server, Hello hello) {
  HelloProbe out;
  out.hello = std::move(hello);
  out.secrets = fresh_secrets();
  out.server_name = "localhost";
  out.address = "127.0.0.1";
  out.port = server.port();
  return out;
}

HelloAnswer ask(const TestServer& server, Hello hello, std::chrono::milliseconds bound = std::chrono::seconds(5)) {
  const std::vector<HelloProbe> probes = {probe(server, std::move(hello))};
  return probe_hellos(probes, bound).front();
}

/// The hello of `base` with other versions and suites.
Hello offering(Hello base, std::uint16_t version, std::vector<std::uint16_t> suites) {
  base.version = version;
  base.suites = std::move(suites);
  return base;
}

}  // namespace

TEST_CASE("TLS 1.2 with ECDHE: version, suite, curve, chain and a signature that holds") {
  TestServer server(server_options(false, "TLSv1.2"), answer_always(""));
  const HelloAnswer answer = ask(server, captured_hello("wp8.1-update"));
  CHECK(answer.text.empty());
  REQUIRE(answer.kind == HelloAnswer::Kind::Accepted);
  CHECK(answer.version == kTls12Version);
  CHECK(answer.suite_text.starts_with("TLS_ECDHE_ECDSA_WITH_AES_"));
  CHECK(answer.key_exchange.starts_with("ECDHE P-"));
  CHECK(answer.signature_valid == true);
  CHECK(answer.chain == family().chain());
  CHECK_FALSE(answer.client_certificate_asked);
  CHECK(server.connections() == 1);
}

TEST_CASE("TLS 1.0: RSA key transport, and MD5 with SHA-1 under DHE and ECDHE") {
  TestServer server(server_options(true, "TLSv1.0"), answer_always(""));
  const HelloAnswer plain = ask(server, offering(windows_ce_hello(), kTls10Version, {0x002f}));
  REQUIRE(plain.kind == HelloAnswer::Kind::Accepted);
  CHECK(plain.version == kTls10Version);
  CHECK(plain.key_exchange == "RSA 2048");
  CHECK_FALSE(plain.signature_valid.has_value());
  const HelloAnswer ecdhe = ask(server, offering(captured_hello("wp8.0"), kTls10Version, {0xc013}));
  CHECK(ecdhe.key_exchange.starts_with("ECDHE P-"));
  CHECK(ecdhe.signature_valid == true);
  const HelloAnswer dhe = ask(server, offering(windows_ce_hello(), kTls10Version, {0x0033}));
  CHECK(dhe.key_exchange.starts_with("DHE "));
  CHECK(dhe.signature_valid == true);
  const HelloAnswer anonymous = ask(server, offering(windows_ce_hello(), kTls10Version, {0x0034}));
  CHECK(anonymous.kind == HelloAnswer::Kind::Accepted);
  CHECK(anonymous.chain.empty());
  CHECK_FALSE(anonymous.signature_valid.has_value());
}

TEST_CASE("TLS 1.3 ends at the ServerHello, or asks for another key share") {
  TestServer server(server_options(false, "TLSv1.3"), answer_always(""));
  const HelloAnswer answer = ask(server, captured_hello("android12"));
  REQUIRE(answer.kind == HelloAnswer::Kind::Accepted);
  CHECK(answer.version == kTls13Version);
  CHECK(answer.suite_text == "TLS_AES_128_GCM_SHA256");
  CHECK(answer.key_exchange == "X25519");
  CHECK(answer.chain.empty());
  Hello empty_share = captured_hello("android12");
  for (HelloExtension& extension : *empty_share.extensions) {
    if (extension.kind == 51) extension.body = std::string(2, '\0');
  }
  const HelloAnswer retry = ask(server, empty_share);
  CHECK(retry.kind == HelloAnswer::Kind::Retry);
  CHECK(retry.key_exchange == "X25519");
}

TEST_CASE("a device of the era and a server of today have nothing in common, and the alert says so") {
  TestServer server(server_options(false, "TLSv1.3", "DEFAULT"), answer_always(""));
  const HelloAnswer answer = ask(server, windows_ce_hello());
  CHECK(answer.kind == HelloAnswer::Kind::Alert);
  CHECK(answer.alert == "handshake_failure");
  CHECK(answer.text == "the server refuses with the alert handshake_failure");
}

TEST_CASE("a CertificateRequest and its names are seen without sending anything") {
  ServerOptions options = server_options(false, "TLSv1.2");
  options.client_roots = {family().root.certificate};
  TestServer server(options, answer_always(""));
  const HelloAnswer answer = ask(server, captured_hello("wp8.1"));
  REQUIRE(answer.kind == HelloAnswer::Kind::Accepted);
  CHECK(answer.client_certificate_asked);
  CHECK(answer.client_ca_names == std::vector<std::string>{"CN=Probe root"});
}

TEST_CASE("what is no TLS answer has its own kind") {
  TestServer http({}, [](TestConnection& connection) {
    connection.read_some();
    connection.write("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  const HelloAnswer plain = ask(http, windows_ce_hello());
  CHECK(plain.kind == HelloAnswer::Kind::NotTls);
  CHECK(plain.text == "the port speaks plain HTTP, not TLS");
  TestServer closing({}, [](TestConnection& connection) { connection.read_some(); });
  CHECK(ask(closing, windows_ce_hello()).kind == HelloAnswer::Kind::Closed);
  TestServer resetting({}, [](TestConnection& connection) {
    connection.read_some();
    connection.reset();
  });
  CHECK(ask(resetting, windows_ce_hello()).kind == HelloAnswer::Kind::Reset);
  TestServer silent({}, [](TestConnection& connection) {
    while (!connection.read_some().empty()) {
    }
  });
  const HelloAnswer silence = ask(silent, windows_ce_hello(), std::chrono::milliseconds(200));
  CHECK(silence.kind == HelloAnswer::Kind::Silence);
  CHECK(silence.text == "the server fell silent: no octet of an answer came");
  HelloProbe nobody = probe(silent, windows_ce_hello());
  nobody.port = closed_port();
  const std::vector<HelloProbe> probes = {nobody};
  CHECK(probe_hellos(probes, std::chrono::seconds(5)).front().kind == HelloAnswer::Kind::NoTcp);
  nobody.address = "no address";
  const std::vector<HelloProbe> bad = {nobody};
  CHECK(probe_hellos(bad, std::chrono::seconds(5)).front().kind == HelloAnswer::Kind::NoTcp);
}

TEST_CASE("many hellos at once, answers in order") {
  TestServer server(server_options(false, "TLSv1.2"), answer_always(""));
  std::vector<HelloProbe> probes;
  for (int i = 0; i < 20; ++i) {
    probes.push_back(probe(server, i % 2 == 0 ? captured_hello("wp8.1") : windows_ce_hello()));
  }
  const auto answers = probe_hellos(probes, std::chrono::seconds(10));
  REQUIRE(answers.size() == 20);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    CHECK(answers[i].kind == (i % 2 == 0 ? HelloAnswer::Kind::Accepted : HelloAnswer::Kind::Alert));
  }
}

TEST_CASE("the server gets the hello, octet for octet, and nothing else") {
  std::string got;
  std::string expected;
  {
    TestServer server({}, [&](TestConnection& connection) {
      for (std::string part; !(part = connection.read_some()).empty();) got += part;
    });
    const std::vector<HelloProbe> probes = {probe(server, captured_hello("wp8.1"))};
    expected = encode_hello(probes.front().hello, "localhost", probes.front().secrets);
    probe_hellos(probes, std::chrono::milliseconds(200));
  }  // the server has ended: `got` is whole
  CHECK(got == expected);
}

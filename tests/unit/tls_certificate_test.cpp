#include "client/tls/certificate.h"

#include <doctest/doctest.h>

#include <string>

#include "client/tls/alert.h"
#include "tests/unit/tls_test_ca.h"

using namespace easel;
using namespace easel::testing;

TEST_CASE("a certificate's fields are read from its DER") {
  const Minted root = mint({.common_name = "Root", .organization = "Easel", .ca = true}, nullptr);
  const Minted leaf = mint({.common_name = "mail.example.com",
                            .dns_names = {"mail.example.com", "*.example.org"},
                            .ip_names = {"192.0.2.7", "2001:db8::1"},
                            .rsa = true,
                            .hash = "SHA1",
                            .extended_key_usage = "serverAuth,clientAuth",
                            .issuer_url = "http://ca.example/root.cer"},
                           &root);
  const Certificate& seen = leaf.certificate;
  CHECK(seen.subject == "CN=mail.example.com");
  CHECK(seen.issuer == "CN=Root,O=Easel");
  CHECK(seen.common_name == "mail.example.com");
  CHECK(seen.dns_names == std::vector<std::string>{"mail.example.com", "*.example.org"});
  CHECK(seen.ip_names == std::vector<std::string>{"192.0.2.7", "2001:db8:0:0:0:0:0:1"});
  CHECK(seen.key_type == "RSA");
  CHECK(seen.key_bits == 2048);
  CHECK(seen.signature_hash == "SHA1");
  CHECK(seen.extended_key_usage == std::vector<std::string>{"serverAuth", "clientAuth"});
  CHECK(seen.issuer_urls == std::vector<std::string>{"http://ca.example/root.cer"});
  CHECK(seen.not_after - seen.not_before == 30 * 86400 + 3600);
  CHECK(seen.sha256.size() == 64);
  CHECK(seen.sha1.size() == 40);
  CHECK(seen.spki_pin.size() == 44);
  CHECK_FALSE(seen.is_ca);
  CHECK_FALSE(seen.self_issued);
  CHECK(root.certificate.is_ca);
  CHECK(root.certificate.self_issued);
  CHECK(root.certificate.key_type == "EC");
}

TEST_CASE("PEM with several certificates and a key gives the certificates") {
  const Family family = mint_family("Pem");
  const std::string file = "a comment\n" + to_pem({family.server.certificate}) + family.server.key_pem +
                           to_pem({family.intermediate.certificate});
  const auto read = parse_certificates(file, "bundle.pem");
  REQUIRE(read.has_value());
  CHECK(*read == family.chain());
}

TEST_CASE("one DER certificate is a file too") {
  const Minted root = mint({.common_name = "Root", .ca = true}, nullptr);
  const auto read = parse_certificates(root.certificate.der, "root.cer");
  REQUIRE(read.has_value());
  CHECK(*read == std::vector<Certificate>{root.certificate});
}

TEST_CASE("PKCS#7 in PEM gives its certificates") {
  // openssl crl2pkcs7 -nocrl -certfile root.pem, with the certificate of client/transport/connection_key.cpp
  const std::string file = R"(-----BEGIN PKCS7-----
MIIBwwYJKoZIhvcNAQcCoIIBtDCCAbACAQExADALBgkqhkiG9w0BBwGgggGYMIIB
lDCCATugAwIBAgIUZCkdi6qbcX3Z0sKEzWm5Aow+wPMwCgYIKoZIzj0EAwIwHzEd
MBsGA1UEAwwUZWFzZWwgY29ubmVjdGlvbiBrZXkwIBcNMjYxMTI1MDcyMDAwWhgP
MjEyNjExMDEwNzIwMDBaMB8xHTAbBgNVBAMMFGVhc2VsIGNvbm5lY3Rpb24ga2V5
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/FC74GvUkUV7uezII7whIvd3Cm6L
XYyPnv9zBmxpljZOCaUUQNupfGcAjdeuRUSPlwirSEY8CnqkySh6KTchY6NTMFEw
HQYDVR0OBBYEFKvHkruK5p8hvjUZ917Qjw4ta5ocMB8GA1UdIwQYMBaAFKvHkruK
5p8hvjUZ917Qjw4ta5ocMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAw
RAIgIQiDoCo0x2WJjB0kHwCU9uUBzLX5rhd5G9gbs4GN8IcCIGHd7Au2LWVN1p0M
So3y+677TMQiuCJCwuj4Em/HuljeMQA=
-----END PKCS7-----
)";
  const auto read = parse_certificates(file, "root.p7b");
  REQUIRE(read.has_value());
  REQUIRE(read->size() == 1);
  CHECK(read->front().common_name == "easel connection key");
}

TEST_CASE("what is no certificate file is refused by name") {
  CHECK(parse_certificates("", "empty.pem").error() == "empty.pem: the file is empty");
  CHECK(parse_certificates("hello", "hello.txt").error().starts_with("hello.txt: neither PEM nor DER nor PKCS#7"));
  const Minted root = mint({.common_name = "Root", .ca = true}, nullptr);
  CHECK(parse_certificates(root.key_pem, "key.pem").error() == "key.pem: no certificate in this file");
  std::string cut = to_pem({root.certificate});
  cut.resize(cut.size() / 2);
  CHECK(parse_certificates(cut, "cut.pem").error().starts_with("cut.pem: PEM block 1 cannot be read"));
  CHECK(parse_certificate(root.certificate.der + "x").error() ==
        "bytes after the certificate, from offset " + std::to_string(root.certificate.der.size()));
}

TEST_CASE("a certificate cut at any byte is refused") {
  const std::string der = mint({.common_name = "Root", .ca = true}, nullptr).certificate.der;
  for (std::size_t size = 0; size < der.size(); ++size) CHECK_FALSE(parse_certificate(der.substr(0, size)).has_value());
}

TEST_CASE("alerts have the names of the RFCs") {
  CHECK(alert_name(40) == "handshake_failure");
  CHECK(alert_name(116) == "certificate_required");
  CHECK(alert_name(200) == "alert_200");
}

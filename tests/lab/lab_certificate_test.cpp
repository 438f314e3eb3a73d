#include <doctest/doctest.h>
#include <openssl/x509_vfy.h>

#include <string>
#include <vector>

#include "tests/lab/lab_client.h"

using namespace easel::lab;
using namespace easel::lab::test;

namespace {

Answer connect_to(const std::string& fault) {
  std::vector<std::string> faults;
  if (!fault.empty()) faults.push_back(fault);
  auto lab = Lab::start({.faults = faults});
  REQUIRE_MESSAGE(lab.has_value(), (lab ? "" : lab.error()));
  return Client((*lab)->facts(), true).connection();
}

}  // namespace

TEST_CASE("the chain is leaf and intermediate, and leads to the announced root") {
  const Answer sound = connect_to("");
  CHECK(sound.verify_error == X509_V_OK);
  CHECK(sound.subjects == std::vector<std::string>{"mail.contoso.test", "Easel Lab Issuing CA"});
}

TEST_CASE("each certificate fault is what OpenSSL finds, and nothing else is wrong") {
  struct Row {
    const char* fault;
    int error;
    std::vector<std::string> subjects;
  };
  const Row rows[] = {
      {"cert-expired", X509_V_ERR_CERT_HAS_EXPIRED, {"mail.contoso.test", "Easel Lab Issuing CA"}},
      {"cert-not-yet-valid", X509_V_ERR_CERT_NOT_YET_VALID, {"mail.contoso.test", "Easel Lab Issuing CA"}},
      {"ca-unknown", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, {"mail.contoso.test", "Some Other Issuing CA"}},
      {"intermediate-missing", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, {"mail.contoso.test"}},
      {"cert-wrong-name", X509_V_ERR_HOSTNAME_MISMATCH, {"wrong.host.test", "Easel Lab Issuing CA"}},
      {"cert-self-signed", X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, {"mail.contoso.test"}},
  };
  for (const Row& row : rows) {
    INFO(std::string(row.fault));
    const Answer answer = connect_to(row.fault);
    CHECK(answer.handshake);
    CHECK(std::string(X509_verify_cert_error_string(answer.verify_error)) == X509_verify_cert_error_string(row.error));
    CHECK(answer.subjects == row.subjects);
  }
}

TEST_CASE("two labs never share a root certificate") {
  const auto one = Lab::start({});
  const auto two = Lab::start({});
  REQUIRE((one && two));
  CHECK((*one)->facts().ca_pem != (*two)->facts().ca_pem);
  CHECK((*one)->facts().accounts[0].password != (*two)->facts().accounts[0].password);
}

TEST_CASE("the chain as sent is what the fault says") {
  CHECK(connect_to("chain-reversed").subjects ==
        std::vector<std::string>{"mail.contoso.test", "Easel Lab Root CA", "Easel Lab Issuing CA"});
  CHECK(connect_to("chain-with-stranger").subjects ==
        std::vector<std::string>{"mail.contoso.test", "Easel Lab Issuing CA", "Some Other Issuing CA"});
  CHECK(connect_to("intermediate-expired").verify_error == X509_V_ERR_CERT_HAS_EXPIRED);
  CHECK(connect_to("cert-for-clients").verify_error == X509_V_ERR_INVALID_PURPOSE);
  CHECK(connect_to("cert-cn-server1").subjects.front() == "server1");
  CHECK(connect_to("cert-cn-server1").verify_error == X509_V_OK);
}

TEST_CASE("versions and keys are what the fault says") {
  CHECK(connect_to("tls-10-only").tls_version == "TLSv1");
  CHECK(connect_to("tls-12-only").tls_version == "TLSv1.2");
  CHECK(connect_to("tls-13-only").tls_version == "TLSv1.3");
  CHECK_FALSE(connect_to("tls-no-common-suite").handshake);
  CHECK_FALSE(connect_to("tls-wrong-key").handshake);
  CHECK_FALSE(connect_to("tls-rc4-only").handshake);  // OpenSSL 3 has no RC4
  CHECK(connect_to("key-512").handshake);
  CHECK(connect_to("key-ecdsa").handshake);
}

TEST_CASE("without SNI another certificate is shown, where that is the fault") {
  auto lab = Lab::start({.faults = {"sni-other-certificate"}});
  REQUIRE(lab.has_value());
  CHECK(Client((*lab)->facts(), true).connection().subjects.front() == "mail.contoso.test");
  CHECK(Client((*lab)->facts(), true, false).connection().subjects.front() == "default.contoso.test");
}

namespace {

/// A ClientHello without extensions, as devices of the time send it.
std::string hello(char major_minor, const std::string& suites) {
  std::string body("\x03", 1);
  body += major_minor;
  body += std::string(32, 'r') + std::string(1, '\0');
  body += static_cast<char>(suites.size() / 256);
  body += static_cast<char>(suites.size() % 256);
  body += suites + std::string("\x01\x00", 2);
  std::string message("\x01\x00", 2);
  message += static_cast<char>(body.size() / 256);
  message += static_cast<char>(body.size() % 256);
  message += body;
  std::string record("\x16\x03\x00", 3);
  record += static_cast<char>(message.size() / 256);
  record += static_cast<char>(message.size() % 256);
  return record + message;
}

std::string raw_answer(const std::string& fault, const std::string& bytes) {
  std::vector<std::string> wanted;
  if (!fault.empty()) wanted.push_back(fault);
  auto lab = Lab::start({.faults = wanted});
  REQUIRE(lab.has_value());
  LabFacts facts = (*lab)->facts();
  facts.http_port = facts.https_port;  // the client's plain mode, on the TLS port
  Client client(facts, false);
  client.send(bytes);
  return client.read_some(300, 80);
}

}  // namespace

TEST_CASE("old hellos get canned answers where that is the fault, and alerts where it is not") {
  const std::string export_suites("\x00\x03\x00\x06", 4);
  const std::string null_suites("\x00\x01\x00\x02", 4);
  const std::string usual_suites("\x00\x04\x00\x05\x00\x0A", 6);
  const std::string ssl2_hello =
      std::string("\x80\x1F\x01\x00\x02\x00\x06\x00\x00\x00\x10\x01\x00\x80\x02\x00\x80", 17) + std::string(16, 'c');
  const auto is_server_hello = [](const std::string& answer, char minor, const std::string& suite) {
    return answer.size() >= 80 && answer.substr(0, 3) == std::string("\x16\x03", 2) + minor && answer[5] == '\x02' &&
           answer.substr(76, 2) == suite;
  };
  CHECK(is_server_hello(raw_answer("tls-ssl3", hello('\x00', usual_suites)), '\x00', usual_suites.substr(0, 2)));
  CHECK(is_server_hello(raw_answer("tls-export", hello('\x01', export_suites)), '\x01', export_suites.substr(0, 2)));
  CHECK(is_server_hello(raw_answer("tls-null", hello('\x01', null_suites)), '\x01', null_suites.substr(0, 2)));
  const std::string old = raw_answer("tls-ssl2", ssl2_hello);
  REQUIRE(old.size() > 10);
  CHECK(old[2] == '\x04');
  CHECK(old.substr(5, 2) == std::string("\x00\x02", 2));
  for (const std::string& bytes :
       {hello('\x00', usual_suites), hello('\x01', export_suites), hello('\x01', null_suites), ssl2_hello}) {
    const std::string answer = raw_answer("", bytes);
    CHECK((answer.empty() || answer[0] == '\x15'));
  }
}

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

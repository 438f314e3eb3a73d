#include <doctest/doctest.h>

#include <string>

#include "tests/lab/lab_client.h"

using namespace easel::lab;
using namespace easel::lab::test;

namespace {

std::unique_ptr<Lab> with_faults(std::vector<std::string> faults) {
  auto lab = Lab::start({.faults = std::move(faults)});
  REQUIRE_MESSAGE(lab.has_value(), (lab ? "" : lab.error()));
  return std::move(*lab);
}

/// The answer to OPTIONS with that certificate ("" = none), with or without a password.
Answer options_with(const Lab& lab, const std::string& certificate, bool password = false, int tls_max = 0) {
  const LabFacts& facts = lab.facts();
  Call call{.method = "OPTIONS"};
  if (password) call.headers = {basic(facts.accounts[0].user, facts.accounts[0].password)};
  Client client(facts, true, true, {.certificate = facts.client_certificate(certificate), .tls_max = tls_max});
  return client.connection().handshake ? client.call(call) : client.connection();
}

}  // namespace

TEST_CASE("a certificate opens, and everything that is wrong with one is refused by its sub-status") {
  for (const char* way : {"ccert-after-request", ""}) {
    const auto lab = way[0] != '\0' ? with_faults({way}) : with_faults({"ccert-basic-fallback"});
    for (const int tls_max : {12, 13}) {
      CAPTURE(tls_max);
      CHECK(options_with(*lab, "valid", false, tls_max).status == 200);
      struct Row {
        const char* certificate;
        const char* sub_status;
      };
      if (way[0] == '\0') continue;
      for (const Row& row : {Row{"", "403.7"}, Row{"expired", "403.17"}, Row{"not-yet-valid", "403.17"},
                             Row{"wrong-purpose", "403.16"}, Row{"revoked", "403.13"}, Row{"unmapped", "403.12"},
                             Row{"untrusted-issuer", "403.16"}, Row{"self-signed", "403.16"}}) {
        INFO(std::string(row.certificate));
        const Answer answer = options_with(*lab, row.certificate, true, tls_max);
        CHECK(answer.status == 403);
        CHECK(answer.body.find(row.sub_status) != std::string::npos);
      }
    }
  }
}

TEST_CASE("each weakness lets in what it says, and only that") {
  struct Row {
    const char* fault;
    const char* certificate;
  };
  for (const Row& row : {Row{"ccert-trusts-anybody", "untrusted-issuer"}, Row{"ccert-trusts-anybody", "self-signed"},
                         Row{"ccert-ignores-dates", "expired"}, Row{"ccert-ignores-purpose", "wrong-purpose"},
                         Row{"ccert-ignores-revocation", "revoked"}, Row{"ccert-maps-unknown", "unmapped"}}) {
    INFO(std::string(row.fault));
    const auto lab = with_faults({row.fault});
    CHECK(options_with(*lab, row.certificate).status == 200);
    for (const char* other : {"", "untrusted-issuer", "expired", "wrong-purpose", "revoked", "unmapped"}) {
      const bool is_the_weakness =
          std::string(other) == row.certificate || (std::string(row.certificate) == "self-signed");
      if (!is_the_weakness) CHECK(options_with(*lab, other).status == 403);
    }
  }
  CHECK(options_with(*with_faults({"ccert-mapping-lost"}), "valid").status == 403);
  CHECK(options_with(*with_faults({"ccert-optional"}), "", true).status == 200);
  CHECK(options_with(*with_faults({"ccert-optional"}), "").status == 401);
  CHECK(options_with(*with_faults({"ccert-basic-fallback"}), "expired", true).status == 200);
  CHECK(options_with(*with_faults({"ccert-and-password"}), "valid").status == 401);
  CHECK(options_with(*with_faults({"ccert-and-password"}), "valid", true).status == 200);
}

TEST_CASE("a large post before the certificate is asked for meets the small buffer") {
  const auto lab = with_faults({"ccert-small-buffer"});
  const LabFacts& facts = lab->facts();
  for (const auto& [size, status] : {std::pair{200000U, 413}, {20000U, 400}}) {
    Client client(facts, true, true, {.certificate = facts.client_certificate("valid")});
    CHECK(client.call({.target = "/Microsoft-Server-ActiveSync?Cmd=x", .body = std::string(size, 'x')}).status ==
          status);
  }
}

TEST_CASE("a proxy-like server ends the handshake without a certificate") {
  const auto lab = with_faults({"ccert-alert"});
  CHECK(options_with(*lab, "").status == 0);
  CHECK(options_with(*lab, "valid").status == 200);
}

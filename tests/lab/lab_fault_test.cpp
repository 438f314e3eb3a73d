#include <doctest/doctest.h>

#include <cstdlib>
#include <set>
#include <string>

#include "tests/lab/lab_client.h"

using namespace easel::lab;
using namespace easel::lab::test;

namespace {

std::unique_ptr<Lab> with_fault(const std::string& fault) {
  auto lab = Lab::start({.faults = {fault}});
  REQUIRE_MESSAGE(lab.has_value(), (lab ? "" : lab.error()));
  return std::move(*lab);
}

Call good(const LabFacts& facts) {
  return {.method = "OPTIONS",
          .headers = {basic(facts.accounts[0].domain_user, facts.accounts[0].password)},
          .limit_ms = 400};
}

}  // namespace

TEST_CASE("every fault of the table starts, and says what it does") {
  std::set<std::string_view> ids;
  for (const FaultInfo& fault : faults()) {
    INFO(std::string(fault.id));
    CHECK(ids.insert(fault.id).second);
    CHECK(fault.sentence.size() > 15);
    CHECK((fault.responder == "http" || fault.responder == "wire"));
    const auto lab = Lab::start({.faults = {std::string(fault.id)}});
    CHECK_MESSAGE(lab.has_value(), (lab ? "" : lab.error()));
  }
  CHECK(ids.size() >= 19);
}

TEST_CASE("plain-http-open serves on the plain port, with Basic") {
  const auto lab = with_fault("plain-http-open");
  CHECK(ask(lab->facts(), {.method = "OPTIONS"}, false).status == 401);
  CHECK(ask(lab->facts(), good(lab->facts()), false).status == 200);
  CHECK(ask(lab->facts(), {.method = "GET", .target = "/Exchange"}, false).status == 403);
}

TEST_CASE("plain-http-challenge asks for Basic on the plain port") {
  const auto lab = with_fault("plain-http-challenge");
  const Answer answer = ask(lab->facts(), good(lab->facts()), false);
  CHECK(answer.status == 401);
  CHECK(answer.header("WWW-Authenticate").starts_with("Basic"));
}

TEST_CASE("anonymous-allowed answers without credentials") {
  const auto lab = with_fault("anonymous-allowed");
  CHECK(ask(lab->facts(), {.method = "OPTIONS"}).status == 200);
  CHECK(ask(lab->facts(), {.method = "GET", .target = "/Exchange"}).status == 401);
}

TEST_CASE("basic-rejects-good answers 401 to good credentials") {
  const auto lab = with_fault("basic-rejects-good");
  CHECK(ask(lab->facts(), good(lab->facts())).status == 401);
}

TEST_CASE("answers-html answers with a page and 200, but only after authentication") {
  const auto lab = with_fault("answers-html");
  const Answer answer = ask(lab->facts(), good(lab->facts()));
  CHECK(answer.status == 200);
  CHECK(answer.header("Content-Type").starts_with("text/html"));
  CHECK(answer.header("MS-ASProtocolVersions").empty());
  CHECK(ask(lab->facts(), {}).status == 401);
}

TEST_CASE("never-answers stays silent") {
  const auto lab = with_fault("never-answers");
  const Answer answer = ask(lab->facts(), good(lab->facts()));
  CHECK(answer.handshake);
  CHECK(answer.status == 0);
}

TEST_CASE("drips sends a byte at a time") {
  const auto lab = with_fault("drips");
  Client client(lab->facts(), true);
  client.send("OPTIONS /Microsoft-Server-ActiveSync HTTP/1.1\r\n\r\n");
  CHECK(client.read_some(500) == "H");
}

TEST_CASE("closes-mid-body ends before Content-Length is reached") {
  const auto lab = with_fault("closes-mid-body");
  const Answer answer = ask(lab->facts(), good(lab->facts()));
  CHECK(answer.status == 200);
  CHECK(answer.header("Content-Length") == "5000");
  CHECK(answer.body.size() < 100);
  CHECK_FALSE(answer.complete);
}

TEST_CASE("headers-endless goes on until the client has had enough") {
  const auto lab = with_fault("headers-endless");
  Client client(lab->facts(), true);
  client.send("OPTIONS /Microsoft-Server-ActiveSync HTTP/1.1\r\n\r\n");
  const std::string bytes = client.read_some(120'000, 5U << 20U);  // patience, not a bound: the bytes end it
  CHECK(bytes.size() >= 5U << 20U);
  CHECK(bytes.find("\r\n\r\n") == std::string::npos);
}

TEST_CASE("redirect-circle points at itself") {
  const auto lab = with_fault("redirect-circle");
  const Answer answer = ask(lab->facts(), good(lab->facts()));
  CHECK(answer.status == 302);
  CHECK(answer.header("Location") ==
        "https://mail.contoso.test:" + std::to_string(lab->facts().https_port) + "/Microsoft-Server-ActiveSync");
}

TEST_CASE("date-skewed is 400 days ahead") {
  const auto lab = with_fault("date-skewed");
  const auto sound = Lab::start({});
  REQUIRE(sound.has_value());
  const auto year = [](const LabFacts& facts) {
    return std::atoi(ask(facts, good(facts)).header("Date").substr(12, 4).c_str());
  };
  CHECK(year(lab->facts()) > year((*sound)->facts()));
}

#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "tests/lab/lab_client.h"

using namespace easel::lab;
using namespace easel::lab::test;

namespace {

std::unique_ptr<Lab> started(const LabOptions& options = {}) {
  auto lab = Lab::start(options);
  REQUIRE_MESSAGE(lab.has_value(), (lab ? "" : lab.error()));
  return std::move(*lab);
}

Call options_call(const LabFacts& facts) {
  const LabAccount& alice = facts.accounts.front();
  return {.method = "OPTIONS", .headers = {basic(alice.domain_user, alice.password)}};
}

/// Local addresses of listening sockets with one of these ports, as /proc prints them.
std::set<std::string> listening_addresses(const std::set<std::uint16_t>& ports) {
  std::set<std::string> out;
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6", "/proc/net/udp", "/proc/net/udp6"}) {
    std::ifstream in(table);
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
      std::istringstream fields(line);
      std::string slot;
      std::string local;
      std::string remote;
      std::string state;
      fields >> slot >> local >> remote >> state;
      const auto colon = local.find(':');
      if ((state == "0A" || state == "07") &&
          ports.contains(static_cast<std::uint16_t>(std::stoul(local.substr(colon + 1), nullptr, 16))))
        out.insert(local.substr(0, colon));
    }
  }
  return out;
}

}  // namespace

TEST_CASE("a sound lab answers OPTIONS over TLS with its ActiveSync headers") {
  const auto lab = started();
  const Answer answer = ask(lab->facts(), options_call(lab->facts()));
  CHECK(answer.verify_error == 0);
  CHECK(answer.status == 200);
  CHECK(answer.header("MS-ASProtocolVersions") == "2.0,2.1,2.5,12.0,12.1,14.0,14.1");
  CHECK(answer.header("MS-ASProtocolCommands").find("FolderSync") != std::string::npos);
  CHECK(answer.header("MS-Server-ActiveSync") == "15.2");
}

TEST_CASE("it listens on 127.0.0.1 and nowhere else") {
  for (const auto& persona : personas()) {
    const auto lab = started({.persona = std::string(persona.id)});
    std::set<std::uint16_t> ports;
    for (const auto& [name, port] : lab->facts().listeners) ports.insert(port);
    CHECK(listening_addresses(ports) == std::set<std::string>{"0100007F"});
    CHECK(ports.contains(lab->facts().listener("dns")));
  }
}

TEST_CASE("without credentials, and with wrong ones, it asks for Basic") {
  const auto lab = started();
  const LabAccount& alice = lab->facts().account("main");
  for (const Call& call :
       {Call{.method = "OPTIONS"}, Call{}, Call{.headers = {basic(alice.user, "wrong")}},
        Call{.headers = {basic("nobody", alice.password)}}, Call{.headers = {basic("", "")}},
        Call{.headers = {{"Authorization", "Basic !!!"}}}, Call{.headers = {{"Authorization", "Bearer x"}}}}) {
    const Answer answer = ask(lab->facts(), call);
    CHECK(answer.status == 401);
    CHECK(answer.header("WWW-Authenticate") == "Basic realm=\"mail.contoso.test\"");
    CHECK(answer.header("MS-ASProtocolVersions").empty());
  }
}

TEST_CASE("a user may be named bare, with the domain and as UPN") {
  const auto lab = started();
  const LabAccount& alice = lab->facts().account("main");
  for (const std::string& name : {alice.user, alice.domain_user, alice.upn})
    CHECK(ask(lab->facts(), {.method = "OPTIONS", .headers = {basic(name, alice.password)}}).status == 200);
}

TEST_CASE("the plain port refuses with 403.4 and shows no challenge") {
  const auto lab = started();
  for (const char* method : {"GET", "OPTIONS", "POST"}) {
    const Answer answer = ask(lab->facts(), {.method = method}, false);
    CHECK(answer.status == 403);
    CHECK(answer.header("WWW-Authenticate").empty());
    CHECK(answer.header("MS-Server-ActiveSync").empty());
    CHECK(answer.body.find("403.4") != std::string::npos);
  }
}

TEST_CASE("hardened-modern has its plain port closed") {
  const auto lab = started({.persona = "hardened-modern"});
  CHECK_FALSE(lab->facts().http_open);
  CHECK_FALSE(ask(lab->facts(), {}, false).connected);
  CHECK(ask(lab->facts(), options_call(lab->facts())).status == 200);
}

TEST_CASE("exchange2003 speaks TLS 1.0 and versions up to 2.5") {
  const auto lab = started({.persona = "exchange2003"});
  const Answer answer = ask(lab->facts(), options_call(lab->facts()));
  CHECK(answer.tls_version == "TLSv1");
  CHECK(answer.header("MS-ASProtocolVersions") == "1.0,2.0,2.1,2.5");
  CHECK(answer.header("MS-Server-ActiveSync") == "6.5.7638.1");
  CHECK(answer.header("Server") == "Microsoft-IIS/6.0");
}

TEST_CASE("the transcript tells what happened in order") {
  const auto lab = started();
  ask(lab->facts(),
      {.method = "OPTIONS", .target = "/Microsoft-Server-ActiveSync?x=1", .headers = {{"X-Canary", "bird"}}});
  ask(lab->facts(), {.body = "canary-body"}, false);
  std::vector<TranscriptEntry> entries;
  for (int i = 0; i < 400 && (entries.empty() || entries.back().event != Event::closed); ++i)
    entries = lab->transcript();
  REQUIRE(entries.size() >= 8);
  for (std::size_t i = 0; i < entries.size(); ++i) CHECK(entries[i].order == i + 1);
  CHECK(entries[0].event == Event::tcp_accepted);
  CHECK(entries[1].event == Event::tls_done);
  CHECK(entries[1].text.find("SNI mail.contoso.test") != std::string::npos);
  CHECK(entries[2].event == Event::request);
  CHECK(entries[2].text == "OPTIONS /Microsoft-Server-ActiveSync?x=1 HTTP/1.1");
  CHECK(entries[2].headers.back() == std::pair<std::string, std::string>{"X-Canary", "bird"});
  CHECK(entries[3].status == 401);
  std::vector<TranscriptEntry> plain;
  for (const auto& entry : entries)
    if (entry.listener == "http") plain.push_back(entry);
  REQUIRE(plain.size() >= 3);
  CHECK(plain[1].body == "canary-body");
  lab->clear_transcript();
  CHECK(lab->transcript().empty());
}

TEST_CASE("unknown paths are 404, other directories want credentials") {
  const auto lab = started();
  CHECK(ask(lab->facts(), {.method = "GET", .target = "/nothing-here"}).status == 404);
  for (const char* path : {"/Exchange", "/exchweb/", "/OMA", "/Public/x"})
    CHECK(ask(lab->facts(), {.method = "GET", .target = path}).status == 401);
}

TEST_CASE("two requests share a connection, and each needs its own credentials") {
  const auto lab = started();
  Client client(lab->facts(), true);
  CHECK(client.call(options_call(lab->facts())).status == 200);
  CHECK(client.call({.method = "OPTIONS"}).status == 401);
  CHECK(client.call(options_call(lab->facts())).status == 200);
}

TEST_CASE("what is no HTTP is refused and ends the connection") {
  const auto lab = started();
  Client client(lab->facts(), false);
  client.send("hello\r\n\r\n");
  CHECK(client.read_some(3000).starts_with("HTTP/1.1 400"));
}

TEST_CASE("wrong options are named with the nearest right one") {
  auto lab = Lab::start({.faults = {"cert-expird"}});
  REQUIRE_FALSE(lab.has_value());
  CHECK(lab.error() == "unknown fault 'cert-expird'; the nearest is 'cert-expired'");
  lab = Lab::start({.persona = "exchange2002"});
  REQUIRE_FALSE(lab.has_value());
  CHECK(lab.error() == "unknown persona 'exchange2002'; the nearest is 'exchange2003'");
  const auto first = started();
  lab = Lab::start({.https_port = first->facts().https_port});
  REQUIRE_FALSE(lab.has_value());
  CHECK(
      lab.error().starts_with("port " + std::to_string(first->facts().https_port) + " of 127.0.0.1: cannot be bound"));
}

TEST_CASE("connections beyond the limit are turned away, and the lab still ends") {
  const auto lab = started({.max_connections = 2});
  const Client one(lab->facts(), false);
  const Client two(lab->facts(), false);
  Client three(lab->facts(), false);
  CHECK(three.read_some(3000).empty());
}

TEST_CASE("it ends while connections are open and a request waits") {
  auto lab = started({.faults = {"never-answers"}});
  Client client(lab->facts(), true);
  client.send("POST /Microsoft-Server-ActiveSync?x HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
  const auto begin = std::chrono::steady_clock::now();
  lab.reset();
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}

// One row a fault of the web server: what a sound lab answers to a request, and what it answers with the fault.
#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/lab/lab_client.h"

using namespace easel::lab;
using namespace easel::lab::test;

namespace {

constexpr const char* kEas = "/Microsoft-Server-ActiveSync";
constexpr const char* kOpenCall =
    "/Microsoft-Server-ActiveSync?Cmd=FolderSync&User=alice&DeviceId=a1&DeviceType=PocketPC";

std::unique_ptr<Lab> started(const std::string& persona, std::vector<std::string> wanted) {
  auto lab = Lab::start({.persona = persona, .faults = std::move(wanted)});
  REQUIRE_MESSAGE(lab.has_value(), (lab ? "" : lab.error()));
  return std::move(*lab);
}

struct Row {
  const char* fault;
  const char* door;  ///< "tls" or "plain"
  const char* method;
  const char* target;
  const char* who;          ///< role of an account, or "none", "wrong", "unknown", "empty", "bare", "domain"
  int sound;                ///< status without the fault
  int broken;               ///< status with it
  const char* shows = "";   ///< what the head or the body then holds
  const char* header = "";  ///< one more header, "Name: value"
  const char* body = "";
  const char* persona = "sound";
};

void sign(Call& call, const std::string& who, const LabFacts& facts) {
  const LabAccount& alice = facts.account("main");
  if (who == "none") return;
  if (who == "wrong")
    call.headers.push_back(basic(alice.user, "wrong"));
  else if (who == "unknown")
    call.headers.push_back(basic("nobody", "wrong"));
  else if (who == "empty")
    call.headers.push_back(basic("", ""));
  else if (who == "bare")
    call.headers.push_back(basic(alice.user, alice.password));
  else if (who == "domain")
    call.headers.push_back(basic(alice.domain_user, alice.password));
  else
    call.headers.push_back(basic(facts.account(who).upn, facts.account(who).password));
}

Answer asked(const Lab& lab, const Row& row) {
  Call call{.method = row.method, .target = row.target, .body = row.body};
  sign(call, row.who, lab.facts());
  if (const std::string header = row.header; !header.empty())
    call.headers.emplace_back(header.substr(0, header.find(": ")), header.substr(header.find(": ") + 2));
  return ask(lab.facts(), call, row.door == std::string("tls"));
}

const std::string kLong(600, 'q');
const std::string kBig(600000, 'b');

const Row kRows[] = {
    {"plain-exchange-open", "plain", "GET", "/Exchange", "none", 403, 401},
    {"plain-exchweb-open", "plain", "GET", "/exchweb/", "none", 403, 401},
    {"plain-oma-open", "plain", "GET", "/OMA", "none", 403, 401},
    {"plain-public-open", "plain", "GET", "/public", "none", 403, 401},
    {"plain-rpc-open", "plain", "RPC_IN_DATA", "/Rpc/rpcproxy.dll", "none", 403, 401},
    {"plain-owa-open", "plain", "GET", "/owa", "none", 403, 401},
    {"plain-site-open", "plain", "GET", "/anything", "none", 403, 404},
    {"plain-child-open", "plain", "GET", "/Microsoft-Server-ActiveSync/default.eas", "none", 403, 401},
    {"plain-spelling-open", "plain", "OPTIONS", "/microsoft-server-activesync", "none", 403, 401},
    {"plain-accepts-anyone", "plain", "OPTIONS", kEas, "unknown", 403, 200},
    {"exchange-oma-published", "tls", "GET", "/exchange-oma", "none", 404, 401},
    {"mobileadmin-published", "tls", "GET", "/mobileadmin", "none", 404, 401, "NTLM"},
    {"certsrv-published", "tls", "GET", "/certsrv/", "none", 404, 200},
    {"rpc-anonymous", "tls", "RPC_IN_DATA", "/Rpc/rpcproxy.dll", "none", 401, 200},
    {"public-anonymous", "tls", "GET", "/Public", "none", 401, 200},
    {"public-offers-ntlm", "tls", "GET", "/Public", "none", 401, 401, "WWW-Authenticate: NTLM"},
    {"eas-403-no-challenge", "tls", "POST", kOpenCall, "none", 401, 403},
    {"any-password", "tls", "OPTIONS", kEas, "wrong", 401, 200},
    {"unknown-user-told", "tls", "OPTIONS", kEas, "unknown", 401, 401, "no such user"},
    {"guest-log-on", "tls", "OPTIONS", kEas, "empty", 401, 200},
    {"default-domain-unset", "tls", "OPTIONS", kEas, "bare", 200, 401},
    {"backslash-lost", "tls", "OPTIONS", kEas, "domain", 200, 401},
    {"charset-confused", "tls", "OPTIONS", kEas, "charset", 200, 401},
    {"disabled-user-served", "tls", "OPTIONS", kEas, "disabled", 403, 200},
    {"password-notice", "tls", "OPTIONS", kEas, "expired-password", 401, 403},
    {"other-account-forbidden", "tls", "OPTIONS", kEas, "other", 200, 403},
    {"windows-auth-offered", "tls", "OPTIONS", kEas, "none", 401, 401, "WWW-Authenticate: NTLM"},
    {"digest-offered", "tls", "OPTIONS", kEas, "none", 401, 401, "WWW-Authenticate: Digest"},
    {"forms-on-eas", "tls", "POST", kOpenCall, "none", 401, 302, "owalogon.asp"},
    {"forms-on-exchange", "tls", "GET", "/Exchange", "none", 401, 302, "owalogon.asp"},
    {"forms-on-exchange", "tls", "GET", "/exchweb/bin/auth/owalogon.asp", "none", 401, 200, "<form"},
    {"back-end-without-windows-auth", "tls", "POST", kOpenCall, "main", 400, 500},
    {"back-end-requires-ssl", "tls", "POST", kOpenCall, "main", 400, 500, "403.4"},
    {"options-refused-when-signed-in", "tls", "OPTIONS", kEas, "main", 200, 401},
    {"back-end-basic-only", "tls", "GET", "/Exchange", "none", 401, 401, "Basic realm", "", "",
     "exchange2003-back-end"},
    {"proxy-drops-authorization", "tls", "OPTIONS", kEas, "main", 200, 401},
    {"proxy-answers-options", "tls", "OPTIONS", kEas, "none", 401, 200, "GET, HEAD"},
    {"proxy-form", "tls", "OPTIONS", kEas, "main", 200, 302, "CookieAuth.dll"},
    {"proxy-form-by-user-agent", "tls", "OPTIONS", kEas, "main", 200, 302, "CookieAuth.dll", "User-Agent: Mozilla/4.0"},
    {"proxy-form-by-user-agent", "tls", "OPTIONS", kEas, "main", 200, 200, "MS-ASProtocolVersions",
     "User-Agent: MSFT-PPC/5.1.2301"},
    {"proxy-wants-slash", "tls", "OPTIONS", kEas, "main", 200, 404},
    {"proxy-wants-slash", "tls", "OPTIONS", "/Microsoft-Server-ActiveSync/", "main", 200, 200},
    {"proxy-name-mismatch", "tls", "OPTIONS", kEas, "main", 200, 500, "-2146893022"},
    {"proxy-body-limit", "tls", "POST", kEas, "main", 400, 413, "", "", kBig.c_str()},
    {"waf-reads-mail", "tls", "POST", kEas, "main", 400, 403, "", "", "Subject: ../ or not"},
    {"waf-refuses-wbxml", "tls", "POST", kEas, "main", 400, 403, "", "Content-Type: application/vnd.ms-sync.wbxml"},
    {"securid-on", "tls", "OPTIONS", kEas, "main", 200, 302, "IISWebAgentIF.dll"},
    {"securid-on", "tls", "GET", "/WebID/", "none", 404, 200, "MSAS-TwoFactorAuth: True"},
    {"securid-exempt", "tls", "OPTIONS", kEas, "main", 200, 200},
    {"trace-echoes", "tls", "TRACE", kEas, "none", 501, 200, "X-Canary: bird", "X-Canary: bird"},
    {"dav-on-eas", "tls", "PROPFIND", kEas, "main", 501, 207},
    {"unknown-verb-served", "tls", "FOO", kEas, "main", 501, 200},
    {"urlscan-without-options", "tls", "OPTIONS", kEas, "main", 200, 404},
    {"urlscan-sequences", "tls", "POST", "/Microsoft-Server-ActiveSync?Cmd=FolderSync&User=a%26b", "main", 400, 404},
    {"htr-mapped", "tls", "GET", "/x.htr", "none", 404, 500, "ism.dll"},
    {"samples-installed", "tls", "GET", "/iissamples/", "none", 404, 200},
    {"everything-executes", "tls", "GET", "/x.aspx", "none", 404, 500, "Runtime Error"},
    {"late-normalisation", "tls", "GET", "/Exchange/%2e%2e/%2e%2e/canary", "none", 400, 200},
    {"late-normalisation", "tls", "GET", "/Exchange/%252e%252e/canary", "none", 400, 200},
    {"detailed-errors", "tls", "GET", "/nothing", "none", 404, 404, "C:\\Inetpub"},
    {"directory-listing", "tls", "GET", "/", "none", 200, 200, "Index of"},
    {"old-build", "tls", "OPTIONS", kEas, "main", 200, 200, "6.5.7226.0"},
    {"version-161-only", "tls", "OPTIONS", kEas, "main", 200, 200, "MS-ASProtocolVersions: 16.1\r\n"},
    {"options-without-ping", "tls", "OPTIONS", kEas, "main", 200, 200, "Search,Settings"},
    {"busy-for-ever", "tls", "OPTIONS", kEas, "main", 200, 503, "Retry-After: 1"},
    {"mailbox-elsewhere", "tls", "POST", kOpenCall, "main", 400, 451, "X-MS-Location: https://mail2.contoso.test"},
    {"redirect-to-http", "tls", "OPTIONS", kEas, "main", 200, 302, "Location: http://mail.contoso.test"},
    {"plain-redirects", "plain", "GET", kEas, "none", 403, 302, "Location: https://mail.contoso.test"},
    {"autodiscover-anonymous", "tls", "POST", "/autodiscover/autodiscover.xml", "none", 401, 200},
    {"autodiscover-broken", "tls", "POST", "/autodiscover/autodiscover.xml", "main", 200, 500},
};

}  // namespace

TEST_CASE("each fault of the web server changes what it says") {
  std::map<std::string, std::unique_ptr<Lab>> sound;
  for (const Row& row : kRows) {
    const std::string what = std::string(row.fault) + " " + row.method + " " + std::string(row.target).substr(0, 60);
    INFO(what);
    auto& without = sound[row.persona];
    if (!without) without = started(row.persona, {});
    const Answer before = asked(*without, row);
    CHECK(before.status == row.sound);
    const Answer after = asked(*started(row.persona, {row.fault}), row);
    CHECK(after.status == row.broken);
    if (row.shows[0] != '\0') {
      CHECK((after.head + "\r\n" + after.body).find(row.shows) != std::string::npos);
    }
    const bool same_status = row.sound == row.broken;
    if (same_status && row.sound != 200) CHECK((before.head != after.head || before.body != after.body));
  }
}

TEST_CASE("unknown-user-slow lets a user who does not exist wait, and nobody else") {
  const auto lab = started("sound", {"unknown-user-slow"});
  const Row unknown{"", "tls", "OPTIONS", kEas, "unknown", 401, 401},
      wrong{"", "tls", "OPTIONS", kEas, "wrong", 401, 401};
  const auto begun = std::chrono::steady_clock::now();
  CHECK(asked(*lab, unknown).status == 401);
  CHECK(std::chrono::steady_clock::now() - begun >= std::chrono::seconds(2));
  const Answer answer = asked(*lab, wrong);
  CHECK(answer.status == 401);
}

TEST_CASE("urlscan-short-query refuses long queries only") {
  const auto lab = started("sound", {"urlscan-short-query"});
  Call call{.target = std::string(kEas) + "?" + kLong};
  sign(call, "main", lab->facts());
  CHECK(ask(lab->facts(), call).status == 404);
  call.target = std::string(kEas) + "?Cmd=x";
  CHECK(ask(lab->facts(), call).status == 400);
}

TEST_CASE("put-stores is read back, and a sound server stores nothing") {
  for (const auto& [fault, stored, read] : {std::tuple{"", 501, 501}, {"put-stores", 201, 200}}) {
    const auto lab = fault[0] != '\0' ? started("sound", {fault}) : started("sound", {});
    Call call{.method = "PUT", .target = std::string(kEas) + "/canary.txt", .body = "canary"};
    sign(call, "main", lab->facts());
    CHECK(ask(lab->facts(), call).status == stored);
    call.method = "GET";
    call.body.clear();
    const Answer answer = ask(lab->facts(), call);
    CHECK(answer.status == read);
    CHECK((answer.body == "canary") == (read == 200));
  }
}

TEST_CASE("connection-stays-signed-in and cookie-opens let a second request in without credentials") {
  const auto sticky = started("sound", {"connection-stays-signed-in"});
  Call signed_in{.method = "OPTIONS"};
  sign(signed_in, "main", sticky->facts());
  Client client(sticky->facts(), true);
  CHECK(client.call({.method = "OPTIONS"}).status == 401);
  CHECK(client.call(signed_in).status == 200);
  CHECK(client.call({.method = "OPTIONS"}).status == 200);
  CHECK(ask(sticky->facts(), {.method = "OPTIONS"}).status == 401);

  const auto lab = started("sound", {"cookie-opens"});
  Call again{.method = "OPTIONS"};
  sign(again, "main", lab->facts());
  const std::string cookie = ask(lab->facts(), again).header("Set-Cookie");
  REQUIRE_FALSE(cookie.empty());
  CHECK(ask(lab->facts(), {.method = "OPTIONS", .headers = {{"Cookie", cookie.substr(0, cookie.find(';'))}}}).status ==
        200);
  CHECK(ask(lab->facts(), {.method = "OPTIONS", .headers = {{"Cookie", "lab-session=guess"}}}).status == 401);
}

TEST_CASE("a SecurID ticket opens for its owner, and only for him") {
  for (const char* fault : {"securid-on", "securid-tickets-lost"}) {
    const auto lab = started("sound", {fault});
    const LabFacts& facts = lab->facts();
    const auto ticket_for = [&](const std::string& user) {
      const std::string cookie = ask(facts, {.target = "/WebID/IISWebAgentIF.dll",
                                             .body = "username=" + user + "&passcode=" + facts.notes.at(0).second})
                                     .header("Set-Cookie");
      return cookie.substr(0, cookie.find(';'));
    };
    const auto status_with = [&](const std::string& cookie) {
      Call call{.method = "OPTIONS", .headers = {{"Cookie", cookie}}};
      sign(call, "main", facts);
      return ask(facts, call).status;
    };
    CHECK(status_with(ticket_for("alice")) == (fault == std::string("securid-on") ? 200 : 302));
    CHECK(status_with(ticket_for("bob")) == 302);
    CHECK(status_with("rsa-ticket=guess") == 302);
  }
}

TEST_CASE("a second front end has a listener of its own") {
  const auto lab = started("sound", {"forms-on-one-front-end"});
  LabFacts second = lab->facts();
  second.https_port = second.listener("https-2");
  REQUIRE(second.https_port != 0);
  CHECK(ask(lab->facts(), {.method = "GET", .target = "/Exchange"}).status == 401);
  CHECK(ask(second, {.method = "GET", .target = "/Exchange"}).status == 302);
  const auto other = started("sound", {"second-front-end-other-name"});
  second = other->facts();
  second.https_port = second.listener("https-2");
  CHECK(Client(other->facts(), true).connection().verify_error == 0);
  CHECK(Client(second, true).connection().subjects.front() == "fe2.contoso.test");
}

TEST_CASE("the foreign host takes everything, and the transcript tells") {
  const auto lab = started("sound", {"redirect-foreign-host"});
  LabFacts foreign = lab->facts();
  foreign.https_port = foreign.listener("foreign");
  foreign.host = "mail.fabrikam.test";
  const Answer answer = ask(foreign, {.method = "OPTIONS", .headers = {{"Authorization", "Basic canary"}}});
  CHECK(answer.verify_error == 0);
  CHECK(answer.status == 200);
  bool seen = false;
  for (const auto& entry : lab->transcript())
    seen = seen || (entry.listener == "foreign" && entry.event == Event::request &&
                    entry.headers.back().second == "Basic canary");
  CHECK(seen);
}

TEST_CASE("the authority's certificate and revocation list lie where the certificate says") {
  const auto lab = started("sound", {});
  LabFacts pki = lab->facts();
  pki.http_port = pki.listener("pki");
  CHECK(ask(pki, {.method = "GET", .target = "/issuing-ca.crt"}, false).header("Content-Type") ==
        "application/pkix-cert");
  CHECK(ask(pki, {.method = "GET", .target = "/lab.crl"}, false).header("Content-Type") == "application/pkix-crl");
  CHECK(ask(pki, {.method = "GET", .target = "/"}, false).status == 404);
}

TEST_CASE("the busy server is busy once") {
  const auto lab = started("sound", {"busy-once"});
  Call call{.method = "OPTIONS"};
  sign(call, "main", lab->facts());
  CHECK(ask(lab->facts(), call).status == 503);
  CHECK(ask(lab->facts(), call).status == 200);
}

TEST_CASE("every persona serves its own account over TLS") {
  for (const auto& persona : personas()) {
    INFO(std::string(persona.id));
    const auto lab = started(std::string(persona.id), {});
    Call call{.method = "OPTIONS"};
    sign(call, "domain", lab->facts());
    const Answer answer = ask(lab->facts(), call);
    CHECK(answer.status == 200);
    CHECK(answer.header("MS-ASProtocolCommands").find("FolderSync") != std::string::npos);
    CHECK(answer.verify_error == 0);
  }
}

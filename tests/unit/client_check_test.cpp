// Every predicate once held and once failed, with the words that a report prints.
#include <doctest/doctest.h>

#include "client/protocol/session.h"
#include "client/transport/resolver.h"
#include "client_testing.h"

using namespace easel;
using namespace easel::testing;

namespace {

struct Row {
  std::string_view predicate;
  RoundTrip round_trip;
  bool holds;
  std::string_view expected;
  std::string_view actual;
};

RoundTrip text(int status, std::string body, Headers headers = {}) {
  RoundTrip t = answer(status, "", std::move(headers));
  std::get<HttpResponse>(t.outcome).body = std::move(body);
  return t;
}

RoundTrip secured(const std::function<void(TlsSession&)>& change) {
  RoundTrip t = answer(200);
  t.request.host = "mail.example.com";
  TlsSession tls;
  tls.version = "TLSv1.2";
  tls.cipher = "AES";
  tls.completed = true;
  Certificate leaf;
  leaf.subject = "CN=mail.example.com";
  leaf.common_name = "mail.example.com";
  leaf.issuer = "CN=CA";
  leaf.dns_names = {"mail.example.com"};
  leaf.not_before = kNow - 86'400;
  leaf.not_after = kNow + 300 * 86'400;
  leaf.key_type = "RSA";
  leaf.key_bits = 2048;
  leaf.signature_hash = "SHA256";
  Certificate ca = leaf;
  ca.subject = "CN=CA";
  ca.issuer = "CN=Root";
  tls.chain = {leaf, ca};
  tls.verdict.path = {"CN=Root"};
  change(tls);
  t.tls = std::move(tls);
  return t;
}

void check_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    INFO(row.predicate);
    const PredicateResult r = ask_of(row.predicate, row.round_trip);
    CHECK(r.holds == row.holds);
    CHECK(r.expected == row.expected);
    CHECK(r.actual == row.actual);
  }
}

}  // namespace

TEST_CASE("status, media-type and body") {
  check_rows({
      {"<status is='200'/>", answer(200), true, "HTTP 200", "200"},
      {"<status in='401 4xx'/>", answer(404), true, "HTTP 401 or 4xx", "404"},
      {"<status in='401 403'/>", answer(200), false, "HTTP 401 or 403", "200"},
      {"<status not='5xx'/>", answer(503), false, "HTTP status other than 5xx", "503"},
      {"<status is='200'/>", failure(NetworkFailure::Kind::Refused), false, "HTTP 200", "connection refused"},
      {"<media-type is='text/html'/>", text(200, "x", {{"Content-Type", "Text/HTML; charset=x"}}), true,
       "media type text/html", "Content-Type: \"Text/HTML; charset=x\""},
      {"<media-type not='text/html'/>", text(200, "x", {{"Content-Type", "text/html"}}), false,
       "media type other than text/html", "Content-Type: \"text/html\""},
      {"<media-type is='a/b'/>", answer(200), false, "media type a/b", "no Content-Type"},
      {"<body empty='yes'/>", text(200, "abc"), false, "an empty body", "3 octets"},
      {"<body empty='yes'/>", answer(200), true, "body", "0 octets"},
      {"<body contains='LOG'/>", text(200, "Please log on"), true, "body", "13 octets"},
      {"<body lacks='log'/>", text(200, "Please log on"), false, "a body without \"log\"", "found at octet 7"},
      {"<body is-wbxml='yes'/>", answer(200), false, "a WBXML document", "an empty body"},
      {"<body is-wbxml='no'/>", text(200, "<html>"), true, "body", "6 octets"},
  });
}

TEST_CASE("headers, challenges and redirects") {
  const RoundTrip basic = answer(401, "", {{"WWW-Authenticate", "Basic realm=\"a, Negotiate b\""}});
  const RoundTrip both = answer(401, "", {{"WWW-Authenticate", "Basic realm=\"x\", Negotiate"}});
  const RoundTrip lists = answer(200, "", {{"Allow", "OPTIONS, POST"}});
  const RoundTrip away = answer(302, "", {{"Location", "https://evil.example/"}});
  const RoundTrip home = answer(301, "", {{"Location", "https://MAIL.example.com:443/x"}});
  check_rows({
      {"<header name='Allow' lists='post'/>", lists, true, "a Allow header", "Allow: \"OPTIONS, POST\""},
      {"<header name='Allow' lists='POST TRACE'/>", lists, false, "Allow lists TRACE", "Allow: \"OPTIONS, POST\""},
      {"<header name='Allow' lists-none='OPTIONS'/>", lists, false, "Allow without OPTIONS",
       "Allow: \"OPTIONS, POST\""},
      {"<header name='X' present='no'/>", lists, true, "no X header", "no X header"},
      {"<header name='allow' is='options, post'/>", lists, true, "a allow header", "allow: \"OPTIONS, POST\""},
      {"<header name='Allow' contains='PUT'/>", lists, false, "Allow with \"PUT\"", "Allow: \"OPTIONS, POST\""},
      {"<header name='Allow' matches='^OPT'/>", lists, true, "a Allow header", "Allow: \"OPTIONS, POST\""},
      {"<challenge schemes='Basic'/>", basic, true, "exactly basic", "challenge: basic"},
      {"<challenge schemes='Basic'/>", both, false, "exactly basic", "challenge: basic, negotiate"},
      {"<challenge schemes='Basic' tolerates='Negotiate'/>", both, true, "exactly basic",
       "challenge: basic, negotiate"},
      {"<challenge offers='Digest'/>", both, false, "at least digest", "challenge: basic, negotiate"},
      {"<challenge present='no'/>", answer(401), true, "no challenge", "no challenge"},
      {"<redirect/>", away, false, "a Location that stays on https and on the site's own hosts",
       "Location: \"https://evil.example/\""},
      {"<redirect/>", home, true, "a Location that stays on https and on the site's own hosts",
       "Location: \"https://MAIL.example.com:443/x\""},
      {"<redirect to='none'/>", answer(200), true, "no Location", "none"},
  });
}

TEST_CASE("refused: closed, refused and redirected are told apart; a challenge is never a refusal") {
  const std::string any = "closed, refused or redirected to https, without a challenge";
  check_rows({
      {"<refused/>", failure(NetworkFailure::Kind::Refused), true, any, "connection refused"},
      {"<refused grade='closed'/>", answer(403), false, "no TCP, or closed without an HTTP octet", "403"},
      {"<refused/>", answer(403), true, any, "403"},
      {"<refused/>", answer(403, "", {{"MS-Server-ActiveSync", "14.1"}}), false, any, "403 with MS-* headers"},
      {"<refused/>", answer(403, "", {{"WWW-Authenticate", "Basic"}}), false, any,
       "403 with a WWW-Authenticate challenge"},
      {"<refused/>", answer(401, "", {{"WWW-Authenticate", "Basic"}}), false, any, "401"},
      {"<refused/>", answer(200), false, any, "200"},
      {"<refused/>", answer(503), false, any, "503"},
      {"<refused/>", answer(301, "", {{"Location", "https://mail.example.com/"}}), true, any,
       "301 to \"https://mail.example.com/\""},
      {"<refused/>", answer(301, "", {{"Location", "http://mail.example.com/"}}), false, any,
       "301 to \"http://mail.example.com/\""},
  });
}

TEST_CASE("answered, fails, clock and timing") {
  RoundTrip alert;
  TlsFailure tls;
  tls.kind = TlsFailure::Kind::Alert;
  tls.alert = "handshake_failure";
  alert.outcome = tls;
  RoundTrip slow = answer(200);
  slow.timing.total = std::chrono::milliseconds(1500);
  check_rows({
      {"<answered/>", answer(500), true, "an answer", "500"},
      {"<answered/>", alert, false, "an answer", "TLS alert handshake_failure"},
      {"<fails with='alert:handshake_failure'/>", alert, true, "failure: alert:handshake_failure",
       "TLS alert handshake_failure [tls.handshake]"},
      {"<fails with='tcp.*'/>", failure(NetworkFailure::Kind::Refused), true, "failure: tcp.*",
       "connection refused [tcp.refused]"},
      {"<fails/>", answer(200), false, "no HTTP answer", "200"},
      {"<timing under='1s'/>", slow, false, "an answer within 1000 ms", "1500 ms"},
      {"<timing over='1s'/>", slow, true, "an answer not before 1000 ms", "1500 ms"},
      {"<clock skew-at-most='5m'/>", answer(200, "", {{"Date", "Wed, 25 Nov 2026 08:10:00 GMT"}}), false,
       "clock skew at most 300 s",
       "600 s between the server's Date (Wed, 25 Nov 2026 08:10:00 GMT) and this machine's clock"},
      {"<clock skew-above='5m'/>", answer(200), false, "clock skew at most 300 s", "no Date header"},
  });
}

TEST_CASE("timing against an earlier step leaves out what making the connection took") {
  using std::chrono::milliseconds;
  const auto took = [](int secured, int total) {
    RoundTrip r = answer(401);
    r.timing.secured = milliseconds(secured);
    r.timing.total = milliseconds(total);
    return r;
  };
  const auto holds = [&](const char* xml, const RoundTrip& then, const RoundTrip& now) {
    const std::map<std::string, RoundTrip, std::less<>> earlier{{"then", then}};
    return ask_of(xml, now, [&](Evidence& e) { e.earlier = &earlier; }).holds;
  };
  const char* const not_faster = "<timing not-faster-than='then'/>";
  const char* const not_slower = "<timing not-slower-than='then'/>";
  CHECK(!holds(not_faster, took(0, 900), took(0, 100)));
  CHECK(holds(not_slower, took(0, 900), took(0, 100)));
  CHECK(!holds(not_slower, took(0, 100), took(0, 900)));
  CHECK(holds(not_faster, took(0, 100), took(0, 900)));
  CHECK(holds(not_faster, took(800, 900), took(0, 100)));  // only the handshake took long
  CHECK(holds(not_faster, took(0, 590), took(0, 100)));    // less than half a second
  CHECK(holds(not_faster, took(0, 2900), took(0, 1000)));  // less than three times
  CHECK(!holds(not_faster, took(0, 3100), took(0, 1000)));
  CHECK(!holds("<timing not-faster-than='then' not-slower-than='then'/>", took(0, 100), took(0, 900)));
  CHECK(!holds("<timing not-faster-than='then' under='1s'/>", took(0, 1500), took(0, 1400)));
  CHECK(ask_of(not_faster, took(0, 100)).actual == "that step has no answer");
}

TEST_CASE("documents: like, never, xpath, eas-status") {
  const RoundTrip good =
      answer(200, "<FolderSync xmlns='FolderHierarchy'><Status>1</Status><SyncKey>a</SyncKey></FolderSync>");
  check_rows({
      {"<like><FolderSync><Status>1</Status></FolderSync></like>", good, true, "a document like <FolderSync>", "it is"},
      {"<like><FolderSync><Status>2</Status></FolderSync></like>", good, false, "\"2\"", "\"1\""},
      {"<like><FolderSync/></like>", answer(200), false, "<FolderSync>", "200 with an empty body"},
      {"<never xpath='//Add'/>", good, true, "never //Add", "absent"},
      {"<never xpath='//Status'/>", good, false, "never //Status", "found at /FolderSync/Status"},
      {"<xpath test='count(//Status) = 1'/>", good, true, "count(//Status) = 1", "true"},
      {"<xpath test='//SyncKey' is='b'/>", good, false, "//SyncKey is \"b\"", "\"a\""},
      {"<eas-status in='1'/>", good, true, "Status 1", "Status 1"},
      {"<eas-status not='1'/>", good, false, "Status other than 1", "Status 1"},
  });
  CHECK(ask_of("<eas-status in='2'/>", good).cause == "eas.1");
  CHECK(ask_of("<xpath test='//SyncKey' is='a' capture='k'/>", good).captured.at("k") == "a");
  Session session;
  session.items["5"] = {"5:1"};
  const RoundTrip sync = answer(200,
                                "<Sync xmlns='AirSync'><Collections><Collection><SyncKey>k</SyncKey><CollectionId>5"
                                "</CollectionId><Status>1</Status><Commands><Add><ServerId>5:2</ServerId></Add><Add>"
                                "<ServerId>5:1</ServerId></Add></Commands></Collection></Collections></Sync>");
  const auto with = [&](Evidence& e) { e.session = &session; };
  CHECK(ask_of("<items collection='5' equal='2'/>", sync, with).holds);
  CHECK(ask_of("<items collection='5' at-least='3'/>", sync, with).actual == "2 items");
}

TEST_CASE("tls, chain and cert") {
  const auto as_is = [](TlsSession&) {};
  const RoundTrip expired = secured([](TlsSession& s) { s.chain[0].not_after = kNow - 1; });
  const RoundTrip other = secured([](TlsSession& s) { s.chain[0].dns_names = {"x.example.com"}; });
  const RoundTrip small = secured([](TlsSession& s) { s.chain[0].key_bits = 512; });
  const RoundTrip old = secured([](TlsSession& s) { s.version = "TLSv1"; });
  const RoundTrip missing = secured([](TlsSession& s) {
    s.verdict.complaints.push_back({TrustProblem::IntermediateMissing, 0, "the issuer of certificate 0 was not sent"});
  });
  const RoundTrip md5 = secured([](TlsSession& s) { s.chain[1].signature_hash = "MD5"; });
  check_rows({
      {"<tls version-at-least='TLSv1.2'/>", secured(as_is), true, "TLSv1.2 or later", "TLSv1.2"},
      {"<tls version-at-least='TLSv1.2'/>", old, false, "TLSv1.2 or later", "TLSv1"},
      {"<tls completed='yes'/>", answer(200), false, "a TLS session", "200"},
      {"<tls asks-certificate='yes'/>", secured(as_is), false, "a CertificateRequest", "none came"},
      {"<cert name='any'/>", other, false, "a name that matches mail.example.com", "it is for x.example.com"},
      {"<cert name='san'/>", secured(as_is), true, "a subjectAltName that matches mail.example.com",
       "it is for mail.example.com"},
      {"<cert rsa-bits-at-least='1024'/>", small, false, "an RSA key of 1024 bits or more", "RSA 512 bits"},
      {"<cert self-signed='no'/>", secured(as_is), true, "a certificate issued by an authority", "issued by CN=CA"},
      {"<chain complete='yes'/>", missing, false, "every intermediate certificate is sent",
       "the issuer of certificate 0 was not sent"},
      {"<chain ordered='yes'/>", secured(as_is), true,
       "the leaf first, then each issuer of the one before, nothing foreign", "2 certificates in order"},
      {"<chain hash-none-of='MD5'/>", md5, false, "no signature with MD5 ", "certificate 1 (CN=CA) is signed with MD5"},
      {"<chain key-type='EC'/>", secured(as_is), false, "EC keys",
       "certificate 0 (CN=mail.example.com) has a key of type RSA"},
  });
  const PredicateResult late = ask_of("<cert valid='now'/>", expired);
  CHECK(!late.holds);
  CHECK(late.cause == "tls.expired");
  CHECK(late.actual == "certificate 0 (CN=mail.example.com) expired on 2026-11-25 07:59:59 UTC");
}

TEST_CASE("resolves: how many, whether private, which service") {
  Resolution r{"mail.example.com", {"10.0.0.1"}, {}, {}, ""};
  const auto with = [&](Evidence& e) { e.resolution = &r; };
  CHECK(ask_of("<resolves/>", answer(0), with).holds);
  const PredicateResult hidden = ask_of("<resolves private='no'/>", answer(0), with);
  CHECK(!hidden.holds);
  CHECK(hidden.expected == "no private address");
  CHECK(hidden.actual == "10.0.0.1");
  CHECK(!ask_of("<resolves at-least='2'/>", answer(0), with).holds);
  r = {"_autodiscover._tcp.example.com", {}, {}, {{"mail.example.com", 443, 0, 0}}, ""};
  CHECK(ask_of("<resolves service='mail.example.com:443'/>", answer(0), with).holds);
  CHECK(!ask_of("<resolves service='evil.example:443'/>", answer(0), with).holds);
  for (const std::string_view address :
       {"10.1.2.3", "172.31.0.1", "192.168.0.1", "127.0.0.1", "fd00::1", "fe80::1", "::1"})
    CHECK(is_private_address(address));
  for (const std::string_view address : {"192.0.2.1", "172.32.0.1", "2001:db8::1", "8.8.8.8"})
    CHECK(!is_private_address(address));
}

TEST_CASE("any-of, all-of and not") {
  check_rows({
      {"<any-of><status is='200'/><status is='403'/></any-of>", answer(403), true, "HTTP 403", "403"},
      {"<any-of><status is='200'/><status is='403'/></any-of>", answer(500), false, "HTTP 200, or HTTP 403", "500"},
      {"<all-of><status is='200'/><body empty='yes'/></all-of>", answer(200), true, "HTTP 200 and body", "0 octets"},
      {"<not><status is='200'/></not>", answer(200), false, "not: HTTP 200", "200"},
  });
}

#include "tests/golden/report/canonical_result.h"

namespace easel {
namespace {

using std::chrono::milliseconds;
using namespace std::string_literals;

constexpr std::int64_t kStart = 1'795'593'600;  // 2026-11-25T08:00:00Z

CheckResult check(std::string id, VerdictKind kind, std::string title) {
  CheckResult c;
  c.id = std::move(id);
  c.title = std::move(title);
  c.severity = "high";
  c.axis = "both";
  c.spec = "MS-ASHTTP, Transport";
  c.verdict.kind = kind;
  c.took = milliseconds(12);
  return c;
}

Certificate certificate(std::string subject, std::string issuer) {
  Certificate c;
  c.subject = std::move(subject);
  c.issuer = std::move(issuer);
  c.serial = "0A1B2C";
  c.not_before = kStart - 365 * 86'400;
  c.not_after = kStart - 86'400;
  c.key_type = "RSA";
  c.key_bits = 2048;
  c.signature_hash = "SHA256";
  c.sha256 = std::string(64, 'A');
  c.sha1 = std::string(40, 'B');
  c.spki_pin = "2Gm0ZPrpYpRvOb3Xp0rCQmaMpbIwqRnJsL3lcyHWsB4=";
  return c;
}

TlsSession session() {
  TlsSession tls;
  tls.version = "TLSv1.2";
  tls.cipher = "ECDHE-RSA-AES256-GCM-SHA384";
  tls.completed = true;
  tls.chain = {certificate("CN=mail.contoso.test,O=Contoso", "CN=Contoso Issuing CA,O=Contoso"),
               certificate("CN=Contoso Issuing CA,O=Contoso", "CN=Contoso Root CA,O=Contoso")};
  tls.chain[0].common_name = "mail.contoso.test";
  tls.chain[0].dns_names = {"mail.contoso.test", "münchen.contoso.test"};
  tls.chain[0].extended_key_usage = {"serverAuth"};
  tls.chain[1].is_ca = true;
  tls.chain[1].sha256 = std::string(64, 'C');
  tls.chain[1].not_after = kStart + 365 * 86'400;
  tls.verdict.complaints = {
      {TrustProblem::Expired, 0, "certificate 0 (CN=mail.contoso.test,O=Contoso) expired on 2026-11-24 08:00:00 UTC"}};
  tls.verdict.path = {"CN=mail.contoso.test,O=Contoso", "CN=Contoso Issuing CA,O=Contoso",
                      "CN=Contoso Root CA,O=Contoso"};
  return tls;
}

RoundTrip round_trip(std::string method, std::string scheme, std::uint16_t port, std::string target) {
  RoundTrip t;
  t.request.method = std::move(method);
  t.request.scheme = std::move(scheme);
  t.request.host = "mail.contoso.test";
  t.request.port = port;
  t.request.target = std::move(target);
  t.request.headers = {{"User-Agent", "MSFT-PPC/5.2.5082"}, {"Authorization", "Basic •••"}};
  t.peer = "192.0.2.1:" + std::to_string(port);
  t.timing = {std::chrono::microseconds(1'100), std::chrono::microseconds(6'200), std::chrono::microseconds(9'300),
              std::chrono::microseconds(10'400)};
  t.started_at = kStart;
  return t;
}

HttpResponse response(int status, std::string reason) {
  HttpResponse r;
  r.status = status;
  r.reason = std::move(reason);
  r.version = "HTTP/1.1";
  r.headers = {{"Server", "Microsoft-IIS/6.0"}, {"Date", "Wed, 25 Nov 2026 08:00:00 GMT"}};
  return r;
}

// A FolderSync as it goes over the wire: SyncKey 0, and an answer with Status 1, SyncKey 7.
RoundTripRecord folder_sync() {
  RoundTripRecord r;
  r.step = "folders";
  r.what = "FolderSync";
  r.device = "wm6.1";
  r.round_trip = round_trip("POST", "https", 443, "/Microsoft-Server-ActiveSync?Cmd=FolderSync&User=alice");
  r.round_trip.tls = session();
  r.round_trip.reused = true;
  r.round_trip.request.body = "\x03\x01\x6a\x00\x00\x07\x56\x52\x03\x30\x00\x01\x01"s;
  HttpResponse answer = response(200, "OK");
  answer.headers.push_back({"Content-Type", "application/vnd.ms-sync.wbxml"});
  answer.body = "\x03\x01\x6a\x00\x00\x07\x56\x4c\x03\x31\x00\x01\x52\x03\x37\x00\x01\x01"s;
  r.round_trip.outcome = std::move(answer);
  r.request_xml = "<FolderSync xmlns=\"FolderHierarchy\">\n  <SyncKey>0</SyncKey>\n</FolderSync>\n";
  r.response_xml =
      "<FolderSync xmlns=\"FolderHierarchy\">\n  <Status>1</Status>\n  <SyncKey>7</SyncKey>\n</FolderSync>\n";
  return r;
}

CheckResult passed() {
  CheckResult c = check("eas.foldersync.key0", VerdictKind::Pass, "A new device gets its folders");
  c.guide = "S1";
  c.round_trips = {folder_sync()};
  c.steps = {{"folders", "The folders come", true, 1, "", "", ""}};
  c.verdict.notes = {"GET: refused (403)", "GET: refused (403)", "POST: closed"};
  c.left_behind = {"a device partnership"};
  return c;
}

CheckResult failed_with_nasty_text() {
  CheckResult c = check("http.plain.refused", VerdictKind::Fail, "The plain HTTP port does not serve ActiveSync");
  c.severity = "critical";
  c.axis = "guide";
  c.guide = "S15";
  c.why = "A device that is set up without SSL sends its password and all mail in clear, and nobody notices.";
  c.symptom = "None. The device synchronises, in clear.";
  c.remedy = "Directory Security, Secure communications, Edit: tick \"Require secure channel (SSL)\".";
  c.verdict.expected = "closed, refused or redirected to https, without a challenge";
  c.verdict.actual = "200 " + nasty_text();
  c.verdict.where = "step 'get', header X-Nasty: " + nasty_text();
  c.verdict.cause = "http.200";
  c.verdict.evidence = {0, 1, 7};  // the last one does not exist: a report must not fall over it
  RoundTripRecord r;
  r.step = "get";
  r.what = "GET /Microsoft-Server-ActiveSync";
  r.device = "wm6.1";
  r.round_trip = round_trip("GET", "http", 80, "/Microsoft-Server-ActiveSync?" + std::string(300, 'q'));
  HttpResponse answer = response(200, nasty_text());
  answer.headers.push_back({"X-Nasty", nasty_text()});
  answer.headers.push_back({"X-Long", std::string(5000, 'L')});
  answer.body = "<html><script>alert(1)</script>" + nasty_text() + "\n" + std::string(3000, 'B') + "\nlast line";
  r.round_trip.outcome = std::move(answer);
  r.problem = "the body is not ActiveSync WBXML: offset 0: octet 0x3C: the version must be 0x03";
  RoundTripRecord cut = r;
  cut.step = "post";
  cut.round_trip.request.method = "POST";
  cut.round_trip.partial = response(200, "OK");
  cut.round_trip.outcome =
      NetworkFailure{NetworkFailure::Kind::Closed, "closed after 20 of 5000 octets of the body", true, 240};
  c.round_trips = {std::move(r), std::move(cut)};
  c.steps = {{"get", "", false, 1, c.verdict.expected, c.verdict.actual, c.verdict.where}};
  return c;
}

CheckResult failed_on_the_certificate() {
  CheckResult c = check("tls.cert.time.valid", VerdictKind::Fail, "The server's certificate is valid today");
  c.severity = "critical";
  c.guide = "S6";
  c.spec = "RFC 5280, Validity";
  c.why = "A certificate outside its dates is refused by every device.";
  c.remedy = "Renew the certificate; 証明書を更新してください。 " + std::string(150, 'x');
  c.verdict.expected = "a validity that holds now (2026-11-25 08:00:00 UTC)";
  c.verdict.actual = "certificate 0 (CN=mail.contoso.test,O=Contoso) expired on 2026-11-24 08:00:00 UTC";
  c.verdict.where = "step 'options', certificate 0";
  c.verdict.cause = "tls.cert-date";
  c.verdict.predicted = {"0x80072F05", "WININET_E_SEC_CERT_DATE_INVALID", "The certificate has expired", "high"};
  c.verdict.evidence = {0};
  RoundTripRecord r;
  r.step = "options";
  r.what = "OPTIONS";
  r.device = "wm6.1";
  r.round_trip = round_trip("OPTIONS", "https", 443, "/Microsoft-Server-ActiveSync");
  r.round_trip.tls = session();
  r.round_trip.tls->completed = false;
  r.round_trip.outcome = TlsFailure{TlsFailure::Phase::Handshake, TlsFailure::Kind::Verdict, "",
                                    "the chain did not pass the trust policy"};
  c.round_trips = {std::move(r)};
  return c;
}

std::vector<CheckResult> every_kind() {
  std::vector<CheckResult> checks = {passed(), failed_with_nasty_text(), failed_on_the_certificate()};
  CheckResult today = check("tls.key.strength", VerdictKind::Fail, "The key meets today's practice");
  today.axis = "today";
  today.verdict.expected = "2048 bits or more";
  today.verdict.actual = "1024 bits";
  CheckResult small = check("surface.error-detail", VerdictKind::Fail, "Error pages tell nothing about the inside");
  small.severity = "low";
  small.verdict.actual = "a stack trace";
  CheckResult waived = check("auth.basic.only", VerdictKind::Waived, "Basic is the only scheme");
  waived.verdict.reason = "NTLM stays until 2027-01-31, ticket <7>";
  waived.verdict.actual = "Basic, NTLM";
  CheckResult xpass = check("vdir.public.require-ssl", VerdictKind::XPass, "/Public asks for SSL");
  CheckResult flaky = check("push.ping.ends", VerdictKind::Flaky, "A mail ends the Ping");
  flaky.verdict.notes = {"passed at the second attempt"};
  flaky.steps = {{"ping", "", true, 2, "", "", ""}};
  CheckResult skip = check("net.tcp.plain", VerdictKind::Skip, "The plain port is closed");
  skip.verdict.reason = "plain-port-unknown";
  skip.verdict.actual = "the site file does not say which it is";
  CheckResult skip_too = skip;
  skip_too.id = "http.plain.no-challenge";
  CheckResult blocked = check("auth.basic.success", VerdictKind::Blocked, "Good credentials are accepted");
  blocked.verdict.reason = "trust";
  blocked.verdict.actual =
      "the trust control failed: certificate 0 (CN=mail.contoso.test,O=Contoso) expired on 2026-11-24 08:00:00 UTC";
  CheckResult error = check("net.dns.answers", VerdictKind::Error, "Every address answers");
  error.verdict.actual = "easel had no socket left " + nasty_text();
  checks.insert(checks.end(), {today, small, waived, xpass, flaky, skip, skip_too, blocked, error});
  return checks;
}

}  // namespace

std::string nasty_text() {
  return "\x1b[31mred\x1b[0m nul:\0 c1:\xC2\x9B"s + "31m bad:\xFF\xC3( ]]> & <b onclick='x'>\"q\"</b> \r"s +
         "rtl:\xE2\x80\xAE" + "abc wide:証明書 end"s;
}

RunResult canonical_result() {
  RunResult r;
  r.plan = "deploy";
  r.axis = "guide";
  r.fail_on = "high";
  r.site = "Contoso";
  r.host = "mail.contoso.test";
  r.port = 443;
  r.route = "192.0.2.1:8443";
  r.device = "wm6.1";
  r.device_title = "Windows Mobile 6.1 Professional";
  r.device_id = "A7277E94FABCD05B82E06B49CFB981F1";
  r.trust = "only contoso-root.cer";
  r.account = "CONTOSO\\alice";
  r.version = "12.1";
  r.server = "Server: Microsoft-IIS/6.0, MS-Server-ActiveSync: 6.5.7638.1";
  r.product = "iis6";
  r.run_id = "00000042";
  const AddressVerdict tcp{"net.tcp.443", VerdictKind::Pass, "", "", "", {}};
  const AddressVerdict good{"auth.basic.success", VerdictKind::Pass, "", "", "", {}};
  const AddressVerdict bad{"auth.basic.success", VerdictKind::Fail, "", "401 Unauthorized", "http.401", {}};
  r.addresses = {
      {"public name", "192.0.2.10:443", "", std::string(64, 'a'), {tcp, good}},
      {"front end 2", "192.0.2.11:443", "", std::string(64, 'b'), {tcp, bad}},
      {"AAAA 2001:db8::10", "[2001:db8::10]:443", "this machine has no way to IPv6 addresses", "", {tcp, good}}};
  r.started_at = kStart;
  r.took = milliseconds(4'321);
  for (const char* layer : {"tcp", "tls", "trust", "http"}) {
    r.controls.push_back({layer, layer != "trust"s, false, "", check("control."s + layer, VerdictKind::Pass, layer)});
  }
  r.controls[2].actual = "certificate 0 (CN=mail.contoso.test,O=Contoso) expired on 2026-11-24 08:00:00 UTC";
  r.controls[2].detail.verdict.kind = VerdictKind::Fail;
  r.controls.push_back({"tcp", false, true, "connection refused " + nasty_text(),
                        check("control.tcp", VerdictKind::Fail, "The server answers at the end")});
  r.checks = every_kind();
  r.guide_seen = 19;
  r.guide_total = 28;
  r.refused_logons = 1;
  r.refusals = 4;
  r.seed = 7;
  r.left_behind = {"a device partnership of CONTOSO\\alice with DeviceId A7277E94FABCD05B82E06B49CFB981F1"};
  r.notes = {"the server's clock is 3 minutes ahead"};
  return r;
}

RunResult result_full_of(const std::string& text) {
  RunResult r = canonical_result();
  for (std::string* s : {&r.plan, &r.site, &r.host, &r.route, &r.device, &r.device_title, &r.device_id, &r.trust,
                         &r.account, &r.version, &r.server, &r.product, &r.run_id}) {
    *s = text;
  }
  r.left_behind = r.notes = {text};
  for (ControlResult& c : r.controls) c.actual = text;
  for (CheckResult& c : r.checks) {
    for (std::string* s :
         {&c.id, &c.title, &c.severity, &c.guide, &c.spec, &c.why, &c.symptom, &c.remedy, &c.file, &c.verdict.reason,
          &c.verdict.expected, &c.verdict.actual, &c.verdict.where, &c.verdict.cause, &c.verdict.predicted.code,
          &c.verdict.predicted.symbol, &c.verdict.predicted.text, &c.verdict.predicted.confidence}) {
      *s = text;
    }
    c.verdict.notes = {text};
    c.steps = {{text, text, false, 2, text, text, text}};
    for (RoundTripRecord& t : c.round_trips) {
      t.step = t.what = t.device = t.request_xml = t.response_xml = t.problem = text;
      HttpRequest& q = t.round_trip.request;
      q.method = q.host = q.target = q.body = text;
      q.headers = {{text, text}};
      t.round_trip.peer = text;
      t.round_trip.partial = response(200, text);
      if (auto* a = std::get_if<HttpResponse>(&t.round_trip.outcome)) {
        a->reason = a->version = a->body = text;
        a->headers = {{text, text}};
      }
      if (auto* a = std::get_if<TlsFailure>(&t.round_trip.outcome)) a->alert = a->text = text;
      if (auto* a = std::get_if<NetworkFailure>(&t.round_trip.outcome)) a->text = text;
      if (!t.round_trip.tls) continue;
      TlsSession& tls = *t.round_trip.tls;
      tls.version = tls.cipher = tls.alpn = text;
      tls.client_ca_names = tls.verdict.path = {text};
      tls.verdict.complaints = {{TrustProblem::Untrusted, 0, text}};
      for (Certificate& x : tls.chain) {
        x.subject = x.issuer = x.serial = x.common_name = x.key_type = x.signature_hash = text;
        x.sha256 = x.sha1 = x.spki_pin = text;
        x.dns_names = x.ip_names = x.extended_key_usage = x.issuer_urls = x.ocsp_urls = x.crl_urls = {text};
      }
    }
  }
  return r;
}

}  // namespace easel

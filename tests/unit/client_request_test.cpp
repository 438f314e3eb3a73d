// Requests as a device would send them: the worked examples of MS-ASHTTP's base64 query, the device's own order.
#include <doctest/doctest.h>

#include "client/protocol/base64.h"
#include "client/protocol/credentials.h"
#include "client/protocol/eas_request.h"
#include "client_testing.h"

using namespace easel;
using namespace easel::testing;

namespace {

EasRequest request(std::string cmd, std::string key) {
  EasRequest r;
  r.cmd = std::move(cmd);
  r.version = "12.1";
  r.policy_key = std::move(key);
  r.query = "base64";
  return r;
}

}  // namespace

TEST_CASE("base64 query: the worked examples, octet for octet") {
  DeviceProfile d = device();
  d.device_type_base64 = "PocketPC";
  EasRequest reply = request("SmartReply", "316049329");
  reply.device_id = "BAD73E6E02156460E800185977C03182";
  reply.raw_id = false;
  reply.parameters = {{"CollectionId", "5"}, {"ItemId", "5:24"}, {"SaveInSent", "T"}, {"User", "alice"}};
  CHECK(build_query(d, reply) ==
        "eQMJBCBCQUQ3M0U2RTAyMTU2NDYwRTgwMDE4NTk3N0MwMzE4MgSxh9YSCFBvY2tldFBDAQE1AwQ1OjI0BwEBCAVhbGljZQ==");

  EasRequest ping = request("Ping", "0");
  ping.device_id = "BAD73E6E02156460E800185977C03182";
  CHECK(build_query(d, ping) == "eRIJBBC61z5uAhVkYOgAGFl3wDGCBAAAAAAIUG9ja2V0UEM=");

  d.device_type_base64 = "PPC";
  EasRequest folders = request("FolderSync", "0");
  folders.device_id = "00112233445566778899AABBCCDDEEFF";
  CHECK(build_query(d, folders) == "eQkJBBAAESIzRFVmd4iZqrvM3e7/BAAAAAADUFBD");

  d.device_type_base64 = "SP";
  EasRequest forward = request("SmartForward", "123456789");
  forward.device_id = "00112233445566778899AABBCCDDEEFF";
  forward.parameters = {{"SaveInSent", "T"}, {"ItemId", "abc"}, {"CollectionId", "5"}};
  CHECK(build_query(d, forward) == "eQIJBBAAESIzRFVmd4iZqrvM3e7/BBXNWwcCU1AHAQEDA2FiYwEBNQ==");

  // The specification's sample: an id that is not hexadecimal, no policy key.
  d.device_type_base64 = "SmartPhone";
  EasRequest sample = request("Sync", "absent");
  sample.version = "14.0";
  sample.device_id = "v140Device";
  CHECK(build_query(d, sample) == "jAAJBAp2MTQwRGV2aWNlAApTbWFydFBob25l");
}

TEST_CASE("plain query: the device's order, values encoded; OPTIONS has none") {
  const DeviceProfile d = device("wm5-msfp");
  EasRequest r;
  r.cmd = "SendMail";
  r.version = "2.5";
  r.user = "al ice/x";
  r.device_id = "0123456789ABCDEF0123456789ABCDEF";
  r.parameters = {{"SaveInSent", "T"}};
  CHECK(build_query(d, r) ==
        "User=al%20ice%2Fx&DeviceId=0123456789ABCDEF0123456789ABCDEF&DeviceType=PocketPC&Cmd=SendMail&SaveInSent=T");
  r.body = "x";
  r.authorization = "Basic eA==";
  const HttpRequest http = build_eas_request(d, r, "/Microsoft-Server-ActiveSync");
  CHECK(http.method == "POST");
  std::string order;
  for (const Header& h : http.headers) order += h.name + " ";
  CHECK(order ==
        "Accept-Language MS-ASProtocolVersion Content-Type X-MS-PolicyKey User-Agent Connection Cache-Control "
        "Authorization ");
  r.cmd.clear();
  const HttpRequest options = build_eas_request(d, r, "/Microsoft-Server-ActiveSync");
  CHECK(options.method == "OPTIONS");
  CHECK(options.target == "/Microsoft-Server-ActiveSync");
  CHECK(!find_header(options.headers, "X-MS-PolicyKey"));
}

TEST_CASE("with the base64 query version and key stand in the query only") {
  const DeviceProfile d = device();
  EasRequest r = request("FolderSync", "42");
  r.query.clear();
  r.device_id = "00112233445566778899AABBCCDDEEFF";
  const HttpRequest http = build_eas_request(d, r, "/p");
  CHECK(!find_header(http.headers, "MS-ASProtocolVersion"));
  CHECK(!find_header(http.headers, "X-MS-PolicyKey"));
  r.version = "2.5";
  const HttpRequest plain = build_eas_request(d, r, "/p");
  CHECK(*find_header(plain.headers, "MS-ASProtocolVersion") == "2.5");
  CHECK(*find_header(plain.headers, "X-MS-PolicyKey") == "42");
}

TEST_CASE("Basic in the device's charset") {
  CHECK(basic_authorization("Aladdin", "open sesame", "utf-8") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  CHECK(basic_authorization("a", "\xC3\xA4", "windows-1252") == "Basic " + base64_encode("a:\xE4"));
  CHECK(basic_authorization("a", "\xE2\x82\xAC", "windows-1252") == "Basic " + base64_encode("a:\x80"));
  CHECK(bare_user("CORP\\alice") == "alice");
  CHECK(bare_user("alice@corp.example") == "alice");
}

TEST_CASE("DeviceIds are stable, and differ by account, lane and profile") {
  const DeviceProfile d = device();
  const std::string id = stable_device_id(d, "alice", "0");
  CHECK(id.size() == 32);
  CHECK(id == stable_device_id(d, "alice", "0"));
  CHECK(id != stable_device_id(d, "bob", "0"));
  CHECK(id != stable_device_id(d, "alice", "1"));
  CHECK(id != stable_device_id(device("wm5-msfp"), "alice", "0"));
}

TEST_CASE("a mail has CR LF line ends and goes on a fresh connection") {
  const Played p = play(
      "<scenario id='t' version='1'><step id='m' cmd='SendMail' version='12.1'>"
      "<parameter name='SaveInSent' value='T'/><mime>\nTo: a@b\n\nHi ${user}\n</mime></step></scenario>",
      [](const SendRequest&) { return answer(200); });
  REQUIRE(p.requests.size() == 1);
  CHECK(p.requests[0].request.body == "To: a@b\r\n\r\nHi CORP\\alice\r\n");
  CHECK(*find_header(p.requests[0].request.headers, "Content-Type") == "message/rfc822");
  CHECK(p.requests[0].fresh_connection);
}

TEST_CASE("the body is the one for the version in use") {
  const std::string text =
      "<scenario id='t' version='1'><step id='s' cmd='Sync' version='${v}'>"
      "<request versions='2.5 12.0'><Sync xmlns='AirSync'><Collections/></Sync></request>"
      "<request><Sync xmlns='AirSync'><WindowSize>1</WindowSize></Sync></request></step><param name='v'/></scenario>";
  for (const auto& [version, element] : {std::pair{"2.5", "Collections"}, {"12.1", "WindowSize"}}) {
    const Played p = play(text, [](const SendRequest&) { return answer(200); }, {{"v", version}});
    CHECK(testing::body_of(p.requests.at(0)).find(element) != std::string::npos);
  }
}

#include <doctest/doctest.h>

#include <stdlib.h>

#include "client/transport/host_port.h"
#include "client/transport/http_url.h"
#include "tests/unit/transport_testing.h"

using namespace easel;
using namespace easel::testing;

namespace {

/// What the server got, without connection number and client name.
std::string wire(const SendRequest& send, const TestServer& server) {
  CHECK(response(run(send)).status == 200);
  const auto lines = server.transcript();
  REQUIRE(lines.size() == 1);
  return lines.front().substr(lines.front().find(": ") + 2);
}

std::string authority(const TestServer& server) { return "localhost:" + std::to_string(server.port()); }

}  // namespace

TEST_CASE("headers go in the order given, and nothing is added") {
  TestServer server(secure(), answer_always(""));
  SendRequest send = post(server, "body");
  send.request.target = "/Microsoft-Server-ActiveSync?Cmd=Sync&User=a%2Fb";
  send.request.headers = {{"Content-Type", "application/vnd.ms-sync.wbxml"},
                          {"MS-ASProtocolVersion", "2.5"},
                          {"X-Empty", ""},
                          {"User-Agent", "MSFT-PPC/5.1.2301"},
                          {"X-Again", "1"},
                          {"Authorization", "Basic YTpi"},
                          {"X-Again", "2"}};
  CHECK(wire(send, server) ==
        "POST /Microsoft-Server-ActiveSync?Cmd=Sync&User=a%2Fb HTTP/1.1\r\nHost: " + authority(server) +
            "\r\nContent-Type: application/vnd.ms-sync.wbxml\r\nMS-ASProtocolVersion: 2.5\r\nX-Empty:\r\n"
            "User-Agent: MSFT-PPC/5.1.2301\r\nX-Again: 1\r\nAuthorization: Basic YTpi\r\nX-Again: 2\r\n"
            "Content-Length: 4\r\n\r\nbody");
}

TEST_CASE("a request without headers has Host, and that is all") {
  TestServer server(secure(), answer_always(""));
  CHECK(wire(get(server), server) == "GET / HTTP/1.1\r\nHost: " + authority(server) + "\r\n\r\n");
}

TEST_CASE("the profile may place Content-Length, Accept and Expect itself") {
  TestServer server(secure(), answer_always(""));
  SendRequest send = post(server, "body");
  send.request.headers = {{"Content-Length", "4"}, {"Accept", "*/*"}, {"Accept-Encoding", "gzip"}};
  CHECK(wire(send, server) == "POST / HTTP/1.1\r\nHost: " + authority(server) +
                                  "\r\nContent-Length: 4\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n\r\nbody");
}

TEST_CASE("any method goes, with and without a body") {
  struct Row {
    std::string method;
    std::string body;
    std::string tail;
  };
  const Row rows[] = {{"OPTIONS", "", "\r\n"},
                      {"POST", "", "Content-Length: 0\r\n\r\n"},
                      {"PROPFIND", "<x/>", "Content-Length: 4\r\n\r\n<x/>"},
                      {"DELETE", "", "\r\n"},
                      {"TRACE", "", "\r\n"},
                      {"GET", "odd", "Content-Length: 3\r\n\r\nodd"}};
  for (const Row& row : rows) {
    CAPTURE(row.method);
    TestServer server(secure(), answer_always(""));
    SendRequest send = get(server);
    send.request.method = row.method;
    send.request.body = row.body;
    CHECK(wire(send, server) == row.method + " / HTTP/1.1\r\nHost: " + authority(server) + "\r\n" + row.tail);
  }
}

TEST_CASE("HEAD has no body to wait for") {
  TestServer server(secure(), [](TestConnection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
    connection.read_request();
  });
  SendRequest send = get(server);
  send.request.method = "HEAD";
  CHECK(response(run(send)).body.empty());
  CHECK(server.transcript().front().find("HEAD / HTTP/1.1") != std::string::npos);
}

TEST_CASE("the target goes as it is: dots, percent signs, backslashes") {
  TestServer server(secure(), answer_always(""));
  SendRequest send = get(server);
  send.request.target = "/a/../b/./%2e%2E/c\\d?x=%zz#y";
  CHECK(wire(send, server).starts_with("GET /a/../b/./%2e%2E/c\\d?x=%zz#y HTTP/1.1\r\n"));
}

TEST_CASE("a request that would become another one is not sent") {
  TestServer server(secure(), answer_always(""));
  std::vector<SendRequest> bad(6, get(server));
  bad[0].request.headers = {{"X-Bad", "a\r\nX-Evil: b"}};
  bad[1].request.headers = {{"X Bad", "a"}};
  bad[2].request.method = "GET /evil HTTP/1.1\r\nX:";
  bad[3].request.target = "/a b";
  bad[4].request.host = "localhost/evil";
  bad[5].request.scheme = "file";
  for (const SendRequest& send : bad) CHECK(network_failure(run(send)).kind == NetworkFailure::Kind::Ours);
  CHECK(server.connections() == 0);
}

TEST_CASE("a redirect is an answer, not an order") {
  TestServer server(secure(), answer_once("HTTP/1.1 302 Found\r\nLocation: https://localhost:1/\r\n"
                                          "Set-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"));
  const RoundTrip round_trip = run(get(server));
  CHECK(response(round_trip).status == 302);
  CHECK(cause_key(round_trip).empty());
  CHECK(server.connections() == 1);
}

TEST_CASE("cookies are not kept") {
  TestServer server(secure(), [](TestConnection& connection) {
    while (!connection.read_request().empty()) {
      connection.write("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n");
    }
  });
  CurlTransport transport;
  send_one(transport, get(server));
  send_one(transport, get(server));
  CHECK(server.transcript().back().find("Cookie") == std::string::npos);
}

TEST_CASE("the environment's proxy is ignored, the route's is used") {
  TestServer server(secure(), answer_always("direct"));
  TestServer proxy({}, [](TestConnection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  });
  const std::string address = "http://127.0.0.1:" + std::to_string(proxy.port());
  setenv("https_proxy", address.c_str(), 1);
  setenv("ALL_PROXY", address.c_str(), 1);
  CHECK(response(run(get(server))).body == "direct");
  unsetenv("https_proxy");
  unsetenv("ALL_PROXY");
  CHECK(proxy.connections() == 0);
  SendRequest send = get(server);
  send.route.addresses.clear();
  send.route.proxy = address;
  send.request.headers = {{"Authorization", "Basic c2VjcmV0"}};
  const RoundTrip refused = run(send);
  CHECK(network_failure(refused).kind == NetworkFailure::Kind::Proxy);
  CHECK(network_failure(refused).text == "the proxy answered CONNECT with 403");
  const auto lines = proxy.transcript();
  REQUIRE(lines.size() == 1);
  CHECK(lines.front().find("CONNECT " + authority(server) + " HTTP/1.1") != std::string::npos);
  CHECK(lines.front().find("Authorization") == std::string::npos);
}

TEST_CASE("plain http through a proxy names the whole URL") {
  TestServer proxy({}, answer_once("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  SendRequest send = plain_get(proxy);
  send.route.addresses.clear();
  send.request.host = "mail.example.com";
  send.request.port = 80;
  send.request.target = "/a/../b";
  send.route.proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
  CHECK(wire(send, proxy) == "GET http://mail.example.com:80/a/../b HTTP/1.1\r\nHost: mail.example.com\r\n\r\n");
}

TEST_CASE("connect_to moves the connection, not the name") {
  TestServer server(secure(), answer_always(""));
  SendRequest send = get(server);
  send.request.host = "mail.example.com";
  send.request.port = 443;
  send.route.connect_to_port = server.port();
  CHECK(wire(send, server) == "GET / HTTP/1.1\r\nHost: mail.example.com\r\n\r\n");
  TestServer second(secure(), answer_always(""));
  send.route = {};
  send.route.connect_to_host = "127.0.0.1";
  send.route.connect_to_port = second.port();
  CHECK(wire(send, second) == "GET / HTTP/1.1\r\nHost: mail.example.com\r\n\r\n");
}

TEST_CASE("the next address is tried where TCP does not stand") {
  TestServer server(secure(), answer_always(""));
  SendRequest send = get(server);
  send.route.addresses = {"127.0.0.2", "::1", "127.0.0.1"};
  const RoundTrip round_trip = run(send);
  CHECK(response(round_trip).status == 200);
  CHECK(round_trip.peer == "127.0.0.1:" + std::to_string(server.port()));
}

TEST_CASE("a large body arrives whole") {
  TestServer server(secure(), answer_always("ok"));
  const std::string body(3'000'000, 'x');
  CHECK(response(run(post(server, body))).body == "ok");
  CHECK(server.transcript().front().ends_with(body));
}

TEST_CASE("connect_only stops where the request would begin") {
  TestServer server(secure(), answer_always(""));
  SendRequest send = get(server);
  send.connect_only = true;
  const RoundTrip round_trip = run(send);
  CHECK(response(round_trip).status == 0);
  CHECK(summary(round_trip) == "connected");
  REQUIRE(round_trip.tls.has_value());
  CHECK(round_trip.tls->completed);
  CHECK(round_trip.tls->version == "TLSv1.3");
  TestServer bare({}, answer_always(""));
  SendRequest plain = plain_get(bare);
  plain.connect_only = true;
  CHECK(response(run(plain)).status == 0);
  CHECK(bare.transcript().empty());
}

TEST_CASE("timing and peer are told") {
  TestServer server(secure(), answer_always("ok"));
  const RoundTrip round_trip = run(get(server));
  CHECK(round_trip.peer == "127.0.0.1:" + std::to_string(server.port()));
  CHECK(round_trip.timing.connected.count() > 0);
  CHECK(round_trip.timing.secured >= round_trip.timing.connected);
  CHECK(round_trip.timing.first_byte >= round_trip.timing.secured);
  CHECK(round_trip.timing.total >= round_trip.timing.first_byte);
  CHECK(round_trip.started_at > 1'700'000'000);
}

TEST_CASE("addresses from the wire: plain http and nothing else is followed") {
  CHECK(parse_http_url("http://crl.example.com/a.crl") == HttpUrl{"crl.example.com", 80, "/a.crl"});
  CHECK(parse_http_url("HTTP://crl.example.com:8080?x=1#part") == HttpUrl{"crl.example.com", 8080, "/?x=1"});
  CHECK(parse_http_url("http://[::1]:81") == HttpUrl{"[::1]", 81, "/"});
  CHECK(parse_http_url("http://[::1]/") == HttpUrl{"[::1]", 80, "/"});
  for (const char* odd : {"", "http:", "http://", "https://crl.example.com/", "ldap:///CN=CA", "file:///etc/passwd",
                          "gopher://h/", "http://user@h/", "http://h:0/", "http://h:65536/", "http://h:8x/",
                          "http://h/ a", "http://h/\r\nHost: x", "http://:80/"}) {
    CAPTURE(odd);
    CHECK_FALSE(parse_http_url(odd).has_value());
  }
  CHECK_FALSE(parse_http_url("http://h/" + std::string(3000, 'a')).has_value());
}

TEST_CASE("where to connect, as people write it") {
  std::string host;
  std::uint16_t port = 7;
  CHECK(split_host_port("10.0.0.1", host, port));
  CHECK(port == 7);
  CHECK(split_host_port("[::1]:443", host, port));
  CHECK(host == "::1");
  CHECK(port == 443);
  for (const char* odd : {"", ":443", "h:", "h:0", "h:70000", "[::1", "[::1]x"}) {
    CAPTURE(odd);
    CHECK_FALSE(split_host_port(odd, host, port));
  }
}

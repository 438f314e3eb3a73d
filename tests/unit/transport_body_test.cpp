#include <doctest/doctest.h>
#include <zlib.h>

#include "tests/unit/transport_testing.h"

using namespace easel;
using namespace easel::testing;

namespace {

std::string deflated(const std::string& text, int window) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
  std::string in = text;
  std::string out(text.size() / 2 + 1000, '\0');
  stream.next_in = static_cast<Bytef*>(static_cast<void*>(in.data()));
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = static_cast<Bytef*>(static_cast<void*>(out.data()));
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string gzip(const std::string& text) { return deflated(text, 15 + 16); }

std::string answer(const std::string& headers, const std::string& body) {
  return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

RoundTrip get_answer(const std::string& bytes, std::uint64_t max_body = 1 << 20, std::uint64_t max_headers = 64 << 10) {
  TestServer server({}, answer_once(bytes));
  SendRequest send = plain_get(server);
  send.bounds.max_body = max_body;
  send.bounds.max_headers = max_headers;
  return run(send);
}

}  // namespace

TEST_CASE("Content-Encoding is undone, and both sizes are told") {
  const std::string text(100'000, 'a');
  struct Row {
    std::string encoding;
    std::string bytes;
  };
  const Row rows[] = {{"gzip", gzip(text)},
                      {"x-gzip", gzip(text)},
                      {"GZIP, identity", gzip(text)},
                      {"deflate", deflated(text, 15)},
                      {"deflate", deflated(text, -15)},
                      {"gzip", gzip(text.substr(0, 40'000)) + gzip(text.substr(40'000))},
                      {"gzip, gzip", gzip(gzip(text))}};
  for (const Row& row : rows) {
    CAPTURE(row.encoding);
    const RoundTrip round_trip = get_answer(answer("Content-Encoding: " + row.encoding + "\r\n", row.bytes));
    CHECK(response(round_trip).body == text);
    CHECK(response(round_trip).body_wire_size == row.bytes.size());
  }
  CHECK(response(get_answer(answer("Content-Encoding: br\r\n", "raw"))).body == "raw");
}

TEST_CASE("the decoded size is what the bound counts") {
  const std::string bomb = gzip(std::string(8'000'000, '\0'));
  CHECK(bomb.size() < 20'000);
  const RoundTrip round_trip = get_answer(answer("Content-Encoding: gzip\r\n", bomb));
  CHECK(network_failure(round_trip).kind == NetworkFailure::Kind::TooLarge);
  CHECK(network_failure(round_trip).text == "the body passed 1 MiB after decoding (--max-body)");
  CHECK(cause_key(round_trip) == "net.too-large");
  REQUIRE(round_trip.partial.has_value());
  CHECK(round_trip.partial->body.size() <= 1 << 20);
  const RoundTrip twice =
      get_answer(answer("Content-Encoding: gzip, gzip\r\n", gzip(gzip(std::string(50'000'000, 0)))));
  CHECK(network_failure(twice).kind == NetworkFailure::Kind::TooLarge);
  const RoundTrip long_body = get_answer(answer("", std::string(2u << 20, 'x')));
  CHECK(network_failure(long_body).text == "the body passed 1 MiB (--max-body)");
}

TEST_CASE("a broken or cut encoding is malformed, with the place") {
  std::string bytes = gzip("hello, hello, hello");
  const RoundTrip cut = get_answer(answer("Content-Encoding: gzip\r\n", bytes.substr(0, bytes.size() - 3)));
  CHECK(network_failure(cut).kind == NetworkFailure::Kind::Malformed);
  CHECK(network_failure(cut).text.starts_with("Content-Encoding: the gzip stream ends early, after octet "));
  const RoundTrip wrong = get_answer(answer("Content-Encoding: gzip\r\n", "this is not gzip at all"));
  CHECK(network_failure(wrong).text.starts_with("Content-Encoding: the gzip stream is broken at octet "));
  REQUIRE(wrong.partial.has_value());
  CHECK(wrong.partial->status == 200);
  CHECK(response(get_answer(answer("Content-Encoding: gzip\r\n", ""))).body.empty());
}

TEST_CASE("chunked bodies are put together, malformed ones named") {
  CHECK(response(get_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"))
            .body == "abcde");
  const RoundTrip bad = get_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n");
  CHECK(network_failure(bad).kind == NetworkFailure::Kind::Malformed);
  const RoundTrip cut = get_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc");
  CHECK(network_failure(cut).kind == NetworkFailure::Kind::Closed);
  REQUIRE(cut.partial.has_value());
  CHECK(cut.partial->body == "abc");
}

TEST_CASE("a cut body is Closed, with what came") {
  for (const bool tls : {false, true}) {
    TestServer server(tls ? secure() : ServerOptions{},
                      answer_once("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"));
    const RoundTrip round_trip = run(tls ? get(server) : plain_get(server));
    CHECK(network_failure(round_trip).kind == NetworkFailure::Kind::Closed);
    CHECK(network_failure(round_trip).received == 43);
    CHECK(cause_key(round_trip) == "net.closed");
    REQUIRE(round_trip.partial.has_value());
    CHECK(round_trip.partial->status == 200);
    CHECK(round_trip.partial->body == "abc");
  }
}

TEST_CASE("a body without a length ends with the connection") {
  CHECK(response(get_answer("HTTP/1.0 200 OK\r\n\r\nhello")).body == "hello");
  TestServer server(secure(), answer_once("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello"));
  CHECK(response(run(get(server))).body == "hello");
}

TEST_CASE("header octets are bounded, whichever way they come") {
  std::string many = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 100'000; ++i) many += "X-Header: 0123456789\r\n";
  const RoundTrip lines = get_answer(many + "\r\n");
  CHECK(network_failure(lines).kind == NetworkFailure::Kind::TooLarge);
  CHECK(network_failure(lines).text == "the header lines passed 64 KiB (--max-headers)");
  CHECK(network_failure(lines).received < 70'000);
  const RoundTrip one = get_answer("HTTP/1.1 200 OK\r\nX-Long: " + std::string(1u << 20, 'x') + "\r\n\r\n");
  CHECK(network_failure(one).kind == NetworkFailure::Kind::TooLarge);
  std::string interim;
  for (int i = 0; i < 100'000; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  CHECK(network_failure(get_answer(interim)).kind == NetworkFailure::Kind::TooLarge);
}

TEST_CASE("interim answers are passed over, folded lines joined") {
  const RoundTrip round_trip = get_answer(
      "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\nHTTP/1.1 401 Not today\r\nX-Folded: a\r\n  b\r\nx-two: 1\r\n"
      "X-Two: 2\r\nContent-Length: 0\r\n\r\n");
  const HttpResponse seen = response(round_trip);
  CHECK(seen.status == 401);
  CHECK(seen.reason == "Not today");
  CHECK(seen.version == "HTTP/1.1");
  CHECK(find_header(seen.headers, "x-interim") == nullptr);
  REQUIRE(find_header(seen.headers, "x-folded") != nullptr);
  CHECK(*find_header(seen.headers, "x-folded") == "a b");
  CHECK(header_values(seen.headers, "X-TWO") == std::vector<std::string_view>{"1", "2"});
  CHECK(summary(round_trip) == "401 Not today");
  CHECK(cause_key(round_trip) == "http.401");
}

TEST_CASE("what is not HTTP, or contradicts itself, is malformed") {
  const std::string bad[] = {
      "SSH-2.0-OpenSSH_9.2\r\n",
      "<html>hello</html>",
      "HTTP/1.1 xyz OK\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
      "HTTP/1.1 200 OK\r\nContent-Length: three\r\n\r\nabc",
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nabc",
      "HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX-Nul: a" + std::string(1, '\0') + "b\r\nContent-Length: 0\r\n\r\n",
      "HTTP/7.3 200 OK\r\nContent-Length: 0\r\n\r\n",
  };
  for (const std::string& bytes : bad) {
    CAPTURE(bytes);
    const RoundTrip round_trip = get_answer(bytes);
    CHECK(network_failure(round_trip).kind == NetworkFailure::Kind::Malformed);
    CHECK_FALSE(network_failure(round_trip).text.empty());
  }
}

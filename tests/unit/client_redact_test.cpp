// Secrets are masked in every form in which they may come back.
#include <doctest/doctest.h>

#include "client/protocol/base64.h"
#include "client/protocol/credentials.h"
#include "client/protocol/eas_request.h"
#include "client/run/redact.h"
#include "client/xml/xml_tree.h"

using namespace easel;

namespace {
constexpr std::string_view kUser = "CORP\\alice";
constexpr std::string_view kPassword = "canary-\xC3\xA4<&\"7+/=z";

Redactor redactor() {
  Redactor r;
  r.add_credentials(kUser, kPassword);
  return r;
}
}  // namespace

TEST_CASE("every form of a password disappears, wherever it stands") {
  const Redactor r = redactor();
  const std::string plain(kPassword);
  for (const std::string& form :
       {plain, base64_encode(plain), percent_encode(plain), to_windows_1252(plain), escape_xml(plain),
        basic_authorization(kUser, kPassword, "utf-8"), basic_authorization(kUser, kPassword, "windows-1252"),
        base64_encode("x" + plain), base64_encode("xy" + plain + "tail"), base64_encode("xyz" + plain)}) {
    const std::string masked = r.apply("before " + form + " after");
    INFO(form);
    CHECK(masked.starts_with("before "));
    CHECK(masked.ends_with(" after"));
    CHECK(masked.find("canary") == std::string::npos);
    CHECK(masked.find(form) == std::string::npos);
    CHECK(masked.find("•••") != std::string::npos);
    const auto octets = base64_decode(form);
    if (octets) CHECK(octets->find(plain) != std::string::npos);  // the form really held it
  }
}

TEST_CASE("headers keep their names and schemes; cookies their names") {
  const Redactor r = redactor();
  RoundTrip t;
  t.request.headers = {{"Authorization", basic_authorization(kUser, kPassword, "utf-8")},
                       {"Cookie", "session=secret"},
                       {"X-Plain", "value"}};
  t.request.target = "/?password=" + percent_encode(kPassword);
  HttpResponse response;
  response.reason = "No " + std::string(kPassword);
  response.headers = {{"Set-Cookie", "id=topsecret; path=/"}, {"X-" + std::string(kPassword), "1"}};
  response.body = "<p>" + std::string(kPassword) + "</p>";
  t.outcome = response;
  t.partial = response;
  const RoundTrip masked = r.apply(t);
  CHECK(masked.request.headers[0] == Header{"Authorization", "Basic •••"});
  CHECK(masked.request.headers[1] == Header{"Cookie", "session=•••"});
  CHECK(masked.request.headers[2] == Header{"X-Plain", "value"});
  CHECK(masked.request.target == "/?password=•••");
  CHECK(masked.response()->reason == "No •••");
  CHECK(masked.response()->headers[0].value == "id=•••");
  CHECK(masked.response()->headers[1].name == "X-•••");
  CHECK(masked.response()->body == "<p>•••</p>");
  CHECK(masked.partial->body == "<p>•••</p>");
}

TEST_CASE("a secret across the cut of a long body leaves no half") {
  const Redactor r = redactor();
  RoundTrip t;
  HttpResponse response;
  response.body = std::string(1000, 'x') + std::string(kPassword) + std::string(100'000, 'y');
  t.outcome = response;
  const RoundTrip masked = r.apply(t, 1005);
  CHECK(masked.response()->body.size() == 1005);
  CHECK(masked.response()->body.find("can") == std::string::npos);
}

TEST_CASE("what is too short to be a secret in text is left alone there, never in credentials") {
  Redactor r;
  r.add_credentials("al", "a");
  CHECK(r.apply("a banana") == "a banana");
  CHECK(r.apply(basic_authorization("al", "a", "utf-8")) == "Basic •••");
}

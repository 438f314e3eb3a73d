#include <doctest/doctest.h>

#include <algorithm>
#include <regex>

#include "client/report/html_text.h"
#include "client/report/report.h"
#include "client/tls/certificate.h"
#include "tests/golden/report/canonical_result.h"
#include "tests/golden/report/golden_file.h"

namespace easel {
namespace {

// What stands between two marks, taken out of the text.
std::string cut(std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin);
  if (from == std::string::npos) return {};
  const std::size_t to = text.find(end, from + begin.size());
  const std::string inside = text.substr(from + begin.size(), to - from - begin.size());
  text.replace(from + begin.size(), inside.size(), "…");
  return inside;
}

// The page without its style and script, which are golden by being files.
std::string page_alone(std::string page) {
  cut(page, "<style>", "</style>");
  cut(page, "<script>", "</script>");
  cut(page, "script-src 'sha256-", "'");
  return page;
}

std::size_t occurrences(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++n;
  return n;
}

TEST_CASE("HTML: the canonical result") {
  CHECK(differs_from_golden("report.html", page_alone(render_html(canonical_result()))) == "");
}

TEST_CASE("HTML: whatever a text holds, the page has the same elements") {
  const std::regex element("<[^>]*>");
  const auto elements = [&](const std::string& text) {
    std::string page = page_alone(render_html(result_full_of(text)));
    std::vector<std::string> names;
    for (std::sregex_iterator it(page.begin(), page.end(), element), end; it != end; ++it) {
      names.push_back(it->str().substr(0, it->str().find_first_of(" >\n")));
    }
    return names;
  };
  const std::vector<std::string> harmless = elements("harmless");
  CHECK(harmless.size() > 300);
  for (const std::string& hostile :
       {std::string("<script>alert(1)</script>"), std::string("\"><img src=x onerror=alert(1)>"),
        std::string("' onmouseover='alert(1)"), std::string("</pre></details></main><h1>"), std::string("<!--"),
        std::string("]]>"), std::string("</script><script>alert(1)//"), std::string("</style>"), std::string("&#60;b>"),
        std::string("{{checks}}{{css}}"), nasty_text()}) {
    INFO(hostile);
    CHECK(elements(hostile) == harmless);
  }
}

TEST_CASE("HTML: no text of a server leaves its quotes, and none moves a link") {
  const std::string page = page_alone(render_html(result_full_of("x\" href='javascript:alert(1)' onclick=\"y <z>")));
  CHECK(page.find("<z>") == std::string::npos);
  CHECK(page.find("href='javascript") == std::string::npos);
  CHECK(page.find("onclick=\"") == std::string::npos);
  std::size_t links = 0;
  for (std::size_t at = page.find("href="); at != std::string::npos; at = page.find("href=", at + 1)) {
    if (page.compare(at, 6, "href=\"") != 0) continue;
    CHECK(page[at + 6] == '#');
    ++links;
  }
  CHECK(links > 1);
}

TEST_CASE("HTML: nothing is loaded, and the policy allows the one script") {
  std::string page = render_html(canonical_result());
  CHECK(page.find(" src=") == std::string::npos);
  CHECK(page.find("@import") == std::string::npos);
  CHECK(page.find("url(") == std::string::npos);
  CHECK(page.find("<link") == std::string::npos);
  CHECK(occurrences(page, "<script>") == 1);
  const std::string script = cut(page, "<script>", "</script>");
  CHECK(script.size() > 1000);
  CHECK(page.find("default-src 'none'") != std::string::npos);
  CHECK(page.find("script-src 'sha256-" + sha256_base64(script) + "'") != std::string::npos);
}

TEST_CASE("HTML: control characters and octets that are not UTF-8 do not reach the page") {
  const std::string page = render_html(result_full_of(nasty_text()));
  CHECK(std::ranges::none_of(page,
                             [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t'; }));
  CHECK(page.find("\xE2\x80\xAE") == std::string::npos);
  CHECK(page.find('\xFF') == std::string::npos);
}

TEST_CASE("HTML: a result of nothing, and one of very much") {
  CHECK(render_html(RunResult{}).find("NOTHING RAN") != std::string::npos);
  RunResult much = canonical_result();
  RoundTripRecord big = much.checks[0].round_trips[0];
  std::get<HttpResponse>(big.round_trip.outcome).body = std::string(256U << 10, '\x03');
  much.checks[0].round_trips.assign(2000, big);
  const std::string page = render_html(much);
  CHECK(page.size() < (16U << 20));
  CHECK(page.find("1800 further round trips") != std::string::npos);
}

TEST_CASE("HTML: hexadecimal beside text") {
  CHECK(hex_dump(std::string_view("\x03\x01j\0AB<C9", 9), 100) ==
        "0000  03 01 6a 00 41 42 3c 43  ..j.AB<C\n"
        "0008  39                       9\n");
  CHECK(hex_dump("0123456789", 8) == "0000  30 31 32 33 34 35 36 37  01234567\n… 2 octets more\n");
  CHECK(fill_template("a {{x}} {{y}} {{z}}", {{"x", "{{y}}"}, {"y", "1"}}) == "a {{y}} 1 {{z}}");
}

}  // namespace
}  // namespace easel

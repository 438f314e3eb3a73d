#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <pugixml.hpp>
#include <sstream>

#include "client/report/report.h"
#include "tests/golden/report/canonical_result.h"
#include "tests/golden/report/golden_file.h"
#include "tests/golden/report/json_schema.h"

namespace easel {
namespace {

using nlohmann::json;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// As a terminal shows it: without our own colours.
std::string without_colours(std::string text) {
  for (std::size_t at = 0; (at = text.find("\x1b[", at)) != std::string::npos;) {
    text.erase(at, text.find('m', at) - at + 1);
  }
  return text;
}

void check_width(const std::string& text, std::size_t columns) {
  for (const std::string& line : lines_of(without_colours(text))) {
    INFO(line);
    CHECK(display_width(line) <= columns);
  }
}

std::string console(const RunResult& result, bool colour, bool quiet, bool transcript, int columns = 100) {
  return render_console(result, {.colour = colour, .columns = columns, .quiet = quiet, .transcript = transcript});
}

TEST_CASE("console: the canonical result") {
  const RunResult r = canonical_result();
  CHECK(differs_from_golden("console.txt", console(r, false, false, false)) == "");
  CHECK(differs_from_golden("console_80.txt", console(r, false, false, false, 80)) == "");
  CHECK(differs_from_golden("console_colour.txt", console(r, true, false, false)) == "");
  CHECK(differs_from_golden("console_quiet.txt", console(r, false, true, false)) == "");
  CHECK(differs_from_golden("console_transcript.txt", console(r, false, false, true)) == "");
}

TEST_CASE("console: no line is wider than asked") {
  for (const RunResult& r :
       {canonical_result(), result_full_of(nasty_text()), result_full_of(std::string(3000, 'w'))}) {
    for (const int columns : {60, 80, 100, 140}) {
      for (const bool quiet : {false, true}) {
        CAPTURE(columns);
        check_width(console(r, true, quiet, !quiet, columns), static_cast<std::size_t>(columns));
      }
    }
  }
}

TEST_CASE("console: nothing but our own colours reaches the terminal, and none where none is wanted") {
  const RunResult r = result_full_of(nasty_text());
  const std::string plain = console(r, false, false, true);
  CHECK(plain.find('\x1b') == std::string::npos);
  CHECK(plain.find('\0') == std::string::npos);
  CHECK(plain.find('\r') == std::string::npos);
  CHECK(plain.find("\xC2\x9B") == std::string::npos);
  CHECK(plain.find("\xE2\x80\xAE") == std::string::npos);
  CHECK(plain.find('\xFF') == std::string::npos);
  const std::string colour = console(r, true, false, true);
  CHECK(colour.find('\x1b') != std::string::npos);
  CHECK(without_colours(colour).find('\x1b') == std::string::npos);
  CHECK(colour.find("\x1b[31mred") == std::string::npos);  // the server's own
}

TEST_CASE("console: the first line says who, whom and which axis; the last the exit code") {
  const std::string text = console(canonical_result(), false, false, false);
  const std::vector<std::string> lines = lines_of(text);
  for (const char* word : {"wm6.1", "only contoso-root.cer", "axis guide", "guide 19/28 steps seen"}) {
    CHECK(lines.front().find(word) != std::string::npos);
  }
  CHECK(lines.back().starts_with("exit 1"));
  CHECK(text.find("✗ FAIL") > text.find("✓ pass"));
  // A gating critical finding stands behind one that does not gate.
  CHECK(text.find("FAIL  http.plain.refused") > text.find("FAIL  tls.key.strength"));
}

TEST_CASE("JSON: the canonical result, and its schema") {
  const std::string text = render_json(canonical_result());
  CHECK(differs_from_golden("report.json", text) == "");
  const json schema = json::parse(read_from_tree("client/report/report.schema.json"));
  const json report = json::parse(text);
  for (const std::string& complaint : schema_complaints(schema, report)) FAIL_CHECK(complaint);
  RunResult nothing;
  for (const std::string& complaint : schema_complaints(schema, json::parse(render_json(nothing)))) {
    FAIL_CHECK(complaint);
  }
}

TEST_CASE("JSON: the schema refuses what is no report") {
  const json schema = json::parse(read_from_tree("client/report/report.schema.json"));
  const json report = json::parse(render_json(canonical_result()));
  const auto refused = [&](const char* pointer, const json& value) {
    json bad = report;
    bad[json::json_pointer(pointer)] = value;
    return !schema_complaints(schema, bad).empty();
  };
  CHECK(refused("/schema", "easel-report/2"));
  CHECK(refused("/exit_code", 2));
  CHECK(refused("/invented", 1));
  CHECK(refused("/checks/0/verdict", "passed"));
  CHECK(refused("/checks/0/round_trips/0/tls/chain/0/key_bits", "2048"));
  json lacking = report;
  lacking["checks"][1].erase("severity");
  CHECK_FALSE(schema_complaints(schema, lacking).empty());
}

TEST_CASE("JUnit: well formed, each verdict in its element") {
  const RunResult r = canonical_result();
  const std::string text = render_junit(r);
  CHECK(differs_from_golden("junit.xml", text) == "");
  pugi::xml_document document;
  REQUIRE(document.load_string(text.c_str()));
  const pugi::xml_node suite = document.child("testsuites").child("testsuite");
  CHECK(suite.attribute("tests").as_uint() == r.checks.size());
  std::size_t elements[3] = {};
  for (const CheckResult& c : r.checks) {
    INFO(c.id);
    const pugi::xml_node test = suite.find_child_by_attribute("testcase", "name", c.id.c_str());
    REQUIRE(test);
    const VerdictKind k = c.verdict.kind;
    CHECK(!test.child("failure").empty() == (k == VerdictKind::Fail || k == VerdictKind::XPass));
    CHECK(!test.child("error").empty() == (k == VerdictKind::Blocked || k == VerdictKind::Error));
    CHECK(!test.child("skipped").empty() == (k == VerdictKind::Skip || k == VerdictKind::Waived));
    elements[0] += test.child("failure").empty() ? 0U : 1U;
    elements[1] += test.child("error").empty() ? 0U : 1U;
    elements[2] += test.child("skipped").empty() ? 0U : 1U;
  }
  CHECK(suite.attribute("failures").as_uint() == elements[0]);
  CHECK(suite.attribute("errors").as_uint() == elements[1]);
  CHECK(suite.attribute("skipped").as_uint() == elements[2]);
  for (const char c : text) CHECK((static_cast<unsigned char>(c) >= 0x20 || c == '\n'));
}

TEST_CASE("TAP: the plan, a line a check, skip and TODO") {
  const RunResult r = canonical_result();
  const std::string text = render_tap(r);
  CHECK(differs_from_golden("report.tap", text) == "");
  std::size_t tests = 0;
  for (const std::string& line : lines_of(render_tap(result_full_of(nasty_text() + "\nnot ok 99 - forged # SKIP")))) {
    tests += line.starts_with("ok ") || line.starts_with("not ok ") ? 1U : 0U;
  }
  CHECK(tests == r.checks.size());
  CHECK(text.starts_with("TAP version 13\n1.." + std::to_string(r.checks.size()) + "\n"));
}

TEST_CASE("text: what a terminal obeys, and what it cannot show") {
  CHECK(printable("a\x1b[2Jb") == "a␛[2Jb");
  CHECK(printable(std::string_view("\0\x7F", 2)) == "␀␡");
  CHECK(printable("x\xC2\x9By") == "x\uFFFDy");
  CHECK(printable("\xFF\xC3(\xE2\x82") == "\uFFFD\uFFFD(\uFFFD\uFFFD");
  CHECK(printable("\xC0\xAF \xED\xA0\x80") == "\uFFFD\uFFFD \uFFFD\uFFFD\uFFFD");
  CHECK(printable("a\nb\tc", true) == "a\nb\tc");
  CHECK(printable("a\r\nb\rc", true) == "a\nb␍c");
  CHECK(printable("a\nb") == "a␊b");
  CHECK(printable("\uFEFF\u202Eé証") == "\uFFFD\uFFFDé証");
  CHECK(display_width("é証e\u0301") == 4);
}

TEST_CASE("text: wrapping keeps to the columns, whatever the word") {
  CHECK(wrapped("one two three", 0, 10) == "one two\nthree");
  CHECK(wrapped(std::string(25, 'x'), 2, 12) == "xxxxxxxxxx\n  xxxxxxxxxx\n  xxxxx");
  CHECK(wrapped("証明書証明書", 0, 10) == "証明書証明\n書");
  CHECK(folded("a  b", 0, 10) == "a  b");
  CHECK(clipped("é" + std::string(10, 'x'), 1) == " … (12 octets more)");
  CHECK(duration_text(std::chrono::milliseconds(4321)) == "4.32 s");
  CHECK(duration_text(std::chrono::milliseconds(63'000)) == "1 min 3 s");
  CHECK(iso_time(0) == "1970-01-01T00:00:00Z");
}

}  // namespace
}  // namespace easel

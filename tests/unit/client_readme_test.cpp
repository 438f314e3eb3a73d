// scenarios/README.md cannot rot: what it lists is what the tables say, and its examples compile.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "client/run/catalogue.h"
#include "client/scenario/site_file.h"
#include "client/scenario/waiver.h"
#include "client_testing.h"

using namespace easel;
using namespace easel::testing;

namespace {

std::string readme() {
  std::ifstream in(std::string(EASEL_SOURCE_DIR) + "/scenarios/README.md");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string words_of(std::span<const std::string_view> words) {
  std::string out;
  for (const std::string_view w : words) out += (out.empty() ? "`" : " `") + std::string(w) + "`";
  return out;
}

std::string predicate_table() {
  std::string out = "| predicate | arguments | holds when |\n| --- | --- | --- |\n";
  for (const Predicate& p : predicates()) {
    std::string arguments;
    for (const PredicateArgument& a : p.arguments) {
      std::istringstream words{std::string(a.values)};
      std::string values;
      for (std::string word; words >> word;) values += (values.empty() ? "" : ", ") + word;
      arguments +=
          (arguments.empty() ? "`" : ", `") + std::string(a.name) + "`" + (values.empty() ? "" : " (" + values + ")");
    }
    out += "| `" + std::string(p.name) + "` | " + arguments + " | " + cell(p.summary) + " |\n";
  }
  return out;
}

std::string variable_table() {
  std::string out = "| variable | value |\n| --- | --- |\n";
  for (const BuiltinVariable& v : builtin_variables())
    out += "| `" + std::string(v.name) + "` | " + cell(v.meaning) + " |\n";
  return out;
}

std::string reason_lines() {
  return "Reasons to skip: " + words_of(skip_reasons()) + "\n\nReasons to block: " + words_of(block_reasons()) + "\n";
}

// What stands between the marks of a generated part; renewed where EASEL_UPDATE_GOLDEN is set.
std::string generated(const std::string& name, const std::string& wanted) {
  std::string text = readme();
  const std::string mark = "<!-- generated: " + name + " -->\n";
  const std::size_t begin = text.find(mark);
  REQUIRE_MESSAGE(begin != std::string::npos, name);
  const std::size_t end = text.find("<!-- end -->", begin);
  const std::string there = text.substr(begin + mark.size(), end - begin - mark.size());
  if (!std::getenv("EASEL_UPDATE_GOLDEN") || there == wanted) return there;
  text.replace(begin + mark.size(), there.size(), wanted);
  std::ofstream(std::string(EASEL_SOURCE_DIR) + "/scenarios/README.md") << text;
  return wanted;
}

std::vector<std::string> blocks(const std::string& text, const std::string& root) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while ((at = text.find("```xml\n", at)) != std::string::npos) {
    at += 7;
    const std::string block = text.substr(at, text.find("```", at) - at);
    if (block.starts_with("<" + root)) out.push_back(block);
  }
  return out;
}

}  // namespace

TEST_CASE("the README lists every predicate, every variable and every reason, and no other") {
  CHECK(generated("predicates", predicate_table()) == predicate_table());
  CHECK(generated("variables", variable_table()) == variable_table());
  CHECK(generated("reasons", reason_lines()) == reason_lines());
}

TEST_CASE("every example in the README is what it says it is") {
  const std::string text = readme();
  const std::vector<std::string> scenarios = blocks(text, "scenario");
  CHECK(scenarios.size() >= 2);
  for (const std::string& s : scenarios) CHECK(complaints(s, {{"subject", "x"}}) == "");
  REQUIRE(blocks(text, "site").size() == 1);
  CHECK(parse_site_file(blocks(text, "site").front(), "site.xml").has_value());
  REQUIRE(blocks(text, "waivers").size() == 1);
  CHECK(parse_waivers(blocks(text, "waivers").front(), "w.xml").has_value());
}

TEST_CASE("the catalogue compiles, and needs only checks that it has") {
  const DataFiles data;
  const auto catalogue = load_catalogue(data);
  REQUIRE_MESSAGE(catalogue.has_value(), (catalogue ? "" : to_text(catalogue.error())));
  const DeviceProfile profile = device();
  const Site where = site();
  for (const ParsedScenario& c : catalogue->checks) {
    const auto compiled = compile(c, {data, profile, where, {}, false});
    CHECK_MESSAGE(compiled.has_value(), (compiled ? "" : to_text(compiled.error())));
    for (const Needs& n : c.scenario.needs) {
      std::istringstream words(n.check);
      for (std::string id; words >> id;) CHECK_MESSAGE(catalogue->find(id), c.scenario.id, " needs ", id);
    }
  }
  for (const CheckPlan& p : catalogue->plans) CHECK(select_checks(*catalogue, p.patterns, true, p.id).has_value());
}

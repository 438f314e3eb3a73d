// scenarios/README.md cannot rot: what it lists is what the tables say, and its examples compile.
#include <doctest/doctest.h>

#include <algorithm>
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

// Names in the first column of the table behind a heading.
std::vector<std::string> table(const std::string& text, const std::string& heading) {
  std::vector<std::string> names;
  std::size_t at = text.find("\n" + heading + "\n");
  REQUIRE_MESSAGE(at != std::string::npos, heading);
  const std::size_t end = text.find("\n## ", at + 1);
  while ((at = text.find("\n| `", at)) != std::string::npos && at < end) {
    at += 4;
    names.push_back(text.substr(at, text.find('`', at) - at));
  }
  return names;
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

TEST_CASE("the README lists every predicate with its arguments") {
  const std::string text = readme();
  std::vector<std::string> expected;
  for (const Predicate& p : predicates()) expected.emplace_back(p.name);
  CHECK(table(text, "## Predicates") == expected);
  for (const Predicate& p : predicates()) {
    const std::size_t row = text.find("\n| `" + std::string(p.name) + "` |");
    REQUIRE_MESSAGE(row != std::string::npos, p.name);
    const std::string line = text.substr(row, text.find('\n', row + 1) - row);
    for (const PredicateArgument& a : p.arguments) {
      INFO(p.name, " ", a.name);
      CHECK(line.find("`" + std::string(a.name) + "`") != std::string::npos);
      std::istringstream words{std::string(a.values)};
      for (std::string word; words >> word;) CHECK(line.find(word) != std::string::npos);
    }
  }
}

TEST_CASE("the README lists every variable, every reason, and no other") {
  const std::string text = readme();
  std::vector<std::string> variables;
  for (const BuiltinVariable& v : builtin_variables()) variables.emplace_back(v.name);
  CHECK(table(text, "## Variables") == variables);
  const auto listed = [&](const std::string& lead) {
    const std::size_t at = text.find(lead);
    REQUIRE_MESSAGE(at != std::string::npos, lead);
    std::vector<std::string> words;
    const std::string line = text.substr(at + lead.size(), text.find('\n', at) - at - lead.size());
    for (std::size_t i = 0; (i = line.find('`', i)) != std::string::npos;) {
      const std::size_t end = line.find('`', i + 1);
      words.push_back(line.substr(i + 1, end - i - 1));
      i = end + 1;
    }
    std::ranges::sort(words);
    return words;
  };
  const auto sorted = [](std::span<const std::string_view> reasons) {
    std::vector<std::string> out(reasons.begin(), reasons.end());
    std::ranges::sort(out);
    return out;
  };
  CHECK(listed("Reasons to skip: ") == sorted(skip_reasons()));
  CHECK(listed("Reasons to block: ") == sorted(block_reasons()));
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

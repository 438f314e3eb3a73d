#include "client/run/catalogue.h"

#include <algorithm>
#include <array>

namespace easel {
namespace {

constexpr std::array<std::string_view, 5> kLayers = {"tcp", "tls", "trust", "http", "auth"};

void append(Diagnostics& all, const Diagnostics& more) { all.insert(all.end(), more.begin(), more.end()); }

CheckPlan parse_plan(const XmlElement& root, XmlChecker& checker) {
  static constexpr std::string_view kRoot[] = {"id", "version", "title", "opt-in"};
  static constexpr std::string_view kChild[] = {"check"};
  static constexpr std::string_view kCheck[] = {"id"};
  checker.only_attributes(root, kRoot);
  checker.only_children(root, kChild);
  CheckPlan plan{
      checker.required(root, "id"), root.attribute_or("title", ""), {}, checker.yes_no(root, "opt-in", false)};
  for (const XmlElement& e : root.children) {
    checker.only_attributes(e, kCheck);
    plan.patterns.push_back(checker.required(e, "id"));
  }
  if (plan.patterns.empty()) checker.complain(root, "a plan needs a <check id=\"…\"/>");
  return plan;
}

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view id) {
  if (pattern == "*" || pattern == id) return true;
  return pattern.ends_with(".*") && id.starts_with(pattern.substr(0, pattern.size() - 1));
}

const Scenario* Catalogue::find(std::string_view id) const {
  for (const ParsedScenario& c : checks) {
    if (c.scenario.id == id) return &c.scenario;
  }
  return nullptr;
}

std::vector<std::string_view> Catalogue::ids() const {
  std::vector<std::string_view> out;
  for (const ParsedScenario& c : checks) out.push_back(c.scenario.id);
  return out;
}

std::expected<Catalogue, Diagnostics> load_catalogue(const DataFiles& data) {
  Catalogue catalogue;
  Diagnostics diagnostics;
  for (const std::string& path : data.list("scenarios/catalogue/", ".xml")) {
    ParsedScenario parsed = load_scenario(data, path);
    append(diagnostics, parsed.diagnostics);
    // The file is called after the check, so that adding one is adding a file and finding one is typing its name.
    const std::string file = path.substr(path.rfind('/') + 1);
    if (parsed.diagnostics.empty() && file != parsed.scenario.id + ".xml") {
      diagnostics.push_back(
          {parsed.scenario.file, 1, 1, "the check '" + parsed.scenario.id + "' must stand in a file of that name", ""});
    }
    catalogue.checks.push_back(std::move(parsed));
  }
  std::ranges::sort(catalogue.checks, {}, [](const ParsedScenario& c) { return std::string_view(c.scenario.id); });
  for (const std::string_view layer : kLayers) {
    catalogue.controls.push_back(load_scenario(data, "scenarios/controls/" + std::string(layer) + ".xml"));
    append(diagnostics, catalogue.controls.back().diagnostics);
  }
  for (const std::string& path : data.list("scenarios/plans/", ".xml")) {
    auto text = data.read(path);
    if (!text) continue;
    XmlChecker checker(data.display_name(path));
    auto root = read_xml(*text, checker.file());
    if (!root) {
      append(diagnostics, root.error());
      continue;
    }
    catalogue.plans.push_back(parse_plan(*root, checker));
    append(diagnostics, checker.diagnostics());
  }
  if (!diagnostics.empty()) return std::unexpected(std::move(diagnostics));
  return catalogue;
}

std::expected<std::vector<std::size_t>, Diagnostics> select_checks(const Catalogue& catalogue,
                                                                   const std::vector<std::string>& patterns,
                                                                   bool opt_in, std::string_view option) {
  std::vector<bool> chosen(catalogue.checks.size());
  Diagnostics diagnostics;
  for (const std::string& pattern : patterns) {
    bool any = false;
    for (std::size_t i = 0; i < catalogue.checks.size(); ++i) {
      const Scenario& check = catalogue.checks[i].scenario;
      if (!matches_pattern(pattern, check.id)) continue;
      any = true;
      // Naming an opt-in check by its id is opting in; a pattern is not.
      if (!check.opt_in || opt_in || pattern == check.id) chosen[i] = true;
    }
    if (!any) {
      const std::vector<std::string_view> ids = catalogue.ids();
      std::string hint = suggest(pattern, ids);
      diagnostics.push_back({std::string(option), 0, 0, "no check is called '" + pattern + "'",
                             hint.empty() ? "list them with: easel checks" : hint});
    }
  }
  if (!diagnostics.empty()) return std::unexpected(std::move(diagnostics));
  std::vector<std::size_t> indexes;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i]) indexes.push_back(i);
  }
  return indexes;
}

}  // namespace easel

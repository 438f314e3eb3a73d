#include "client/scenario/scenario.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "client/scenario/csv.h"
#include "client/scenario/step_parser.h"
#include "client/words.h"

namespace easel {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::string_view kLayers[] = {"tcp", "tls", "trust", "http", "auth"};
constexpr std::string_view kSeverities[] = {"critical", "high", "medium", "low", "info"};
constexpr std::string_view kAxes[] = {"guide", "today", "both", "self"};
constexpr std::string_view kServers[] = {"any", "iis6", "exchange", "nginx", "apache", "z-push", "sogo"};
std::string resolve(std::string_view base, const std::string& href) {
  return (std::filesystem::path(base).parent_path() / href).lexically_normal().generic_string();
}

class Parser {
 public:
  Parser(Scenario& scenario, std::string_view path, const DataFiles& data, int depth)
      : checker_(data.display_name(path)), scenario_(scenario), path_(path), data_(data), depth_(depth) {}

  Diagnostics parse(const XmlElement& root) {
    static constexpr std::string_view kRoots[] = {"scenario", "check", "control", "library"};
    const auto it = std::find(std::begin(kRoots), std::end(kRoots), root.name);
    if (it == std::end(kRoots)) {
      checker_.complain(root, "<" + root.name + "> is not a scenario", suggest(root.name, kRoots));
      return checker_.take();
    }
    scenario_.role = static_cast<Scenario::Role>(it - std::begin(kRoots));
    scenario_.file = checker_.file();
    scenario_.path = path_;
    root_attributes(root);
    for (const XmlElement& e : root.children) top_level(root, e);
    if (scenario_.steps.empty() && scenario_.whole_run.empty() && scenario_.role != Scenario::Role::Library &&
        checker_.clean()) {
      checker_.complain(root, "<" + root.name + "> has no step", "a scenario without a step proves nothing");
    }
    if (scenario_.role == Scenario::Role::Check) check_needs(root);
    for (const Step& s : scenario_.steps) waited_for(s);
    Diagnostics all = checker_.take();
    all.insert(all.end(), extra_.begin(), extra_.end());
    return all;
  }

 private:
  void root_attributes(const XmlElement& root) {
    static constexpr std::string_view kKnown[] = {"id",       "version", "title",          "device",   "axis",
                                                  "severity", "guide",   "spec",           "rests-on", "serial",
                                                  "opt-in",   "writes",  "refused-logons", "refusals"};
    std::vector<std::string_view> known(std::begin(kKnown), std::end(kKnown));
    for (const XmlAttribute& a : root.attributes) {  // namespace prefixes please other tools
      if (a.name.starts_with("xmlns")) known.push_back(a.name);
    }
    checker_.only_attributes(root, known);
    scenario_.id = checker_.required(root, "id");
    if (checker_.required(root, "version") != "1") {
      checker_.complain(root, "unknown version of the scenario format", "this easel reads version=\"1\"");
    }
    scenario_.title = root.attribute_or("title", scenario_.id);
    scenario_.device = root.attribute_or("device", "");
    scenario_.axis = checker_.one_of(root, "axis", "both", kAxes);
    scenario_.severity = checker_.one_of(root, "severity", "high", kSeverities);
    scenario_.guide = root.attribute_or("guide", "");
    scenario_.spec = root.attribute_or("spec", "");
    scenario_.rests_on = words(root.attribute_or("rests-on", ""));
    for (const std::string& layer : scenario_.rests_on) {
      if (std::ranges::find(kLayers, layer) == std::end(kLayers)) {
        checker_.complain(root, "rests-on names no layer '" + layer + "'", suggest(layer, kLayers));
      }
    }
    scenario_.serial = checker_.yes_no(root, "serial", false);
    scenario_.opt_in = checker_.yes_no(root, "opt-in", false);
    scenario_.writes = checker_.yes_no(root, "writes", false);
    scenario_.refused_logons = static_cast<int>(checker_.number(root, "refused-logons", 0, 0, 100));
    scenario_.refusals = static_cast<int>(checker_.number(root, "refusals", 0, 0, 10'000));
  }

  // What nobody waits for is never judged.
  void waited_for(const Step& s) {
    const auto waits = [&](const Step& o) { return o.kind == Step::Kind::Wait && o.wait_for == s.background; };
    if (s.background.empty() || std::ranges::any_of(scenario_.steps, waits)) return;
    XmlElement where;
    where.place = s.place;
    checker_.complain(where, "nothing waits for the background step '" + s.background + "'",
                      "add <wait for=\"" + s.background + "\"/>");
  }

  // A check that cannot tell why it matters, what the device shows and what to change is not finished.
  void check_needs(const XmlElement& root) {
    if (scenario_.why.empty()) checker_.complain(root, "a check needs <why>");
    if (scenario_.remedies.empty()) checker_.complain(root, "a check needs at least one <remedy server=\"…\">");
    if (scenario_.proofs.empty()) {
      checker_.complain(root, "a check needs <proof fault=\"…\">", "name the lab fault that must turn it red");
    }
  }

  void top_level(const XmlElement& root, const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"why",   "symptom", "remedy",  "proof",   "param",    "data",  "use",
                                                  "needs", "step",    "http",    "connect", "hello",    "pause", "call",
                                                  "wait",  "resolve", "cleanup", "note",    "whole-run"};
    if (e.name == "why")
      scenario_.why = e.trimmed_text();
    else if (e.name == "symptom")
      symptom(e);
    else if (e.name == "remedy")
      remedy(e);
    else if (e.name == "proof")
      proof(e);
    else if (e.name == "param")
      param(e);
    else if (e.name == "data")
      data_table(e);
    else if (e.name == "use")
      use(e);
    else if (e.name == "needs")
      needs(e);
    else if (e.name == "note")
      return;
    else if (e.name == "whole-run")
      whole_run(e);
    else if (e.name == "cleanup") {
      for (const XmlElement& c : e.children) parse_step(checker_, scenario_, e, c, scenario_.cleanup, kKnown);
    } else {
      parse_step(checker_, scenario_, root, e, scenario_.steps, kKnown);
    }
  }

  void whole_run(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"judges", "checks"};
    static constexpr std::string_view kJudges[] = {"addresses", "logon-budget"};
    checker_.only_attributes(e, kKnown);
    checker_.required(e, "judges");
    scenario_.whole_run = checker_.one_of(e, "judges", "", kJudges);
    scenario_.compared = e.attribute_or("checks", "");
    scenario_.whole_run_place = e.place;
    if ((scenario_.whole_run == "addresses") == scenario_.compared.empty())
      checker_.complain(e, "judges=\"addresses\" and checks=\"…\" go together");
    if (scenario_.role != Scenario::Role::Check) checker_.complain(e, "<whole-run> stands in a <check> only");
  }

  void symptom(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"code", "confidence"};
    checker_.only_attributes(e, kKnown);
    scenario_.symptom_code = e.attribute_or("code", "");
    scenario_.symptom_confidence = e.attribute_or("confidence", "");
    scenario_.symptom_text = e.trimmed_text();
  }

  void remedy(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"server"};
    checker_.only_attributes(e, kKnown);
    for (const std::string& server : words(e.attribute_or("server", "any"))) {
      if (std::ranges::find(kServers, server) == std::end(kServers)) {
        checker_.complain(e, "no server product '" + server + "'", suggest(server, kServers));
      }
      scenario_.remedies.push_back({server, e.trimmed_text()});
    }
  }

  void proof(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"fault", "persona", "code", "expect",
                                                  "also",  "input",   "self", "axis"};
    checker_.only_attributes(e, kKnown);
    if (!e.attribute("fault") && !e.attribute("input") && !e.attribute("self")) {
      checker_.complain(e, "<proof> needs fault, input or self");
    }
    std::string fault = e.attribute_or("fault", "");
    if (const std::string* input = e.attribute("input")) fault = "input:" + *input;
    if (const std::string* self = e.attribute("self")) fault = "self:" + *self;
    scenario_.proofs.push_back({fault, e.attribute_or("persona", ""), e.attribute_or("code", ""),
                                e.attribute_or("expect", ""), e.attribute_or("also", ""), e.attribute_or("axis", "")});
  }

  void param(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"name", "default", "required", "secret"};
    checker_.only_attributes(e, kKnown);
    scenario_.params.push_back({checker_.required(e, "name"), e.attribute_or("default", ""),
                                checker_.yes_no(e, "required", false), checker_.yes_no(e, "secret", false), e.place});
  }

  void data_table(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"name", "href"};
    checker_.only_attributes(e, kKnown);
    DataTable table;
    table.name = checker_.required(e, "name");
    table.place = e.place;
    std::string text = e.text;
    if (const std::string* href = e.attribute("href")) {
      const std::string file = resolve(path_, *href);
      auto content = read(file);
      if (!content) {
        checker_.complain(e, "the data cannot be read: " + content.error());
        return;
      }
      text = *content;
    }
    auto rows = parse_csv(text);
    if (!rows) {
      checker_.complain(e, "<data name=\"" + table.name + "\">: " + rows.error());
      return;
    }
    if (rows->size() < 2) {
      checker_.complain(e, "<data name=\"" + table.name + "\"> has no row", "a header line and at least one row");
      return;
    }
    for (const std::string& column : rows->front()) {
      const bool plain = !column.empty() && column.find_first_not_of(
                                                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                "0123456789-_") == std::string::npos;
      if (!plain) {
        checker_.complain(e, "<data name=\"" + table.name + "\">: '" + column + "' is not a column name",
                          "the first line names the columns: letters, digits, - and _");
        return;
      }
      if (std::ranges::count(rows->front(), column) > 1) {
        checker_.complain(e, "<data name=\"" + table.name + "\">: two columns are called '" + column + "'");
        return;
      }
    }
    table.columns = rows->front();
    table.rows.assign(rows->begin() + 1, rows->end());
    scenario_.data.push_back(std::move(table));
  }

  std::expected<std::string, std::string> read(const std::string& file) const {
    if (std::string_view(path_).starts_with("scenarios/")) return data_.read(file);
    return read_user_file(file, 16U << 20);
  }

  void use(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"href", "as"};
    checker_.only_attributes(e, kKnown);
    const std::string href = checker_.required(e, "href");
    const std::string prefix = checker_.required(e, "as");
    if (href.empty() || prefix.empty()) return;
    if (depth_ >= 8) {
      checker_.complain(e, "libraries use each other more than 8 deep", "is there a circle?");
      return;
    }
    const std::string file = resolve(path_, href);
    auto content = read(file);
    if (!content) {
      checker_.complain(e, "the library cannot be read: " + content.error());
      return;
    }
    auto root = read_xml(*content, data_.display_name(file));
    if (!root) {
      for (Diagnostic& d : root.error()) extra_.push_back(std::move(d));
      checker_.complain(e, "the library " + href + " has a mistake of its own");
      return;
    }
    Scenario library;
    Diagnostics own = Parser(library, file, data_, depth_ + 1).parse(*root);
    if (!own.empty()) checker_.complain(e, "the library " + href + " has a mistake of its own");
    for (Diagnostic& d : own) extra_.push_back(std::move(d));
    if (library.role != Scenario::Role::Library && own.empty())
      checker_.complain(e, href + " is a <" + root->name + ">", "<use> takes a <library>");
    for (const Scenario& other : scenario_.libraries) {
      if (other.id == prefix) checker_.complain(e, "a second library with the name '" + prefix + "'");
    }
    library.id = prefix;
    scenario_.libraries.push_back(std::move(library));
  }

  void needs(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"check",   "site",   "is",  "version-at-least",
                                                  "command", "reason", "else"};
    static constexpr std::string_view kElse[] = {"skip", "blocked"};
    checker_.only_attributes(e, kKnown);
    Needs n;
    n.check = e.attribute_or("check", "");
    n.site = e.attribute_or("site", "");
    n.is = e.attribute_or("is", "");
    n.version_at_least = e.attribute_or("version-at-least", "");
    n.command = e.attribute_or("command", "");
    n.blocks = checker_.one_of(e, "else", "skip", kElse) == "blocked";
    n.reason = e.attribute_or(
        "reason", n.version_at_least.empty() ? (n.command.empty() ? "prerequisite" : "command") : "version");
    n.place = e.place;
    check_reason(checker_, e, n.blocks, n.reason);
    if (n.check.empty() && n.site.empty() && n.version_at_least.empty() && n.command.empty()) {
      checker_.complain(e, "<needs> needs check, site, version-at-least or command");
    }
    scenario_.needs.push_back(std::move(n));
  }

  XmlChecker checker_;
  Scenario& scenario_;
  std::string path_;
  const DataFiles& data_;
  int depth_;
  Diagnostics extra_;
};

}  // namespace

ParsedScenario parse_scenario(std::string_view text, std::string_view path, const DataFiles& data) {
  ParsedScenario parsed;
  auto root = read_xml(text, data.display_name(path));
  if (!root) {
    parsed.diagnostics = std::move(root.error());
    return parsed;
  }
  parsed.diagnostics = Parser(parsed.scenario, path, data, 0).parse(*root);
  return parsed;
}

ParsedScenario load_scenario(const DataFiles& data, std::string_view path) {
  auto text = path.starts_with("scenarios/") ? data.read(path) : read_user_file(std::string(path), 16U << 20);
  if (!text) {  // a file of the user's disk may live in a folder called scenarios, too
    if (auto own = read_user_file(std::string(path), 16U << 20)) text = std::move(own);
  }
  if (!text) return {{}, {{"", 0, 0, text.error(), ""}}};
  return parse_scenario(*text, path, data);
}

}  // namespace easel

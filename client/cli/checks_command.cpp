// easel checks: the catalogue, one check in full, and which steps of the guide it covers.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <ostream>

#include "client/cli/command.h"
#include "client/report/report.h"
#include "client/run/catalogue.h"
#include "client/run/guide.h"

namespace easel {
namespace {

void print_one(const Scenario& s, std::ostream& out) {
  out << s.id << "\n  " << wrapped(s.title, 2, 100) << "\n\n";
  const auto line = [&](std::string_view label, const std::string& text) {
    if (text.empty()) return;
    std::string head(label);
    head.resize(12, ' ');
    out << "  " << head << wrapped(text, 14, 100) << "\n";
  };
  line("severity", s.severity);
  line("axis", s.axis);
  line("guide", s.guide);
  line("spec", s.spec);
  line("why", s.why);
  std::string rests;
  for (const std::string& layer : s.rests_on) rests += (rests.empty() ? "" : ", ") + layer;
  line("rests on", rests);
  line("opt-in", s.opt_in ? "yes: only when named, or in the plan deep" : "");
  line("device",
       s.symptom_text +
           (s.symptom_code.empty() || s.symptom_code == "none" ? "" : " [" + s.symptom_code + ", predicted]"));
  for (const Remedy& r : s.remedies) line("mend", r.server + ": " + r.text);
  for (const Proof& p : s.proofs) line("proof", p.fault);
  line("file", s.file);
}

void print_list(const Catalogue& catalogue, std::ostream& out) {
  std::size_t width = 0;
  for (const ParsedScenario& c : catalogue.checks) width = std::max(width, c.scenario.id.size());
  for (const ParsedScenario& c : catalogue.checks) {
    const Scenario& s = c.scenario;
    std::string severity = s.severity, axis = s.axis;
    severity.resize(9, ' ');
    axis.resize(6, ' ');
    out << s.id << std::string(width - s.id.size() + 2, ' ') << severity << axis << s.title
        << (s.opt_in ? " (opt-in)" : "") << "\n";
  }
  out << catalogue.checks.size() << " checks; easel checks ID prints one in full\n";
}

void print_guide(const Catalogue& catalogue, std::ostream& out) {
  for (const GuideStep& step : guide_steps()) {
    std::string covered;
    for (const ParsedScenario& c : catalogue.checks) {
      if ((" " + c.scenario.guide + " ").find(" " + std::string(step.id) + " ") != std::string::npos)
        covered += (covered.empty() ? "" : ", ") + c.scenario.id;
    }
    std::string id(step.id);
    id.resize(5, ' ');
    out << id << wrapped(step.text, 5, 100) << "\n";
    const std::string text = !covered.empty() ? covered
                             : step.why_invisible.empty()
                                 ? "NOT COVERED"
                                 : "cannot be seen on the wire: " + std::string(step.why_invisible);
    out << "     " << wrapped(text, 5, 100) << "\n";
  }
}

}  // namespace

int checks_main(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
  CLI::App app("The catalogue of checks.", "easel checks");
  app.footer("Example: easel checks tls.chain.trusted");
  std::vector<std::string> ids;
  std::string folder;
  bool guide = false, plans = false;
  app.add_option("ID", ids, "checks to print in full")->type_name("");
  app.add_flag("--guide", guide, "which step of Microsoft's guide is covered by which check");
  app.add_flag("--plans", plans, "the plans and what they hold");
  app.add_option("--data", folder, "folder with own scenarios")->type_name("DIR");
  if (const ParseOutcome parsed = parse_words(app, args, out, err); parsed.done) return parsed.code;
  const DataFiles data(folder);
  auto catalogue = load_catalogue(data);
  if (!catalogue) return usage_error(catalogue.error(), err);
  if (guide) {
    print_guide(*catalogue, out);
  } else if (plans) {
    for (const CheckPlan& p : catalogue->plans) {
      auto chosen = select_checks(*catalogue, p.patterns, p.opt_in, "plan " + p.id);
      if (!chosen) return usage_error(chosen.error(), err);
      out << p.id << "  " << p.title << " (" << chosen->size() << " checks)\n";
      for (const std::size_t i : *chosen) out << "    " << catalogue->checks[i].scenario.id << "\n";
    }
  } else if (ids.empty()) {
    print_list(*catalogue, out);
  } else {
    auto chosen = select_checks(*catalogue, ids, true, "ID");
    if (!chosen) return usage_error(chosen.error(), err);
    for (const std::size_t i : *chosen) print_one(catalogue->checks[i].scenario, out);
  }
  return 0;
}

}  // namespace easel

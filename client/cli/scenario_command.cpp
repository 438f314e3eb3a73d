// easel scenario: lint a file, explain it in words, or begin a new one.
#include <CLI/CLI.hpp>
#include <ostream>

#include "client/cli/command.h"
#include "client/profile/device_profile.h"
#include "client/report/report.h"
#include "client/run/plan.h"

namespace easel {
namespace {

// A site on which everything that a scenario may ask for is known.
Site any_site() {
  Site site;
  site.host = "mail.example.com";
  site.plain_port = 80;
  site.accounts.push_back({"main", "CORP\\alice", Secret("unused"), 2});
  return site;
}

std::expected<std::shared_ptr<const Plan>, Diagnostics> compile_file(const std::string& file, const DataFiles& data,
                                                                     const DeviceProfile& device) {
  ParsedScenario parsed = load_scenario(data, file);
  Variables values;
  for (const Param& p : parsed.scenario.params) {
    if (p.default_value.empty()) values[p.name] = "1";  // any value: linting needs none
  }
  const Site site = any_site();
  return compile(std::move(parsed), {data, device, site, values, false});
}

std::string words_of(const XmlElement& e) {
  std::string out = e.name;
  for (const XmlAttribute& a : e.attributes) out += " " + a.name + "=\"" + a.value + "\"";
  if (e.children.empty()) return out;
  out += " {";
  for (const XmlElement& c : e.children) out += " " + words_of(c);
  return out + " }";
}

std::string kind_of(const PlannedStep& planned) {
  const Step& s = planned.step;
  switch (s.kind) {
    case Step::Kind::Eas:
      return s.cmd + (s.auth == "basic" ? "" : " with auth " + s.auth);
    case Step::Kind::Http:
      return s.method + " " + s.scheme + " " + s.path + " with auth " + s.auth;
    case Step::Kind::Connect:
      return (s.scheme == "http" ? "TCP connect" : "TLS handshake") +
             std::string(s.renegotiations > 0 ? ", then up to " + std::to_string(s.renegotiations) + " renegotiations"
                                              : "");
    case Step::Kind::Hello:
      if (planned.hello && planned.hello->hello)
        return "ClientHello of " + planned.hello->name + " (" + describe(*planned.hello->hello) + ")";
      return "no ClientHello: " + (planned.hello ? planned.hello->reason : "");
    case Step::Kind::Pause:
      return "pause of " + std::to_string(s.pause_ms) + " ms";
    case Step::Kind::Call:
      return "call of " + s.call;
    case Step::Kind::Wait:
      return "wait for " + s.wait_for + ", at most " + std::to_string(s.timeout_ms) + " ms";
    case Step::Kind::Resolve:
      return "look up " + (s.host.empty() ? "${site.host}" : s.host);
  }
  return {};
}

void print_step(const PlannedStep& planned, std::ostream& out) {
  const Step& s = planned.step;
  const auto line = [&](const std::string& text) { out << "      " << wrapped(text, 8, 100) << "\n"; };
  out << "  " << planned.label << ": " << kind_of(planned) << (s.device.empty() ? "" : " as device " + s.device)
      << (s.account == "main" ? "" : " with account " + s.account)
      << (s.background.empty() ? "" : ", in the background") << "\n";
  if (!s.title.empty()) line(s.title);
  for (const When& w : s.whens) {
    static constexpr std::string_view kWords[] = {"skip", "blocked", "pass", "note"};
    std::string text = "when";
    for (const XmlElement& e : w.predicates) text += " " + words_of(e);
    line(text + ": " + std::string(kWords[static_cast<std::size_t>(w.verdict)]) +
         (w.reason.empty() ? "" : " (" + w.reason + ")"));
  }
  for (const XmlElement& e : s.assertions) line("must hold: " + words_of(e));
  if (s.assertions.empty() && s.kind == Step::Kind::Eas)
    line("must hold: status is=\"200\" (nothing else is asserted)");
  if (s.retry)
    line(std::string(s.retry->poll ? "polls" : "tries again (a pass is then flaky)") + " every " +
         std::to_string(s.retry->every_ms) + " ms");
  if (!s.repeat_while.empty()) line("repeats while " + s.repeat_while);
}

void explain(const Plan& plan, std::ostream& out) {
  const Scenario& s = plan.scenario;
  out << s.id << ": " << wrapped(s.title, 2, 100) << "\n";
  if (!s.spec.empty()) out << "  after: " << s.spec << "\n";
  for (const Param& p : s.params)
    out << "  parameter " << p.name << (p.required ? " (required)" : " (" + p.default_value + ")")
        << (p.secret ? ", secret" : "") << "\n";
  for (const Needs& n : s.needs) {
    out << "  needs";
    if (!n.check.empty()) out << " check " << n.check;
    if (!n.site.empty()) out << " the site's " << n.site << " to be one of: " << n.is;
    if (!n.version_at_least.empty()) out << " version " << n.version_at_least << " or later";
    if (!n.command.empty()) out << " command " << n.command;
    out << ", else " << (n.blocks ? "blocked" : "skip") << " (" << n.reason << ")\n";
  }
  if (plan.refused_logons > 0) out << "  failed log-ons of a real account: " << plan.refused_logons << "\n";
  out << "steps\n";
  for (const PlannedStep& step : plan.steps) print_step(step, out);
  if (!plan.cleanup.empty()) out << "cleanup, whatever happens\n";
  for (const PlannedStep& step : plan.cleanup) print_step(step, out);
}

constexpr std::string_view kSkeleton = R"(<scenario id="@ID@" version="1" title="Say in one sentence what this proves">
  <param name="subject" default="easel ${run.id}"/>
  <step id="folders" cmd="FolderSync" title="The folders, after Provision where the server asks for it">
    <request><FolderSync xmlns="FolderHierarchy"><SyncKey>0</SyncKey></FolderSync></request>
    <like>
      <FolderSync xmlns="FolderHierarchy">
        <Status>1</Status>
        <SyncKey>${?hierarchy}</SyncKey>
      </FolderSync>
    </like>
    <never xpath="//RemoteWipe"/>
  </step>
  <!-- Further steps: <step>, <http>, <connect>, <resolve>, <pause>, <wait>, <call>; see scenarios/README.md -->
  <cleanup>
    <!-- Steps that remove what the steps above have made; they always run. -->
  </cleanup>
</scenario>
)";

int lint(const std::vector<std::string>& files, const DataFiles& data, const DeviceProfile& device, std::ostream& out,
         std::ostream& err) {
  Diagnostics all;
  for (const std::string& file : files) {
    ParsedScenario parsed = load_scenario(data, file);
    if (parsed.scenario.role == Scenario::Role::Library) {  // compiled where it is used
      if (parsed.diagnostics.empty()) out << file << ": good (library, " << parsed.scenario.steps.size() << " steps)\n";
      all.insert(all.end(), parsed.diagnostics.begin(), parsed.diagnostics.end());
      continue;
    }
    auto plan = compile_file(file, data, device);
    if (plan) {
      out << file << ": good (" << (*plan)->steps.size() << " steps)\n";
    } else {
      all.insert(all.end(), plan.error().begin(), plan.error().end());
    }
  }
  return all.empty() ? 0 : usage_error(all, err);
}

}  // namespace

int scenario_main(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
  static constexpr std::string_view kActions[] = {"lint", "explain", "new"};
  CLI::App app("Checks, explains or begins scenario files.", "easel scenario");
  app.footer(
      "Example: easel scenario lint first-sync.xml\n         easel scenario new push > push.xml\nscenarios/README.md "
      "describes the format.");
  std::string action, device_id = "wm6.1", folder;
  std::vector<std::string> words;
  app.add_option("ACTION", action, "lint, explain or new")->required()->type_name("");
  app.add_option("FILE", words, "files; for new: the id of the scenario")->required()->type_name("");
  app.add_option("--device,-d", device_id, "device profile to compile for")->type_name("ID")->capture_default_str();
  app.add_option("--data", folder, "folder with own profiles and scenarios")->type_name("DIR");
  if (const ParseOutcome parsed = parse_words(app, args, out, err); parsed.done) return parsed.code;
  const DataFiles data(folder);
  auto device = load_device_profile(data, device_id);
  if (!device) return usage_error(device.error(), err);
  if (action == "lint") return lint(words, data, *device, out, err);
  if (action == "explain") {
    for (const std::string& file : words) {
      auto plan = compile_file(file, data, *device);
      if (!plan) return usage_error(plan.error(), err);
      explain(**plan, out);
    }
    return 0;
  }
  if (action == "new") {
    std::string text(kSkeleton);
    text.replace(text.find("@ID@"), 4, escape_xml(words.front()));
    out << text;
    return 0;
  }
  return usage_error({{"ACTION", 0, 0, "no action '" + action + "'", suggest(action, kActions)}}, err);
}

}  // namespace easel

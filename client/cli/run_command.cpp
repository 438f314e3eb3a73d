// easel run: scripted scenarios against a server.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <ostream>

#include "client/cli/command.h"
#include "client/cli/progress_line.h"
#include "client/cli/report_files.h"
#include "client/cli/target_options.h"
#include "client/report/report.h"
#include "client/run/scenarios.h"
#include "client/transport/curl_transport.h"

namespace easel {
namespace {

struct Arguments {
  TargetOptions target;
  std::vector<std::string> words;
  std::vector<std::string> definitions;
  std::vector<std::string> reports;
  std::string ci_folder;
  ScenarioOptions run;
  double time_limit = 600;
  bool quiet = false;
  bool verbose = false;
};

Variables definitions(const std::vector<std::string>& words, Diagnostics& diagnostics) {
  Variables out;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (equals == 0 || equals == std::string::npos) {
      diagnostics.push_back({"-D", 0, 0, "'" + word + "' is not NAME=VALUE", ""});
    } else {
      out[word.substr(0, equals)] = word.substr(equals + 1);
    }
  }
  return out;
}

}  // namespace

int run_main(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
  CLI::App app("Runs scenario files against a server.", "easel run");
  app.footer(
      "Example: easel run first-sync.xml https://mail.example.com --user alice -D expected=25\nscenarios/README.md "
      "describes the format; easel scenario lint FILE checks a file.");
  Arguments a;
  add_target_options(app, a.target);
  app.remove_option(app.get_option("URL"));
  app.add_option("FILE", a.words, "scenario files, then the address of the target (or --site)")
      ->required()
      ->type_name("");
  app.add_option("-D,--param", a.definitions, "value of a parameter of the scenario")
      ->type_name("NAME=VALUE")
      ->group("The run");
  app.add_option("--time-limit", a.time_limit, "seconds for the whole run")
      ->check(CLI::Range(1.0, 86400.0))
      ->capture_default_str()
      ->type_name("S")
      ->group("The run");
  app.add_option("--heartbeat", a.run.heartbeat, "seconds of a Ping")
      ->type_name("S")
      ->capture_default_str()
      ->group("The run");
  app.add_flag("--read-only", a.run.read_only, "refuse scenarios that change the mailbox")->group("The run");
  app.add_option("--report", a.reports, "html=FILE, json=FILE, junit=FILE, tap=FILE")
      ->type_name("F=FILE")
      ->group("Reports");
  app.add_option("--ci", a.ci_folder, "junit.xml and easel.json into DIR")->type_name("DIR")->group("Reports");
  app.add_flag("-q,--quiet", a.quiet, "the verdict and the findings only")->group("Reports");
  app.add_flag("-v,--verbose", a.verbose, "every round trip")->group("Reports");
  if (const ParseOutcome parsed = parse_words(app, args, out, err); parsed.done) return parsed.code;
  if (!a.words.empty() && !a.words.back().ends_with(".xml")) {
    a.target.url = a.words.back();
    a.words.pop_back();
  }
  const DataFiles data(a.target.data_folder);
  Diagnostics diagnostics;
  if (a.words.empty())
    diagnostics.push_back(
        {"FILE", 0, 0, "no scenario was named", "for example: easel run first-sync.xml https://mail.example.com"});
  const Variables parameters = definitions(a.definitions, diagnostics);
  auto device = load_device_profile(data, a.target.device);
  if (!device) diagnostics.insert(diagnostics.end(), device.error().begin(), device.error().end());
  auto reports = parse_report_options(a.reports, a.ci_folder);
  if (!reports) diagnostics.insert(diagnostics.end(), reports.error().begin(), reports.error().end());
  auto codes = SupportCodes::load(data);
  if (!codes) diagnostics.insert(diagnostics.end(), codes.error().begin(), codes.error().end());
  if (!diagnostics.empty()) return usage_error(diagnostics, err);
  // Compiled before any question is asked, and again for the site.
  auto set = compile_scenarios(a.words, data, *device, Site{}, parameters, a.run.read_only);
  if (!set) return usage_error(set.error(), err);
  auto site = build_site(a.target, data, *device);
  if (!site) return usage_error(site.error(), err);
  set = compile_scenarios(a.words, data, *device, *site, parameters, a.run.read_only);
  if (!set) return usage_error(set.error(), err);
  a.run.resolver.server = a.target.dns;
  a.run.run_id = new_run_id();
  a.run.now = system_now;
  a.run.time_limit = std::chrono::milliseconds(static_cast<long>(a.time_limit * 1000));
  a.run.interrupts = &interrupts();
  RunResult result;
  {
    const InterruptCounter counter;
    ProgressLine progress(err, isatty(STDERR_FILENO) != 0 && &err == &std::cerr && a.ci_folder.empty() && !a.quiet);
    CurlTransport transport;
    result = run_scenarios(*set, *device, *site, *codes, a.run, transport, &progress);
  }
  ConsoleOptions console;
  console.columns = terminal_columns();
  console.colour =
      isatty(STDOUT_FILENO) != 0 && &out == &std::cout && a.ci_folder.empty() && std::getenv("NO_COLOR") == nullptr;
  console.quiet = a.quiet;
  console.transcript = a.verbose;
  const bool report_on_stdout = std::ranges::any_of(*reports, [](const ReportFile& f) { return f.path == "-"; });
  (report_on_stdout ? err : out) << render_console(result, console);
  const std::vector<std::string> problems = write_reports(result, *reports, out);
  for (const std::string& problem : problems) err << problem << "\n";
  return problems.empty() ? exit_code(result) : kExitUsage;
}

}  // namespace easel

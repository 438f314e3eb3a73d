// easel verify: judges a server. easel check: single checks with the whole transcript.
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
#include "client/run/dry_run.h"
#include "client/run/verify.h"
#include "client/run/waive.h"
#include "client/transport/curl_transport.h"

namespace easel {
namespace {

struct Arguments {
  TargetOptions target;
  VerifyOptions verify;
  std::vector<std::string> reports;
  std::string ci_folder;
  std::string waivers;
  double time_limit = 600;
  std::string order;
  bool dry_run = false;
  bool quiet = false;
  bool no_colour = false;
};

void add_run_options(CLI::App& app, Arguments& a) {
  const auto group = "The run";
  app.add_option("--fail-on", a.verify.fail_on, "least severity that is a finding")
      ->check(CLI::IsMember({"critical", "high", "medium", "low", "info"}))
      ->capture_default_str()
      ->type_name("SEVERITY")
      ->group(group);
  app.add_option("--jobs,-j", a.verify.jobs, "checks side by side")
      ->check(CLI::Range(1, 64))
      ->capture_default_str()
      ->type_name("N")
      ->group(group);
  app.add_option("--time-limit", a.time_limit, "seconds for the whole run")
      ->check(CLI::Range(1.0, 86400.0))
      ->capture_default_str()
      ->type_name("S")
      ->group(group);
  app.add_option("--heartbeat", a.verify.heartbeat, "seconds of a Ping")
      ->type_name("S")
      ->capture_default_str()
      ->group(group);
  app.add_option("--refusals", a.verify.refusals, "most refused requests that the run may cause")
      ->type_name("N")
      ->group(group);
  app.add_option("--order", a.order, "random, or random:SEED")->type_name("ORDER")->group(group);
  app.add_option("--waivers", a.waivers, "findings that somebody answers for")->type_name("FILE")->group(group);
  app.add_flag("--read-only", a.verify.read_only, "leave out what changes the mailbox")->group(group);
  app.add_flag("--dry-run", a.dry_run, "print what would be sent, and send nothing")->group(group);
  const auto reports = "Reports";
  app.add_option("--report", a.reports, "html=FILE, json=FILE, junit=FILE, tap=FILE; - is standard output")
      ->type_name("F=FILE")
      ->group(reports);
  app.add_option("--ci", a.ci_folder, "no colour, no progress; junit.xml and easel.json into DIR")
      ->type_name("DIR")
      ->group(reports);
  app.add_flag("-q,--quiet", a.quiet, "the verdict and the findings only")->group(reports);
  app.add_flag("--no-colour,--no-color", a.no_colour, "no colour on a terminal, either")->group(reports);
}

std::optional<Diagnostic> read_order(Arguments& a) {
  if (a.order.empty()) return std::nullopt;
  a.verify.random_order = a.order.starts_with("random");
  if (a.order == "random") {
    a.verify.seed = static_cast<std::uint64_t>(std::stoul(new_run_id()));
    return std::nullopt;
  }
  char* end = nullptr;
  const std::string seed = a.order.size() > 7 ? a.order.substr(7) : "";
  a.verify.seed = std::strtoull(seed.c_str(), &end, 10);
  if (a.verify.random_order && a.order[6] == ':' && !seed.empty() && *end == '\0') return std::nullopt;
  return Diagnostic{"--order", 0, 0, "'" + a.order + "' is not an order", "random, or random:SEED with a number"};
}

void read_waivers(Arguments& a, const Catalogue& catalogue, Diagnostics& diagnostics) {
  if (a.waivers.empty()) return;
  auto waivers = load_waivers(a.waivers);
  if (!waivers) {
    diagnostics.insert(diagnostics.end(), waivers.error().begin(), waivers.error().end());
    return;
  }
  const Diagnostics unknown = unknown_waivers(*waivers, catalogue);
  diagnostics.insert(diagnostics.end(), unknown.begin(), unknown.end());
  a.verify.waivers = std::move(*waivers);
}

// Everything that can be refused is refused here, before any packet.
std::optional<int> execute(Arguments& a, bool transcript, std::ostream& out, std::ostream& err) {
  const DataFiles data(a.target.data_folder);
  Diagnostics diagnostics;
  auto device = load_device_profile(data, a.target.device);
  if (!device) diagnostics = device.error();
  auto reports = parse_report_options(a.reports, a.ci_folder);
  if (!reports) diagnostics.insert(diagnostics.end(), reports.error().begin(), reports.error().end());
  if (auto problem = read_order(a)) diagnostics.push_back(*problem);
  auto codes = SupportCodes::load(data);
  if (!codes) diagnostics.insert(diagnostics.end(), codes.error().begin(), codes.error().end());
  auto catalogue = load_catalogue(data);
  if (!catalogue) diagnostics.insert(diagnostics.end(), catalogue.error().begin(), catalogue.error().end());
  if (catalogue && a.verify.patterns.empty()) {
    const auto plan = std::ranges::find(catalogue->plans, a.verify.plan, &CheckPlan::id);
    if (plan == catalogue->plans.end()) {
      std::vector<std::string_view> known;
      for (const CheckPlan& p : catalogue->plans) known.push_back(p.id);
      diagnostics.push_back({"--plan", 0, 0, "no plan '" + a.verify.plan + "'", suggest(a.verify.plan, known)});
    } else {
      a.verify.patterns = plan->patterns;
      a.verify.opt_in = plan->opt_in;
    }
  }
  if (catalogue) read_waivers(a, *catalogue, diagnostics);
  if (!diagnostics.empty()) return usage_error(diagnostics, err);
  a.verify.resolver.server = a.target.dns;
  // The password is asked for last.
  auto site = build_site(a.target, data, *device);
  if (!site) return usage_error(site.error(), err);
  a.verify.run_id = new_run_id();
  a.verify.now = system_now;
  a.verify.time_limit = std::chrono::milliseconds(static_cast<long>(a.time_limit * 1000));
  a.verify.interrupts = &interrupts();
  auto plan = schedule(*catalogue, data, *device, *site, a.verify);
  if (!plan) return usage_error(plan.error(), err);
  if (a.dry_run) {
    out << render_dry_run(*plan, *device, *site, a.verify);
    return 0;
  }
  const bool terminal = isatty(STDOUT_FILENO) != 0 && &out == &std::cout && a.ci_folder.empty();
  RunResult result;
  {
    const InterruptCounter counter;
    ProgressLine progress(err, isatty(STDERR_FILENO) != 0 && &err == &std::cerr && a.ci_folder.empty() && !a.quiet);
    CurlTransport transport;
    result = verify(*plan, data, *device, *site, *codes, a.verify, transport, &progress);
  }
  const bool report_on_stdout = std::ranges::any_of(*reports, [](const ReportFile& f) { return f.path == "-"; });
  ConsoleOptions console;
  console.columns = terminal_columns();
  console.colour = terminal && !a.no_colour && std::getenv("NO_COLOR") == nullptr;
  console.quiet = a.quiet;
  console.transcript = transcript;
  (report_on_stdout ? err : out) << render_console(result, console);
  const std::vector<std::string> problems = write_reports(result, *reports, out);
  for (const std::string& problem : problems) err << problem << "\n";
  return problems.empty() ? exit_code(result) : kExitUsage;
}

}  // namespace

int verify_main(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
  CLI::App app("Judges whether a server accepts only secure, authenticated ActiveSync sessions.", "easel verify");
  app.footer(
      "Example: easel verify https://mail.example.com --user 'CORP\\alice' --trust-ca corp-root.cer\nExit: 0 all held "
      "· 1 findings · 2 usage · 3 could not be judged · 4 nothing ran");
  Arguments a;
  add_target_options(app, a.target);
  app.add_option("--plan", a.verify.plan, "first, smoke, deploy or deep (easel checks --plans)")
      ->type_name("PLAN")
      ->capture_default_str()
      ->group("The run");
  app.add_option("--check", a.verify.patterns, "these checks instead of a plan: id or area.*")
      ->type_name("ID")
      ->group("The run");
  add_run_options(app, a);
  if (const ParseOutcome parsed = parse_words(app, args, out, err); parsed.done) return parsed.code;
  if (!a.verify.patterns.empty()) {
    a.verify.plan.clear();
    for (const std::string& p : a.verify.patterns) a.verify.plan += (a.verify.plan.empty() ? "" : " ") + p;
  }
  return *execute(a, false, out, err);
}

int check_main(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
  CLI::App app("Runs single checks and prints every round trip of theirs.", "easel check");
  app.footer(
      "Example: easel check tls.chain.trusted https://mail.example.com\nSeveral ids may stand before the address; "
      "easel checks lists them.");
  Arguments a;
  std::vector<std::string> words;
  add_target_options(app, a.target);
  app.remove_option(app.get_option("URL"));
  app.add_option("ID", words, "ids of checks, then the address of the target")->required()->type_name("");
  add_run_options(app, a);
  if (const ParseOutcome parsed = parse_words(app, args, out, err); parsed.done) return parsed.code;
  if (words.back().find("://") != std::string::npos || (words.size() > 1 && a.target.site_file.empty())) {
    a.target.url = words.back();
    words.pop_back();
  }
  a.verify.patterns = words;
  a.verify.opt_in = true;
  a.verify.plan = "check";
  for (const std::string& w : words) a.verify.plan += " " + w;
  if (words.empty()) return usage_error({{"ID", 0, 0, "no check was named", "list them with: easel checks"}}, err);
  return *execute(a, true, out, err);
}

}  // namespace easel

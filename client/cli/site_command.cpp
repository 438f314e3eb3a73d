// easel site init: a first site file from what a server shows, for the administrator to complete.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <optional>
#include <ostream>

#include "client/check/http_predicates.h"
#include "client/cli/command.h"
#include "client/cli/target_options.h"
#include "client/run/check_result.h"
#include "client/run/scenarios.h"
#include "client/transport/curl_transport.h"
#include "client/xml/xml_tree.h"

namespace easel {
namespace {

struct Observed {
  const CheckResult* challenge = nullptr;
  const CheckResult* plain = nullptr;
  const CheckResult* account = nullptr;
};

const RoundTrip* last(const CheckResult* check) {
  return check && !check->round_trips.empty() ? &check->round_trips.back().round_trip : nullptr;
}

std::string comment(const std::string& text) {
  std::string safe = text;  // "--" may not stand in a comment
  for (std::size_t at = 0; (at = safe.find("--", at)) != std::string::npos;) safe.replace(at, 2, "- -");
  return "  <!-- " + safe + " -->\n";
}

std::string attribute(std::string_view name, const std::string& value) {
  return " " + std::string(name) + "=\"" + escape_xml(value) + "\"";
}

std::string plain_value(const Site& site, const Observed& seen, std::string& out) {
  const RoundTrip* t = last(seen.plain);
  if (!t) {
    out += comment("The plain port is not known: write plain=\"80\", or plain=\"none\" if there is none.");
    return {};
  }
  const std::string port = std::to_string(*site.plain_port);
  if (const HttpResponse* response = t->response()) {
    out += comment("Port " + port + " answered plain HTTP: " + std::to_string(response->status) + " " +
                   response->reason.substr(0, 40));
    return port;
  }
  out += comment("Port " + port + ": " + summary(*t));
  return port;
}

void describe_chain(const RoundTrip& t, std::string& out) {
  if (!t.tls || t.tls->chain.empty()) return;
  const Certificate& leaf = t.tls->chain.front();
  out += comment("Certificate: " + leaf.subject + ", issued by " + leaf.issuer + "; " +
                 (t.tls->verdict.trusted() ? "trusted" : "NOT trusted") + ", " + t.tls->version);
  out += comment("Its pin: sha256//" + leaf.spki_pin);
}

std::string scheme_words(const RoundTrip* t) {
  std::string out;
  const HttpResponse* response = t ? t->response() : nullptr;
  if (!response) return out;
  for (const std::string& s : challenge_schemes(response->headers)) {
    std::string word = s;
    if (!word.empty()) word[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(word[0])));
    out += (out.empty() ? "" : " ") + word;
  }
  return out;
}

bool asked_to_provision(const CheckResult* account) {
  return account && std::ranges::any_of(account->round_trips,
                                        [](const RoundTripRecord& r) { return r.what.starts_with("Provision"); });
}

std::string site_file(const Site& site, const RunResult& result, const Observed& seen) {
  std::string body;
  const std::string plain = plain_value(site, seen, body);
  std::string out = "<site version=\"1\"" + attribute("name", site.host) + attribute("axis", site.axis);
  if (!result.product.empty() && result.product != "any") out += attribute("server", result.product);
  const bool logged_on = seen.account && seen.account->verdict.kind == VerdictKind::Pass;
  if (logged_on) out += attribute("policy", asked_to_provision(seen.account) ? "required" : "none");
  out += ">\n";
  if (!result.server.empty()) out += comment("It calls itself: " + result.server);
  if (const RoundTrip* t = last(seen.challenge)) describe_chain(*t, out);
  out += body;
  out += "  <host" + attribute("name", site.host);
  if (site.port != 443) out += attribute("port", std::to_string(site.port));
  if (site.path != Site{}.path) out += attribute("path", site.path);
  if (!plain.empty()) out += attribute("plain", plain);
  out += "/>\n";
  const std::string schemes = scheme_words(last(seen.challenge));
  if (!schemes.empty()) out += "  <schemes" + attribute("exactly", schemes) + "/>\n";
  if (!site.accounts.empty()) {
    out += "  <account" + attribute("user", site.accounts.front().user) + " password=\"prompt\"/>\n";
    if (!logged_on)
      out += comment("The log-on was not accepted: " + (seen.account ? seen.account->verdict.actual : ""));
  } else {
    out += comment("<account user=\"CORP\\alice\" password=\"env:NAME, file:PATH, fd:N or prompt\"/>");
  }
  out +=
      comment("Further words: role, publisher, vantage, securid, client-certificate, devices; see scenarios/README.md");
  return out + "</site>\n";
}

struct Wanted {
  TargetOptions target;
  std::string file;
};

std::optional<int> read_words(std::span<const std::string> args, Wanted& wanted, std::ostream& out, std::ostream& err) {
  CLI::App app("Writes a site file from what a server shows.", "easel site init");
  app.footer("Example: easel site init https://mail.example.com --user 'CORP\\alice' -o site.xml");
  if (args.empty() || args.front() != "init") {
    if (!args.empty() && (args.front() == "--help" || args.front() == "-h")) {
      out << "easel site init URL: writes a site file from what a server shows; easel site init --help\n";
      return 0;
    }
    err << "easel site: " << (args.empty() ? "say what to do" : "no command '" + args.front() + "'")
        << "; known: init\nsee: easel site init --help\n";
    return kExitUsage;
  }
  add_target_options(app, wanted.target);
  app.add_option("-o,--output", wanted.file, "write it there, and never over a file that exists")->type_name("FILE");
  const ParseOutcome parsed = parse_words(app, args.subspan(1), out, err);
  return parsed.done ? std::optional(parsed.code) : std::nullopt;
}

RunResult observe(const ScenarioSet& set, const DeviceProfile& device, const Site& site, const SupportCodes& codes,
                  const TargetOptions& target) {
  ScenarioOptions options;
  options.run_id = new_run_id();
  options.now = system_now;
  options.resolver.server = target.dns;
  options.interrupts = &interrupts();
  const InterruptCounter counter;
  CurlTransport transport;
  return run_scenarios(set, device, site, codes, options, transport, nullptr);
}

// Writes the file, or prints it.
int hand_out(const std::string& text, const std::string& file, std::ostream& out, std::ostream& err) {
  if (file.empty()) {
    out << text;
    return 0;
  }
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) return usage_error({{"-o", 0, 0, file + " could not be written", ""}}, err);
  out << file << "\n";
  return 0;
}

}  // namespace

int site_main(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
  Wanted wanted;
  if (const auto code = read_words(args, wanted, out, err)) return *code;
  const DataFiles data(wanted.target.data_folder);
  Diagnostics diagnostics;
  auto device = load_device_profile(data, wanted.target.device);
  if (!device) diagnostics = device.error();
  auto codes = SupportCodes::load(data);
  if (!codes) diagnostics.insert(diagnostics.end(), codes.error().begin(), codes.error().end());
  if (!wanted.file.empty() && std::filesystem::exists(wanted.file))
    diagnostics.push_back({"-o", 0, 0, wanted.file + " is there already", "remove it, or take another name"});
  if (!diagnostics.empty()) return usage_error(diagnostics, err);
  auto site = build_site(wanted.target, data, *device);
  if (!site) return usage_error(site.error(), err);
  std::vector<std::string> files = {"scenarios/common/observe-challenge.xml"};
  if (site->plain_port) files.push_back("scenarios/common/observe-plain.xml");
  if (!site->accounts.empty()) files.push_back("scenarios/common/observe-account.xml");
  auto set = compile_scenarios(files, data, *device, *site, {}, false);
  if (!set) return usage_error(set.error(), err);
  const RunResult result = observe(*set, *device, *site, *codes, wanted.target);
  Observed seen;
  for (const CheckResult& c : result.checks) {
    if (c.id == "observe-challenge") seen.challenge = &c;
    if (c.id == "observe-plain") seen.plain = &c;
    if (c.id == "observe-account") seen.account = &c;
  }
  if (!last(seen.challenge) || !last(seen.challenge)->response()) {
    err << "easel site init: " << site->host << ":" << site->port << " did not answer: "
        << (last(seen.challenge) ? summary(*last(seen.challenge)) : std::string("nothing was sent")) << "\n";
    return 3;
  }
  return hand_out(site_file(*site, result, seen), wanted.file, out, err);
}

}  // namespace easel

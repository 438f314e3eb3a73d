#include "tests/lab/prove.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <set>
#include <thread>
#include <tuple>

#include "client/run/verify.h"
#include "client/transport/curl_transport.h"

namespace easel::prove {
namespace {

constexpr auto kClaims = std::to_array<Claim>({
    {"sound", true, false},
    {"exchange2003", true, false},
    {"hardened-modern", false, true},
    {"zpush-like", true, false},
    {"sogo-like", true, false},
});

// Kinds of site: a persona, a row of the fault table that is no defect, and what the site file would say.
struct Kind {
  std::string_view name;
  std::string_view persona;
  std::string_view base;  ///< rows that prove something bring it along, so it is taken only where there is no fault
  std::string_view facts;
};
constexpr auto kKinds = std::to_array<Kind>({
    {"isa", "sound", "", "publisher=isa"},
    {"securid", "sound", "securid-on", "securid=yes"},
    {"certificates", "sound", "ccert-alert", "client-certificate=yes"},
    {"certificates-late", "sound", "ccert-after-request", "client-certificate=yes"},
    // A root that the run trusts as the host's store would: nothing was installed on the devices.
    {"public-root", "sound", "root-on-devices", "store=host"},
    {"certificates-wanted", "sound", "ccert-in-handshake", "client-certificate=yes"},
    {"fleet-of-old", "exchange2003", "", "fleet=wm5-msfp,wm6.1"},
    {"fleet-of-today", "sound", "", "fleet=android12"},
    {"front-ends", "sound", "second-front-end", ""},
    {"policy-required", "sound", "", "policy=required"},
    {"names", "sound", "name-is-public", "dns=yes"},
    {"exchange2003-back-end", "exchange2003-back-end", "", "role=back-end schemes=Negotiate,NTLM,Basic"},
});

const Kind* kind_of(std::string_view name) {
  const auto* it = std::ranges::find(kKinds, name, &Kind::name);
  return it == kKinds.end() ? nullptr : it;
}

std::int64_t now() { return static_cast<std::int64_t>(std::time(nullptr)); }

void site_fact(Site& site, std::string_view name, const std::string& value) {
  if (name == "store" && value == "host") {
    site.trust.store = TrustPolicy::Store::Host;
    site.trust.name = "the host's CA store";
  }
  if (name == "role") site.role = value;
  if (name == "publisher") site.publisher = value;
  if (name == "vantage") site.vantage = value;
  if (name == "policy") site.policy = value;
  if (name == "securid") site.securid = value;
  if (name == "client-certificate") site.client_certificate = value;
  if (name == "schemes") {
    std::string list = value;
    std::ranges::replace(list, ',', ' ');
    site.schemes = words(list);
  }
  if (name == "autodiscover") site.autodiscover = value;
  if (name == "server") site.server = value;
  if (name == "own-host") site.other_hosts.push_back(value);
  if (name == "fleet") {
    std::string list = value;
    std::ranges::replace(list, ',', ' ');
    site.fleet = words(list);
  }
  if (name.starts_with("address")) {
    const std::size_t colon = value.rfind(':');
    unsigned port = 0;
    std::from_chars(value.data() + colon + 1, value.data() + value.size(), port);
    site.addresses.push_back({value.substr(0, colon), static_cast<std::uint16_t>(port), std::string(name)});
  }
}

[[noreturn]] void give_up(const Diagnostics& diagnostics) {
  for (const Diagnostic& d : diagnostics) std::cerr << d.file << ':' << d.line << ": " << d.message << '\n';
  std::exit(2);
}

// Under a sanitizer everything takes longer, client and server alike; a bound that is met there only sometimes would
// make verdicts of the machine's load.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kSlowness = 5;
constexpr int kSideBySide = 2;
#else
constexpr int kSlowness = 1;
constexpr int kSideBySide = 4;
#endif

template <class T>
T or_give_up(std::expected<T, Diagnostics> value) {
  if (!value) give_up(value.error());
  return std::move(*value);
}

Ground load_ground() {
  // With EASEL_DATA the files of a working tree are proved without a new build.
  const char* folder = std::getenv("EASEL_DATA");
  const DataFiles data(folder ? folder : "");
  return {data, or_give_up(load_device_profile(data, "wm6.1")), or_give_up(SupportCodes::load(data)),
          or_give_up(load_catalogue(data))};
}

}  // namespace

Claim claim_of(std::string_view persona) {
  const Kind* kind = kind_of(persona);
  const std::string_view base = kind ? kind->persona : persona;
  const auto* it = std::ranges::find(kClaims, base, &Claim::persona);
  return it != kClaims.end() ? *it : Claim{base, base != "careless", false};
}

const Ground& ground() {
  static const Ground loaded = load_ground();
  return loaded;
}

Site site_of(const lab::LabFacts& facts) {
  Site site;
  site.host = site.name = facts.host;
  site.port = facts.https_port;
  site.plain_port = facts.http_port;
  site.route.connect_to_host = "127.0.0.1";
  site.route.connect_to_port = facts.https_port;
  site.plain_route = Route{.connect_to_host = "127.0.0.1",
                           .connect_to_port = facts.http_port,
                           .addresses = {},
                           .proxy = {},
                           .proxy_user = {},
                           .proxy_password = {}};
  site.trust.store = TrustPolicy::Store::Authorities;
  site.trust.name = "the lab's root";
  site.trust.authorities = parse_certificates(facts.ca_pem, "the lab's root").value_or(std::vector<Certificate>());
  for (const lab::LabAccount& a : facts.accounts) {
    // The lab locks nobody out, so every check gets its turn; what a budget does is tested elsewhere.
    site.accounts.push_back({a.role, a.domain_user, Secret(a.password), 1000});
  }
  for (const lab::LabClientCertificate& c : facts.client_certificates) {
    auto chain = parse_certificates(c.certificate_pem, c.name);
    if (!chain) continue;
    if (c.name == "valid") site.certificate = ClientCertificate{c.name, *chain, c.key_pem};
    site.other_certificates.push_back({c.name, std::move(*chain), c.key_pem});
  }
  for (const auto& [name, value] : facts.notes) {
    if (name.starts_with("site.")) site_fact(site, std::string_view(name).substr(5), value);
  }
  for (const auto& [name, value] : facts.notes) {
    if (name == "securid-passcode") site.securid_logon.passcode = Secret(value);
  }
  const std::string_view before = facts.pem_of(facts.pem_of("leaf-before").empty() ? "leaf" : "leaf-before");
  if (const auto leaf = parse_certificates(before, "leaf"); leaf && !leaf->empty())
    site.baseline = Baseline{leaf->front().sha256, leaf->front().spki_pin, "", "the lab's facts"};
  if (const std::uint16_t second = facts.listener("https-2"); second != 0) {
    site.addresses = {{"127.0.0.1", facts.https_port, "FE1"}, {"127.0.0.1", second, "FE2"}};
  }
  site.vantage = "outside";
  site.bounds.connect = std::chrono::seconds(2 * kSlowness);
  site.bounds.answer = std::chrono::seconds(4 * kSlowness);
  return site;
}

const CheckResult* Trial::check(std::string_view id) const {
  const auto it = std::ranges::find(result.checks, id, &CheckResult::id);
  return it == result.checks.end() ? nullptr : &*it;
}

Trial run_trial(const Task& task, const std::vector<std::string>& patterns) {
  Trial trial{task.persona, task.fault, task.axis, {}, {}};
  lab::LabOptions options;
  const Kind* kind = kind_of(task.persona);
  options.persona = kind ? std::string(kind->persona) : task.persona;
  if (!task.fault.empty()) {
    options.faults = {task.fault};
  } else if (kind && !kind->base.empty()) {
    options.faults = {std::string(kind->base)};
  }
  auto lab = lab::Lab::start(options);
  if (!lab) {
    trial.problem = lab.error();
    return trial;
  }
  Site site = site_of((*lab)->facts());
  for (const std::string& fact : kind ? words(kind->facts) : std::vector<std::string>()) {
    const std::size_t equals = fact.find('=');
    site_fact(site, std::string_view(fact).substr(0, equals), fact.substr(equals + 1));
  }
  // Five seconds late on purpose, which must stay later than the bound.
  if (task.fault == "securid-late-and-mixed") site.bounds.answer = std::chrono::seconds(4);
  const Claim claim = claim_of(task.persona);
  site.axis = !task.axis.empty() ? task.axis : claim.today && !claim.guide ? "today" : "guide";
  const bool asks_names = kind && kind->facts.find("dns=yes") != std::string_view::npos;
  const std::string name_server =
      asks_names ? "127.0.0.1:" + std::to_string((*lab)->facts().listener("dns")) : std::string();
  auto result = judge(site, patterns, task.opt_in, nullptr, name_server);
  if (!result) {
    trial.problem = result.error();
  } else {
    trial.result = std::move(*result);
  }
  return trial;
}

std::expected<RunResult, std::string> judge(const Site& site, const std::vector<std::string>& patterns, bool opt_in,
                                            Transport* transport, const std::string& name_server, const Site* planned) {
  const Ground& g = ground();
  VerifyOptions run;
  run.plan = "all";
  run.patterns = patterns.empty() ? std::vector<std::string>{"*"} : patterns;
  run.opt_in = opt_in;
  run.heartbeat = "2";
  run.run_id = "12345678";
  run.now = now;
  run.jobs = 8;
  run.time_limit = std::chrono::seconds(120 * kSlowness);
  run.resolver.server = name_server;
  run.resolver.bound = std::chrono::seconds(1);
  run.parameters = {{"copies", "8"}, {"apart", "200ms"}, {"late", "2s"}};
  auto plan = schedule(g.catalogue, g.data, g.device, planned ? *planned : site, run);
  if (!plan) return std::unexpected(plan.error().front().message);
  CurlTransport own;
  return verify(*plan, g.data, g.device, site, g.codes, run, transport ? *transport : own, nullptr);
}

bool chosen(const Scenario& check) {
  const char* patterns = std::getenv("EASEL_PROVE");
  if (!patterns) return true;
  return std::ranges::any_of(words(patterns), [&](const std::string& p) { return matches_pattern(p, check.id); });
}

std::string persona_of(const Proof& proof) { return proof.persona.empty() ? "sound" : proof.persona; }

std::vector<Task> tasks() {
  std::map<std::tuple<std::string, std::string, std::string>, bool> wanted;
  for (const lab::PersonaInfo& p : lab::personas()) wanted[{std::string(p.id), "", ""}] = false;
  for (const ParsedScenario& c : ground().catalogue.checks) {
    if (!chosen(c.scenario)) continue;
    for (const Proof& p : c.scenario.proofs) {
      if (p.fault.find(':') != std::string::npos) continue;
      for (const std::string& fault : {std::string(), p.fault}) {
        bool& opt_in = wanted[{persona_of(p), fault, p.axis}];
        opt_in = opt_in || c.scenario.opt_in;
      }
    }
  }
  std::vector<Task> out;
  for (const auto& [key, opt_in] : wanted)
    out.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), opt_in});
  return out;
}

const std::vector<Trial>& trials() {
  static const std::vector<Trial> done = [] {
    const std::vector<Task> wanted = tasks();
    std::vector<Trial> out(wanted.size());
    static_cast<void>(ground());
    std::atomic<std::size_t> next{0};
    // Most of a trial is waiting, for keys, handshakes and bounds, so there are more of them than cores.
    std::vector<std::jthread> workers;
    for (int w = 0; w < kSideBySide; ++w) {
      workers.emplace_back([&] {
        for (std::size_t i = next++; i < wanted.size(); i = next++) out[i] = run_trial(wanted[i], {});
      });
    }
    workers.clear();
    return out;
  }();
  return done;
}

const Trial* find_trial(std::string_view persona, std::string_view fault, std::string_view axis) {
  for (const Trial& t : trials()) {
    if (t.persona == persona && t.fault == fault && t.wanted_axis == axis) return &t;
  }
  return nullptr;
}

std::vector<std::string> related_to(const Trial& trial) {
  std::vector<std::string> out;
  for (const lab::FaultInfo& f : lab::faults()) {
    if (f.id == trial.fault) out = words(f.checks);
  }
  for (const ParsedScenario& c : ground().catalogue.checks) {
    for (const Proof& p : c.scenario.proofs) {
      if (p.fault != trial.fault || persona_of(p) != trial.persona) continue;
      out.push_back(c.scenario.id);
      for (std::string& also : words(p.also)) out.push_back(std::move(also));
    }
  }
  return out;
}

}  // namespace easel::prove

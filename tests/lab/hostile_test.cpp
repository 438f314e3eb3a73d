// Every fault of the lab that is about robustness: the run ends within its bound, as findings or as named failures,
// with every report whole, and no secret leaves by any way.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include "client/protocol/credentials.h"
#include "client/report/report.h"
#include "client_lab.h"

using namespace easel;
using namespace easel::testing;

namespace {

constexpr std::string_view kSecond = "canary-second-account";
const std::vector<std::string> kChecks = {"auth.anonymous.refused", "auth.basic.success",  "eas.foldersync.key0",
                                          "http.plain.refused",     "tls.cert.time.valid", "tls.chain.trusted"};

LabRun hostile(std::vector<std::string> faults) {
  LabRun run;
  run.faults = std::move(faults);
  run.heartbeat = "1";
  run.site = [](Site& site) {
    site.bounds.connect = std::chrono::milliseconds(700);
    site.bounds.answer = std::chrono::milliseconds(700);
    site.bounds.max_body = 1U << 20;
    site.bounds.max_headers = 16U << 10;
    site.accounts.push_back({"second", "carol", Secret(std::string(kSecond)), 2});
  };
  return run;
}

struct Needle {
  std::string what, text;
};

std::vector<Needle> secrets_of(const lab::Lab& lab) {
  const lab::LabAccount& account = lab.facts().accounts.front();
  const auto basic = [&](const std::string& user) {
    return basic_authorization(user, account.password, "utf-8").substr(6);
  };
  return {{"password", account.password},
          {"credentials", basic(account.domain_user)},
          {"credentials of the bare user", basic(account.user)},
          {"second account", std::string(kSecond)}};
}

void keeps_secrets(const lab::Lab& lab, const std::string& reports) {
  for (const Needle& n : secrets_of(lab)) {
    INFO(n.what);
    CHECK(reports.find(n.text) == std::string::npos);
  }
  for (const lab::TranscriptEntry& e : lab.transcript()) {
    if (e.event != lab::Event::request || e.listener == "https") continue;
    std::string text = e.text + e.body;
    for (const auto& [name, value] : e.headers) text += name + value;
    for (const Needle& n : secrets_of(lab)) {
      INFO(e.listener, " ", n.what);
      CHECK(text.find(n.text) == std::string::npos);
    }
  }
}

void reports_are_whole(const RunResult& result) {
  CHECK(nlohmann::json::accept(render_json(result)));
  pugi::xml_document junit;
  CHECK(junit.load_string(render_junit(result).c_str()));
  CHECK(render_console(result, {}).find("exit ") != std::string::npos);
}

struct Survived {
  std::string fault;
  std::unique_ptr<lab::Lab> lab;
  RunResult result;
  std::chrono::steady_clock::duration took{};
};

Survived meet(const std::string& fault) {
  Survived s;
  s.fault = fault;
  const LabRun run = hostile({fault});
  s.lab = start_lab(run);
  const auto begin = std::chrono::steady_clock::now();
  s.result = verify_lab(*s.lab, kChecks, run);
  s.took = std::chrono::steady_clock::now() - begin;
  return s;
}

void survived(const Survived& s) {
  INFO(s.fault);
  CHECK(s.took < std::chrono::seconds(30));
  REQUIRE(s.result.checks.size() == kChecks.size());
  for (const CheckResult& c : s.result.checks) {
    INFO(c.id, " ", std::string(to_string(c.verdict.kind)), " ", c.verdict.actual);
    CHECK(c.verdict.kind != VerdictKind::Error);
    CHECK(c.verdict.reason != "budget");
    const bool red = c.verdict.kind == VerdictKind::Fail || c.verdict.kind == VerdictKind::Blocked;
    if (red) CHECK(!c.verdict.actual.empty());
  }
  reports_are_whole(s.result);
  keeps_secrets(*s.lab, all_reports(s.result));
}

// Six servers at a time: most of what they do is to keep us waiting.
std::size_t survive_all(const std::function<bool(const lab::FaultInfo&)>& wanted) {
  std::vector<std::string> faults;
  for (const lab::FaultInfo& fault : lab::faults()) {
    if (wanted(fault)) faults.emplace_back(fault.id);
  }
  for (std::size_t begin = 0; begin < faults.size(); begin += 6) {
    std::vector<std::future<Survived>> meetings;
    for (std::size_t i = begin; i < std::min(begin + 6, faults.size()); ++i)
      meetings.push_back(std::async(std::launch::async, meet, faults[i]));
    for (auto& meeting : meetings) survived(meeting.get());
  }
  return faults.size();
}

}  // namespace

TEST_CASE("every fault of the wire ends within its bound, named, and gives nothing away") {
  const std::size_t walked = survive_all([](const lab::FaultInfo& fault) { return fault.responder == "wire"; });
  CHECK(walked >= 25);
  MESSAGE(walked, " faults of the wire");
}

TEST_CASE("every other fault that is only about robustness does, too") {
  survive_all([](const lab::FaultInfo& fault) { return fault.responder != "wire" && fault.checks.empty(); });
}

TEST_CASE("redirects and mailboxes elsewhere lead no credentials to a foreign host") {
  const std::size_t walked = survive_all([](const lab::FaultInfo& fault) {
    return fault.id.find("foreign") != std::string_view::npos || fault.id.starts_with("redirect") ||
           fault.id.starts_with("mailbox-elsewhere");
  });
  CHECK(walked >= 4);
}

TEST_CASE("a secret parameter and the password of a proxy stand in no report") {
  LabRun run = hostile({});
  const auto lab = start_lab(run);
  const auto base = run.site;
  run.site = [&](Site& site) {
    base(site);
    site.route.connect_to_host.clear();
    site.route.proxy = "http://127.0.0.1:" + std::to_string(lab->facts().http_port);
    site.route.proxy_user = "proxy-user";
    site.route.proxy_password = "canary-of-the-proxy";
  };
  const RunResult result = verify_lab(*lab, kChecks, run);
  const std::string reports = all_reports(result);
  CHECK(reports.find("canary-of-the-proxy") == std::string::npos);
  CHECK(reports.find(basic_authorization("proxy-user", "canary-of-the-proxy", "utf-8").substr(6)) == std::string::npos);
  CHECK(exit_code(result) == 3);
  keeps_secrets(*lab, reports);
}

TEST_CASE("how long the six checks take against a sound lab") {
  const LabRun run;
  const auto lab = start_lab(run);
  const RunResult result = verify_lab(*lab, kChecks, run);
  CHECK(exit_code(result) == 0);
  MESSAGE("six checks in ", result.took.count(), " ms");
  CHECK(result.took < std::chrono::seconds(10));
}

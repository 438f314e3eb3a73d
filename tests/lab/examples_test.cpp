// Every scenario of scenarios/examples against a sound lab, and against one that does what the scenario asks about.
#include <doctest/doctest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "client/cli/command.h"
#include "client_lab.h"

using namespace easel;
using namespace easel::testing;

namespace {

std::string example(std::string_view name) { return "scenarios/examples/" + std::string(name) + ".xml"; }

const CheckResult& only(const RunResult& result) {
  REQUIRE(result.checks.size() == 1);
  return result.checks.front();
}

std::string told(const CheckResult& c) {
  return c.id + " is " + std::string(to_string(c.verdict.kind)) + " " + c.verdict.reason + " at " + c.verdict.where +
         ": expected " + c.verdict.expected + ", found " + c.verdict.actual;
}

void holds(std::string_view name, const LabRun& run = {}, const Variables& parameters = {}) {
  const auto lab = start_lab(run);
  const RunResult result = run_files(*lab, {example(name)}, run, parameters);
  INFO(run.device, " ", told(only(result)));
  CHECK(only(result).verdict.kind == VerdictKind::Pass);
  CHECK(exit_code(result) == 0);
  CHECK(only(result).left_behind.empty());
}

void fails(std::string_view name, const std::string& fault, std::string_view where, const LabRun& base = {}) {
  LabRun run = base;
  run.faults = {fault};
  const auto lab = start_lab(run);
  const RunResult result = run_files(*lab, {example(name)}, run);
  INFO(fault, " ", told(only(result)));
  CHECK(only(result).verdict.kind == VerdictKind::Fail);
  CHECK(only(result).verdict.where.find(where) != std::string::npos);
  CHECK(exit_code(result) == 1);
}

}  // namespace

TEST_CASE("every example has a test here, and compiles") {
  static constexpr std::string_view kTested[] = {"first-sync",
                                                 "policy-reaches-device",
                                                 "push-works",
                                                 "replayed-key",
                                                 "second-device-sees-change",
                                                 "sendmail-arrives-once",
                                                 "windowing-loses-nothing",
                                                 "wrong-password"};
  std::vector<std::string> expected;
  for (const std::string_view name : kTested) expected.push_back(example(name));
  CHECK(DataFiles().list("scenarios/examples/", ".xml") == expected);
}

TEST_CASE("the examples hold on a sound server, as a device of 12.1 and of 2.5") {
  for (const std::string device : {"wm6.1", "wm5-msfp"}) {
    LabRun run;
    run.device = device;
    for (const std::string_view name :
         {"first-sync", "policy-reaches-device", "push-works", "replayed-key", "second-device-sees-change",
          "sendmail-arrives-once", "windowing-loses-nothing", "wrong-password"})
      holds(name, run);
  }
}

TEST_CASE("first-sync counts what is there") {
  const LabRun run;
  const auto lab = start_lab(run);
  const std::string there = std::to_string(lab->item_count("alice", "Inbox"));
  CHECK(only(run_files(*lab, {example("first-sync")}, run, {{"items", there}})).verdict.kind == VerdictKind::Pass);
  const RunResult wrong = run_files(*lab, {example("first-sync")}, run, {{"items", "999"}});
  CHECK(only(wrong).verdict.kind == VerdictKind::Fail);
}

TEST_CASE("what an example puts into the mailbox it takes out again") {
  const LabRun run;
  const auto lab = start_lab(run);
  const std::size_t inbox = lab->item_count("alice", "Inbox"), contacts = lab->item_count("alice", "Contacts");
  for (const std::string_view name : {"push-works", "sendmail-arrives-once", "second-device-sees-change"})
    CHECK(exit_code(run_files(*lab, {example(name)}, run)) == 0);
  CHECK(lab->item_count("alice", "Inbox") == inbox);
  CHECK(lab->item_count("alice", "Contacts") == contacts);
}

TEST_CASE("the examples fail on a server that is broken where they ask") {
  fails("first-sync", "foldersync-no-inbox", "folders");
  fails("replayed-key", "synckey-stuck", "");
  fails("wrong-password", "anonymous-allowed", "wrong");
}

TEST_CASE("gates: version, command, site and check") {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("easel-gate-" + std::to_string(getpid()) + ".xml");
  const auto gated = [&](std::string_view needs, const LabRun& run) {
    std::ofstream(file) << "<scenario id='gated' version='1'>" << needs
                        << "<http id='a' method='OPTIONS'><answered/></http></scenario>";
    const auto lab = start_lab(run);
    const RunResult result = run_files(*lab, {file.string()}, run);
    std::filesystem::remove(file);
    return only(result).verdict;
  };
  const auto is = [](const Verdict& v, VerdictKind kind, std::string_view reason) {
    INFO(std::string(to_string(v.kind)), " ", v.reason, " ", v.actual);
    CHECK(v.kind == kind);
    CHECK(v.reason == reason);
  };
  LabRun old;
  old.persona = "exchange2003";
  LabRun strange;
  strange.faults = {"ca-unknown"};
  is(gated("<needs version-at-least='12.0'/>", {}), VerdictKind::Pass, "");
  is(gated("<needs version-at-least='12.0'/>", old), VerdictKind::Skip, "version");
  is(gated("<needs command='Ping'/>", {}), VerdictKind::Pass, "");
  is(gated("<needs command='Find'/>", {}), VerdictKind::Skip, "command");
  is(gated("<needs site='role' is='back-end' reason='role'/>", {}), VerdictKind::Skip, "role");
  is(gated("<needs check='tls.chain.trusted' else='blocked'/>", {}), VerdictKind::Pass, "");
  is(gated("<needs check='tls.chain.trusted' else='blocked'/>", strange), VerdictKind::Blocked, "prerequisite");
}

TEST_CASE("a scenario that may lock the account out is left out when the budget is spent") {
  LabRun run;
  run.site = [](Site& site) { site.accounts.front().failed_logons = 1; };
  const auto lab = start_lab(run);
  const RunResult result = run_files(*lab, {example("wrong-password"), example("wrong-password")}, run);
  REQUIRE(result.checks.size() == 2);
  CHECK(result.checks[0].verdict.kind == VerdictKind::Pass);
  CHECK(result.checks[1].verdict.kind == VerdictKind::Skip);
  CHECK(result.checks[1].verdict.reason == "logon-budget");
}

TEST_CASE("Ctrl-C: the steps end, what was made is removed, the verdict says why") {
  std::atomic<int> interrupts = 0;
  LabRun run;
  run.interrupts = &interrupts;
  const auto lab = start_lab(run);
  const std::size_t inbox = lab->item_count("alice", "Inbox");
  // Nobody presses a key here: the run is interrupted while its Ping waits for a mail that never comes.
  const std::string text = "scenarios/examples/push-works.xml";
  std::jthread presses([&] {
    if (lab->wait_for_ping("alice", std::chrono::seconds(10))) interrupts = 1;
  });
  const RunResult result = run_files(*lab, {text}, run);
  presses.join();
  CHECK(result.interrupted);
  CHECK(only(result).verdict.kind == VerdictKind::Blocked);
  CHECK(only(result).verdict.reason == "interrupted");
  CHECK(exit_code(result) == 3);
  CHECK(lab->item_count("alice", "Inbox") == inbox);
}

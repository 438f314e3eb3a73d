// Exit codes in their precedence, axes, waivers, predicted codes.
#include <doctest/doctest.h>

#include "client/run/run_result.h"
#include "client/run/waive.h"
#include "client_testing.h"

using namespace easel;
using namespace easel::testing;

namespace {

CheckResult check(VerdictKind kind, std::string severity = "high", std::string axis = "both") {
  CheckResult c;
  c.id = "area.subject.claim";
  c.severity = std::move(severity);
  c.axis = std::move(axis);
  c.verdict.kind = kind;
  c.verdict.actual = "401 Unauthorized";
  return c;
}

RunResult result(std::vector<CheckResult> checks) {
  RunResult r;
  r.axis = "guide";
  r.fail_on = "high";
  r.host = "mail.example.com";
  r.port = 443;
  r.checks = std::move(checks);
  return r;
}

RunResult with_control(RunResult r, bool holds) {
  ControlResult c;
  c.holds = holds;
  r.controls.push_back(c);
  return r;
}

Waiver waiver(std::string target = "mail.example.com", std::string evidence = "401") {
  return {"area.subject.claim", std::move(target), kNow + 1000, "2026-11-25", "Ann", "soon",
          std::move(evidence),  "w.xml",           {3, 1}};
}

}  // namespace

TEST_CASE("exit codes: nothing ran, findings, not judged, held, in this order") {
  using K = VerdictKind;
  CHECK(exit_code(result({})) == 4);
  CHECK(exit_code(result({check(K::Skip), check(K::Skip)})) == 4);
  CHECK(exit_code(with_control(result({check(K::Skip)}), false)) == 4);
  CHECK(exit_code(result({check(K::Fail), check(K::Blocked), check(K::Pass)})) == 1);
  CHECK(exit_code(with_control(result({check(K::Fail)}), false)) == 1);
  CHECK(exit_code(result({check(K::Blocked), check(K::Skip)})) == 3);
  CHECK(exit_code(result({check(K::Pass), check(K::Error)})) == 3);
  CHECK(exit_code(with_control(result({check(K::Pass)}), false)) == 3);
  RunResult interrupted = result({check(K::Pass)});
  interrupted.interrupted = true;
  CHECK(exit_code(interrupted) == 3);
  CHECK(exit_code(with_control(result({check(K::Pass), check(K::Skip), check(K::Flaky), check(K::Waived)}), true)) ==
        0);
  CHECK(exit_code(result({check(K::XPass, "info")})) == 1);
}

TEST_CASE("only the gating axis and grave findings count; both belongs to each axis") {
  CHECK(exit_code(result({check(VerdictKind::Fail, "high", "today")})) == 0);
  CHECK(exit_code(result({check(VerdictKind::Fail, "high", "guide")})) == 1);
  CHECK(exit_code(result({check(VerdictKind::Fail, "medium", "guide")})) == 0);
  RunResult today = result({check(VerdictKind::Fail, "high", "today"), check(VerdictKind::Fail, "high", "guide")});
  today.axis = "today";
  CHECK(is_finding(today, today.checks[0]));
  CHECK(!is_finding(today, today.checks[1]));
  today.checks[1].axis = "both";
  CHECK(is_finding(today, today.checks[1]));
  today.fail_on = "info";
  today.checks[1].severity = "low";
  CHECK(is_finding(today, today.checks[1]));
}

TEST_CASE("a waiver holds for its check, its target, its evidence and its time") {
  RunResult r = result({check(VerdictKind::Fail)});
  apply_waivers(r, {waiver()}, kNow);
  CHECK(r.checks[0].verdict.kind == VerdictKind::Waived);
  CHECK(r.checks[0].verdict.reason == "soon, Ann, until 2026-11-25");
  CHECK(exit_code(r) == 0);

  r = result({check(VerdictKind::Fail)});
  apply_waivers(r, {waiver("mail.example.com:443")}, kNow);
  CHECK(r.checks[0].verdict.kind == VerdictKind::Waived);

  r = result({check(VerdictKind::Fail)});
  apply_waivers(r, {waiver("other.example.com")}, kNow);
  CHECK(r.checks[0].verdict.kind == VerdictKind::Fail);
  CHECK(r.checks[0].verdict.notes.empty());

  r = result({check(VerdictKind::Fail)});
  apply_waivers(r, {waiver("mail.example.com", "503")}, kNow);
  CHECK(exit_code(r) == 1);
  CHECK(r.checks[0].verdict.notes.at(0) ==
        "the waiver of Ann until 2026-11-25 (soon) is about another finding: \"503\"");

  r = result({check(VerdictKind::Fail)});
  apply_waivers(r, {waiver()}, kNow + 1000);
  CHECK(exit_code(r) == 1);
  CHECK(r.checks[0].verdict.notes.at(0) == "the waiver of Ann until 2026-11-25 (soon) has ended");
}

TEST_CASE("a waiver that is not needed any more is red") {
  RunResult r = result({check(VerdictKind::Pass, "low")});
  apply_waivers(r, {waiver()}, kNow);
  CHECK(r.checks[0].verdict.kind == VerdictKind::XPass);
  CHECK(r.checks[0].verdict.actual == "it passed: remove the waiver from w.xml:3");
  CHECK(exit_code(r) == 1);
  r = result({check(VerdictKind::Pass)});
  apply_waivers(r, {waiver()}, kNow + 1000);  // an old waiver changes nothing about a pass
  CHECK(exit_code(r) == 0);
  r = result({check(VerdictKind::Skip), check(VerdictKind::Pass)});
  apply_waivers(r, {}, kNow);
  CHECK(exit_code(r) == 0);
}

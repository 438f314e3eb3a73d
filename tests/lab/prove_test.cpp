// The catalogue proved: a sound lab passes each check, each fault turns the check that claims it red, with the right
// reason and the right predicted code, and nothing else turns critical.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <set>

#include "tests/lab/prove.h"
#include "tests/lab/prove_self.h"

namespace easel::prove {
namespace {

bool failed(const CheckResult& c) { return c.verdict.kind == VerdictKind::Fail; }

std::string shown(const CheckResult& c) {
  const Verdict& v = c.verdict;
  std::string out(to_string(v.kind));
  if (!v.reason.empty()) out += "(" + v.reason + ")";
  if (v.kind != VerdictKind::Pass)
    out += ": " + v.actual + (v.expected.empty() ? "" : ", expected " + v.expected) +
           (v.where.empty() ? "" : " at " + v.where);
  if (!v.predicted.code.empty()) out += " [" + v.predicted.code + "]";
  return out;
}

void print(const std::string& id, const std::string& lab, const std::string& text) {
  std::string head = id;
  head.resize(std::max<std::size_t>(head.size(), 34), ' ');
  std::string middle = lab;
  middle.resize(std::max<std::size_t>(middle.size(), 40), ' ');
  std::cout << head << ' ' << middle << ' ' << text << '\n';
}

void prove_fault(const Scenario& check, const Proof& proof) {
  const std::string persona = persona_of(proof);
  const std::string lab = persona + " + " + proof.fault;
  CAPTURE(check.id);
  CAPTURE(lab);
  const Trial* trial = find_trial(persona, proof.fault, proof.axis);
  REQUIRE(trial);
  REQUIRE_MESSAGE(trial->problem.empty(), trial->problem);
  const CheckResult* result = trial->check(check.id);
  REQUIRE(result);
  print(check.id, lab, shown(*result));
  CHECK_MESSAGE(failed(*result), "the fault must turn the check red: ", shown(*result));
  if (!proof.code.empty()) CHECK(result->verdict.predicted.code == proof.code);
  if (!proof.expect.empty()) {
    CHECK_MESSAGE(result->verdict.actual.find(proof.expect) != std::string::npos, "'", result->verdict.actual,
                  "' does not say ", proof.expect);
  }
}

bool passes_somewhere(const Scenario& check) {
  return std::ranges::any_of(trials(), [&](const Trial& t) {
    const CheckResult* c = t.fault.empty() ? t.check(check.id) : nullptr;
    return c && c->verdict.kind == VerdictKind::Pass;
  });
}

void prove_sound(const Scenario& check, const std::string& persona, const std::string& axis) {
  CAPTURE(check.id);
  CAPTURE(persona);
  const Trial* trial = find_trial(persona, "", axis);
  REQUIRE(trial);
  REQUIRE_MESSAGE(trial->problem.empty(), trial->problem);
  const CheckResult* result = trial->check(check.id);
  REQUIRE(result);
  print(check.id, persona + (axis.empty() ? "" : " on the axis " + axis), shown(*result));
  // A check that only speaks when something is wrong may skip here, if it passes on another kind of sound server.
  // skip(absent) is what a check of something that should not be there says where it is not there.
  const bool elsewhere =
      result->verdict.kind == VerdictKind::Skip && (result->verdict.reason == "absent" || passes_somewhere(check));
  CHECK_MESSAGE((result->verdict.kind == VerdictKind::Pass || elsewhere),
                "without the fault the check must pass: ", shown(*result));
}

bool allowed(const std::vector<std::string>& related, const std::string& id) {
  return std::ranges::any_of(related, [&](const std::string& r) { return matches_pattern(r, id); });
}

}  // namespace

TEST_CASE("every fault turns the checks that claim it red, and without it they pass") {
  const auto started = std::chrono::steady_clock::now();
  for (const ParsedScenario& c : ground().catalogue.checks) {
    if (!chosen(c.scenario)) continue;
    std::set<std::pair<std::string, std::string>> twins;
    for (const Proof& p : c.scenario.proofs) {
      if (p.fault.find(':') != std::string::npos) continue;
      twins.emplace(persona_of(p), p.axis);
      prove_fault(c.scenario, p);
    }
    for (const auto& [persona, axis] : twins) prove_sound(c.scenario, persona, axis);
  }
  const auto took = std::chrono::steady_clock::now() - started;
  std::cout << trials().size() << " labs, " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
            << " ms\n";
}

TEST_CASE("no check fires on a sound server, on the axes that it claims") {
  for (const Trial& trial : trials()) {
    if (!trial.fault.empty() || !trial.wanted_axis.empty()) continue;
    CAPTURE(trial.persona);
    CHECK_MESSAGE(trial.problem.empty(), trial.problem);
    const Claim claim = claim_of(trial.persona);
    for (const CheckResult& c : trial.result.checks) {
      const bool claimed = c.axis == "guide"   ? claim.guide
                           : c.axis == "today" ? claim.today
                                               : claim.guide || claim.today;
      if (!claimed) continue;
      const bool red = failed(c) || c.verdict.kind == VerdictKind::Error || c.verdict.kind == VerdictKind::Blocked;
      CHECK_MESSAGE(!red, c.id, " on ", trial.persona, ": ", shown(c));
    }
  }
}

TEST_CASE("a fault turns nothing unrelated critical") {
  for (const Trial& trial : trials()) {
    if (trial.fault.empty()) continue;
    CAPTURE(trial.persona);
    CAPTURE(trial.fault);
    const std::vector<std::string> related = related_to(trial);
    for (const CheckResult& c : trial.result.checks) {
      CHECK_MESSAGE(c.verdict.kind != VerdictKind::Error, c.id, ": ", shown(c));
      if (!failed(c) || c.severity != "critical" || allowed(related, c.id)) continue;
      const Trial* sound = find_trial(trial.persona, "", trial.wanted_axis);
      const CheckResult* before = sound ? sound->check(c.id) : nullptr;
      if (before && failed(*before)) continue;
      CHECK_MESSAGE(false, c.id, " fails, too: ", shown(c));
    }
  }
}

TEST_CASE("every fault that claims to prove a check of the catalogue is claimed by one") {
  std::string unclaimed;
  for (const lab::FaultInfo& f : lab::faults()) {
    for (const std::string& id : words(f.checks)) {
      const Scenario* check = ground().catalogue.find(id);
      if (!check) continue;  // the check itself is still to come
      if (std::ranges::none_of(check->proofs, [&](const Proof& p) { return p.fault == f.id; }))
        unclaimed += std::string(f.id) + " (" + id + ") ";
    }
  }
  CHECK_MESSAGE(unclaimed.empty(), "faults that their checks do not claim: ", unclaimed);
}

TEST_CASE("a proof that is no lab fault has a test of the check's name") {
  for (const ParsedScenario& c : ground().catalogue.checks) {
    for (const Proof& p : c.scenario.proofs) {
      if (p.fault.find(':') == std::string::npos || !chosen(c.scenario)) continue;
      const SelfProof* proof = find_self_proof(c.scenario.id, p.fault);
      CHECK_MESSAGE(proof != nullptr, c.scenario.id, " has no test for ", p.fault);
      if (!proof) continue;
      const std::string complaint = proof->prove();
      print(c.scenario.id, p.fault, complaint.empty() ? "red, as it must be" : complaint);
      CHECK_MESSAGE(complaint.empty(), c.scenario.id, " ", p.fault, ": ", complaint);
    }
  }
}

}  // namespace easel::prove

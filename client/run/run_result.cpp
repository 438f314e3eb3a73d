#include "client/run/run_result.h"

#include <algorithm>

namespace easel {

int severity_rank(std::string_view severity) {
  constexpr std::string_view order[] = {"critical", "high", "medium", "low", "info"};
  const auto* it = std::ranges::find(order, severity);
  return static_cast<int>(it - std::begin(order));
}

std::size_t count(const RunResult& result, VerdictKind kind) {
  return static_cast<std::size_t>(
      std::ranges::count_if(result.checks, [&](const CheckResult& c) { return c.verdict.kind == kind; }));
}

bool gates(const RunResult& result, const CheckResult& check) {
  return check.axis == "both" || check.axis == "self" || check.axis == result.axis;
}

bool is_finding(const RunResult& result, const CheckResult& check) {
  if (check.verdict.kind == VerdictKind::XPass) return gates(result, check);  // a waiver that must go, however grave
  return check.verdict.kind == VerdictKind::Fail && gates(result, check) &&
         severity_rank(check.severity) <= severity_rank(result.fail_on);
}

int exit_code(const RunResult& result) {
  const auto judged = [](const CheckResult& c) {
    return c.verdict.kind != VerdictKind::Skip && c.verdict.kind != VerdictKind::Blocked &&
           c.verdict.kind != VerdictKind::Error;
  };
  const bool any_blocked = std::ranges::any_of(result.checks, [](const CheckResult& c) {
    return c.verdict.kind == VerdictKind::Blocked || c.verdict.kind == VerdictKind::Error;
  });
  if (result.checks.empty()) return 4;
  if (!any_blocked && std::ranges::none_of(result.checks, judged)) return 4;  // everything was skipped
  if (std::ranges::any_of(result.checks, [&](const CheckResult& c) { return is_finding(result, c); })) return 1;
  const bool control_failed = std::ranges::any_of(result.controls, [](const ControlResult& c) { return !c.holds; });
  if (any_blocked || control_failed || result.interrupted) return 3;
  return 0;
}

}  // namespace easel

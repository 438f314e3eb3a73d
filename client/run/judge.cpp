#include "client/run/judge.h"

namespace easel {
namespace {

// An Eas step that asserts nothing still has to be answered: silence is not a pass.
std::optional<PredicateResult> default_assertion(const PlannedStep& step, const Evidence& evidence) {
  if (!step.assertions.empty() || step.step.kind != Step::Kind::Eas) return std::nullopt;
  const HttpResponse* response = evidence.round_trip->response();
  if (response && response->status == 200) return std::nullopt;
  PredicateResult failure;
  failure.expected = "HTTP 200";
  failure.actual = summary(*evidence.round_trip);
  return failure;
}

}  // namespace

Judgement judge(const PlannedStep& step, const Evidence& evidence) {
  Judgement judgement;
  for (const CompiledWhen& when : step.whens) {
    bool holds = true;
    std::string actual;
    for (const Assertion& assertion : when.predicates) {
      const PredicateResult result = ask(assertion, evidence);
      holds = holds && result.holds;
      actual = result.actual;
    }
    if (!holds) continue;
    if (when.verdict == When::Verdict::Note) {
      judgement.notes.push_back(expand(when.note, *evidence.variables));
      continue;
    }
    judgement.ended = &when;
    judgement.ended_actual = actual;
    return judgement;
  }
  judgement.failure = default_assertion(step, evidence);
  if (judgement.failure) return judgement;
  // What one assertion captures, the next may use.
  Variables variables = *evidence.variables;
  Evidence with_captures = evidence;
  with_captures.variables = &variables;
  for (const Assertion& assertion : step.assertions) {
    PredicateResult result = ask(assertion, with_captures);
    if (!result.note.empty()) judgement.notes.push_back(result.note);
    if (!result.holds) {
      judgement.failure = std::move(result);
      return judgement;
    }
    for (const auto& [name, value] : result.captured) {
      variables[name] = value;
      judgement.captured[name] = value;
    }
  }
  return judgement;
}

}  // namespace easel

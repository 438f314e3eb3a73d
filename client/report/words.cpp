#include <algorithm>

#include "client/report/report.h"

namespace easel {

std::string_view verdict_word(int exit_code) {
  switch (exit_code) {
    case 0:
      return "HOLDS";
    case 1:
      return "FINDINGS";
    case 3:
      return "NOT JUDGED";
    case 4:
      return "NOTHING RAN";
    default:
      return "USAGE";
  }
}

std::string verdict_sentence(const RunResult& result) {
  const auto findings = static_cast<std::size_t>(
      std::ranges::count_if(result.checks, [&](const CheckResult& c) { return is_finding(result, c); }));
  const auto other = static_cast<std::size_t>(std::ranges::count_if(
      result.checks, [&](const CheckResult& c) { return c.verdict.kind == VerdictKind::Fail && !gates(result, c); }));
  std::string text;
  switch (exit_code(result)) {
    case 0:
      text = "everything that gates the " + result.axis + " axis held";
      break;
    case 1:
      text = counted(findings, "finding") + " at or above " + result.fail_on + " on the " + result.axis + " axis";
      break;
    case 3:
      text = "the target could not be judged";
      break;
    default:
      text = "nothing ran: every check was skipped, or none was chosen";
  }
  if (other > 0) text += "; the other axis has " + std::to_string(other);
  return text;
}

std::string target_text(const RunResult& result) {
  std::string text = "https://" + result.host + ":" + std::to_string(result.port);
  if (!result.route.empty()) text += " via " + result.route;
  return text;
}

std::string request_line(const RoundTrip& t) {
  if (t.hello) return "ClientHello " + t.hello->name + " to " + t.request.host + ":" + std::to_string(t.request.port);
  return t.request.method + " " + t.request.scheme + "://" + t.request.host + ":" + std::to_string(t.request.port) +
         t.request.target;
}

std::string symptom_text(const CheckResult& check) {
  const PredictedCode& p = check.verdict.predicted;
  if (p.code.empty()) return check.symptom.empty() ? "no code is predicted" : check.symptom;
  std::string text = "predicted " + p.code;
  if (!p.symbol.empty()) text += " " + p.symbol;
  if (!p.text.empty()) text += ": " + p.text;
  if (!p.confidence.empty()) text += " (confidence " + p.confidence + ")";
  return text;
}

std::string joined_notes(const Verdict& verdict) {
  std::string line;
  std::vector<std::string_view> seen;
  for (const std::string& note : verdict.notes) {
    if (std::ranges::find(seen, note) != seen.end()) continue;
    seen.push_back(note);
    line += (line.empty() ? "" : " · ") + note;
  }
  return line;
}

}  // namespace easel

#include <algorithm>

#include "client/report/html_parts.h"
#include "client/report/html_text.h"
#include "client/report/report.h"

namespace easel {
namespace {

// An id that can be linked to; what comes from a file may be anything.
std::string anchor(const CheckResult& check, std::size_t number) {
  const bool plain =
      !check.id.empty() && check.id.size() < 100 &&
      std::ranges::all_of(
          check.id, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-'; });
  return plain ? check.id : "check-" + std::to_string(number);
}

std::string tags(const RunResult& result, const CheckResult& check) {
  std::string out =
      html_element("span", check.severity == "critical" ? "tag critical" : "tag", html_text(check.severity));
  if (!check.guide.empty()) out += html_element("span", "tag", "guide " + html_text(check.guide));
  if (check.axis != "both")
    out +=
        html_element("span", "tag", "axis " + html_text(check.axis) + (gates(result, check) ? "" : ", does not gate"));
  return html_element("span", "tags", out);
}

// Why nothing was judged is worth a look without a click.
std::string untold(const Verdict& v) {
  if (v.kind != VerdictKind::Skip && v.kind != VerdictKind::Blocked && v.kind != VerdictKind::Error) return {};
  const std::string text = v.reason.empty() || v.actual.empty() ? v.reason + v.actual : v.reason + ": " + v.actual;
  return text.empty() ? "" : html_element("span", "untold", html_text(text));
}

std::string compare(const Verdict& v) {
  const auto side = [](std::string_view classes, std::string_view term, const std::string& text) {
    return text.empty() ? "" : html_element("div", classes, html_term(term, text));
  };
  const bool red = v.kind == VerdictKind::Fail || v.kind == VerdictKind::Waived;
  const std::string sides = side("", "Expected", v.expected) + side(red ? "found" : "", "Found", v.actual);
  return sides.empty() ? "" : html_element("dl", "compare", sides);
}

std::string words(const CheckResult& check) {
  const Verdict& v = check.verdict;
  std::string out;
  if (v.kind == VerdictKind::XPass)
    out += html_term("Waiver", "It expects this check to fail, and it passed: take it out.");
  out += html_term(v.kind == VerdictKind::Waived ? "Waived" : "Reason", v.reason) + html_term("Where", v.where) +
         html_term("Note", joined_notes(v)) + html_term("Why", check.why);
  if (v.kind == VerdictKind::Fail) out += html_term("The device", symptom_text(check));
  out += html_term("Source", check.spec);
  for (const std::string& trace : check.left_behind) out += html_term("Left behind", trace);
  return out.empty() ? "" : html_element("dl", "words", out);
}

std::string remedy(const RunResult& result, const CheckResult& check) {
  if (check.remedy.empty()) return {};
  const bool known = !result.product.empty() && result.product != "any";
  return html_element("dl", "remedy",
                      html_term(known ? "Remedy for " + html_text(result.product) : "Remedy", check.remedy));
}

std::string steps(const CheckResult& check) {
  if (check.steps.size() < 2) return {};
  std::string items;
  for (const StepRecord& s : check.steps) {
    std::string text = html_element("b", "", s.passed ? "✓" : "✗") + " " + html_text(s.label);
    if (!s.title.empty()) text += " · " + html_text(s.title);
    if (s.attempts > 1) text += " · " + counted(static_cast<std::size_t>(s.attempts), "attempt");
    if (!s.passed && !s.actual.empty()) text += " · " + html_text(s.actual);
    items += html_element("li", s.passed ? "pass" : "fail", text);
  }
  return html_element("div", "",
                      html_element("h3", "", counted(check.steps.size(), "step")) + html_element("ol", "steps", items));
}

}  // namespace

std::string_view verdict_class(VerdictKind kind) {
  return kind == VerdictKind::Skip ? "skip-kind" : to_string(kind);  // .skip is the link for keyboards
}

std::string_view verdict_mark(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::Pass:
      return "✓";
    case VerdictKind::Fail:
    case VerdictKind::XPass:
      return "✗";
    case VerdictKind::Waived:
      return "○";
    case VerdictKind::Flaky:
      return "≈";
    case VerdictKind::Skip:
      return "–";
    case VerdictKind::Blocked:
      return "■";
    case VerdictKind::Error:
      return "!";
  }
  return "!";
}

std::string html_check(const RunResult& result, const CheckResult& check, std::size_t number,
                       const TlsSessions& sessions) {
  const std::string kind(to_string(check.verdict.kind));
  const std::string line = html_element("span", "word", std::string(verdict_mark(check.verdict.kind)) + " " + kind) +
                           html_element("span", "title", html_text(check.title.empty() ? check.id : check.title)) +
                           html_element("code", "id", html_text(check.id)) + untold(check.verdict) +
                           tags(result, check);
  return "<details class=\"check " + std::string(verdict_class(check.verdict.kind)) + "\" id=\"" +
         anchor(check, number) + "\" data-verdict=\"" + kind + "\" data-axis=\"" + html_text(check.axis) + "\"" +
         (is_finding(result, check) ? " open" : "") + ">\n<summary>" + line + "</summary>\n<div class=\"body\">" +
         compare(check.verdict) + remedy(result, check) + words(check) + steps(check) +
         html_round_trips(check, sessions) + "</div></details>\n";
}

}  // namespace easel

#include "client/run/waive.h"

#include <algorithm>

namespace easel {
namespace {

bool is_about(const Waiver& waiver, const RunResult& result, const CheckResult& check) {
  return waiver.check == check.id &&
         (waiver.target == result.host || waiver.target == result.host + ":" + std::to_string(result.port));
}

void apply(const Waiver& w, CheckResult& check, std::int64_t now) {
  Verdict& v = check.verdict;
  const std::string whose = "waiver of " + w.owner + " until " + w.until_text + " (" + w.reason + ")";
  const bool holds = now < w.until;
  if (v.kind == VerdictKind::Fail) {
    if (!holds) {
      v.notes.push_back("the " + whose + " has ended");
    } else if (v.actual.find(w.evidence) == std::string::npos) {
      v.notes.push_back("the " + whose + " is about another finding: \"" + w.evidence + "\"");
    } else {
      v.kind = VerdictKind::Waived;
      v.reason = w.reason + ", " + w.owner + ", until " + w.until_text;
    }
  } else if ((v.kind == VerdictKind::Pass || v.kind == VerdictKind::Flaky) && holds) {
    v.kind = VerdictKind::XPass;
    v.expected = "the finding that the " + whose + " is about";
    v.actual = "it passed: remove the waiver from " + w.file + ":" + std::to_string(w.place.line);
  }
}

}  // namespace

void apply_waivers(RunResult& result, const std::vector<Waiver>& waivers, std::int64_t now) {
  for (CheckResult& check : result.checks) {
    for (const Waiver& w : waivers) {
      if (is_about(w, result, check)) apply(w, check, now);
    }
  }
}

Diagnostics unknown_waivers(const std::vector<Waiver>& waivers, const Catalogue& catalogue) {
  Diagnostics out;
  const std::vector<std::string_view> ids = catalogue.ids();
  for (const Waiver& w : waivers) {
    if (catalogue.find(w.check)) continue;
    out.push_back(
        {w.file, w.place.line, w.place.column, "no check is called '" + w.check + "'", suggest(w.check, ids)});
  }
  return out;
}

}  // namespace easel

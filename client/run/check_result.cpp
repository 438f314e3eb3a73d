#include "client/run/check_result.h"
#include "client/words.h"

namespace easel {
CheckResult describe_check(const Scenario& check, RunOutcome outcome) {
  CheckResult result;
  result.id = check.id;
  result.title = check.title;
  result.severity = check.severity;
  result.axis = check.axis;
  result.guide = check.guide;
  result.spec = check.spec;
  result.why = check.why;
  result.symptom = check.symptom_text;
  result.file = check.file;
  result.verdict = std::move(outcome.verdict);
  result.steps = std::move(outcome.steps);
  result.round_trips = std::move(outcome.round_trips);
  result.left_behind = std::move(outcome.left_behind);
  result.took = outcome.took;
  return result;
}

void predict_code(const Scenario& check, const SupportCodes& codes, Verdict& verdict) {
  if (verdict.kind != VerdictKind::Fail) return;
  for (const std::string& word : words(check.symptom_code.empty() ? "cause" : check.symptom_code)) {
    if (word == "none") return;
    const SupportCode* row = word == "cause" ? codes.by_cause(verdict.cause) : codes.by_code(word);
    if (!row) continue;
    const bool from_file = word != "cause" && !check.symptom_confidence.empty();
    verdict.predicted = {row->code, row->symbol, row->meaning, from_file ? check.symptom_confidence : row->confidence};
    return;
  }
}

void choose_remedy(const Scenario& check, std::string_view product, CheckResult& result) {
  if (result.verdict.kind != VerdictKind::Fail && result.verdict.kind != VerdictKind::Waived) return;
  for (const std::string_view wanted : {product, std::string_view("any")}) {
    for (const Remedy& remedy : check.remedies) {
      if (remedy.server == wanted && result.remedy.empty()) result.remedy = remedy.text;
    }
  }
  if (result.remedy.empty() && !check.remedies.empty()) result.remedy = check.remedies.front().text;
}

void note_server_names(const RunOutcome& outcome, std::string& server) {
  for (const RoundTripRecord& record : outcome.round_trips) {
    const HttpResponse* response = record.round_trip.response();
    if (!response) continue;
    for (const std::string_view name : {"Server", "MS-Server-ActiveSync", "X-Z-Push-Version", "X-Powered-By"}) {
      const std::string* value = find_header(response->headers, name);
      if (!value || value->empty() || server.find(*value) != std::string::npos || server.size() > 200) continue;
      server += (server.empty() ? "" : ", ") + std::string(name) + ": " + value->substr(0, 80);
    }
    // SOGo behind a proxy tells its name nowhere else.
    const std::string* realm = find_header(response->headers, "WWW-Authenticate");
    if (realm && realm->find("realm=\"SOGo\"") != std::string::npos && server.find("SOGo") == std::string::npos)
      server += (server.empty() ? "" : ", ") + std::string("realm SOGo");
  }
}

std::string recognise_product(std::string_view server) {
  const auto has = [&](std::string_view text) { return server.find(text) != std::string_view::npos; };
  if (has("X-Z-Push-Version")) return "z-push";
  if (has("MS-Server-ActiveSync: 6.") || has("Microsoft-IIS/6.")) return "iis6";
  if (has("Microsoft-IIS") || has("Microsoft-HTTPAPI")) return "exchange";
  if (has("SOGo")) return "sogo";
  if (has("nginx")) return "nginx";
  if (has("Apache")) return "apache";
  return "any";
}

}  // namespace easel

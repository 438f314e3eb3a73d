#include "client/run/logon_ledger.h"

namespace easel {

Verdict judge_logons(const LogonLedger& ledger, const Site& site) {
  Verdict verdict;
  for (const Account& a : site.accounts) {
    const int failures = ledger.failures(a.id);
    const std::string found =
        a.user + ": " + std::to_string(failures) + " of " + std::to_string(a.failed_logons) + " allowed";
    if (failures > 0) verdict.notes.push_back(found);
    if (failures <= a.failed_logons || verdict.kind == VerdictKind::Fail) continue;
    verdict.kind = VerdictKind::Fail;
    verdict.expected = std::to_string(a.failed_logons) + " failed log-ons or fewer of " + a.user + " in this run";
    verdict.actual = std::to_string(failures);
    verdict.where = "account " + a.id;
  }
  return verdict;
}

}  // namespace easel

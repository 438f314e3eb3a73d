#pragma once
// How often an account's own password was refused in this run. A device that goes on asking locks its user out, and so
// would we: the compile step reserves the log-ons that are meant to fail, this counts those that are not, and all.

#include <map>
#include <string>
#include <string_view>

#include "client/check/verdict.h"
#include "client/scenario/site.h"

namespace easel {

class LogonLedger {
 public:
  /// A request with the account's own password was answered with 401.
  void refused(std::string_view account) { ++in_a_row_[std::string(account)]; }
  /// A request with it was answered with something else: directories forget the failures before.
  void accepted(std::string_view account) { in_a_row_[std::string(account)] = 0; }
  /// A request that named the account was answered with 401, whatever its password was: this is what locks out.
  void failed(std::string_view account) { ++failures_[std::string(account)]; }
  /// Refusals since the last acceptance.
  [[nodiscard]] int refusals(std::string_view account) const { return number(in_a_row_, account); }
  /// Failed log-ons in the whole run, those that were meant to fail among them.
  [[nodiscard]] int failures(std::string_view account) const { return number(failures_, account); }

 private:
  using Counts = std::map<std::string, int, std::less<>>;
  static int number(const Counts& counts, std::string_view account) {
    const auto it = counts.find(account);
    return it == counts.end() ? 0 : it->second;
  }

  Counts in_a_row_;
  Counts failures_;
};

/// Did the run keep to what each account allows (Account::failed_logons)? A failure is a defect of easel.
Verdict judge_logons(const LogonLedger& ledger, const Site& site);

}  // namespace easel

#pragma once
// How often an account's own password was refused in this run. A device that goes on asking locks its user out, and so
// would we: the compile step reserves the log-ons that are meant to fail, this counts those that are not.

#include <map>
#include <string>
#include <string_view>

namespace easel {

class LogonLedger {
 public:
  /// A request with the account's own password was answered with 401.
  void refused(std::string_view account) { ++in_a_row_[std::string(account)]; }
  /// A request with it was answered with something else: directories forget the failures before.
  void accepted(std::string_view account) { in_a_row_[std::string(account)] = 0; }
  /// Refusals since the last acceptance.
  [[nodiscard]] int refusals(std::string_view account) const {
    const auto it = in_a_row_.find(account);
    return it == in_a_row_.end() ? 0 : it->second;
  }

 private:
  std::map<std::string, int, std::less<>> in_a_row_;
};

}  // namespace easel

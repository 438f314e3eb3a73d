#pragma once
// The accounts of the lab and how a client proves to be one ([RFC 7617] Basic).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/behaviour.h"
#include "lab/lab.h"

namespace easel::lab {

/// The accounts with passwords that are new at every start.
[[nodiscard]] std::vector<LabAccount> make_accounts();

enum class LogOn { none, refused, good };
struct LogOnResult {
  LogOn outcome = LogOn::none;
  const LabAccount* account = nullptr;  ///< of a good one
  bool unknown_user = false;
};
/// Judges an Authorization header. The user may be bare, DOMAIN\user or user@domain.
[[nodiscard]] LogOnResult log_on(std::string_view authorization, const std::vector<LabAccount>& accounts,
                                 const AuthShape& shape);

}  // namespace easel::lab

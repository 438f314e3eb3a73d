#include "lab/accounts.h"

#include <array>
#include <random>

#include "lab/http_message.h"

namespace easel::lab {

namespace {

std::string random_password() {
  constexpr std::string_view kLetters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
  std::random_device random;
  std::uniform_int_distribution<std::size_t> pick(0, kLetters.size() - 1);
  std::string out;
  for (int i = 0; i < 16; ++i) out += kLetters[pick(random)];
  return out;
}

bool names(const LabAccount& account, std::string_view user) {
  return equal_ignoring_case(account.user, user) || equal_ignoring_case(account.domain_user, user) ||
         equal_ignoring_case(account.upn, user);
}

}  // namespace

std::vector<LabAccount> make_accounts() {
  constexpr std::array<std::pair<const char*, const char*>, 2> kAccounts{{{"main", "alice"}, {"other", "bob"}}};
  std::vector<LabAccount> out;
  for (const auto& [role, user] : kAccounts)
    out.push_back({.role = role,
                   .user = user,
                   .domain_user = std::string("CONTOSO\\") + user,
                   .upn = std::string(user) + "@contoso.test",
                   .password = random_password()});
  return out;
}

LogOnResult log_on(std::string_view authorization, const std::vector<LabAccount>& accounts, const AuthShape& shape) {
  constexpr std::string_view kBasic = "Basic ";
  if (authorization.empty()) return {};
  if (authorization.size() < kBasic.size() || !equal_ignoring_case(authorization.substr(0, kBasic.size()), kBasic))
    return {.outcome = LogOn::refused};
  const std::string pair = base64_decoded(authorization.substr(kBasic.size()));
  const auto colon = pair.find(':');
  if (colon == std::string::npos || shape.rejects_good) return {.outcome = LogOn::refused};
  const std::string_view user = std::string_view(pair).substr(0, colon);
  const std::string_view password = std::string_view(pair).substr(colon + 1);
  for (const LabAccount& account : accounts)
    if (names(account, user) && account.password == password) return {.outcome = LogOn::good, .account = &account};
  return {.outcome = LogOn::refused};
}

}  // namespace easel::lab

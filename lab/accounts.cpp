#include "lab/accounts.h"

#include <algorithm>
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

/// The letters of Windows-1252 beyond ASCII that the passwords use, as UTF-8.
std::string utf8_of_1252(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0xA0) {
      out += static_cast<char>(0xC0U | (byte >> 6U));
      out += static_cast<char>(0x80U | (byte & 0x3FU));
    } else {
      out += c;
    }
  }
  return out;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Devices send passwords as UTF-8 or in the code page of the time; a sound server takes both.
bool password_fits(const LabAccount& account, std::string_view password, const AuthShape& shape) {
  if (shape.accepts_any_password) return true;
  if (shape.charset_confused && !is_ascii(account.password)) return false;
  return account.password == password || account.password == utf8_of_1252(password);
}

}  // namespace

std::vector<LabAccount> make_accounts() {
  constexpr std::array<std::pair<const char*, const char*>, 5> kAccounts{
      {{"main", "alice"}, {"other", "bob"}, {"disabled", "carol"}, {"expired-password", "dave"}, {"charset", "erin"}}};
  std::vector<LabAccount> out;
  for (const auto& [role, user] : kAccounts)
    out.push_back({.role = role,
                   .user = user,
                   .domain_user = std::string("CONTOSO\\") + user,
                   .upn = std::string(user) + "@contoso.test",
                   .password = random_password()});
  out.back().password += ":\xC3\xA4\xC3\x9F";  // a colon and two letters beyond ASCII
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
  if (shape.guest && (user.empty() || password.empty())) return {.outcome = LogOn::good, .account = &accounts.front()};
  if (!shape.default_domain && user.find_first_of("\\@") == std::string_view::npos) return {.outcome = LogOn::refused};
  if (!shape.domain_user && user.find('\\') != std::string_view::npos) return {.outcome = LogOn::refused};
  const auto account = std::ranges::find_if(accounts, [&](const LabAccount& one) { return names(one, user); });
  if (account == accounts.end()) {
    if (shape.accepts_any_password) return {.outcome = LogOn::good, .account = &accounts.front()};
    return {.outcome = LogOn::refused, .unknown_user = true};
  }
  if (!password_fits(*account, password, shape)) return {.outcome = LogOn::refused};
  return {.outcome = LogOn::good, .account = &*account};
}

}  // namespace easel::lab

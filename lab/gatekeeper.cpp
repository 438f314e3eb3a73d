#include "lab/gatekeeper.h"

#include <algorithm>
#include <utility>

#include "lab/eas.h"
#include "lab/pages.h"
#include "lab/securid.h"

namespace easel::lab {

namespace {

constexpr std::string_view kSession = "lab-session";

const LabAccount* account_named(std::string_view user, const Site& site) {
  const auto found = std::ranges::find(site.facts.accounts, user, &LabAccount::user);
  return found != site.facts.accounts.end() ? &*found : nullptr;
}

/// Entry by certificate, where the server asks for one.
Entry enter_with_certificate(const HttpRequest& request, const Behaviour& b, const Caller& caller) {
  const ClientCertificateShape& shape = b.tls.client_certificates;
  using Mode = ClientCertificateShape::Mode;
  using Outcome = CertificateJudgement::Outcome;
  if (shape.mode == Mode::none || caller.door.role != Door::Role::https) return {};
  if (caller.resumed && b.auth.resumed_is_signed_in) return {};
  if (shape.mode == Mode::after_request && request.body.size() > shape.late_buffer) return {.refusal = page_413()};
  const CertificateJudgement found = caller.certificate();
  if (found.outcome == Outcome::good) return {.account = found.account};
  if (!shape.demanded && found.outcome == Outcome::none) return {};
  if (shape.basic_fallback && found.outcome != Outcome::none) return {};
  return {.refusal = page_403_certificate(found.outcome == Outcome::unmapped ? 12 : found.sub_status)};
}

/// Ways in without credentials that a sound server does not have.
const LabAccount* enter_by_the_back_door(const HttpRequest& request, const AuthShape& auth, Site& site,
                                         const Caller& caller) {
  if (caller.resumed && auth.resumed_is_signed_in) return &site.facts.accounts.front();
  if (caller.resumed && auth.log_on_resumes && !caller.signed_in.empty()) return account_named(caller.signed_in, site);
  if (auth.sticky && !caller.signed_in.empty()) return account_named(caller.signed_in, site);
  if (auth.session_cookie) {
    const std::scoped_lock lock(site.memory.mutex);
    const auto session = site.memory.sessions.find(cookie_of(request, kSession));
    if (session != site.memory.sessions.end()) return account_named(session->second, site);
  }
  return nullptr;
}

/// A device that holds no key is told so before anybody looks at its password, as Z-Push does it.
bool asks_for_provision_first(const HttpRequest& request, const Behaviour& b) {
  if (!b.policy.before_log_on || !b.policy.required || request.method != "POST") return false;
  const auto eas = read_eas_request(request);
  return eas && eas->command != "Provision" && eas->command != "Ping" &&
         (!eas->policy_key || *eas->policy_key == "0") && has_header(request.headers, "Authorization");
}

Entry refused(const HttpRequest& request, const Directory& directory, const LogOnResult& who, Site& site,
              const Caller& caller) {
  const Behaviour& b = caller.door.behaviour;
  if (in_eas_directory(request.path) && asks_for_provision_first(request, b)) {
    HttpResponse response{.status = 449, .reason = "Retry after sending a PROVISION command"};
    response.headers = eas_headers(b.eas);
    return {.refusal = response};
  }
  if (who.unknown_user && b.auth.slow_unknown_users && caller.wait(std::chrono::seconds(2), -1) != Io::timeout)
    return {.refusal = HttpResponse{.status = 0}};
  if (who.unknown_user && b.auth.tells_unknown_users) {
    HttpResponse response = challenge(directory.schemes, b, site);
    response.body = "<html><body>There is no such user.</body></html>";
    return {.refusal = response};
  }
  if (directory.forms && who.outcome == LogOn::none)
    return {.refusal = redirect_to(https_base(site) + "/exchweb/bin/auth/owalogon.asp?url=" + https_base(site) +
                                   directory.path + "&reason=0")};
  if (directory.silent) return {.refusal = http_error(403, "Forbidden")};
  return {.refusal = challenge(directory.schemes, b, site)};
}

/// What is wrong with the account although its password is right.
HttpResponse barred(const LabAccount& account, const Behaviour& b, const Directory& directory, const Site& site) {
  if (account.role == "expired-password")
    return b.auth.password_notice ? http_error(403, "Password about to expire") : challenge(directory.schemes, b, site);
  if (account.role == "disabled" && !b.auth.disabled_user_served) return http_error(403, "Forbidden");
  if (account.role == b.auth.forbidden_user) return http_error(403, "Forbidden");
  return go_on();
}

}  // namespace

HttpResponse challenge(const std::vector<std::string>& schemes, const Behaviour& b, const Site& site) {
  HttpResponse response = page_401();
  for (const std::string& scheme : schemes) {
    const std::string realm = with_facts(b.auth.realm, site.facts);
    response.headers.emplace_back("WWW-Authenticate", scheme == "Basic" ? "Basic realm=\"" + realm + "\"" : scheme);
  }
  return response;
}

HttpResponse redirect_to(std::string location) {
  HttpResponse response = http_error(302, "Found");
  response.set("Location", std::move(location));
  return response;
}

std::string https_base(const Site& site) {
  std::string base = "https://" + site.facts.host;
  if (site.facts.https_port != 443) base.append(":").append(std::to_string(site.facts.https_port));
  return base;
}

std::string cookie_of(const HttpRequest& request, std::string_view name) {
  std::string_view rest = request.header("Cookie");
  while (!rest.empty()) {
    const auto end = rest.find(';');
    std::string_view one = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    while (one.starts_with(' ')) one.remove_prefix(1);
    const auto equals = one.find('=');
    if (equals != std::string_view::npos && one.substr(0, equals) == name) return std::string(one.substr(equals + 1));
  }
  return {};
}

Entry enter(const HttpRequest& request, const Directory& directory, Site& site, const Caller& caller) {
  const Behaviour& b = caller.door.behaviour;
  const bool to_eas = in_eas_directory(request.path);
  Entry entry = to_eas ? enter_with_certificate(request, b, caller) : Entry{};
  if (entry.refusal.status != kGoOn) return entry;
  if (entry.account != nullptr && !b.tls.client_certificates.with_basic) return entry;
  if (b.http.log_on_ms != 0 && has_header(request.headers, "Authorization")) {
    const std::scoped_lock one_at_a_time(site.memory.log_on);
    if (caller.wait(std::chrono::milliseconds(b.http.log_on_ms), -1) != Io::timeout) return {.refusal = go_on()};
  }
  const LogOnResult who = log_on(request.header("Authorization"), site.facts.accounts, b.auth);
  if (b.securid.on && to_eas && !b.securid.eas_exempt)
    if (HttpResponse wanted = ticket_wanted(request, who, site, caller); wanted.status != kGoOn)
      return {.refusal = wanted};
  if (who.outcome == LogOn::good) {
    if (HttpResponse bar = barred(*who.account, b, directory, site); bar.status != kGoOn) return {.refusal = bar};
    entry = {.account = who.account};
    if (b.auth.session_cookie) {
      const std::scoped_lock lock(site.memory.mutex);
      const std::string id = "s" + std::to_string(site.memory.sessions.size() + 1) + "-" + who.account->user;
      site.memory.sessions[id] = who.account->user;
      entry.cookie = std::string(kSession) + "=" + id + "; path=/";
    }
    return entry;
  }
  if (const LabAccount* account = enter_by_the_back_door(request, b.auth, site, caller); account != nullptr)
    return {.account = account};
  if (directory.anonymous) return {.account = &site.facts.accounts.front()};
  return refused(request, directory, who, site, caller);
}

}  // namespace easel::lab

#include "lab/http_responder.h"

#include <algorithm>
#include <string>
#include <utility>

#include "lab/autodiscover.h"
#include "lab/eas.h"
#include "lab/gatekeeper.h"
#include "lab/pages.h"
#include "lab/securid.h"
#include "lab/surface.h"

namespace easel::lab {

namespace {

constexpr std::string_view kEasPath = "/Microsoft-Server-ActiveSync";

bool lies_in(std::string_view path, std::string_view directory) {
  return path.size() >= directory.size() && equal_ignoring_case(path.substr(0, directory.size()), directory) &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

const Directory* directory_of(std::string_view path, const Behaviour& behaviour) {
  const Directory* best = nullptr;
  for (const Directory& one : behaviour.directories)
    if (lies_in(path, one.path) && (best == nullptr || one.path.size() > best->path.size())) best = &one;
  return best;
}

/// The path as IIS looks it up: backslashes are slashes, and slashes in a row are one.
std::string looked_up(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const char one = c == '\\' ? '/' : c;
    if (one != '/' || !out.ends_with('/')) out += one;
  }
  return out;
}

/// What the plain port says before anything else.
HttpResponse plain_port(const HttpRequest& request, std::string_view spelled, const Directory* directory,
                        const Behaviour& b, const Site& site) {
  switch (b.plain) {
    case PlainPort::redirect:
      return redirect_to(https_base(site) + request.target);
    case PlainPort::challenges:
      return challenge({"Basic"}, b, site);
    case PlainPort::directories:
    case PlainPort::closed:
      break;
  }
  if (b.surface.ssl_rule_exact && directory != nullptr && spelled != directory->path) return go_on();
  const bool refused = directory != nullptr ? directory->require_ssl : b.site_requires_ssl;
  return refused ? page_403_4() : go_on();
}

/// Servers that stand beside the one under test.
HttpResponse other_door(const HttpRequest& request, const Site& site, Door::Role role) {
  if (role == Door::Role::pki && request.path == "/lab.crl") {
    HttpResponse response{.headers = {{"Content-Type", "application/pkix-crl"}}};
    response.body = site.revocation_list_der;
    return response;
  }
  if (role == Door::Role::pki && request.path == "/issuing-ca.crt") {
    HttpResponse response{.headers = {{"Content-Type", "application/pkix-cert"}}};
    response.body = site.issuer_der;
    return response;
  }
  return role == Door::Role::pki ? page_404() : page_directory("Another host");
}

/// What a server does with a signed-in request to ActiveSync instead of answering it.
HttpResponse turned_away(const HttpRequest& request, const Directory& directory, const Behaviour& b, Site& site) {
  if (site.busy_left.load() > 0 && site.busy_left.fetch_sub(1) > 0) {
    HttpResponse response = http_error(503, "Service Unavailable");
    if (!b.http.retry_after.empty()) response.set("Retry-After", b.http.retry_after);
    return response;
  }
  if (b.eas.elsewhere) {
    HttpResponse response = http_error(451, "Redirect");
    if (!b.eas.elsewhere_url.empty()) response.set("X-MS-Location", with_facts(b.eas.elsewhere_url, site.facts));
    return response;
  }
  const bool options = request.method == "OPTIONS";
  if (b.back_end.options_refused && options) return challenge(directory.schemes, b, site);
  if (b.back_end.no_windows_authentication && !options) return http_error(500, "Internal Server Error");
  if (b.back_end.requires_ssl && !options) {
    HttpResponse response = page_403_4();
    response.status = 500;
    response.reason = "Internal Server Error";
    return response;
  }
  return go_on();
}

/// The user whose mailbox a request opens. A sound server goes by who signed in, and refuses a certificate's
/// holder who names somebody else.
std::string mailbox_owner(const HttpRequest& request, const LabAccount& account, const Behaviour& b, bool& refused) {
  const auto eas = read_eas_request(request);
  const std::string named = eas ? eas->user : std::string();
  const auto bare = named.substr(named.find_last_of('\\') + 1);
  const std::string user = bare.substr(0, bare.find('@'));
  const bool other = !user.empty() && !equal_ignoring_case(user, account.user);
  const bool by_certificate = b.tls.client_certificates.mode != ClientCertificateShape::Mode::none;
  if (other && (b.auth.serves_named_user || (by_certificate && b.tls.client_certificates.ignore_user))) return user;
  refused = other && by_certificate;
  return account.user;
}

bool has_mailbox(const std::string& user, Site& site) {
  const auto held = site.store.lock();
  return site.store.mailbox(user) != nullptr;
}

HttpResponse answer_directory(const Directory& directory) {
  HttpResponse response = page_directory(directory.path);
  if (!directory.page.empty()) response.body = directory.page;
  return response;
}

HttpResponse answer_signed_in(const HttpRequest& request, const Directory& directory, const LabAccount& account,
                              Site& site, const Caller& caller) {
  const Behaviour& b = caller.door.behaviour;
  if (HttpResponse odd = odd_verb(request, b, site); odd.status != kGoOn) return odd;
  if (equal_ignoring_case(request.path, "/autodiscover/autodiscover.xml"))
    return answer_autodiscover(request, account, b, site);
  if (!in_eas_directory(request.path)) return answer_directory(directory);
  if (HttpResponse early = turned_away(request, directory, b, site); early.status != kGoOn) return early;
  bool refused = false;
  std::string user = mailbox_owner(request, account, b, refused);
  if (refused || !has_mailbox(user, site)) return http_error(403, "Forbidden");
  return answer_eas(request, {.behaviour = b,
                              .store = site.store,
                              .user = std::move(user),
                              .ping_min_seconds = site.options.ping_min_seconds,
                              .ping_max_seconds = site.options.ping_max_seconds,
                              .wait = caller.wait});
}

HttpResponse route(const HttpRequest& request, std::string_view spelled, Site& site, const Caller& caller) {
  const Behaviour& b = caller.door.behaviour;
  const Directory* directory = directory_of(request.path, b);
  if (caller.door.role == Door::Role::http)
    if (HttpResponse early = plain_port(request, spelled, directory, b, site); early.status != kGoOn) return early;
  if (HttpResponse early = before_directories(request, b, site); early.status != kGoOn) return early;
  if (b.securid.on && lies_in(request.path, "/WebID")) {
    HttpResponse response = answer_securid(request, site);
    if (directory != nullptr)
      response.headers.insert(response.headers.end(), directory->headers.begin(), directory->headers.end());
    return response;
  }
  if (directory == nullptr) return outside_directories(request, b);
  if (in_eas_directory(request.path) && !b.http.redirect.empty()) {
    std::string location = with_facts(b.http.redirect, site.facts);
    if (const auto at = location.find("{target}"); at != std::string::npos) location.replace(at, 8, request.target);
    return redirect_to(std::move(location));
  }
  const Entry entry = enter(request, *directory, site, caller);
  if (entry.refusal.status != kGoOn || entry.account == nullptr) return entry.refusal;
  caller.signed_in = entry.account->user;
  HttpResponse response = answer_signed_in(request, *directory, *entry.account, site, caller);
  if (!entry.cookie.empty()) response.set("Set-Cookie", entry.cookie);
  response.headers.insert(response.headers.end(), directory->headers.begin(), directory->headers.end());
  return response;
}

}  // namespace

bool in_eas_directory(std::string_view path) { return lies_in(path, kEasPath); }

HttpResponse respond(const HttpRequest& original, Site& site, const Caller& caller) {
  if (caller.door.role == Door::Role::foreign || caller.door.role == Door::Role::pki)
    return other_door(original, site, caller.door.role);
  const Behaviour& b = caller.door.behaviour;
  HttpRequest request = original;
  HttpResponse response = pass_front(request, b, site);
  if (response.status == kGoOn) {
    request.path = looked_up(original.path);
    response = route(request, original.target.substr(0, original.target.find('?')), site, caller);
  }
  if (response.status != kGoOn) leak(response, original, b);
  return response;
}

void finish(HttpResponse& response, const HttpRequest& request, const Behaviour& behaviour) {
  const HttpShape& http = behaviour.http;
  Headers head{{"Date", http_date(std::chrono::system_clock::now() + std::chrono::hours(24 * http.date_skew_days))}};
  if (!http.server.empty()) head.emplace_back("Server", http.server);
  head.insert(head.end(), http.more_headers.begin(), http.more_headers.end());
  head.insert(head.end(), response.headers.begin(), response.headers.end());
  head.emplace_back("Content-Length", std::to_string(response.body.size()));
  if (equal_ignoring_case(request.header("Connection"), "close") || request.version == "HTTP/1.0")
    response.close = true;
  if (response.close) head.emplace_back("Connection", "close");
  response.headers = std::move(head);
}

std::string serialized(const HttpResponse& response, bool head_only) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " " + response.reason + "\r\n";
  for (const auto& [name, value] : response.headers) out.append(name).append(": ").append(value).append("\r\n");
  out += "\r\n";
  return head_only ? out : out + response.body;
}

}  // namespace easel::lab

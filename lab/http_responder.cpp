#include "lab/http_responder.h"

#include <algorithm>
#include <string>
#include <utility>

#include "lab/eas.h"
#include "lab/pages.h"

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

constexpr int kGoOn = 0;
HttpResponse go_on() { return HttpResponse{.status = kGoOn}; }

/// What the plain port says before anything else.
HttpResponse plain_port(const HttpRequest& request, const Directory* directory, const Behaviour& b, const Site& site) {
  switch (b.plain) {
    case PlainPort::redirect:
      return redirect_to(https_base(site) + request.target);
    case PlainPort::challenges:
      return challenge({"Basic"}, b, site);
    case PlainPort::directories:
    case PlainPort::closed:
      break;
  }
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
  return role == Door::Role::pki ? page_404() : page_directory("Another host");
}

struct Entry {
  HttpResponse refusal = go_on();
  const LabAccount* account = nullptr;
};

/// Entry by certificate, where the server asks for one.
Entry enter_with_certificate(const HttpRequest& request, const Behaviour& b, const Caller& caller) {
  const ClientCertificateShape& shape = b.tls.client_certificates;
  using Mode = ClientCertificateShape::Mode;
  using Outcome = CertificateJudgement::Outcome;
  if (shape.mode == Mode::none || caller.door.role != Door::Role::https) return {};
  if (shape.mode == Mode::after_request && request.body.size() > shape.late_buffer) return {.refusal = page_413()};
  const CertificateJudgement found = caller.certificate();
  if (found.outcome == Outcome::good) return {.account = found.account};
  if (!shape.demanded && found.outcome == Outcome::none) return {};
  if (shape.basic_fallback && found.outcome != Outcome::none) return {};
  return {.refusal = page_403_certificate(found.outcome == Outcome::unmapped ? 12 : found.sub_status)};
}

/// Entry by certificate, by credentials, or because anybody may come in.
Entry enter(const HttpRequest& request, const Directory& directory, const Behaviour& b, Site& site,
            const Caller& caller) {
  Entry entry = in_eas_directory(request.path) ? enter_with_certificate(request, b, caller) : Entry{};
  if (entry.refusal.status != kGoOn) return entry;
  if (entry.account != nullptr && !b.tls.client_certificates.with_basic) return entry;
  const LogOnResult who = log_on(request.header("Authorization"), site.facts.accounts, b.auth);
  if (who.outcome == LogOn::good) return {.account = who.account};
  if (directory.anonymous || (caller.resumed && b.auth.resumed_is_signed_in))
    return {.account = &site.facts.accounts.front()};
  return {.refusal = challenge(directory.schemes, b, site)};
}

/// What a server does with a signed-in request to ActiveSync instead of answering it.
HttpResponse turned_away(const Behaviour& b, Site& site) {
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
  return go_on();
}

}  // namespace

bool in_eas_directory(std::string_view path) { return lies_in(path, kEasPath); }

HttpResponse respond(const HttpRequest& request, Site& site, const Caller& caller) {
  const Behaviour& b = caller.door.behaviour;
  if (caller.door.role == Door::Role::foreign || caller.door.role == Door::Role::pki)
    return other_door(request, site, caller.door.role);
  const Directory* directory = directory_of(request.path, b);
  if (caller.door.role == Door::Role::http)
    if (HttpResponse early = plain_port(request, directory, b, site); early.status != kGoOn) return early;
  if (directory == nullptr) return page_404();
  const bool to_eas = in_eas_directory(request.path);
  if (to_eas && !b.http.redirect.empty()) {
    std::string location = with_facts(b.http.redirect, site.facts);
    if (const auto at = location.find("{target}"); at != std::string::npos) location.replace(at, 8, request.target);
    return redirect_to(std::move(location));
  }
  if (request.method == "TRACE" || request.method == "TRACK") return http_error(501, "Not Implemented");

  const Entry entry = enter(request, *directory, b, site, caller);
  if (entry.refusal.status != kGoOn) return entry.refusal;
  if (!to_eas) return page_directory(directory->path);
  if (HttpResponse early = turned_away(b, site); early.status != kGoOn) return early;
  return answer_eas(request, {.behaviour = b,
                              .store = site.store,
                              .user = entry.account->user,
                              .ping_min_seconds = site.options.ping_min_seconds,
                              .ping_max_seconds = site.options.ping_max_seconds,
                              .wait = caller.wait});
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

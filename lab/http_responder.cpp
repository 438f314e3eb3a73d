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

HttpResponse challenge(const std::vector<std::string>& schemes, const Site& site) {
  HttpResponse response = page_401();
  for (const std::string& scheme : schemes) {
    const std::string realm = with_host(site.behaviour.auth.realm, site.facts.host);
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

/// What the plain port says before any directory is looked at; status 0 = nothing, go on.
HttpResponse plain_port(const HttpRequest& request, const Site& site) {
  switch (site.behaviour.plain) {
    case PlainPort::redirect:
      return redirect_to(https_base(site) + request.target);
    case PlainPort::challenges:
      return challenge({"Basic"}, site);
    case PlainPort::ssl_required:
    case PlainPort::closed:
      return page_403_4();
    case PlainPort::serves:
      return HttpResponse{.status = 0};
  }
  return page_403_4();
}

}  // namespace

bool in_eas_directory(std::string_view path) { return lies_in(path, kEasPath); }

HttpResponse respond(const HttpRequest& request, Site& site, bool encrypted,
                     const std::function<Io(std::chrono::milliseconds, int)>& wait) {
  const Behaviour& b = site.behaviour;
  if (!encrypted)
    if (HttpResponse early = plain_port(request, site); early.status != 0) return early;
  const Directory* directory = directory_of(request.path, b);
  if (!encrypted && (directory == nullptr || directory->require_ssl)) return page_403_4();
  if (directory == nullptr) return page_404();
  if (b.http.redirect_circle && in_eas_directory(request.path)) return redirect_to(https_base(site) + request.target);
  if (request.method == "TRACE" || request.method == "TRACK") return http_error(501, "Not Implemented");

  const LogOnResult who = log_on(request.header("Authorization"), site.facts.accounts, b.auth);
  if (who.outcome != LogOn::good && !directory->anonymous) return challenge(directory->schemes, site);
  const LabAccount& account = who.outcome == LogOn::good ? *who.account : site.facts.accounts.front();
  if (!in_eas_directory(request.path)) return page_directory(directory->path);
  return answer_eas(request, {.behaviour = b,
                              .store = site.store,
                              .user = account.user,
                              .ping_min_seconds = site.options.ping_min_seconds,
                              .ping_max_seconds = site.options.ping_max_seconds,
                              .wait = wait});
}

void finish(HttpResponse& response, const HttpRequest& request, const Site& site) {
  const HttpShape& http = site.behaviour.http;
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

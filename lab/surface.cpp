#include "lab/surface.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "lab/eas.h"
#include "lab/gatekeeper.h"
#include "lab/pages.h"

namespace easel::lab {

namespace {

constexpr const char* kPrivateAddress = "10.20.30.40";

bool holds_any(std::string_view text, const std::vector<std::string>& needles) {
  return std::ranges::any_of(needles, [&](const std::string& one) { return text.find(one) != std::string_view::npos; });
}

bool ends_in(std::string_view path, std::string_view extension) {
  return path.size() >= extension.size() && equal_ignoring_case(path.substr(path.size() - extension.size()), extension);
}

/// A path that leaves its directory once it is decoded, once or twice.
bool climbs(const HttpRequest& request) {
  const std::string twice = percent_decoded(request.path, false);
  for (const std::string& path : {request.path, twice})
    if (path.find("..") != std::string::npos) return true;
  return false;
}

bool is_device(std::string_view user_agent) {
  constexpr std::array<std::string_view, 5> kDevices{"MSFT-PPC", "MSFT-SPhone", "MSFT-WP", "Apple-", "Android"};
  return std::ranges::any_of(kDevices,
                             [&](std::string_view one) { return user_agent.find(one) != std::string_view::npos; });
}

HttpResponse proxy_form(const Site& site) {
  return redirect_to(https_base(site) +
                     "/CookieAuth.dll?GetLogon?curl=Z2FMicrosoft-Server-ActiveSync&reason=0&formdir=3");
}

HttpResponse front_refusal(const HttpRequest& request, const FrontShape& front, const Site& site) {
  if (equal_ignoring_case(request.path, "/CookieAuth.dll")) return page_directory("Log on to the proxy");
  if (!in_eas_directory(request.path)) return go_on();
  if (front.slash_only && request.path.find('/', 1) == std::string::npos) return page_404();
  if (front.form && request.header("Cookie").find("cadata") == std::string_view::npos) return proxy_form(site);
  if (front.form_by_user_agent && !is_device(request.header("User-Agent"))) return proxy_form(site);
  if (front.name_mismatch) {
    HttpResponse response = http_error(500, "Internal Server Error");
    response.body =
        "<html><body>Error Code: 500 Internal Server Error. The target principal name is incorrect. "
        "(-2146893022)</body></html>";
    return response;
  }
  if (front.body_limit != 0 && request.body.size() > front.body_limit) return page_413();
  if (holds_any(request.body, front.denied_words)) return http_error(403, "Forbidden");
  if (!front.denied_type.empty() && request.header("Content-Type").starts_with(front.denied_type))
    return http_error(403, "Forbidden");
  if (front.answers_options && request.method == "OPTIONS") {
    HttpResponse response{.headers = {{"Allow", "GET, HEAD, POST, OPTIONS"}}};
    return response;
  }
  return go_on();
}

/// A request that one of the old ISAPI extensions took.
HttpResponse old_extension(std::string_view path, const SurfaceShape& surface) {
  for (const std::string& extension : surface.mapped_extensions)
    if (ends_in(path, extension)) {
      HttpResponse response = http_error(500, "Internal Server Error");
      response.body = "<html>Error: The requested file could not be found. (ism.dll)</html>";
      return response;
    }
  if (surface.executes_everything && ends_in(path, ".aspx")) {
    HttpResponse response = http_error(500, "Internal Server Error");
    response.set("X-AspNet-Version", "2.0.50727");
    response.body = "<html><title>Runtime Error</title><body>Server Error in '/' Application.</body></html>";
    return response;
  }
  return go_on();
}

HttpResponse dav_answer(std::string_view path) {
  HttpResponse response{.status = 207, .reason = "Multi-Status", .headers = {{"Content-Type", "text/xml"}}};
  response.body = "<?xml version=\"1.0\"?><a:multistatus xmlns:a=\"DAV:\"><a:response><a:href>" + std::string(path) +
                  "</a:href></a:response></a:multistatus>";
  return response;
}

}  // namespace

HttpResponse pass_front(HttpRequest& request, const Behaviour& b, const Site& site) {
  const FrontShape& front = b.front;
  if (HttpResponse answer = front_refusal(request, front, site); answer.status != kGoOn) return answer;
  std::erase_if(request.headers, [&](const auto& header) {
    const std::string_view name = header.first;
    if (front.drops_authorization && equal_ignoring_case(name, "Authorization")) return true;
    return front.drops_ms_headers &&
           (equal_ignoring_case(name.substr(0, 5), "X-MS-") || equal_ignoring_case(name.substr(0, 5), "MS-AS"));
  });
  return go_on();
}

HttpResponse before_directories(const HttpRequest& request, const Behaviour& b, Site& site) {
  const SurfaceShape& s = b.surface;
  static_cast<void>(site);
  if (std::ranges::find(s.refused_verbs, request.method) != s.refused_verbs.end()) return page_404();
  if (holds_any(request.target, s.denied_sequences)) return page_404();
  if (s.max_query != 0 && request.query.size() > s.max_query) return page_404();
  if (request.method == "TRACE" || request.method == "TRACK") {
    if (!s.trace) return http_error(501, "Not Implemented");
    HttpResponse echo{.headers = {{"Content-Type", "message/http"}}};
    echo.body = request.line + "\r\n";
    for (const auto& [name, value] : request.headers) echo.body.append(name).append(": ").append(value).append("\r\n");
    return echo;
  }
  if (climbs(request)) {
    if (!s.traversal) return http_error(400, "Bad Request");
    HttpResponse found{.headers = {{"Content-Type", "text/plain"}}};
    found.body = "; for 16-bit app support\r\n[fonts]\r\n";
    return found;
  }
  return go_on();
}

HttpResponse outside_directories(const HttpRequest& request, const Behaviour& b) {
  if (HttpResponse old = old_extension(request.path, b.surface); old.status != kGoOn) return old;
  if (b.surface.listing && (request.path == "/" || request.path.ends_with('/'))) {
    HttpResponse list{.headers = {{"Content-Type", "text/html"}}};
    list.body = "<html><head><title>Index of " + request.path + "</title></head><body><h1>Index of " + request.path +
                "</h1><pre><a href=\"web.config\">web.config</a></pre></body></html>";
    return list;
  }
  if (b.surface.start_page && request.path == "/") return page_directory("Under Construction");
  return page_404();
}

HttpResponse odd_verb(const HttpRequest& request, const Behaviour& b, Site& site) {
  constexpr std::array<std::string_view, 6> kUsual{"GET", "HEAD", "POST", "OPTIONS", "RPC_IN_DATA", "RPC_OUT_DATA"};
  const SurfaceShape& s = b.surface;
  {
    const std::scoped_lock lock(site.memory.mutex);
    auto& uploads = site.memory.uploads;
    if (s.put && request.method == "PUT") {
      uploads[request.path] = request.body;
      return HttpResponse{.status = 201, .reason = "Created"};
    }
    const auto stored = uploads.find(request.path);
    if (request.method == "GET" && stored != uploads.end()) {
      HttpResponse found;
      found.body = stored->second;
      return found;
    }
    if (s.put && request.method == "DELETE" && uploads.erase(request.path) != 0)
      return HttpResponse{.status = 204, .reason = "No Content"};
  }
  if (s.dav && (request.method == "PROPFIND" || request.method == "SEARCH")) return dav_answer(request.path);
  if (std::ranges::find(kUsual, request.method) != kUsual.end()) return go_on();
  if (s.unknown_verb_is_get) return page_directory(request.path);
  return http_error(501, "Not Implemented");
}

void leak(HttpResponse& response, const HttpRequest& request, const Behaviour& b) {
  if (b.surface.leaks_address && request.header("Host").empty()) {
    response.set("Content-Location", "http://" + std::string(kPrivateAddress) + request.path);
    if (has_header(response.headers, "WWW-Authenticate"))
      response.set("WWW-Authenticate", "Basic realm=\"" + std::string(kPrivateAddress) + "\"");
  }
  if (b.surface.detailed_errors && (response.status == 400 || response.status == 404 || response.status == 500))
    response.body +=
        "<pre>[HttpException]: File does not exist.\r\n   Physical path: C:\\Inetpub\\wwwroot\r\n   at "
        "System.Web.HttpApplication.CallHandlerExecutionStep.Execute()</pre>";
}

}  // namespace easel::lab

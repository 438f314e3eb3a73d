#include "client/check/probe_predicates.h"

#include <algorithm>
#include <cctype>
#include <regex>

#include "client/check/http_predicates.h"
#include "client/words.h"

namespace easel {
namespace {

std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 120)) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '.' : c;
  return out;
}

struct FormSign {
  std::string actual;  // empty: no form
  std::string where;
};

FormSign form_in_headers(const HttpResponse& response) {
  if (response.status == 440) return {"HTTP 440, a log-on that has timed out", "status line"};
  if (const std::string* location = find_header(response.headers, "Location")) {
    // Exchange 2003 and later, ISA/TMG and UAG name their log-on pages so.
    const std::string to = lower(*location);
    for (const std::string_view page :
         {"owalogon", "/auth/logon", "cookieauth.dll", "internalsite", "/login", "signin"}) {
      if (to.find(page) != std::string::npos) return {"a redirect to " + shown(*location), "Location"};
    }
  }
  for (const std::string_view cookie : header_values(response.headers, "Set-Cookie")) {
    const std::string name = lower(cookie.substr(0, cookie.find('=')));
    if (name == "cadata" || name == "cadataKey" || name == "cookietest" || name == "cookieauth")
      return {"the cookie " + shown(cookie.substr(0, cookie.find('='))) + " of a log-on form", "Set-Cookie"};
  }
  return {};
}

FormSign form_in_body(const HttpResponse& response) {
  const std::string* type = find_header(response.headers, "Content-Type");
  if (!type || lower(*type).find("html") == std::string::npos) return {};
  const std::string body = lower(std::string_view(response.body).substr(0, 1U << 20));
  const std::size_t form = body.find("<form");
  if (form == std::string::npos) return {};
  static const std::regex password("<input[^>]{0,400}type\\s*=\\s*[\"']?password", std::regex::ECMAScript);
  const std::string after = body.substr(form, 64U << 10);
  if (!std::regex_search(after, password)) return {};
  return {"a page with a form that asks for a password", "body, octet " + std::to_string(form)};
}

bool is_private_host(std::string_view host) {
  static const std::regex address("^(10\\.|127\\.|192\\.168\\.|169\\.254\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.)[0-9.]+$",
                                  std::regex::ECMAScript);
  const std::string text(host.substr(0, 255));
  if (std::regex_match(text, address)) return true;
  for (const std::string_view end : {".local", ".internal", ".lan", ".corp", ".localdomain"}) {
    if (text.ends_with(end)) return true;
  }
  // A bare machine name; an empty text or an IPv6 literal is something else.
  return !text.empty() && text.find('.') == std::string::npos && text.find(':') == std::string::npos &&
         text.find('[') == std::string::npos;
}

std::string host_of(std::string_view url) {
  const std::size_t slashes = url.find("://");
  if (slashes == std::string_view::npos) return {};
  std::string_view rest = url.substr(slashes + 3);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) rest.remove_prefix(at + 1);
  if (!rest.starts_with('[')) rest = rest.substr(0, rest.find(':'));
  return lower(rest);
}

std::string realm_of(std::string_view challenge) {
  const std::string text = lower(challenge);
  const std::size_t at = text.find("realm=\"");
  if (at == std::string::npos) return {};
  return text.substr(at + 7, text.find('"', at + 7) - at - 7);
}

}  // namespace

PredicateResult ask_logon_form(const Assertion& a, const Evidence& e) {
  const bool wanted = a.argument("present", e) == "yes";
  const std::string expected = wanted ? "a log-on form" : "no log-on form";
  const HttpResponse* response = e.round_trip->response();
  if (!response) return result(!wanted, expected, summary(*e.round_trip));
  FormSign sign = form_in_headers(*response);
  if (sign.actual.empty()) sign = form_in_body(*response);
  const bool found = !sign.actual.empty();
  return result(found == wanted, expected, found ? sign.actual : "no sign of a form", sign.where);
}

std::string cookie_header(const RoundTrip& round_trip) {
  std::string all;
  if (const HttpResponse* response = round_trip.response()) {
    for (const std::string_view cookie : header_values(response->headers, "Set-Cookie")) {
      if (all.size() > 8192) break;
      all += (all.empty() ? "" : "; ") + std::string(cookie.substr(0, cookie.find(';')));
    }
  }
  return all;
}

PredicateResult ask_cookies(const Assertion& a, const Evidence& e) {
  const std::string all = cookie_header(*e.round_trip);
  const bool wanted = !a.has("present") || a.argument("present", e) == "yes";
  PredicateResult r = result(all.empty() != wanted, wanted ? "a cookie" : "no cookie",
                             all.empty() ? "no cookie was set" : "cookies were set", "Set-Cookie");
  if (a.has("capture")) r.captured[a.argument("capture", e)] = all;
  return r;
}

PredicateResult ask_connection(const Assertion& a, const Evidence& e) {
  const bool wanted = a.argument("reused", e) == "yes";
  return result(e.round_trip->reused == wanted, wanted ? "a connection that had carried a request" : "a new connection",
                e.round_trip->reused ? "the connection was used before" : "a new connection");
}

PredicateResult ask_private_address(const Assertion& a, const Evidence& e) {
  const bool wanted = a.argument("present", e) == "yes";
  const std::string expected = wanted ? "a private address" : "no private address or machine name";
  const HttpResponse* response = e.round_trip->response();
  if (!response) return result(!wanted, expected, summary(*e.round_trip));
  for (const std::string_view name : {"Location", "Content-Location", "X-MS-Location", "X-FEServer", "X-BEServer",
                                      "X-CalculatedBETarget", "X-Forwarded-Server"}) {
    const std::string* value = find_header(response->headers, name);
    if (!value) continue;
    const std::string host = name.starts_with("X-") && name != "X-MS-Location" ? lower(*value) : host_of(*value);
    if (is_private_host(host)) {
      return result(wanted, expected, std::string(name) + ": " + shown(*value), std::string(name));
    }
  }
  for (const std::string_view challenge : header_values(response->headers, "WWW-Authenticate")) {
    const std::string realm = realm_of(challenge);
    // A realm is any text; only one that looks like an address says something about the network.
    const bool numeric = !realm.empty() && realm.find_first_not_of("0123456789.") == std::string::npos;
    if (numeric && is_private_host(realm))
      return result(wanted, expected, "realm \"" + shown(realm) + "\"", "WWW-Authenticate");
  }
  return result(!wanted, expected, "none was seen");
}

}  // namespace easel

#include "client/check/http_predicates.h"

#include <algorithm>
#include <cctype>
#include <regex>

#include "client/words.h"

namespace easel {
namespace {

// "401", "2xx" or "5xx" against a status.
bool status_matches(int status, std::string_view word) {
  if (word.size() == 3 && word.ends_with("xx")) return status / 100 == word[0] - '0';
  return word == std::to_string(status);
}

std::string shown(const RoundTrip& round_trip) { return summary(round_trip); }

bool has_ms_header(const Headers& headers) {
  return std::ranges::any_of(headers, [](const Header& h) { return lower(h.name).starts_with("ms-"); });
}

// Host of an absolute http(s) URL, lower case, without port; empty if it is not one.
std::string url_host(std::string_view url, std::string& scheme) {
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos) return {};
  scheme = lower(url.substr(0, colon));
  std::string_view rest = url.substr(colon + 3);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) rest.remove_prefix(at + 1);
  if (rest.starts_with('[')) return lower(rest.substr(0, rest.find(']') + 1));
  return lower(rest.substr(0, rest.find(':')));
}

bool no_answer_at_all(const RoundTrip& round_trip) {
  const NetworkFailure* failure = round_trip.network_failure();
  if (!failure) return false;
  using Kind = NetworkFailure::Kind;
  switch (failure->kind) {
    case Kind::Refused:
    case Kind::ConnectTimeout:
    case Kind::Unreachable:
      return true;
    case Kind::Reset:
    case Kind::Closed:
      return failure->received == 0;
    default:
      return false;
  }
}

}  // namespace

std::vector<std::string> challenge_schemes(const Headers& headers) {
  // Items stand between commas outside quotes; an item opens a challenge when its first word is no parameter name.
  std::vector<std::string> schemes;
  const auto item = [&](std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return;
    text.remove_prefix(first);
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    const std::string_view word = text.substr(0, end);
    const std::size_t next = text.find_first_not_of(" \t", end);
    const bool parameter =
        word.find('=') != std::string_view::npos || (next != std::string_view::npos && text[next] == '=');
    if (!parameter) schemes.push_back(lower(word));
  };
  for (const std::string_view value : header_values(headers, "WWW-Authenticate")) {
    std::size_t start = 0;
    bool quoted_text = false;
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (quoted_text && value[i] == '\\') {
        ++i;
      } else if (value[i] == '"') {
        quoted_text = !quoted_text;
      } else if (value[i] == ',' && !quoted_text) {
        item(value.substr(start, i - start));
        start = i + 1;
      }
    }
    item(value.substr(start));
  }
  return schemes;
}

PredicateResult ask_status(const Assertion& a, const Evidence& e) {
  const std::string is = a.argument("is", e), in = a.argument("in", e), never = a.argument("not", e);
  std::string expected;
  if (!is.empty() || !in.empty()) expected = "HTTP " + joined(words(is.empty() ? in : is), " or ");
  if (!never.empty())
    expected += std::string(expected.empty() ? "HTTP status" : ",") + " other than " + joined(words(never), ", ");
  const HttpResponse* response = e.round_trip->response();
  if (!response) return result(false, expected, shown(*e.round_trip));
  bool holds = is.empty() && in.empty();
  for (const std::string& word : words(is + " " + in)) holds = holds || status_matches(response->status, word);
  for (const std::string& word : words(never)) holds = holds && !status_matches(response->status, word);
  return result(holds, expected, shown(*e.round_trip), "status line");
}

PredicateResult ask_header(const Assertion& a, const Evidence& e) {
  const std::string name = a.argument("name", e);
  const HttpResponse* response = e.round_trip->response();
  if (!response) return result(false, "header " + name, shown(*e.round_trip));
  const std::vector<std::string_view> values = header_values(response->headers, name);
  std::vector<std::string> shown_values;
  for (const std::string_view v : values) shown_values.push_back(quoted(v));
  const std::string actual = values.empty() ? "no " + name + " header" : name + ": " + joined(shown_values);
  const auto all = joined(std::vector<std::string>(values.begin(), values.end()), ", ");
  if (a.has("present")) {
    const bool wanted = a.argument("present", e) == "yes";
    if (wanted == values.empty()) return result(false, (wanted ? "a " : "no ") + name + " header", actual, name);
    if (!wanted) return result(true, "no " + name + " header", actual, name);
  }
  if (a.has("is") && lower(all) != lower(a.argument("is", e))) {
    return result(false, name + ": " + quoted(a.argument("is", e)), actual, name);
  }
  if (a.has("contains") && lower(all).find(lower(a.argument("contains", e))) == std::string::npos) {
    return result(false, name + " with " + quoted(a.argument("contains", e)), actual, name);
  }
  if (a.has("lacks") && lower(all).find(lower(a.argument("lacks", e))) != std::string::npos) {
    return result(false, name + " without " + quoted(a.argument("lacks", e)), actual, name);
  }
  if (a.has("lists") || a.has("lists-none")) {
    std::vector<std::string> listed = words(lower(all), ", \t"), missing, unwanted;
    for (const std::string& w : words(a.argument("lists", e))) {
      if (std::ranges::find(listed, lower(w)) == listed.end()) missing.push_back(w);
    }
    for (const std::string& w : words(a.argument("lists-none", e))) {
      if (std::ranges::find(listed, lower(w)) != listed.end()) unwanted.push_back(w);
    }
    if (!missing.empty()) return result(false, name + " lists " + joined(missing), actual, name);
    if (!unwanted.empty()) return result(false, name + " without " + joined(unwanted), actual, name);
  }
  if (a.has("matches")) {
    try {
      const std::regex pattern(a.argument("matches", e), std::regex::ECMAScript | std::regex::icase);
      if (all.size() > 4096 || !std::regex_search(all, pattern)) {
        return result(false, name + " that matches " + quoted(a.argument("matches", e)), actual, name);
      }
    } catch (const std::regex_error&) {
      return result(false, "a regular expression", "matches=\"" + a.argument("matches", e) + "\" is none");
    }
  }
  return result(!values.empty(), "a " + name + " header", actual, name);
}

PredicateResult ask_media_type(const Assertion& a, const Evidence& e) {
  const std::string is = a.argument("is", e), never = a.argument("not", e);
  const std::string expected =
      is.empty() ? "media type other than " + never : "media type " + joined(words(is), " or ");
  const HttpResponse* response = e.round_trip->response();
  if (!response) return result(false, expected, shown(*e.round_trip));
  const std::string* value = find_header(response->headers, "Content-Type");
  const std::string type = value ? lower(std::string_view(*value).substr(0, value->find(';'))) : "";
  const std::string bare = type.substr(0, type.find_last_not_of(" \t") + 1);
  bool holds = is.empty();
  for (const std::string& w : words(is)) holds = holds || bare == lower(w);
  for (const std::string& w : words(never)) holds = holds && bare != lower(w);
  return result(holds, expected, value ? "Content-Type: " + quoted(*value) : "no Content-Type", "Content-Type");
}

PredicateResult ask_body(const Assertion& a, const Evidence& e) {
  const HttpResponse* response = e.round_trip->response();
  if (!response) return result(false, "a response body", shown(*e.round_trip));
  const std::string body = lower(std::string_view(response->body).substr(0, 1U << 20));
  if (a.has("empty")) {
    const bool wanted = a.argument("empty", e) == "yes";
    if (wanted != response->body.empty()) {
      return result(false, wanted ? "an empty body" : "a body", std::to_string(response->body.size()) + " octets",
                    "body");
    }
  }
  for (const std::string_view key : {"contains", "lacks"}) {
    if (!a.has(key)) continue;
    const std::string text = a.argument(key, e);
    const std::size_t at = body.find(lower(text));
    const bool wanted = key == "contains";
    if ((at != std::string::npos) != wanted) {
      return result(false, std::string("a body ") + (wanted ? "with " : "without ") + quoted(text),
                    at == std::string::npos ? "it is not there (" + std::to_string(body.size()) + " octets)"
                                            : "found at octet " + std::to_string(at),
                    "body");
    }
  }
  if (a.has("is-wbxml")) {
    const bool wanted = a.argument("is-wbxml", e) == "yes";
    if (wanted != (e.response != nullptr)) {
      return result(false, wanted ? "a WBXML document" : "no WBXML document",
                    e.response ? "a WBXML document" : (e.decode_problem.empty() ? "an empty body" : e.decode_problem),
                    "body");
    }
  }
  return result(true, "body", std::to_string(response->body.size()) + " octets", "body");
}

PredicateResult ask_refused(const Assertion& a, const Evidence& e) {
  // closed > refused > redirected; `grade` names the least that is enough.
  const std::string least = a.has("grade") ? a.argument("grade", e) : "redirected";
  const std::string expected = least == "closed"    ? "no TCP, or closed without an HTTP octet"
                               : least == "refused" ? "closed or refused, without a challenge"
                                                    : "closed, refused or redirected to https, without a challenge";
  if (no_answer_at_all(*e.round_trip)) {
    PredicateResult r = result(true, expected, shown(*e.round_trip));
    r.note = e.round_trip->request.method + ": closed (" + shown(*e.round_trip) + ")";
    return r;
  }
  const HttpResponse* response = e.round_trip->response();
  if (!response) return result(false, expected, shown(*e.round_trip));
  static constexpr int kRefusals[] = {400, 403, 404, 405, 410, 421, 426, 501};
  static constexpr int kRedirects[] = {301, 302, 303, 307, 308};
  const bool challenge = find_header(response->headers, "WWW-Authenticate") != nullptr;
  if (std::ranges::find(kRefusals, response->status) != std::end(kRefusals)) {
    if (challenge || has_ms_header(response->headers)) {
      return result(false, expected,
                    shown(*e.round_trip) + (challenge ? " with a WWW-Authenticate challenge" : " with MS-* headers"),
                    challenge ? "WWW-Authenticate" : "MS-* headers");
    }
    PredicateResult r = result(least != "closed", expected, shown(*e.round_trip), "status line");
    r.note = e.round_trip->request.method + ": refused (" + std::to_string(response->status) + ")";
    return r;
  }
  if (std::ranges::find(kRedirects, response->status) != std::end(kRedirects)) {
    const std::string* location = find_header(response->headers, "Location");
    std::string scheme;
    const std::string host = location ? url_host(*location, scheme) : "";
    const bool own = scheme == "https" && e.site && e.site->owns(host);
    PredicateResult r =
        result(own && least == "redirected", expected,
               shown(*e.round_trip) + (location ? " to " + quoted(*location) : " without a Location"), "Location");
    if (own) r.note = e.round_trip->request.method + ": redirected to https";
    return r;
  }
  return result(false, expected, shown(*e.round_trip), "status line");
}

PredicateResult ask_challenge(const Assertion& a, const Evidence& e) {
  std::vector<std::string> schemes;
  bool answered = false;
  const auto add = [&](const RoundTrip& round_trip) {
    if (const HttpResponse* response = round_trip.response()) {
      answered = true;
      for (const std::string& s : challenge_schemes(response->headers)) {
        if (std::ranges::find(schemes, s) == schemes.end()) schemes.push_back(s);
      }
    }
  };
  if (a.has("of")) {
    for (const std::string& id : words(a.argument("of", e))) {
      if (const auto it = e.earlier->find(id); it != e.earlier->end()) add(it->second);
    }
  }
  add(*e.round_trip);
  std::ranges::sort(schemes);
  const std::string actual =
      schemes.empty() ? (answered ? "no challenge" : shown(*e.round_trip)) : "challenge: " + joined(schemes);
  if (a.has("present")) {
    const bool wanted = a.argument("present", e) == "yes";
    return result(answered && wanted == !schemes.empty(), wanted ? "a WWW-Authenticate challenge" : "no challenge",
                  actual, "WWW-Authenticate");
  }
  std::vector<std::string> wanted = words(lower(a.argument(a.has("schemes") ? "schemes" : "offers", e)), " ,");
  std::ranges::sort(wanted);
  const bool exact = a.has("schemes");
  std::vector<std::string> compared = schemes;
  for (const std::string& tolerated : words(lower(a.argument("tolerates", e)))) std::erase(compared, tolerated);
  const bool holds = exact ? compared == wanted : std::ranges::includes(schemes, wanted);
  return result(holds, std::string(exact ? "exactly " : "at least ") + joined(wanted), actual, "WWW-Authenticate");
}

PredicateResult ask_answered(const Assertion&, const Evidence& e) {
  return result(e.round_trip->response() != nullptr, "an answer", shown(*e.round_trip));
}

PredicateResult ask_fails(const Assertion& a, const Evidence& e) {
  const std::string with = a.argument("with", e);
  const std::string expected = with.empty() ? "no HTTP answer" : "failure: " + joined(words(with), " or ");
  if (e.round_trip->response()) return result(false, expected, shown(*e.round_trip));
  const std::string cause = cause_key(*e.round_trip);
  bool holds = with.empty();
  for (const std::string& w : words(with)) {
    holds = holds || cause == w || (w.ends_with(".*") && cause.starts_with(w.substr(0, w.size() - 1)));
    if (const TlsFailure* tls = e.round_trip->tls_failure()) {
      holds =
          holds || w == "tls" || (w == "alert" && tls->kind == TlsFailure::Kind::Alert) || w == "alert:" + tls->alert;
    }
  }
  return result(holds, expected, shown(*e.round_trip) + (cause.empty() ? "" : " [" + cause + "]"));
}

PredicateResult ask_redirect(const Assertion& a, const Evidence& e) {
  const std::string to = a.has("to") ? a.argument("to", e) : "https-own";
  const HttpResponse* response = e.round_trip->response();
  const std::string* location = response ? find_header(response->headers, "Location") : nullptr;
  const bool present = location != nullptr;
  if (to == "none")
    return result(!present, "no Location", present ? "Location: " + quoted(*location) : "none", "Location");
  if (!present)
    return result(to == "https-own-or-none", "a redirect", response ? "no Location" : shown(*e.round_trip), "Location");
  std::string scheme;
  const std::string host = url_host(*location, scheme);
  const bool relative = location->starts_with('/') && !location->starts_with("//");
  const bool safe =
      relative ? e.round_trip->request.scheme == "https" : scheme == "https" && e.site && e.site->owns(host);
  return result(safe, "a Location that stays on https and on the site's own hosts", "Location: " + quoted(*location),
                "Location");
}

PredicateResult ask_same_as(const Assertion& a, const Evidence& e) {
  const std::string id = a.argument("step", e);
  const auto it = e.earlier->find(id);
  if (it == e.earlier->end()) return result(false, "the same answer as step '" + id + "'", "that step has no answer");
  const std::string what = a.has("what") ? a.argument("what", e) : "status challenge";
  const bool wanted = !a.has("differs") || a.argument("differs", e) != "yes";
  std::string difference;
  const RoundTrip* own = e.round_trip;
  if (a.has("of")) {
    const auto other = e.earlier->find(a.argument("of", e));
    if (other == e.earlier->end()) return result(false, "an answer of step '" + a.argument("of", e) + "'", "none");
    own = &other->second;
  }
  const HttpResponse* x = it->second.response();
  const HttpResponse* y = own->response();
  for (const std::string& w : words(what)) {
    if (!x || !y) {
      if (summary(it->second) != summary(*own)) difference = summary(it->second) + " against " + summary(*own);
    } else if (w == "status" && x->status != y->status) {
      difference = "HTTP " + std::to_string(x->status) + " against " + std::to_string(y->status);
    } else if (w == "body" && x->body != y->body) {
      difference =
          "bodies differ (" + std::to_string(x->body.size()) + " and " + std::to_string(y->body.size()) + " octets)";
    } else if (w == "challenge" && challenge_schemes(x->headers) != challenge_schemes(y->headers)) {
      difference = "challenges differ: " + joined(challenge_schemes(x->headers)) + " against " +
                   joined(challenge_schemes(y->headers));
    } else if (w == "length" && x->body.size() != y->body.size()) {
      difference = "body lengths differ";
    } else if (w == "type") {
      const std::string* p = find_header(x->headers, "Content-Type");
      const std::string* q = find_header(y->headers, "Content-Type");
      if ((p ? *p : "") != (q ? *q : "")) difference = "media types differ";
    }
    if (!difference.empty()) break;
  }
  const bool same = difference.empty();
  return result(same == wanted, (wanted ? "the same " : "another ") + what + " as step '" + id + "'",
                same ? "the same" : difference);
}

}  // namespace easel

#include "client/check/eas_predicates.h"

#include <cstdlib>

#include "client/check/xpath.h"
#include "client/protocol/eas_status.h"
#include "client/protocol/session.h"

namespace easel {
namespace {

std::string no_document(const Evidence& e) {
  if (!e.round_trip->response()) return summary(*e.round_trip);
  if (!e.decode_problem.empty()) return summary(*e.round_trip) + ", " + e.decode_problem;
  return summary(*e.round_trip) + " with an empty body";
}

}  // namespace

PredicateResult ask_like(const Assertion& a, const Evidence& e) {
  if (!a.pattern) return result(false, "a pattern", "none was compiled");
  if (!e.response) return result(false, "<" + a.pattern->name + ">", no_document(e), "body");
  PatternMatch match = match_pattern(*a.pattern, *e.response, *e.variables);
  PredicateResult r = result(match.matches, match.expected, match.actual, match.path);
  if (match.matches) {
    r.expected = "a document like <" + a.pattern->name + ">";
    r.actual = "it is";
    r.captured = std::move(match.captured);
  } else if (match.path.ends_with("/Status") && !match.actual.empty()) {
    r.cause = "eas." + match.actual.substr(1, match.actual.size() > 1 ? match.actual.size() - 2 : 0);
  }
  return r;
}

PredicateResult ask_never(const Assertion& a, const Evidence& e) {
  const std::string expression = a.argument("xpath", e);
  if (!e.response) return result(true, "never " + expression, "no document");
  const XPathDocument document(*e.response);
  const bool found = document.test(expression);
  return result(!found, "never " + expression, found ? "found at " + document.first_path(expression) : "absent",
                found ? document.first_path(expression) : "");
}

PredicateResult ask_xpath(const Assertion& a, const Evidence& e) {
  const std::string expression = a.argument("test", e);
  if (!e.response) return result(false, expression, no_document(e), "body");
  const XPathDocument document(*e.response);
  if (a.has("is")) {
    const std::string value = document.text(expression);
    PredicateResult r = result(value == a.argument("is", e), expression + " is \"" + a.argument("is", e) + "\"",
                               "\"" + value.substr(0, 80) + "\"", document.first_path(expression));
    if (a.has("capture")) r.captured[a.argument("capture", e)] = value;
    return r;
  }
  const bool holds = document.test(expression);
  PredicateResult r = result(holds, expression, holds ? "true" : "false", document.first_path(expression));
  if (a.has("capture")) r.captured[a.argument("capture", e)] = document.text(expression);
  return r;
}

PredicateResult ask_eas_status(const Assertion& a, const Evidence& e) {
  const std::string in = a.argument("in", e), never = a.argument("not", e);
  const std::string expected = in.empty() ? "Status other than " + never : "Status " + in;
  if (!e.response) return result(false, expected, no_document(e), "body");
  const int status = root_status(*e.response);
  if (status < 0)
    return result(false, expected, "no Status in <" + std::string(e.response->root().name()) + ">", "body");
  const std::string text = " " + std::to_string(status) + " ";
  const bool holds = in.empty() ? (" " + never + " ").find(text) == std::string::npos
                                : (" " + in + " ").find(text) != std::string::npos;
  PredicateResult r = result(holds, expected, "Status " + std::to_string(status),
                             "/" + std::string(e.response->root().name()) + "/Status");
  if (!holds) r.cause = "eas." + std::to_string(status);
  return r;
}

PredicateResult ask_items(const Assertion& a, const Evidence& e) {
  const std::string collection = a.argument("collection", e), wanted = a.argument("equal", e),
                    least = a.argument("at-least", e);
  if (!e.session) return result(false, "a session", "none");
  // The session is the one before this step; the step's own additions are counted from its answer.
  const std::size_t count =
      e.session->item_count(collection) + (e.response ? e.session->new_items(collection, *e.response) : 0);
  const std::string expected = wanted.empty() ? "at least " + least + " items" : wanted + " items";
  const bool holds =
      wanted.empty() ? count >= static_cast<std::size_t>(std::atol(least.c_str())) : std::to_string(count) == wanted;
  PredicateResult r = result(holds, expected + " in collection " + collection, std::to_string(count) + " items");
  if (a.has("capture")) r.captured[a.argument("capture", e)] = std::to_string(count);
  return r;
}

}  // namespace easel

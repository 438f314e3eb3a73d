#include "client/check/predicates.h"

#include <algorithm>
#include <cstdlib>

#include "client/check/dns_predicates.h"
#include "client/check/eas_predicates.h"
#include "client/check/hello_predicates.h"
#include "client/check/http_predicates.h"
#include "client/check/probe_predicates.h"
#include "client/check/revocation_predicates.h"
#include "client/check/time_predicates.h"
#include "client/check/tls_predicates.h"
#include "client/check/xpath.h"

namespace easel {
namespace {

using Argument = PredicateArgument;

PredicateResult ask_any_of(const Assertion& a, const Evidence& e) {
  PredicateResult first;
  std::string expected;
  for (const Assertion& child : a.children) {
    PredicateResult r = ask(child, e);
    if (r.holds) return r;
    expected += (expected.empty() ? "" : ", or ") + r.expected;
    if (&child == &a.children.front()) first = std::move(r);
  }
  first.expected = expected;
  return first;
}

PredicateResult ask_all_of(const Assertion& a, const Evidence& e) {
  PredicateResult all;
  all.holds = true;
  for (const Assertion& child : a.children) {
    PredicateResult r = ask(child, e);
    if (!r.holds) return r;
    all.expected += (all.expected.empty() ? "" : " and ") + r.expected;
    all.actual = r.actual;
    for (auto& [name, value] : r.captured) all.captured[name] = value;
    if (!r.note.empty()) all.note = r.note;
  }
  return all;
}

PredicateResult ask_not(const Assertion& a, const Evidence& e) {
  PredicateResult r = ask_all_of(a, e);
  r.holds = !r.holds;
  r.expected = "not: " + r.expected;
  r.captured.clear();
  return r;
}

// Asserts on the axis that gates; on the other one it only says what it found, so that the two are never blended.
PredicateResult ask_on_axis(const Assertion& a, const Evidence& e) {
  PredicateResult r = ask_all_of(a, e);
  const std::string axis = a.argument("axis", e);
  if (!e.site || e.site->axis == axis) return r;
  if (!r.holds) r.note = "on the axis '" + axis + "' this would be a finding: " + r.actual + ", expected " + r.expected;
  r.holds = true;
  return r;
}

PredicateResult ask_value(const Assertion& a, const Evidence& e) {
  const std::string value = a.argument("of", e);
  PredicateResult r;
  r.actual = value.empty() ? "nothing" : "\"" + value.substr(0, 120) + "\"";
  r.holds = true;
  const auto demand = [&](std::string_view name, std::string_view phrase, bool holds) {
    if (!a.has(name)) return;
    r.holds = r.holds && holds;
    r.expected += std::string(r.expected.empty() ? "" : ", ") + std::string(phrase) + " " + a.argument(name, e);
  };
  const auto listed = [&](std::string_view name) {
    return (" " + a.argument(name, e) + " ").find(" " + value + " ") != std::string::npos;
  };
  const double number = std::strtod(value.c_str(), nullptr);
  demand("is", "the value", value == a.argument("is", e));
  demand("in", "one of", listed("in"));
  demand("not", "none of", !listed("not"));
  demand("at-least", "at least", !value.empty() && number >= std::strtod(a.argument("at-least", e).c_str(), nullptr));
  demand("at-most", "at most", !value.empty() && number <= std::strtod(a.argument("at-most", e).c_str(), nullptr));
  return r;
}

PredicateResult ask_axis(const Assertion& a, const Evidence& e) {
  PredicateResult r;
  const std::string wanted = a.argument("is", e);
  r.holds = e.site && e.site->axis == wanted;
  r.expected = "the axis " + wanted;
  r.actual = "the axis " + (e.site ? e.site->axis : std::string("is not known"));
  return r;
}

constexpr Argument kAxis[] = {{"is", true, "guide today"}};
constexpr Argument kOnAxis[] = {{"axis", true, "guide today"}};
constexpr Argument kValue[] = {{"of", true}, {"is"}, {"in"}, {"not"}, {"at-least"}, {"at-most"}};
constexpr Argument kStatus[] = {{"is"}, {"in"}, {"not"}};
constexpr Argument kHeader[] = {
    {"name", true}, {"present", false, "yes no"}, {"is"}, {"contains"}, {"lacks"}, {"lists"}, {"lists-none"},
    {"matches"}};
constexpr Argument kMediaType[] = {{"is"}, {"not"}};
constexpr Argument kBody[] = {{"empty", false, "yes no"}, {"contains"}, {"lacks"}, {"is-wbxml", false, "yes no"}};
constexpr Argument kRefused[] = {{"grade", false, "closed refused redirected"}};
constexpr Argument kChallenge[] = {{"present", false, "yes no"}, {"schemes"}, {"offers"}, {"tolerates"}, {"of"}};
constexpr Argument kFails[] = {{"with"}};
constexpr Argument kClock[] = {{"skew-at-most"}, {"skew-above"}};
constexpr Argument kTiming[] = {{"under"}, {"over"}, {"not-faster-than"}, {"not-slower-than"}};
constexpr Argument kRedirect[] = {{"to", false, "https-own https-own-or-none none"}};
constexpr Argument kSameAs[] = {{"step", true}, {"what"}, {"differs", false, "yes no"}, {"of"}};
constexpr Argument kPresent[] = {{"present", true, "yes no"}};
constexpr Argument kCookies[] = {{"present", false, "yes no"}, {"capture"}};
constexpr Argument kConnection[] = {{"reused", true, "yes no"}};
constexpr Argument kResolves[] = {{"at-least"}, {"private", false, "yes no"}, {"service"}, {"is"}};
constexpr Argument kNever[] = {{"xpath", true}};
constexpr Argument kXPath[] = {{"test", true}, {"is"}, {"capture"}};
constexpr Argument kEasStatus[] = {{"in"}, {"not"}};
constexpr Argument kItems[] = {{"collection", true}, {"equal"}, {"at-least"}, {"capture"}};
constexpr Argument kChain[] = {{"trusted", false, "yes no"},
                               {"complete", false, "yes"},
                               {"ordered", false, "yes"},
                               {"valid", false, "now"},
                               {"hash-none-of"},
                               {"key-type"},
                               {"device-roots"},
                               {"capture"}};
constexpr Argument kCert[] = {{"valid", false, "now"},
                              {"name", false, "any san device"},
                              {"rsa-bits-at-least"},
                              {"purpose"},
                              {"self-signed", false, "yes no"},
                              {"days-left-at-least"},
                              {"unchanged", false, "yes"},
                              {"crl-url", false, "http"},
                              {"capture"}};
constexpr Argument kRevocation[] = {{"of", true}};
constexpr Argument kTls[] = {{"version-at-least", false, "SSLv2 SSLv3 TLSv1 TLSv1.1 TLSv1.2 TLSv1.3"},
                             {"completed", false, "yes no"},
                             {"secure-renegotiation", false, "yes"},
                             {"asks-certificate", false, "yes no"},
                             {"resumed", false, "yes no"},
                             {"renegotiations-at-most"}};
constexpr Argument kServerHello[] = {
    {"answered", false, "yes no"}, {"version-at-least", false, "SSLv2 SSLv3 TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"},
    {"suite", false, "in-offer"},  {"bits-at-least"},
    {"export", false, "no"},       {"secure-renegotiation", false, "yes"}};
constexpr Argument kClientHello[] = {{"version-at-most", true, "SSLv2 SSLv3 TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"}};

constexpr Predicate kPredicates[] = {
    {"status", "the HTTP status: is=\"200\", in=\"401 403 4xx\", not=\"5xx\"", kStatus, false, false, ask_status},
    {"header", "a response header: present, is, contains, lacks, lists (comma list), matches (regular expression)",
     kHeader, false, false, ask_header},
    {"media-type", "the media type of the body, without parameters", kMediaType, false, false, ask_media_type},
    {"body", "the body as octets: empty, contains, lacks, is-wbxml", kBody, false, false, ask_body},
    {"answered", "an HTTP response came, whatever it says", {}, false, false, ask_answered},
    {"fails", "no response came; with=\"tls tcp.refused alert:handshake_failure …\"", kFails, false, false, ask_fails},
    {"refused",
     "the plain port is closed, refuses or redirects; grade=\"closed|refused|redirected\" is the least allowed",
     kRefused, false, false, ask_refused},
    {"challenge", "WWW-Authenticate: present, schemes (exactly; tolerates=…), offers (at least), of=\"other steps\"",
     kChallenge, false, false, ask_challenge},
    {"redirect", "the Location header stays on https and the site's hosts", kRedirect, false, false, ask_redirect},
    {"clock", "the server's Date against this machine's clock", kClock, false, false, ask_clock},
    {"timing",
     "how long the round trip took: under, over; not-faster-than, not-slower-than an earlier step: its time from the "
     "connection on, half a second and a factor of three apart",
     kTiming, false, false, ask_timing},
    {"same-as", "the same status, challenge, body, type or length as an earlier step (differs; of=\"another step\")",
     kSameAs, false, false, ask_same_as},
    {"resolves",
     "what a <resolve> step found: at-least=\"1\" addresses, private=\"no\", service=\"host:port\", is=\"address …\"",
     kResolves, false, false, ask_resolves},
    {"like", "the decoded body fits a pattern, and ${?name} in it captures", {}, false, true, ask_like},
    {"never", "an XPath selects nothing in the decoded body", kNever, false, false, ask_never},
    {"xpath", "an XPath is true of the decoded body, or its text is=…; capture=\"name\"", kXPath, false, false,
     ask_xpath},
    {"eas-status", "the Status of the answer: in=\"1\", not=\"110\"", kEasStatus, false, false, ask_eas_status},
    {"items", "how many items a collection has after this step; capture=\"name\"", kItems, false, false, ask_items},
    {"tls",
     "the TLS session: version-at-least, completed, secure-renegotiation, asks-certificate, resumed, "
     "renegotiations-at-most",
     kTls, false, false, ask_session_tls},
    {"server-hello",
     "what answered a <hello> step: answered, or version-at-least, suite, bits-at-least, export, secure-renegotiation "
     "of "
     "the ServerHello; answered=\"no\" holds for an alert, a close, a reset and silence",
     kServerHello, false, false, ask_server_hello},
    {"client-hello", "what a <hello> step offered: version-at-most of the highest version", kClientHello, false, false,
     ask_client_hello},
    {"chain",
     "the certificates as sent: trusted, complete, ordered, valid, hash-none-of, key-type, device-roots; "
     "capture=\"name\" of the key's pin",
     kChain, false, false, ask_chain},
    {"cert",
     "the server's own certificate: valid, name, rsa-bits-at-least, purpose, self-signed, days-left-at-least, "
     "unchanged "
     "(since the site's baseline), crl-url (it names a revocation list by http; capture=\"name\" of the address)",
     kCert, false, false, ask_cert},
    {"revocation", "the body is a revocation list of the issuer and clears the certificate of step of=\"…\"",
     kRevocation, false, false, ask_revocation},
    {"logon-form", "the answer is a log-on form, or leads to one (440, redirect, cookie, HTML)", kPresent, false, false,
     ask_logon_form},
    {"cookies", "the cookies that the answer sets; capture=\"name\" makes a Cookie header of them", kCookies, false,
     false, ask_cookies},
    {"connection", "whether the request went over a connection in use", kConnection, false, false, ask_connection},
    {"private-address", "headers that name a place show a private address or a machine name", kPresent, false, false,
     ask_private_address},
    {"value", "a variable: of=\"${version}\" is, in, not (words), at-least, at-most (numbers)", kValue, false, false,
     ask_value},
    {"on-axis", "the predicates inside hold if the axis=\"guide|today\" gates; on the other axis they only give a note",
     kOnAxis, true, false, ask_on_axis},
    {"axis", "which axis gates: is=\"guide|today\"", kAxis, false, false, ask_axis},
    {"any-of", "at least one of the predicates inside holds", {}, true, false, ask_any_of},
    {"all-of", "all of the predicates inside hold", {}, true, false, ask_all_of},
    {"not", "the predicates inside do not all hold", {}, true, false, ask_not},
};

void check_arguments(const XmlElement& element, const Predicate& predicate, XmlChecker& checker) {
  std::vector<std::string_view> names;
  for (const Argument& a : predicate.arguments) names.push_back(a.name);
  checker.only_attributes(element, names);
  for (const Argument& a : predicate.arguments) {
    const std::string* value = element.attribute(a.name);
    if (!value) {
      if (a.required) checker.required(element, a.name);
      continue;
    }
    if (a.values.empty() || value->find("${") != std::string::npos) continue;
    if ((" " + std::string(a.values) + " ").find(" " + *value + " ") == std::string::npos) {
      checker.complain(element, std::string(a.name) + "=\"" + *value + "\" is not a value of <" + element.name + ">",
                       "known: " + std::string(a.values));
    }
  }
  const bool bare = predicate.takes_predicates || predicate.takes_pattern || predicate.arguments.empty() ||
                    predicate.name == "fails" || predicate.name == "refused" || predicate.name == "redirect" ||
                    predicate.name == "clock" || predicate.name == "resolves";
  if (!bare && element.attributes.empty()) {
    checker.complain(element, "<" + element.name + "> asserts nothing without an attribute", suggest("", names));
  }
}

}  // namespace

std::span<const Predicate> predicates() { return kPredicates; }

const Predicate* find_predicate(std::string_view name) {
  const auto* it = std::ranges::find(kPredicates, name, &Predicate::name);
  return it == std::end(kPredicates) ? nullptr : it;
}

std::string Assertion::argument(std::string_view name, const Evidence& evidence) const {
  for (const XmlAttribute& a : arguments) {
    if (a.name == name) return expand(a.value, *evidence.variables);
  }
  return {};
}

bool Assertion::has(std::string_view name) const {
  return std::ranges::find(arguments, name, &XmlAttribute::name) != arguments.end();
}

std::optional<Assertion> compile_assertion(const XmlElement& element, std::string_view default_namespace,
                                           XmlChecker& checker) {
  const Predicate* predicate = find_predicate(element.name);
  if (!predicate) {
    std::vector<std::string_view> known = {"request",   "when",        "retry",     "poll", "repeat",
                                           "parameter", "send-header", "send-body", "mime", "expect"};
    for (const Predicate& p : kPredicates) known.push_back(p.name);
    checker.complain(element, "no predicate <" + element.name + ">", suggest(element.name, known));
    return std::nullopt;
  }
  Assertion assertion;
  assertion.predicate = predicate;
  assertion.arguments = element.attributes;
  assertion.place = element.place;
  check_arguments(element, *predicate, checker);
  for (const std::string_view name : {"xpath", "test"}) {
    const std::string* expression = element.attribute(name);
    const bool is_xpath = predicate->name == "never" || predicate->name == "xpath";
    if (!expression || !is_xpath || expression->find("${") != std::string::npos) continue;
    if (const std::string problem = xpath_problem(*expression); !problem.empty()) {
      checker.complain(element, std::string(name) + " is not XPath 1.0: " + problem);
    }
  }
  if (predicate->takes_pattern) {
    if (element.children.size() != 1) {
      checker.complain(element, "<like> holds the expected reply: one root element");
      return std::nullopt;
    }
    assertion.pattern = compile_pattern(element.children.front(), default_namespace, checker);
    if (!assertion.pattern) return std::nullopt;
    return assertion;
  }
  if (!predicate->takes_predicates && !element.children.empty()) {
    checker.complain(element.children.front(), "<" + element.name + "> holds no element");
  }
  if (predicate->takes_predicates && element.children.empty()) {
    checker.complain(element, "<" + element.name + "> needs a predicate inside");
  }
  for (const XmlElement& child : predicate->takes_predicates ? element.children : std::vector<XmlElement>()) {
    if (auto compiled = compile_assertion(child, default_namespace, checker))
      assertion.children.push_back(std::move(*compiled));
  }
  return assertion;
}

PredicateResult ask(const Assertion& assertion, const Evidence& evidence) {
  return assertion.predicate->ask(assertion, evidence);
}

}  // namespace easel

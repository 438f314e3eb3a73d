#include "client/check/hello_predicates.h"

#include <algorithm>

#include "client/tls/cipher_suites.h"

namespace easel {
namespace {

constexpr std::uint16_t kRenegotiationInfo = 0xFF01;  // RFC 5746, 3.2

const CipherSuite* chosen_suite(const HelloExchange& hello) {
  if (hello.answer.version == kSsl2Version) return find_ssl2_kind(hello.answer.suite);
  return find_suite(static_cast<std::uint16_t>(hello.answer.suite));
}

std::string choice(const HelloExchange& hello) {
  return "a ServerHello: " + version_text(hello.answer.version) + " with " + hello.answer.suite_text;
}

// How a hello was refused. A close without an alert is refused as well, and worth a word.
std::string refusal(const HelloExchange& hello) {
  switch (hello.answer.kind) {
    case HelloAnswer::Kind::Alert:
      return "refused with the alert " + (hello.answer.alert.empty() ? hello.answer.text : hello.answer.alert);
    case HelloAnswer::Kind::Closed:
      return "refused: closed without alert";
    case HelloAnswer::Kind::Reset:
      return "refused: reset without alert";
    case HelloAnswer::Kind::Silence:
      return "refused: no answer at all";
    default:
      return "not answered with TLS: " + hello.answer.text;
  }
}

std::string offered(const HelloExchange& hello) { return "the hello " + hello.name; }

PredicateResult no_hello(const Evidence& e) {
  PredicateResult r = result(false, "an answer to a ClientHello", summary(*e.round_trip));
  r.cause = cause_key(*e.round_trip);
  return r;
}

bool is_export(const CipherSuite& s) {
  return s.key_exchange == KeyExchange::RsaExport || s.key_exchange == KeyExchange::DheExport;
}

PredicateResult suite_in_offer(const HelloExchange& hello) {
  const bool ssl2 = hello.answer.version == kSsl2Version;
  const auto code = static_cast<std::uint16_t>(hello.answer.suite);
  const bool in = ssl2 ? std::ranges::find(hello.offer.ssl2_kinds, hello.answer.suite) != hello.offer.ssl2_kinds.end()
                       : std::ranges::find(hello.offer.suites, code) != hello.offer.suites.end();
  return result(in, "a suite that " + hello.name + " offers", choice(hello));
}

PredicateResult suite_is(const Assertion& a, const Evidence& e, const HelloExchange& hello, PredicateResult last) {
  const CipherSuite* suite = chosen_suite(hello);
  if (a.has("suite")) last = suite_in_offer(hello);
  if (last.holds && a.has("bits-at-least")) {
    const std::string least = a.argument("bits-at-least", e);
    last = result(suite && suite->bits >= std::atoi(least.c_str()), "a suite of " + least + " bits or more",
                  choice(hello) + (suite ? ", " + std::to_string(suite->bits) + " bits" : ""));
  }
  if (last.holds && a.has("export"))
    last = result(suite && is_export(*suite) == (a.argument("export", e) == "yes"), "no export suite", choice(hello));
  return last;
}

}  // namespace

PredicateResult ask_server_hello(const Assertion& a, const Evidence& e) {
  if (!e.round_trip->hello) return no_hello(e);
  const HelloExchange& hello = *e.round_trip->hello;
  if (a.has("answered") && a.argument("answered", e) == "no") {
    PredicateResult r = result(!hello.answered(), "no ServerHello to " + offered(hello),
                               hello.answered() ? choice(hello) : hello.name + " is " + refusal(hello));
    if (r.holds) r.note = offered(hello) + ": " + refusal(hello);
    return r;
  }
  PredicateResult last = result(hello.answered(), "a ServerHello to " + offered(hello),
                                hello.answered() ? choice(hello) : hello.name + " is " + refusal(hello));
  if (!last.holds) {
    last.cause = cause_key(*e.round_trip);
    return last;
  }
  if (a.has("version-at-least")) {
    const std::string least = a.argument("version-at-least", e);
    last = result(hello.answer.version >= parse_version(least).value_or(0), least + " or later", choice(hello));
  }
  if (last.holds) last = suite_is(a, e, hello, std::move(last));
  if (last.holds && a.has("secure-renegotiation")) {
    const bool has = hello.answer.version == kTls13Version ||
                     std::ranges::find(hello.answer.extensions, kRenegotiationInfo) != hello.answer.extensions.end();
    last = result(has, "renegotiation_info in the ServerHello (RFC 5746)",
                  has ? "it is there" : "the ServerHello does not have it");
  }
  return last;
}

PredicateResult ask_client_hello(const Assertion& a, const Evidence& e) {
  if (!e.round_trip->hello) return no_hello(e);
  const Hello& offer = e.round_trip->hello->offer;
  const std::string most = a.argument("version-at-most", e);
  const std::uint16_t bound = parse_version(most).value_or(0);
  const std::uint16_t highest = offer.offers_version(kTls13Version) ? kTls13Version : offer.version;
  return result(highest <= bound, "a device that offers " + most + " at most",
                e.round_trip->hello->name + " offers " + version_text(highest));
}

}  // namespace easel

#include "client/check/revocation_predicates.h"

#include "client/check/tls_predicates.h"
#include "client/tls/revocation.h"
#include "client/transport/http_url.h"

namespace easel {
namespace {

// No device shows anything for it: it must not be taken for what fetching the list came to.
constexpr const char* kUnknown = "tls.revocation-unknown";

// The issuer as the server sends it, else as the end of the path that was found.
const Certificate* issuer_of(const TlsSession& tls) {
  const Certificate& leaf = tls.chain.front();
  for (std::size_t i = 1; i < tls.chain.size(); ++i) {
    if (tls.chain[i].subject == leaf.issuer) return &tls.chain[i];
  }
  return tls.verdict.anchor && tls.verdict.anchor->subject == leaf.issuer ? &*tls.verdict.anchor : nullptr;
}

}  // namespace

PredicateResult ask_revocation(const Assertion& a, const Evidence& e) {
  const std::string expected = "a list of the issuer, in force, that does not name the certificate";
  const auto step = e.earlier->find(a.argument("of", e));
  const bool seen = step != e.earlier->end() && step->second.tls && !step->second.tls->chain.empty();
  if (!seen) return result(false, expected, "that step saw no certificate");
  const TlsSession& tls = *step->second.tls;
  const HttpResponse* response = e.round_trip->response();
  const std::string from = e.round_trip->request.host + ":" + std::to_string(e.round_trip->request.port);
  if (!response || response->status != 200)
    return result(false, expected, "the list cannot be had from " + from + ": " + summary(*e.round_trip),
                  "revocation list", kUnknown);
  const Certificate* issuer = issuer_of(tls);
  if (!issuer)
    return result(false, expected, "the issuer's certificate was not sent, so the list cannot be checked", "chain",
                  kUnknown);
  const RevocationAnswer answer = look_up_revocation(response->body, tls.chain.front(), *issuer, e.now);
  const bool revoked = answer.kind == RevocationAnswer::Kind::Revoked;
  return result(answer.kind == RevocationAnswer::Kind::Good, expected, answer.text,
                revoked ? "certificate 0 (" + tls.chain.front().subject + ")" : "revocation list of " + from,
                revoked ? "tls.revoked" : kUnknown);
}

PredicateResult names_revocation_list(const Certificate& leaf) {
  const std::string expected = "an http address of a revocation list";
  for (const std::string& url : leaf.crl_urls) {
    if (parse_http_url(url)) return result(true, expected, url);
  }
  return result(false, expected,
                leaf.crl_urls.empty() ? "the certificate names none" : "it names " + leaf.crl_urls.front(),
                "certificate 0 (" + leaf.subject + ")");
}

PredicateResult unchanged_since_baseline(const Evidence& e, const Certificate& leaf) {
  if (!e.site || !e.site->baseline) return result(false, "the certificate of the baseline", "there is no baseline");
  const Baseline& before = *e.site->baseline;
  const std::string expected =
      "the certificate of " + before.source +
      (before.certificate.empty() ? ", with the key sha256//" + before.key : ", SHA-256 " + before.certificate);
  const std::string actual = "SHA-256 " + leaf.sha256 + ", valid since " + utc_text(leaf.not_before);
  if (!before.announced.empty() && leaf.sha256 == before.announced) {
    PredicateResult r = result(true, expected, actual);
    r.note = "the certificate has changed as announced; make it the baseline";
    return r;
  }
  const bool same_key = !before.key.empty() && leaf.spki_pin == before.key;
  const bool same = before.certificate.empty() ? same_key : leaf.sha256 == before.certificate;
  const std::string key = before.key.empty() ? "" : same_key ? ", with the same key" : ", with another key";
  return result(same, expected, same ? actual : "another certificate: " + actual + key,
                "certificate 0 (" + leaf.subject + ")");
}

}  // namespace easel

#include "client/check/tls_predicates.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>

#include "client/check/device_predicates.h"
#include "client/check/revocation_predicates.h"

namespace easel {
namespace {

std::string certificate_label(const Certificate& c, int depth) {
  return "certificate " + std::to_string(depth) + " (" + (c.subject.empty() ? "no subject" : c.subject) + ")";
}

std::string join_complaints(const std::vector<TrustComplaint>& complaints) {
  std::string out;
  for (const TrustComplaint& c : complaints) out += (out.empty() ? "" : "; ") + c.text;
  return out;
}

PredicateResult no_session(const Evidence& e, std::string expected) {
  return result(false, std::move(expected), "no certificate was seen: " + summary(*e.round_trip), {},
                cause_key(*e.round_trip));
}

PredicateResult trusted(const Evidence& e) {
  const TlsSession& tls = *e.round_trip->tls;
  const std::string expected =
      "a chain, as sent, that leads to a root of " + (e.site ? e.site->trust.name : std::string("the store"));
  std::vector<TrustComplaint> about;
  for (const TrustComplaint& c : tls.verdict.complaints) {
    if (c.problem == TrustProblem::Untrusted || c.problem == TrustProblem::IntermediateMissing ||
        c.problem == TrustProblem::PinMismatch || c.problem == TrustProblem::WeakOrBad) {
      about.push_back(c);
    }
  }
  if (about.empty()) {
    const std::string root = tls.verdict.path.empty() ? std::string("the pinned key") : tls.verdict.path.back();
    return result(true, expected, "leads to " + root);
  }
  const auto depth = static_cast<std::size_t>(std::max(0, about.front().depth));
  const std::string where =
      depth < tls.chain.size() ? certificate_label(tls.chain[depth], about.front().depth) : "chain";
  return result(false, expected, join_complaints(about), where,
                about.front().problem == TrustProblem::PinMismatch ? "tls.pin" : "tls.untrusted");
}

PredicateResult complete(const Evidence& e) {
  const TlsSession& tls = *e.round_trip->tls;
  for (const TrustComplaint& c : tls.verdict.complaints) {
    if (c.problem == TrustProblem::IntermediateMissing) {
      return result(false, "every intermediate certificate is sent", c.text, "chain", "tls.untrusted");
    }
  }
  return result(true, "every intermediate certificate is sent",
                std::to_string(tls.chain.size()) + " certificates were sent");
}

PredicateResult ordered(const Evidence& e) {
  const std::vector<Certificate>& chain = e.round_trip->tls->chain;
  const std::string expected = "the leaf first, then each issuer of the one before, nothing foreign";
  for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
    if (std::count(chain.begin(), chain.end(), chain[i]) > 1) {
      return result(false, expected, certificate_label(chain[i], static_cast<int>(i)) + " was sent twice", "chain");
    }
    if (chain[i].issuer != chain[i + 1].subject) {
      return result(false, expected,
                    certificate_label(chain[i + 1], static_cast<int>(i) + 1) + " did not issue " +
                        certificate_label(chain[i], static_cast<int>(i)),
                    "chain");
    }
  }
  return result(true, expected, std::to_string(chain.size()) + " certificates in order");
}

PredicateResult valid_dates(const Certificate& c, int depth, std::int64_t now) {
  const std::string expected = "a validity that holds now (" + utc_text(now) + ")";
  if (now > c.not_after) {
    return result(false, expected, certificate_label(c, depth) + " expired on " + utc_text(c.not_after),
                  certificate_label(c, depth), "tls.expired");
  }
  if (now < c.not_before) {
    return result(false, expected, certificate_label(c, depth) + " is not valid before " + utc_text(c.not_before),
                  certificate_label(c, depth), "tls.expired");
  }
  return result(true, expected, "valid from " + utc_text(c.not_before) + " to " + utc_text(c.not_after));
}

PredicateResult name_fits(const Evidence& e, const Certificate& leaf, bool needs_san) {
  const std::string host = e.round_trip->request.host;
  bool used_common_name = false;
  const bool matches = name_matches(leaf, host, used_common_name);
  std::string names;
  for (const std::string& n : leaf.dns_names) names += (names.empty() ? "" : ", ") + n;
  const std::string actual = leaf.dns_names.empty()
                                 ? "no subjectAltName; the common name is \"" + leaf.common_name + "\""
                                 : "it is for " + names;
  const std::string expected = needs_san ? "a subjectAltName that matches " + host : "a name that matches " + host;
  return result(matches && !(needs_san && used_common_name), expected, actual, certificate_label(leaf, 0), "tls.name");
}

PredicateResult key_bits(const Certificate& c, int depth, const std::string& least) {
  const int bits = std::atoi(least.c_str());
  const bool rsa = c.key_type == "RSA";
  return result(!rsa || c.key_bits >= bits, "an RSA key of " + least + " bits or more",
                c.key_type + " " + std::to_string(c.key_bits) + " bits", certificate_label(c, depth));
}

}  // namespace

std::string utc_text(std::int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm tm{};
  gmtime_r(&time, &tm);
  std::array<char, 64> buffer{};
  const std::size_t n = std::strftime(buffer.data(), buffer.size(), "%Y-%m-%d %H:%M:%S UTC", &tm);
  return {buffer.data(), n};
}

PredicateResult ask_chain(const Assertion& a, const Evidence& e) {
  if (!e.round_trip->tls || e.round_trip->tls->chain.empty()) return no_session(e, "a certificate chain");
  PredicateResult last =
      result(true, "a certificate chain", std::to_string(e.round_trip->tls->chain.size()) + " certificates");
  if (a.has("trusted")) {
    last = trusted(e);
    if (a.argument("trusted", e) == "no") {
      last.holds = !last.holds;
      last.expected = "a chain that is not trusted";
    }
    if (!last.holds) return last;
  }
  if (a.has("complete")) last = complete(e);
  if (last.holds && a.has("ordered")) last = ordered(e);
  if (last.holds && a.has("valid")) {
    const std::vector<Certificate>& chain = e.round_trip->tls->chain;
    for (std::size_t i = 0; i < chain.size() && last.holds; ++i)
      last = valid_dates(chain[i], static_cast<int>(i), e.now);
  }
  if (last.holds && a.has("hash-none-of")) {
    const std::vector<Certificate>& chain = e.round_trip->tls->chain;
    const std::string refused = " " + a.argument("hash-none-of", e) + " ";
    for (std::size_t i = 0; i < chain.size() && last.holds; ++i) {
      if (chain[i].self_issued) continue;  // a root's own signature is never checked
      const bool bad = refused.find(" " + chain[i].signature_hash + " ") != std::string::npos;
      last = result(!bad, "no signature with" + refused,
                    certificate_label(chain[i], static_cast<int>(i)) + " is signed with " + chain[i].signature_hash,
                    certificate_label(chain[i], static_cast<int>(i)), "tls.untrusted");
    }
  }
  if (last.holds && a.has("key-type")) {
    const std::vector<Certificate>& chain = e.round_trip->tls->chain;
    for (std::size_t i = 0; i < chain.size() && last.holds; ++i) {
      last = result(chain[i].key_type == a.argument("key-type", e), a.argument("key-type", e) + " keys",
                    certificate_label(chain[i], static_cast<int>(i)) + " has a key of type " + chain[i].key_type,
                    certificate_label(chain[i], static_cast<int>(i)), "tls.handshake");
    }
  }
  if (last.holds && a.has("device-roots")) last = root_on_device(e, a.argument("device-roots", e));
  if (a.has("capture")) last.captured[a.argument("capture", e)] = e.round_trip->tls->chain.front().spki_pin;
  return last;
}

PredicateResult ask_cert(const Assertion& a, const Evidence& e) {
  if (!e.round_trip->tls || e.round_trip->tls->chain.empty()) return no_session(e, "a server certificate");
  const Certificate& leaf = e.round_trip->tls->chain.front();
  PredicateResult last = result(true, "a server certificate", leaf.subject);
  if (a.has("valid")) last = valid_dates(leaf, 0, e.now);
  if (last.holds && a.has("name")) {
    last = a.argument("name", e) == "device" ? name_on_devices(e) : name_fits(e, leaf, a.argument("name", e) == "san");
  }
  if (last.holds && a.has("rsa-bits-at-least")) last = key_bits(leaf, 0, a.argument("rsa-bits-at-least", e));
  if (last.holds && a.has("purpose")) {
    const std::string wanted = a.argument("purpose", e);
    const auto& eku = leaf.extended_key_usage;
    std::string text;
    for (const std::string& u : eku) text += (text.empty() ? "" : ", ") + u;
    last =
        result(eku.empty() || std::ranges::find(eku, wanted) != eku.end(), "extendedKeyUsage " + wanted + ", or none",
               "extendedKeyUsage " + text, certificate_label(leaf, 0), "tls.untrusted");
  }
  if (last.holds && a.has("self-signed")) {
    const bool wanted = a.argument("self-signed", e) == "yes";
    last = result(leaf.self_issued == wanted,
                  wanted ? "a self-signed certificate" : "a certificate issued by an authority",
                  leaf.self_issued ? "issuer and subject are the same: " + leaf.subject : "issued by " + leaf.issuer,
                  certificate_label(leaf, 0), "tls.untrusted");
  }
  if (last.holds && a.has("days-left-at-least")) {
    const long wanted = std::atol(a.argument("days-left-at-least", e).c_str());
    const std::int64_t lifetime = (leaf.not_after - leaf.not_before) / 86400, left = (leaf.not_after - e.now) / 86400;
    const std::int64_t needed = std::min<std::int64_t>(wanted, lifetime / 3);
    last = result(left > needed, "more than " + std::to_string(needed) + " days left",
                  std::to_string(left) + " days left, until " + utc_text(leaf.not_after), certificate_label(leaf, 0),
                  "tls.expired");
  }
  if (last.holds && a.has("unchanged")) last = unchanged_since_baseline(e, leaf);
  if (last.holds && a.has("crl-url")) {
    last = names_revocation_list(leaf);
    if (a.has("capture")) last.captured[a.argument("capture", e)] = last.actual;
  }
  return last;
}

PredicateResult ask_session_tls(const Assertion& a, const Evidence& e) {
  if (!e.round_trip->tls || e.round_trip->tls->version.empty())
    return result(false, "a TLS session", summary(*e.round_trip), {}, cause_key(*e.round_trip));
  const TlsSession& tls = *e.round_trip->tls;
  PredicateResult last = result(true, "a TLS session", tls.version + " " + tls.cipher);
  static constexpr std::array<std::string_view, 6> kOrder = {"SSLv2",   "SSLv3",   "TLSv1",
                                                             "TLSv1.1", "TLSv1.2", "TLSv1.3"};
  if (a.has("version-at-least")) {
    const std::string least = a.argument("version-at-least", e);
    last = result(std::ranges::find(kOrder, tls.version) >= std::ranges::find(kOrder, least), least + " or later",
                  tls.version);
  }
  if (last.holds && a.has("completed")) {
    last =
        result(tls.completed == (a.argument("completed", e) == "yes"), "a completed handshake",
               tls.completed ? tls.version + " " + tls.cipher : summary(*e.round_trip), {}, cause_key(*e.round_trip));
    if (last.holds && tls.completed) last.note = "agreed on " + tls.version + " with " + tls.cipher;
  }
  if (last.holds && a.has("secure-renegotiation")) {
    last = result(tls.secure_renegotiation, "renegotiation_info (RFC 5746)", "the server does not send it");
  }
  if (last.holds && a.has("resumed")) {
    const bool wanted = a.argument("resumed", e) == "yes";
    last = result(tls.resumed == wanted, wanted ? "a resumed session" : "a session of its own",
                  tls.resumed ? "the server resumed the session" : "the server made a new session");
  }
  if (last.holds && a.has("renegotiations-at-most")) {
    const std::string most = a.argument("renegotiations-at-most", e);
    const std::string done = std::to_string(tls.renegotiations) + " renegotiations that the client began";
    last = result(tls.renegotiations <= std::atoi(most.c_str()),
                  "at most " + most + " renegotiations that the client began",
                  done + (tls.renegotiation_end.empty() ? ", none refused" : ", then " + tls.renegotiation_end));
    if (last.holds) last.note = done + (tls.renegotiation_end.empty() ? "" : ", then " + tls.renegotiation_end);
  }
  if (last.holds && a.has("asks-certificate")) {
    const bool wanted = a.argument("asks-certificate", e) == "yes";
    last = result(tls.client_certificate_asked == wanted, wanted ? "a CertificateRequest" : "no CertificateRequest",
                  tls.client_certificate_asked ? "the server asks for a client certificate" : "none came");
  }
  return last;
}

}  // namespace easel

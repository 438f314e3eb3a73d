#include <algorithm>
#include <cstdlib>

#include "client/report/html_parts.h"
#include "client/report/html_text.h"
#include "client/report/report.h"
#include "client/words.h"

namespace easel {
namespace {

bool same_session(const RoundTrip& a, const RoundTrip& b) {
  const TlsSession &x = *a.tls, &y = *b.tls;
  return a.peer == b.peer && a.request.host == b.request.host && x.version == y.version && x.cipher == y.cipher &&
         x.completed == y.completed && x.resumed == y.resumed &&
         x.client_certificate_asked == y.client_certificate_asked &&
         x.client_certificate_sent == y.client_certificate_sent && x.verdict == y.verdict &&
         std::ranges::equal(x.chain, y.chain, {}, &Certificate::sha256, &Certificate::sha256);
}

std::string row(std::string_view name, std::string_view value) {
  if (value.empty()) return {};
  return "<tr><th scope=\"row\">" + std::string(name) + "</th>" + html_element("td", "", html_text(value)) + "</tr>";
}

std::string yes(bool value) { return value ? "yes" : "no"; }

std::string handshake_table(const TlsSessions::Entry& entry) {
  const RoundTrip& t = *entry.first;
  const TlsSession& s = *t.tls;
  std::string rows = row("Address", t.peer) + row("Name asked for", t.request.host) +
                     row("Version", s.version.empty() ? "none was agreed on" : s.version) + row("Cipher", s.cipher) +
                     row("ALPN", s.alpn.empty() ? "none" : s.alpn) + row("Handshake completed", yes(s.completed)) +
                     row("Resumed", yes(s.resumed)) +
                     row("Secure renegotiation (RFC 5746)", yes(s.secure_renegotiation)) +
                     row("Client certificate", s.client_certificate_sent    ? "asked for, sent"
                                               : s.client_certificate_asked ? "asked for, none sent"
                                                                            : "not asked for") +
                     row("Authorities it named", joined(s.client_ca_names, "; "));
  if (const TlsFailure* failure = t.tls_failure()) {
    rows += row("Failure", failure->text) + row("Alert", failure->alert);
  }
  const auto ms = [](std::chrono::microseconds us) { return std::to_string(us.count() / 1000) + " ms"; };
  if (t.timing.secured.count() > 0)
    rows += row("TCP, TLS stood after", ms(t.timing.connected) + ", " + ms(t.timing.secured));
  // Most checks of a run meet the same session; which they were stands at each of them.
  constexpr std::size_t kNamed = 6;
  std::vector<std::string> seen = entry.seen_in;
  if (seen.size() > kNamed + 1) {
    seen.resize(kNamed);
    seen.push_back("and " + std::to_string(entry.seen_in.size() - kNamed) + " more");
  }
  rows += row("Seen in", joined(seen));
  return "<table><caption hidden>Handshake</caption>" + rows + "</table>";
}

// "ends in 30 days", as of the run.
std::string life_text(const Certificate& c, std::int64_t now) {
  const auto days = [](std::int64_t seconds) {
    return counted(static_cast<std::size_t>(std::llabs(seconds) / 86'400), "day");
  };
  std::string text = iso_time(c.not_before).substr(0, 10) + " to " + iso_time(c.not_after).substr(0, 10);
  if (now > c.not_after) return text + ", ended " + days(now - c.not_after) + " before the run";
  if (now < c.not_before) return text + ", begins " + days(c.not_before - now) + " after the run";
  return text + ", " + days(c.not_after - now) + " left";
}

std::string life_bar(const Certificate& c, std::int64_t now) {
  const double whole = static_cast<double>(std::max<std::int64_t>(c.not_after - c.not_before, 1));
  const double part = std::clamp(static_cast<double>(now - c.not_before) / whole, 0.0, 1.0);
  return "<div class=\"life\"><i style=\"width:" + std::to_string(static_cast<int>(part * 100)) + "%\"></i></div>";
}

std::string certificate(const TlsSession& s, std::size_t depth, std::int64_t now) {
  const Certificate& c = s.chain[depth];
  std::string complaints;
  for (const TrustComplaint& x : s.verdict.complaints) {
    if (static_cast<std::size_t>(std::max(x.depth, 0)) == depth) {
      complaints += html_element("p", "complaint", "✗ " + html_text(x.text));
    }
  }
  const bool stranger = depth > 0 && s.chain[depth - 1].issuer != c.subject;
  std::string role =
      depth == 0 ? "0 · the server's own" : std::to_string(depth) + (c.is_ca ? " · authority" : " · no authority");
  if (c.self_issued) role += " · issued by itself";
  std::string small = c.key_type + " " + std::to_string(c.key_bits) + " bits · signed with " + c.signature_hash;
  if (!c.extended_key_usage.empty()) small += " · for " + joined(c.extended_key_usage);
  std::string names = joined(c.dns_names);
  if (!c.ip_names.empty()) names += (names.empty() ? "" : ", ") + joined(c.ip_names);
  return html_element("li", std::string(complaints.empty() ? "pass" : "fail") + (stranger ? " stranger" : ""),
                      html_element("p", "role", role) + html_element("p", "subject", html_text(c.subject)) +
                          html_element("p", "small", "issued by " + html_text(c.issuer)) +
                          (names.empty() ? "" : html_element("p", "small", "for " + html_text(names))) +
                          life_bar(c, now) + html_element("p", "small", html_text(life_text(c, now))) +
                          html_element("p", "small", html_text(small)) + complaints +
                          html_element("p", "fingerprint", "SHA-256 " + html_text(c.sha256)));
}

// What the chain ends in: an anchor that the device holds, or nothing.
std::string chain_end(const TlsSession& s) {
  if (s.verdict.path.empty() && !s.chain.empty()) {
    const Certificate& last = s.chain.back();
    const std::string_view role = last.self_issued ? "trust anchor: none, the device does not hold this root"
                                                   : "neither sent nor held by the device";
    return html_element("li", "anchor fail",
                        html_element("p", "role", role) + html_element("p", "subject", html_text(last.issuer)));
  }
  if (s.verdict.path.empty()) return {};
  const std::string& anchor = s.verdict.path.back();
  if (!s.chain.empty() && s.chain.back().subject == anchor) return {};
  return html_element(
      "li", "anchor pass",
      html_element("p", "role", "trust anchor, held by the device") + html_element("p", "subject", html_text(anchor)));
}

std::string chain(const TlsSession& s, std::int64_t now) {
  if (s.chain.empty()) return html_element("p", "meta", "The server sent no certificate.");
  std::string items;
  for (std::size_t i = 0; i < s.chain.size(); ++i) items += certificate(s, i, now);
  std::string rest;
  for (const TrustComplaint& x : s.verdict.complaints) {
    if (static_cast<std::size_t>(std::max(x.depth, 0)) >= s.chain.size()) {
      rest += html_element("p", "problem", html_text(x.text));
    }
  }
  return html_element("ol", "chain", items + chain_end(s)) + rest;
}

}  // namespace

TlsSessions::TlsSessions(const RunResult& result) {
  for (const CheckResult& c : result.checks) add(c);
  for (const ControlResult& c : result.controls) add(c.detail);
}

void TlsSessions::add(const CheckResult& check) {
  for (const RoundTripRecord& r : check.round_trips) {
    if (!r.round_trip.tls) continue;
    std::size_t n = number(r.round_trip);
    if (n == 0) {
      entries_.push_back({&r.round_trip, {}});
      n = entries_.size();
    }
    std::vector<std::string>& seen = entries_[n - 1].seen_in;
    if (std::ranges::find(seen, check.id) == seen.end()) seen.push_back(check.id);
  }
}

std::size_t TlsSessions::number(const RoundTrip& round_trip) const {
  if (!round_trip.tls) return 0;
  const auto it = std::ranges::find_if(entries_, [&](const Entry& e) { return same_session(*e.first, round_trip); });
  return it == entries_.end() ? 0 : static_cast<std::size_t>(it - entries_.begin()) + 1;
}

std::string html_sessions(const TlsSessions& sessions, std::int64_t now) {
  if (sessions.entries().empty()) return {};
  std::string out = "<section aria-labelledby=\"sessions\"><h2 id=\"sessions\">TLS sessions <small>" +
                    std::to_string(sessions.entries().size()) + "</small></h2>\n";
  for (std::size_t i = 0; i < sessions.entries().size(); ++i) {
    const TlsSessions::Entry& entry = sessions.entries()[i];
    const TlsSession& s = *entry.first->tls;
    const bool trusted = s.verdict.trusted();
    std::string title = "Session " + std::to_string(i + 1);
    if (!s.version.empty()) title += " · " + html_text(s.version) + " " + html_text(s.cipher);
    title += " · " + html_element("b", "",
                                  s.chain.empty() ? "no certificate"
                                  : trusted       ? "✓ trusted"
                                                  : "✗ not trusted");
    out += "<article class=\"session " + std::string(trusted && !s.chain.empty() ? "pass" : "fail") + "\" id=\"tls-" +
           std::to_string(i + 1) + "\"><h3>" + title + "</h3><div class=\"halves\">" +
           html_element("div", "", handshake_table(entry)) + html_element("div", "", chain(s, now)) +
           "</div></article>\n";
  }
  return out + "</section>\n";
}

}  // namespace easel

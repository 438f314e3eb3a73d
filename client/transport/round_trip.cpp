#include "client/transport/round_trip.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "client/tls/cipher_suites.h"

namespace easel {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool is_about_client_certificate(std::string_view alert) {
  static constexpr std::array<std::string_view, 10> kAlerts = {
      "certificate_required", "bad_certificate",  "unsupported_certificate", "certificate_revoked",
      "certificate_expired",  "unknown_ca",       "certificate_unknown",     "access_denied",
      "no_certificate",       "handshake_failure"};
  return std::ranges::find(kAlerts, alert) != kAlerts.end();
}

std::string tls_key(const TlsFailure& failure, const std::optional<TlsSession>& tls) {
  if (failure.kind == TlsFailure::Kind::Verdict) {
    return tls ? std::string(cause_key(tls->verdict)) : std::string("tls.handshake");
  }
  const bool asked = tls && tls->client_certificate_asked;
  if (failure.alert == "certificate_required" || (asked && is_about_client_certificate(failure.alert))) {
    return "tls.client-cert-required";
  }
  return "tls.handshake";
}

std::string_view network_key(NetworkFailure::Kind kind) {
  switch (kind) {
    case NetworkFailure::Kind::NameNotFound:
      return "dns.none";
    case NetworkFailure::Kind::Refused:
      return "tcp.refused";
    case NetworkFailure::Kind::ConnectTimeout:
      return "tcp.timeout";
    case NetworkFailure::Kind::Unreachable:
      return "tcp.unreachable";
    case NetworkFailure::Kind::Reset:
      return "net.reset";
    case NetworkFailure::Kind::Closed:
      return "net.closed";
    case NetworkFailure::Kind::AnswerTimeout:
      return "net.timeout";
    case NetworkFailure::Kind::Malformed:
      return "net.malformed";
    case NetworkFailure::Kind::TooLarge:
      return "net.too-large";
    case NetworkFailure::Kind::Proxy:
      return "net.proxy";
    case NetworkFailure::Kind::Cancelled:
    case NetworkFailure::Kind::Ours:
      return "";
  }
  return "";
}

std::string_view words(NetworkFailure::Kind kind) {
  switch (kind) {
    case NetworkFailure::Kind::NameNotFound:
      return "name not found";
    case NetworkFailure::Kind::Refused:
      return "connection refused";
    case NetworkFailure::Kind::ConnectTimeout:
      return "no TCP connection in time";
    case NetworkFailure::Kind::Unreachable:
      return "host unreachable";
    case NetworkFailure::Kind::Reset:
      return "connection reset";
    case NetworkFailure::Kind::Closed:
      return "connection closed early";
    case NetworkFailure::Kind::AnswerTimeout:
      return "no complete answer in time";
    case NetworkFailure::Kind::Malformed:
      return "malformed HTTP";
    case NetworkFailure::Kind::TooLarge:
      return "answer too large";
    case NetworkFailure::Kind::Proxy:
      return "refused by the proxy";
    case NetworkFailure::Kind::Cancelled:
      return "cancelled";
    case NetworkFailure::Kind::Ours:
      return "not sent";
  }
  return "";
}

std::string tls_words(const TlsFailure& failure) {
  const std::string when = failure.phase == TlsFailure::Phase::AfterRequest ? " after the request" : "";
  switch (failure.kind) {
    case TlsFailure::Kind::Verdict:
      return "certificate not trusted";
    case TlsFailure::Kind::Alert:
      return "TLS alert " + failure.alert + when;
    case TlsFailure::Kind::Protocol:
      return "TLS protocol error" + when;
    case TlsFailure::Kind::Closed:
      return "closed during the TLS handshake" + when;
  }
  return "TLS failure";
}

}  // namespace

const std::string* find_header(const Headers& headers, std::string_view name) {
  const auto found = std::ranges::find_if(headers, [&](const Header& h) { return same_name(h.name, name); });
  return found == headers.end() ? nullptr : &found->value;
}

std::vector<std::string_view> header_values(const Headers& headers, std::string_view name) {
  std::vector<std::string_view> out;
  for (const Header& header : headers) {
    if (same_name(header.name, name)) out.emplace_back(header.value);
  }
  return out;
}

std::string_view to_string(NetworkFailure::Kind kind) {
  switch (kind) {
    case NetworkFailure::Kind::NameNotFound:
      return "name-not-found";
    case NetworkFailure::Kind::Refused:
      return "refused";
    case NetworkFailure::Kind::ConnectTimeout:
      return "connect-timeout";
    case NetworkFailure::Kind::Unreachable:
      return "unreachable";
    case NetworkFailure::Kind::Reset:
      return "reset";
    case NetworkFailure::Kind::Closed:
      return "closed";
    case NetworkFailure::Kind::AnswerTimeout:
      return "answer-timeout";
    case NetworkFailure::Kind::Malformed:
      return "malformed";
    case NetworkFailure::Kind::TooLarge:
      return "too-large";
    case NetworkFailure::Kind::Proxy:
      return "proxy";
    case NetworkFailure::Kind::Cancelled:
      return "cancelled";
    case NetworkFailure::Kind::Ours:
      return "ours";
  }
  return "unknown";
}

std::string_view to_string(TlsFailure::Kind kind) {
  switch (kind) {
    case TlsFailure::Kind::Verdict:
      return "verdict";
    case TlsFailure::Kind::Alert:
      return "alert";
    case TlsFailure::Kind::Protocol:
      return "protocol";
    case TlsFailure::Kind::Closed:
      return "closed";
  }
  return "unknown";
}

bool HelloExchange::answered() const {
  if (answer.kind == HelloAnswer::Kind::Accepted || answer.kind == HelloAnswer::Kind::Retry) return true;
  const bool chosen = offer.form == Hello::Form::Tls &&
                      std::ranges::find(offer.suites, static_cast<std::uint16_t>(answer.suite)) != offer.suites.end();
  return answer.version != 0 && offer.offers_version(answer.version) && chosen;
}

std::string describe(const Hello& offer) {
  const std::size_t suites = offer.form == Hello::Form::Ssl2 ? offer.ssl2_kinds.size() : offer.suites.size();
  std::string highest = version_text(offer.version);
  if (offer.offers_version(kTls13Version)) highest = version_text(kTls13Version);
  std::string out =
      highest + (offer.form == Hello::Form::Ssl2 && offer.version != kSsl2Version ? " in SSLv2 form" : "");
  out += ", " + std::to_string(suites) + (suites == 1 ? " suite" : " suites");
  if (offer.form == Hello::Form::Ssl2) return out;
  if (!offer.extensions) return out + ", no extensions";
  return out + ", " + std::to_string(offer.extensions->size()) + " extensions" +
         (offer.sends_server_name() ? "" : ", no server name");
}

std::string suite_list(const Hello& offer) {
  std::string out;
  const auto add = [&](const std::string& name) { out += (out.empty() ? "" : ", ") + name; };
  if (offer.form == Hello::Form::Ssl2) {
    for (const std::uint32_t kind : offer.ssl2_kinds)
      add(kind >> 16 == 0 ? suite_name(static_cast<std::uint16_t>(kind)) : ssl2_kind_name(kind));
    return out;
  }
  for (const std::uint16_t suite : offer.suites)
    add(suite == 0x00FF ? "TLS_EMPTY_RENEGOTIATION_INFO_SCSV" : suite_name(suite));
  return out;
}

std::string summary(const RoundTrip& round_trip) {
  if (round_trip.hello && round_trip.hello->answered())
    return "ServerHello " + version_text(round_trip.hello->answer.version) + " " + round_trip.hello->answer.suite_text;
  if (const HttpResponse* response = round_trip.response()) {
    if (response->status == 0) return "connected";
    return std::to_string(response->status) + (response->reason.empty() ? "" : " " + response->reason);
  }
  if (const TlsFailure* failure = round_trip.tls_failure()) return tls_words(*failure);
  return std::string(words(round_trip.network_failure()->kind));
}

std::string_view cause_key(const TrustVerdict& verdict) {
  struct Row {
    TrustProblem problem;
    std::string_view key;
  };
  // The gravest first: a chain of nobody says nothing about its dates.
  static constexpr std::array kRows = std::to_array<Row>({
      {TrustProblem::PinMismatch, "tls.pin"},
      {TrustProblem::Untrusted, "tls.untrusted"},
      {TrustProblem::IntermediateMissing, "tls.untrusted"},
      {TrustProblem::Revoked, "tls.revoked"},
      {TrustProblem::Expired, "tls.expired"},
      {TrustProblem::NotYetValid, "tls.expired"},
      {TrustProblem::NameMismatch, "tls.name"},
      {TrustProblem::WrongPurpose, "tls.invalid"},
      {TrustProblem::WeakOrBad, "tls.invalid"},
  });
  for (const Row& row : kRows) {
    if (verdict.has(row.problem)) return row.key;
  }
  return {};
}

std::string cause_key(const RoundTrip& round_trip) {
  if (const HttpResponse* response = round_trip.response()) {
    return response->status < 400 ? std::string() : "http." + std::to_string(response->status);
  }
  if (const TlsFailure* failure = round_trip.tls_failure()) return tls_key(*failure, round_trip.tls);
  return std::string(network_key(round_trip.network_failure()->kind));
}

}  // namespace easel

#include "client/transport/raw_talk.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "client/tls/hello_probe.h"

namespace easel {
namespace {

constexpr std::uint16_t kRenegotiationInfo = 0xFF01;  // RFC 5746, 3.2

std::variant<HelloTalk, RenegotiationTalk> talk_of(int socket, const SendRequest& request) {
  const std::string& host = request.request.host;
  if (request.hello) return HelloTalk(request.hello->hello, fresh_secrets(), host);
  return RenegotiationTalk(socket, host, request.identity->offer, request.renegotiations);
}

std::variant<HttpResponse, TlsFailure, NetworkFailure> outcome_of(const HelloExchange& hello) {
  using Kind = HelloAnswer::Kind;
  if (hello.answered()) return HttpResponse{};
  const HelloAnswer& answer = hello.answer;
  TlsFailure failure;
  failure.text = answer.text;
  switch (answer.kind) {
    case Kind::Alert:
      failure.kind = TlsFailure::Kind::Alert;
      failure.alert = answer.alert;
      return failure;
    case Kind::Closed:
    case Kind::Reset:
      failure.kind = TlsFailure::Kind::Closed;
      return failure;
    case Kind::Silence:
      return NetworkFailure{NetworkFailure::Kind::AnswerTimeout, answer.text, true, 0};
    case Kind::NoTcp:
      return NetworkFailure{NetworkFailure::Kind::Ours, answer.text, false, 0};
    default:
      return failure;
  }
}

TlsSession session_of(const HelloAnswer& answer, const Hello& offer) {
  TlsSession tls;
  tls.version = version_text(answer.version);
  tls.cipher = answer.suite_text;
  tls.chain = answer.chain;
  tls.resumed = answer.resumed;
  const bool asked = std::ranges::find(offer.suites, 0x00FF) != offer.suites.end() ||
                     (offer.extensions && std::ranges::find(*offer.extensions, kRenegotiationInfo,
                                                            &HelloExtension::kind) != offer.extensions->end());
  // Who was not asked has not shown that it lacks it.
  tls.secure_renegotiation = !asked || answer.version == kTls13Version ||
                             std::ranges::find(answer.extensions, kRenegotiationInfo) != answer.extensions.end();
  tls.client_certificate_asked = answer.client_certificate_asked;
  tls.client_ca_names = answer.client_ca_names;
  return tls;
}

}  // namespace

bool is_raw(const SendRequest& request) {
  const bool legacy_handshake = request.connect_only && request.request.scheme == "https" && request.identity &&
                                !request.identity->offer.legacy_priority.empty();
  return request.hello.has_value() || request.renegotiations > 0 || legacy_handshake;
}

RawTalk::RawTalk(int socket, const SendRequest& request)
    : socket_(socket), started_(std::chrono::steady_clock::now()), talk_(talk_of(socket, request)) {}

RawTalk::~RawTalk() { ::close(socket_); }

bool RawTalk::wants_write() const {
  return std::visit([](const auto& talk) { return talk.wants_write(); }, talk_);
}

std::chrono::milliseconds RawTalk::bound(std::chrono::milliseconds connect) const {
  const auto* renegotiation = std::get_if<RenegotiationTalk>(&talk_);
  // A server that does not answer a renegotiation has refused it: that is no reason to wait for long.
  constexpr std::chrono::milliseconds kRenegotiation{2000};
  return renegotiation && renegotiation->secured() ? std::min(connect, kRenegotiation) : connect;
}

bool RawTalk::on_event() {
  if (auto* hello = std::get_if<HelloTalk>(&talk_)) return hello->on_event(socket_);
  return std::get<RenegotiationTalk>(talk_).on_event();
}

void RawTalk::time_is_up() {
  std::visit([](auto& talk) { talk.time_is_up(); }, talk_);
}

void RawTalk::report(const SendRequest& request, const TrustJudge& judge, std::int64_t now, RoundTrip& into) {
  if (auto* hello = std::get_if<HelloTalk>(&talk_)) {
    into.hello = HelloExchange{request.hello->name, request.hello->hello, hello->take()};
    into.hello->answer.took =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started_);
    into.outcome = outcome_of(*into.hello);
    if (into.hello->answer.version != 0) into.tls = session_of(into.hello->answer, into.hello->offer);
  } else {
    const auto& renegotiation = std::get<RenegotiationTalk>(talk_);
    into.outcome = renegotiation.outcome();
    if (renegotiation.secured()) into.tls = renegotiation.session();
  }
  if (into.tls && !into.tls->chain.empty()) into.tls->verdict = judge.judge(into.tls->chain, request.request.host, now);
  const bool refuse = into.tls && !into.hello && !request.allow_untrusted && !into.tls->verdict.trusted();
  if (refuse && into.response()) {
    TlsFailure failure;
    failure.kind = TlsFailure::Kind::Verdict;
    failure.text = "we stopped in the handshake: " + into.tls->verdict.complaints.front().text;
    into.outcome = std::move(failure);
  }
}

}  // namespace easel

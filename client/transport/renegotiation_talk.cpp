#include "client/transport/renegotiation_talk.h"

#include <gnutls/gnutls.h>

#include <utility>

#include "client/tls/alert.h"

namespace easel {
namespace {

// What servers of these twenty years may want, and no demand for RFC 5746: its absence is evidence, too.
constexpr const char* kPriority =
    "NORMAL:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.1:+VERS-TLS1.0:+RSA:+DHE-RSA:+ARCFOUR-128:+3DES-CBC:+AES-128-CBC:"
    "+AES-256-CBC:+SHA1:+MD5:%UNSAFE_RENEGOTIATION:%COMPAT:%NO_TICKETS";

const char* version_name(gnutls_protocol_t version) {
  switch (version) {
    case GNUTLS_TLS1_0:
      return "TLSv1.0";
    case GNUTLS_TLS1_1:
      return "TLSv1.1";
    case GNUTLS_TLS1_2:
      return "TLSv1.2";
    default:
      return "";
  }
}

int accept_any(gnutls_session_t) { return 0; }  // the chain is judged by who asked

}  // namespace

struct RenegotiationTalk::State {
  gnutls_session_t tls = nullptr;
  gnutls_certificate_credentials_t credentials = nullptr;
  TlsSession session;
  TlsFailure failure;
  bool secured = false;
  bool timed_out = false;
  int attempts = 0;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (tls != nullptr) gnutls_deinit(tls);
    if (credentials != nullptr) gnutls_certificate_free_credentials(credentials);
  }

  void describe();
  bool first_failed(int code);
  void refused(int code);
};

void RenegotiationTalk::State::describe() {
  session.version = version_name(gnutls_protocol_get_version(tls));
  const char* suite = gnutls_cipher_suite_get_name(gnutls_kx_get(tls), gnutls_cipher_get(tls), gnutls_mac_get(tls));
  session.cipher = suite == nullptr ? "" : suite;
  session.completed = true;
  session.secure_renegotiation = gnutls_safe_renegotiation_status(tls) != 0;
  session.client_certificate_asked = gnutls_certificate_client_get_request_status(tls) != 0;
  unsigned count = 0;
  const gnutls_datum_t* sent = gnutls_certificate_get_peers(tls, &count);
  for (unsigned i = 0; sent != nullptr && i < count; ++i) {
    auto certificate =
        parse_certificate({static_cast<const char*>(static_cast<const void*>(sent[i].data)), sent[i].size});
    if (certificate) session.chain.push_back(std::move(*certificate));
  }
}

bool RenegotiationTalk::State::first_failed(int code) {
  if (code == GNUTLS_E_FATAL_ALERT_RECEIVED) {
    failure.kind = TlsFailure::Kind::Alert;
    failure.alert = alert_name(static_cast<int>(gnutls_alert_get(tls)));
    failure.text = "the server ended TLS in the handshake with the alert " + failure.alert;
  } else if (code == GNUTLS_E_PREMATURE_TERMINATION || code == GNUTLS_E_PULL_ERROR || code == GNUTLS_E_PUSH_ERROR) {
    failure.kind = TlsFailure::Kind::Closed;
    failure.text = "the server closed the connection in the handshake";
  } else {
    failure.text = std::string("TLS failed in the handshake: ") + gnutls_strerror(code);
  }
  return true;
}

void RenegotiationTalk::State::refused(int code) {
  const bool alert = code == GNUTLS_E_FATAL_ALERT_RECEIVED || code == GNUTLS_E_WARNING_ALERT_RECEIVED;
  session.renegotiation_end =
      alert ? "the alert " + alert_name(static_cast<int>(gnutls_alert_get(tls)))
      : code == GNUTLS_E_PREMATURE_TERMINATION || code == GNUTLS_E_PULL_ERROR || code == GNUTLS_E_PUSH_ERROR
          ? std::string("closing the connection")
          : std::string(gnutls_strerror(code));
}

RenegotiationTalk::RenegotiationTalk(int socket, const std::string& host, const TlsOffer& offer, int attempts)
    : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.attempts = attempts;
  if (gnutls_init(&s.tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) != GNUTLS_E_SUCCESS) return;
  gnutls_priority_set_direct(s.tls, offer.legacy_priority.empty() ? kPriority : offer.legacy_priority.c_str(), nullptr);
  gnutls_certificate_allocate_credentials(&s.credentials);
  gnutls_credentials_set(s.tls, GNUTLS_CRD_CERTIFICATE, s.credentials);
  gnutls_session_set_verify_function(s.tls, &accept_any);
  gnutls_dh_set_prime_bits(s.tls, 512);  // small groups are evidence, and judged elsewhere
  const bool name = offer.sni && host.find(':') == std::string::npos &&
                    host.find_first_not_of("0123456789.") != std::string::npos;  // RFC 6066, 3: no addresses
  if (name) gnutls_server_name_set(s.tls, GNUTLS_NAME_DNS, host.data(), host.size());
  gnutls_transport_set_int(s.tls, socket);
}

RenegotiationTalk::RenegotiationTalk(RenegotiationTalk&&) noexcept = default;
RenegotiationTalk& RenegotiationTalk::operator=(RenegotiationTalk&&) noexcept = default;
RenegotiationTalk::~RenegotiationTalk() = default;

bool RenegotiationTalk::wants_write() const {
  return state_->tls != nullptr && gnutls_record_get_direction(state_->tls) == 1;
}

bool RenegotiationTalk::secured() const { return state_->secured; }

bool RenegotiationTalk::on_event() {
  State& s = *state_;
  if (s.tls == nullptr) return s.first_failed(GNUTLS_E_MEMORY_ERROR);
  for (;;) {
    const int code = gnutls_handshake(s.tls);
    if (code == GNUTLS_E_AGAIN || code == GNUTLS_E_INTERRUPTED) return false;
    if (code >= 0) {
      if (s.secured) ++s.session.renegotiations;
      if (!s.secured) s.describe();
      s.secured = true;
      if (s.session.renegotiations >= s.attempts) return true;
      continue;
    }
    const bool no = code == GNUTLS_E_WARNING_ALERT_RECEIVED && gnutls_alert_get(s.tls) == GNUTLS_A_NO_RENEGOTIATION;
    if (gnutls_error_is_fatal(code) == 0 && !no) continue;
    if (!s.secured) return s.first_failed(code);
    s.refused(code);
    return true;
  }
}

void RenegotiationTalk::time_is_up() {
  state_->timed_out = true;
  if (state_->secured) state_->session.renegotiation_end = "silence";
}

const TlsSession& RenegotiationTalk::session() const { return state_->session; }

std::variant<HttpResponse, TlsFailure, NetworkFailure> RenegotiationTalk::outcome() const {
  if (state_->secured) return HttpResponse{};
  if (state_->timed_out)
    return NetworkFailure{NetworkFailure::Kind::AnswerTimeout, "TCP stood, but the TLS handshake did not end in time",
                          true, 0};
  return state_->failure;
}

}  // namespace easel

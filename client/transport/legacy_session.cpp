#include "client/transport/legacy_session.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "client/tls/alert.h"

namespace easel {

TlsOffer legacy_offer() {
  TlsOffer offer;
  offer.min_version = "TLSv1.0";
  offer.max_version = "TLSv1.0";
  offer.sni = false;
  offer.legacy_renegotiation = true;
  offer.legacy_priority =
      "NONE:+VERS-TLS1.0:+RSA:+ARCFOUR-128:+3DES-CBC:+AES-128-CBC:+AES-256-CBC:+MD5:+SHA1:+COMP-NULL:+SIGN-ALL:"
      "+CTYPE-X509:%UNSAFE_RENEGOTIATION:%COMPAT:%NO_TICKETS";
  return offer;
}

struct LegacySession::State {
  Options options;
  gnutls_session_t tls = nullptr;
  gnutls_certificate_credentials_t credentials = nullptr;
  std::string problem;  ///< the session could not be set up
  TlsSession session;
  TlsFailure failure;
  bool shaken = false;  ///< a first handshake was completed
  bool stopped_by_verdict = false;

  void set_up(int socket);
  void describe();
  void keep();
  void fail(int code);
  int shake_hands();
  static int on_chain(gnutls_session_t tls);
};

namespace {

std::string datum_text(const gnutls_datum_t& datum) {
  return {static_cast<const char*>(static_cast<const void*>(datum.data)), datum.size};
}

gnutls_datum_t datum_of(std::string& text) {
  return {static_cast<unsigned char*>(static_cast<void*>(text.data())), static_cast<unsigned>(text.size())};
}

std::string version_name(gnutls_protocol_t version) {
  switch (version) {
    case GNUTLS_SSL3:
      return "SSLv3";
    case GNUTLS_TLS1_0:
      return "TLSv1.0";
    case GNUTLS_TLS1_1:
      return "TLSv1.1";
    case GNUTLS_TLS1_2:
      return "TLSv1.2";
    case GNUTLS_TLS1_3:
      return "TLSv1.3";
    default:
      return {};
  }
}

}  // namespace

void LegacySession::State::set_up(int socket) {
  if (gnutls_init(&tls, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL) != GNUTLS_E_SUCCESS) {
    problem = "GnuTLS has no memory";
    return;
  }
  const char* where = nullptr;
  const TlsOffer& offer = options.identity->offer;
  std::string priority = offer.legacy_priority;
  constexpr std::string_view kNoTickets = ":%NO_TICKETS";
  if (const std::size_t at = priority.find(kNoTickets); options.kept && at != std::string::npos)
    priority.erase(at, kNoTickets.size());
  if (gnutls_priority_set_direct(tls, priority.c_str(), &where) != GNUTLS_E_SUCCESS) {
    problem = "GnuTLS does not know this priority: " + std::string(where == nullptr ? "" : where);
    return;
  }
  gnutls_certificate_allocate_credentials(&credentials);
  if (const auto& client = options.identity->client_certificate) {
    std::string chain = to_pem(client->chain);
    std::string key = client->private_key_pem;
    const gnutls_datum_t chain_datum = datum_of(chain);
    const gnutls_datum_t key_datum = datum_of(key);
    if (gnutls_certificate_set_x509_key_mem(credentials, &chain_datum, &key_datum, GNUTLS_X509_FMT_PEM) < 0) {
      problem = "client certificate " + client->name + " cannot be used by GnuTLS";
    }
  }
  gnutls_credentials_set(tls, GNUTLS_CRD_CERTIFICATE, credentials);
  if (offer.sni) gnutls_server_name_set(tls, GNUTLS_NAME_DNS, options.host.data(), options.host.size());
  gnutls_session_set_ptr(tls, this);
  gnutls_session_set_verify_function(tls, &State::on_chain);
  gnutls_dh_set_prime_bits(tls, 512);  // small groups are evidence, and judged elsewhere
  if (options.kept) {
    const std::scoped_lock lock(options.kept->mutex);
    if (!options.kept->data.empty()) gnutls_session_set_data(tls, options.kept->data.data(), options.kept->data.size());
  }
  gnutls_transport_set_int(tls, socket);
}

void LegacySession::State::keep() {
  gnutls_datum_t data{};
  if (!options.kept || gnutls_session_get_data2(tls, &data) != GNUTLS_E_SUCCESS) return;
  const std::scoped_lock lock(options.kept->mutex);
  options.kept->data = datum_text(data);
  gnutls_free(data.data);
}

/// Our verdict, before the client's certificate and key exchange go out.
int LegacySession::State::on_chain(gnutls_session_t tls) {
  auto& state = *static_cast<State*>(gnutls_session_get_ptr(tls));
  unsigned count = 0;
  const gnutls_datum_t* sent = gnutls_certificate_get_peers(tls, &count);
  state.session.chain.clear();
  for (unsigned i = 0; i < count; ++i) {
    auto certificate = parse_certificate(datum_text(sent[i]));
    if (certificate) state.session.chain.push_back(std::move(*certificate));
  }
  state.describe();
  state.session.verdict = state.options.judge->judge(state.session.chain, state.options.host, state.options.clock());
  if (state.session.verdict.trusted() || state.options.allow_untrusted) return 0;
  state.stopped_by_verdict = true;
  return GNUTLS_E_CERTIFICATE_ERROR;
}

void LegacySession::State::describe() {
  session.version = version_name(gnutls_protocol_get_version(tls));
  const char* suite = gnutls_cipher_suite_get_name(gnutls_kx_get(tls), gnutls_cipher_get(tls), gnutls_mac_get(tls));
  session.cipher = suite == nullptr ? "" : suite;
  session.secure_renegotiation = gnutls_safe_renegotiation_status(tls) != 0;
  if (gnutls_certificate_client_get_request_status(tls) != 0) {
    session.client_certificate_asked = true;
    session.client_certificate_sent = options.identity->client_certificate.has_value();
  }
}

void LegacySession::State::fail(int code) {
  const std::string when = shaken ? " after the request" : " in the handshake";
  failure.phase = shaken ? TlsFailure::Phase::AfterRequest : TlsFailure::Phase::Handshake;
  if (stopped_by_verdict) {
    failure.kind = TlsFailure::Kind::Verdict;
    failure.text = "we stopped" + when + ": " + session.verdict.complaints.front().text;
  } else if (code == GNUTLS_E_FATAL_ALERT_RECEIVED) {
    failure.kind = TlsFailure::Kind::Alert;
    failure.alert = alert_name(static_cast<int>(gnutls_alert_get(tls)));
    failure.text = "the server ended TLS" + when + " with the alert " + failure.alert;
  } else if (code == GNUTLS_E_PREMATURE_TERMINATION || code == GNUTLS_E_PULL_ERROR || code == GNUTLS_E_PUSH_ERROR) {
    failure.kind = TlsFailure::Kind::Closed;
    failure.text = "the server closed the connection" + when;
  } else {
    failure.kind = TlsFailure::Kind::Protocol;
    failure.text = "TLS failed" + when + ": " + gnutls_strerror(code);
  }
}

int LegacySession::State::shake_hands() {
  int code = GNUTLS_E_AGAIN;
  do {
    code = gnutls_handshake(tls);
  } while (code < 0 && gnutls_error_is_fatal(code) == 0);
  if (code < 0 && gnutls_certificate_client_get_request_status(tls) != 0) session.client_certificate_asked = true;
  if (code < 0) {
    gnutls_alert_send_appropriate(tls, code);
    return code;
  }
  describe();
  session.completed = true;
  session.resumed = gnutls_session_is_resumed(tls) != 0;
  keep();
  return code;
}

LegacySession::LegacySession(Options options, int socket) : state_(std::make_unique<State>()) {
  state_->options = std::move(options);
  state_->set_up(socket);
}

LegacySession::~LegacySession() {
  if (state_->tls != nullptr) gnutls_deinit(state_->tls);
  if (state_->credentials != nullptr) gnutls_certificate_free_credentials(state_->credentials);
}

bool LegacySession::handshake(std::chrono::milliseconds limit) {
  if (!state_->problem.empty()) {
    state_->failure.text = state_->problem;
    return false;
  }
  gnutls_handshake_set_timeout(state_->tls, static_cast<unsigned>(limit.count()));
  const int code = state_->shake_hands();
  if (code < 0) {
    state_->fail(code);
    if (code == GNUTLS_E_TIMEDOUT) {
      state_->failure.text = "the TLS handshake did not end within " + std::to_string(limit.count()) + " ms";
    }
    return false;
  }
  state_->shaken = true;
  return true;
}

LegacySession::Read LegacySession::read(std::string& out) {
  out.resize(16384);
  const ssize_t size = gnutls_record_recv(state_->tls, out.data(), out.size());
  if (size >= 0) {
    out.resize(static_cast<std::size_t>(size));
    return size == 0 ? Read::End : Read::Data;
  }
  out.clear();
  const int code = static_cast<int>(size);
  if (code == GNUTLS_E_REHANDSHAKE) {
    const int again = state_->shake_hands();
    if (again >= 0) return Read::Nothing;
    state_->fail(again);
    return Read::Failed;
  }
  // Old servers end without close_notify; HTTP framing tells a cut body from a whole one.
  if (code == GNUTLS_E_PREMATURE_TERMINATION) return Read::End;
  if (gnutls_error_is_fatal(code) == 0) return Read::Nothing;
  state_->fail(code);
  return Read::Failed;
}

bool LegacySession::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = gnutls_record_send(state_->tls, bytes.data(), bytes.size());
    if (size == GNUTLS_E_AGAIN || size == GNUTLS_E_INTERRUPTED) continue;
    if (size < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

bool LegacySession::has_pending() const { return gnutls_record_check_pending(state_->tls) > 0; }

void LegacySession::close_notify() { gnutls_bye(state_->tls, GNUTLS_SHUT_WR); }

const TlsSession& LegacySession::session() const { return state_->session; }
const TlsFailure& LegacySession::failure() const { return state_->failure; }

}  // namespace easel

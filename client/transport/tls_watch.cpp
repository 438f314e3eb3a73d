#include "client/transport/tls_watch.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "client/tls/alert.h"
#include "client/tls/openssl_handles.h"
#include "client/transport/forgiving_writes.h"

namespace easel {
namespace {

using Octets = std::span<const unsigned char>;

constexpr std::size_t kMaxNames = 1000;  // of a CertificateRequest

void free_share(void*, void* share, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<std::shared_ptr<TlsWatch>*>(share);
}

int share_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, &free_share);
  return index;
}

std::shared_ptr<TlsWatch>* share_of(const ssl_st* connection) {
  const SSL_CTX* context = SSL_get_SSL_CTX(connection);
  return static_cast<std::shared_ptr<TlsWatch>*>(SSL_CTX_get_ex_data(context, share_index()));
}

std::size_t number(Octets bytes, std::size_t at, std::size_t size) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes[at + i];
  return value;
}

std::string version_name(std::size_t version) {
  switch (version) {
    case 0x0300:
      return "SSLv3";
    case 0x0301:
      return "TLSv1.0";
    case 0x0302:
      return "TLSv1.1";
    case 0x0303:
      return "TLSv1.2";
    case 0x0304:
      return "TLSv1.3";
    default:
      return "version " + std::to_string(version >> 8) + "." + std::to_string(version & 255);
  }
}

/// The supported_versions extension of a ServerHello (RFC 8446, 4.2.1) outweighs its version field.
std::size_t chosen_version(Octets hello, std::size_t extensions_at, std::size_t legacy) {
  std::size_t at = extensions_at + 2;
  while (at + 4 <= hello.size()) {
    const std::size_t kind = number(hello, at, 2);
    const std::size_t size = number(hello, at + 2, 2);
    if (kind == 43 && size == 2 && at + 6 <= hello.size()) return number(hello, at + 4, 2);
    at += 4 + size;
  }
  return legacy;
}

void on_server_hello(TlsWatch& watch, const SSL* connection, Octets message) {
  constexpr std::size_t kSessionIdAt = 38;  // header 4, version 2, random 32
  if (message.size() <= kSessionIdAt) return;
  const std::size_t suite_at = kSessionIdAt + 1 + message[kSessionIdAt];
  if (message.size() < suite_at + 3) return;
  watch.server_hello_seen = true;
  watch.session.version = version_name(chosen_version(message, suite_at + 3, number(message, 4, 2)));
  const SSL_CIPHER* cipher = SSL_CIPHER_find(const_cast<SSL*>(connection), &message[suite_at]);
  watch.session.cipher = cipher == nullptr ? "suite " + std::to_string(number(message, suite_at, 2))
                                           : std::string(SSL_CIPHER_get_name(cipher));
}

/// Is there a certificate in the Certificate message that we send (RFC 5246, 7.4.6; RFC 8446, 4.4.2)?
bool holds_certificate(const TlsWatch& watch, Octets message) {
  std::size_t at = 4;
  if (watch.session.version == "TLSv1.3") {
    if (message.size() <= at) return false;
    at += 1 + message[at];
  }
  return message.size() >= at + 3 && number(message, at, 3) > 0;
}

void on_handshake_message(TlsWatch& watch, const SSL* connection, bool sent, Octets message) {
  if (message.empty()) return;
  switch (message[0]) {
    case SSL3_MT_SERVER_HELLO:
      if (!sent) on_server_hello(watch, connection, message);
      break;
    case SSL3_MT_CERTIFICATE_REQUEST:
      if (!sent) watch.session.client_certificate_asked = true;
      break;
    case SSL3_MT_CERTIFICATE:
      if (sent) watch.session.client_certificate_sent = holds_certificate(watch, message);
      break;
    default:
      break;
  }
}

void on_alert(TlsWatch& watch, bool sent, Octets message) {
  if (message.size() != 2 || message[1] == SSL_AD_CLOSE_NOTIFY) return;
  // TLS 1.3 takes every alert but two for fatal, whatever its level says (RFC 8446, 6).
  const bool fatal =
      message[0] == SSL3_AL_FATAL || (watch.session.version == "TLSv1.3" && message[1] != SSL_AD_USER_CANCELLED);
  if (!fatal) return;
  (sent ? watch.alert_sent : watch.alert) = alert_name(message[1]);
}

void on_record_header(TlsWatch& watch, Octets header) {
  if (watch.any_record_received || header.size() < 5) return;
  watch.any_record_received = true;
  const bool tls = header[0] >= 20 && header[0] <= 24 && header[1] == 3;
  if (!tls) watch.not_tls.assign(header.begin(), header.end());
}

void on_message(int sent, int, int type, const void* data, std::size_t size, SSL* connection, void* watch_pointer) {
  auto& watch = *static_cast<TlsWatch*>(watch_pointer);
  const Octets bytes(static_cast<const unsigned char*>(data), size);
  if (type == SSL3_RT_HANDSHAKE) on_handshake_message(watch, connection, sent == 1, bytes);
  if (type == SSL3_RT_ALERT) on_alert(watch, sent == 1, bytes);
  if (type == SSL3_RT_HEADER && sent == 0) on_record_header(watch, bytes);
}

void on_info(const SSL* connection, int where, int) {
  const auto* share = share_of(connection);
  if (share == nullptr) return;
  TlsWatch& watch = **share;
  if ((where & SSL_CB_HANDSHAKE_START) != 0) forgive_writes(const_cast<SSL*>(connection));
  if ((where & SSL_CB_HANDSHAKE_START) != 0 && !watch.identity->offer.sni) {
    // libcurl has set the name already and has no option not to; nothing has been written yet.
    SSL_ctrl(const_cast<SSL*>(connection), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, nullptr);
  }
  if ((where & SSL_CB_HANDSHAKE_DONE) == 0) return;
  TlsSession& session = watch.session;
  session.completed = true;
  session.resumed = SSL_session_reused(connection) == 1;
  session.secure_renegotiation =
      session.version == "TLSv1.3" || SSL_get_secure_renegotiation_support(const_cast<SSL*>(connection)) == 1;
  const unsigned char* alpn = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(connection, &alpn, &size);
  session.alpn.assign(alpn, alpn + size);
}

int on_certificate_request(SSL* connection, void* watch_pointer) {
  auto& watch = *static_cast<TlsWatch*>(watch_pointer);
  watch.session.client_certificate_asked = true;
  watch.session.client_ca_names.clear();
  const STACK_OF(X509_NAME)* names = SSL_get0_peer_CA_list(connection);
  for (int i = 0; i < sk_X509_NAME_num(names) && watch.session.client_ca_names.size() < kMaxNames; ++i) {
    watch.session.client_ca_names.push_back(name_text(sk_X509_NAME_value(names, i)));
  }
  return 1;
}

/// The error that makes OpenSSL send the alert which fits (RFC 5246, 7.2.2).
int verify_error(const TrustVerdict& verdict) {
  if (verdict.has(TrustProblem::Untrusted) || verdict.has(TrustProblem::IntermediateMissing)) {
    return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
  }
  if (verdict.has(TrustProblem::Revoked)) return X509_V_ERR_CERT_REVOKED;
  if (verdict.has(TrustProblem::Expired)) return X509_V_ERR_CERT_HAS_EXPIRED;
  if (verdict.has(TrustProblem::WrongPurpose)) return X509_V_ERR_INVALID_PURPOSE;
  return X509_V_ERR_HOSTNAME_MISMATCH;
}

int on_chain(X509_STORE_CTX* store, void* watch_pointer) {
  auto& watch = *static_cast<TlsWatch*>(watch_pointer);
  TlsSession& session = watch.session;
  session.chain.clear();
  const STACK_OF(X509)* sent = X509_STORE_CTX_get0_untrusted(store);
  for (int i = 0; i < sk_X509_num(sent); ++i) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(sk_X509_value(sent, i), &der);
    const void* bytes = der;
    if (size > 0) {
      auto certificate = parse_certificate({static_cast<const char*>(bytes), static_cast<std::size_t>(size)});
      if (certificate) session.chain.push_back(std::move(*certificate));
    }
    OPENSSL_free(der);
  }
  session.verdict = watch.judge->judge(session.chain, watch.host, watch.clock());
  ERR_clear_error();
  if (session.verdict.trusted() || watch.allow_untrusted) {
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
  }
  watch.stopped_by_verdict = true;
  X509_STORE_CTX_set_error(store, verify_error(session.verdict));
  return 0;
}

std::string use_client_certificate(SSL_CTX* context, const ClientCertificate& client) {
  const auto complain = [&](const std::string& what) {
    return "client certificate " + client.name + ": " + what + " (" + take_openssl_reason() + ")";
  };
  if (client.chain.empty()) return "client certificate " + client.name + ": no certificate";
  const BioPtr bio(BIO_new_mem_buf(client.private_key_pem.data(), static_cast<int>(client.private_key_pem.size())));
  const auto no_passphrase = [](char*, int, int, void*) { return 0; };
  const KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key) return complain("its key cannot be read");
  std::vector<X509Ptr> chain;
  for (const Certificate& certificate : client.chain) {
    const void* data = certificate.der.data();
    const auto* cursor = static_cast<const unsigned char*>(data);
    chain.emplace_back(d2i_X509(nullptr, &cursor, static_cast<long>(certificate.der.size())));
    if (!chain.back()) return complain("its certificate cannot be read");
  }
  if (SSL_CTX_use_certificate(context, chain.front().get()) != 1) return complain("its certificate cannot be used");
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) return complain("its key does not fit its certificate");
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, chain[i].get()) != 1) return complain("its chain cannot be used");
  }
  return {};
}

int version_number(std::string_view name) {
  if (name == "SSLv3") return SSL3_VERSION;
  if (name == "TLSv1" || name == "TLSv1.0") return TLS1_VERSION;
  if (name == "TLSv1.1") return TLS1_1_VERSION;
  if (name == "TLSv1.2") return TLS1_2_VERSION;
  if (name == "TLSv1.3") return TLS1_3_VERSION;
  return -1;
}

std::string make_offer(SSL_CTX* context, const TlsOffer& offer) {
  const int lowest = version_number(offer.min_version);
  const int highest = version_number(offer.max_version);
  if (lowest < 0 || highest < 0)
    return "the profile's TLS versions are " + offer.min_version + " to " + offer.max_version;
  SSL_CTX_set_security_level(context, 0);  // small keys and old hashes are evidence here, and judged elsewhere
  // SSL 3.0 is not built into Debian's OpenSSL: the floor then is TLS 1.0.
  SSL_CTX_set_min_proto_version(context, std::max(lowest, TLS1_VERSION));
  if (highest < TLS1_VERSION || SSL_CTX_set_max_proto_version(context, highest) != 1) {
    return "this OpenSSL does not speak " + offer.max_version;
  }
  if (SSL_CTX_set_cipher_list(context, offer.ciphers.empty() ? "DEFAULT" : offer.ciphers.c_str()) != 1) {
    ERR_clear_error();
    return "this OpenSSL has none of the offered cipher suites (" + offer.ciphers + ")";
  }
  SSL_CTX_set_security_level(context, 0);
  std::vector<unsigned char> alpn;
  for (const std::string& protocol : offer.alpn) {
    if (protocol.empty() || protocol.size() > 255) return "an ALPN name of the profile is empty or too long";
    alpn.push_back(static_cast<unsigned char>(protocol.size()));
    alpn.insert(alpn.end(), protocol.begin(), protocol.end());
  }
  SSL_CTX_set_alpn_protos(context, alpn.data(), static_cast<unsigned>(alpn.size()));
  if (offer.legacy_renegotiation)
    SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
  else
    SSL_CTX_clear_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
  // Old servers end TLS without close_notify; HTTP framing tells a cut body from a whole one.
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  return {};
}

}  // namespace

std::string attach_watch(const std::shared_ptr<TlsWatch>& watch, ssl_ctx_st* context) {
  if (share_index() < 0) return "OpenSSL has no room for another index";
  auto share = std::make_unique<std::shared_ptr<TlsWatch>>(watch);
  if (SSL_CTX_set_ex_data(context, share_index(), share.get()) != 1) return "OpenSSL has no memory";
  static_cast<void>(share.release());  // the context frees it
  if (std::string problem = make_offer(context, watch->identity->offer); !problem.empty()) return problem;
  if (watch->keep_session) {
    SSL_CTX_clear_options(context, SSL_OP_NO_TICKET);  // libcurl's default
  } else {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  }
  SSL_CTX_set_msg_callback(context, &on_message);
  SSL_CTX_set_msg_callback_arg(context, watch.get());
  SSL_CTX_set_info_callback(context, &on_info);
  SSL_CTX_set_cert_verify_callback(context, &on_chain, watch.get());
  SSL_CTX_set_cert_cb(context, &on_certificate_request, watch.get());
  if (watch->identity->client_certificate) return use_client_certificate(context, *watch->identity->client_certificate);
  return {};
}

std::shared_ptr<TlsWatch> watch_of(const ssl_st* connection) {
  if (connection == nullptr || share_index() < 0) return nullptr;
  const auto* share = share_of(connection);
  return share == nullptr ? nullptr : *share;
}

}  // namespace easel

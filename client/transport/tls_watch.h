#pragma once
// What is seen of one connection's TLS, written down while OpenSSL works, so that evidence survives a handshake that
// fails. The verdict on the chain falls here, inside the handshake (RFC 5246, 7.4.2; RFC 8446, 4.4.2).

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "client/tls/trust_judge.h"
#include "client/transport/transport.h"

struct ssl_ctx_st;
struct ssl_st;

namespace easel {

/// One per connection, shared by the connection and the round trips that use it.
struct TlsWatch {
  std::shared_ptr<const ConnectionIdentity> identity;
  std::shared_ptr<const TrustJudge> judge;
  std::string key;  ///< connection_key() of the requests that may use the connection
  std::string host;
  bool allow_untrusted = false;
  bool keep_session = false;            ///< libcurl may keep the session and offer an older one
  std::function<std::int64_t()> clock;  ///< seconds since 1970: "now" of the verdict

  TlsSession session;
  std::string alert;       ///< fatal alert received, by name
  std::string alert_sent;  ///< fatal alert we sent
  std::string not_tls;     ///< the first octets received, when they are no TLS record
  bool server_hello_seen = false;
  bool stopped_by_verdict = false;
  bool any_record_received = false;
};

/// Lets `watch` see every connection made from `context`, and prepares the context as its identity's offer says. The
/// context keeps a share of `watch`. Returns an empty text, or what cannot be done: one sentence, our fault or the
/// profile's.
std::string attach_watch(const std::shared_ptr<TlsWatch>& watch, ssl_ctx_st* context);

/// The watch of a connection; nullptr if none was attached.
std::shared_ptr<TlsWatch> watch_of(const ssl_st* connection);

}  // namespace easel

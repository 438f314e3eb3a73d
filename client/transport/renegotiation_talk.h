#pragma once
// A TLS session below 1.3 that does nothing but renegotiate of its own accord, as often as the server lets it (RFC
// 5246, 7.4.1.1 and 7.4.1.2; RFC 5746). GnuTLS holds it, so that RC4 and 3DES servers can be asked, too. Never blocks.

#include <memory>
#include <string>
#include <variant>

#include "client/transport/transport.h"

namespace easel {

class RenegotiationTalk {
 public:
  /// `host` is for SNI where the offer has it; the offer's legacy_priority is kept to, if it has one. `socket` is
  /// connected, non-blocking, and stays the caller's. With no attempts the talk is over once the handshake stands.
  RenegotiationTalk(int socket, const std::string& host, const TlsOffer& offer, int attempts);
  RenegotiationTalk(RenegotiationTalk&&) noexcept;
  RenegotiationTalk& operator=(RenegotiationTalk&&) noexcept;
  ~RenegotiationTalk();

  [[nodiscard]] bool wants_write() const;
  /// Goes on as far as it can now. True: the talk is over.
  bool on_event();
  /// The handshake stands; what is under way is a renegotiation.
  [[nodiscard]] bool secured() const;
  /// Ends it where it stands: a renegotiation that gets no answer is a refused one.
  void time_is_up();

  /// Without a verdict.
  [[nodiscard]] const TlsSession& session() const;
  /// A response with status 0 if the first handshake was completed.
  [[nodiscard]] std::variant<HttpResponse, TlsFailure, NetworkFailure> outcome() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace easel

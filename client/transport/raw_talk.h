#pragma once
// What is said on a bare TCP connection once libcurl has made it (through its routes and proxies): a ClientHello, a
// session that renegotiates, or a handshake that OpenSSL 3 cannot do.

#include <chrono>
#include <cstdint>
#include <memory>
#include <variant>

#include "client/tls/hello_talk.h"
#include "client/tls/trust_judge.h"
#include "client/transport/renegotiation_talk.h"
#include "client/transport/transport.h"

namespace easel {

/// Does this request end in a RawTalk?
bool is_raw(const SendRequest& request);

class RawTalk {
 public:
  /// Takes a connected, non-blocking socket over and closes it in the end.
  RawTalk(int socket, const SendRequest& request);
  RawTalk(const RawTalk&) = delete;
  RawTalk& operator=(const RawTalk&) = delete;
  ~RawTalk();

  [[nodiscard]] int socket() const { return socket_; }
  [[nodiscard]] bool wants_write() const;
  /// How long the talk may take from now on, given the bound of a handshake.
  [[nodiscard]] std::chrono::milliseconds bound(std::chrono::milliseconds connect) const;
  /// True: the talk is over.
  bool on_event();
  void time_is_up();
  /// Outcome, session, hello; the chain is judged as of `now` (seconds since 1970).
  void report(const SendRequest& request, const TrustJudge& judge, std::int64_t now, RoundTrip& into);

 private:
  int socket_;
  std::chrono::steady_clock::time_point started_;
  std::variant<HelloTalk, RenegotiationTalk> talk_;
};

}  // namespace easel

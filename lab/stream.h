#pragma once
// One TCP connection of the lab, in clear or under TLS. Every wait ends when its time is over or when the Lab stops.

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lab/stop_signal.h"
#include "lab/tls.h"

namespace easel::lab {

enum class Io { ok, timeout, closed, failed, stopped };

/// How a handshake ended: the version and suite, or why it failed.
struct HandshakeResult {
  bool done = false;
  std::string text{};
};

class Stream {
 public:
  using Limit = std::chrono::milliseconds;

  /// Takes the socket over and closes it in the end.
  Stream(int fd, const StopSignal& stop);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  [[nodiscard]] HandshakeResult start_tls(const TlsServer& server, Limit limit);
  [[nodiscard]] bool encrypted() const { return session_ != nullptr; }
  /// Whether the TLS session was resumed.
  [[nodiscard]] bool resumed() const;
  /// The secret that a resumed session of TLS 1.2 has in common with the first one; empty without TLS.
  [[nodiscard]] std::string master_secret() const;
  /// Asks for a certificate now: by renegotiation up to TLS 1.2, by post-handshake authentication in TLS 1.3.
  [[nodiscard]] HandshakeResult ask_for_certificate(Limit limit);
  /// The chain of the client as DER, its own certificate first; empty if it sent none.
  [[nodiscard]] std::vector<std::string> peer_certificates() const;
  /// What the peer has sent first, without taking it.
  [[nodiscard]] std::string peek(Limit limit) const;

  /// Appends what is there, at least one byte, to `into`.
  Io read(std::string& into, Limit limit);
  /// Writes all of it.
  Io write(std::string_view bytes, Limit limit);
  /// Waits for no reason but the peer going away: closed, timeout or stopped. `wake_fd` readable counts as ok.
  Io wait_for_peer_close(Limit limit, int wake_fd = -1);

  void send_alert(int number);
  /// Sends the TLS close alert (if there is TLS) and ends the TCP connection in good order.
  void close();
  /// Ends the TCP connection without a TLS close alert.
  void cut();
  /// Ends the TCP connection with a reset.
  void reset();

 private:
  struct Session;
  Io wait(short events, std::chrono::steady_clock::time_point until, int wake_fd = -1) const;
  Io after_tls_error(int rc, std::chrono::steady_clock::time_point until);
  Io renegotiation_wanted(std::chrono::steady_clock::time_point until);
  HandshakeResult handshake(std::chrono::steady_clock::time_point until, int (*step)(Session&));

  int fd_;
  const StopSignal& stop_;
  std::unique_ptr<Session> session_;
};

}  // namespace easel::lab

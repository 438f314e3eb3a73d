#pragma once
// The world's transport: HTTP/1.1 (RFC 9112) through libcurl, with our own trust verdict inside the TLS handshake and
// our own identity of connections.

#include <functional>
#include <memory>
#include <vector>

#include "client/transport/transport.h"

namespace easel {

/// One event loop for any number of round trips (best: up to 1,000 under way at once). One thread at a time.
/// SIGPIPE is set to be ignored in the whole process.
class CurlTransport : public Transport {
 public:
  struct Options {
    /// Seconds since 1970: "now" for certificates and started_at. Empty: the system clock.
    std::function<std::int64_t()> clock;
    /// How many connections may be kept for later requests.
    long idle_connections = 1000;
  };

  CurlTransport();
  explicit CurlTransport(Options options);
  ~CurlTransport() override;

  /// A request that carries Authorization or Cookie, or whose identity has a client certificate, never goes over an
  /// untrusted session: allow_untrusted is then not heeded. Addresses of the route are tried in order until TCP stands,
  /// each with the whole connect bound.
  void start(Ticket ticket, SendRequest request) override;
  void cancel(Ticket ticket) override;
  std::vector<Completion> wait(std::chrono::milliseconds limit) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Starts one request and waits for its end, which its bounds guarantee.
RoundTrip send_one(Transport& transport, SendRequest request);

}  // namespace easel

#pragma once
// The GnuTLS half of a legacy tunnel: handshake with our verdict inside, records in and out, alerts by name.

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "client/tls/trust_judge.h"
#include "client/transport/transport.h"

namespace easel {

/// A TLS session that one connection leaves to the next, packed by GnuTLS. Shared by the threads of tunnels.
struct KeptSession {
  std::mutex mutex;
  std::string data;  ///< empty: none yet
};

class LegacySession {
 public:
  struct Options {
    std::shared_ptr<const ConnectionIdentity> identity;
    std::shared_ptr<const TrustJudge> judge;
    std::string host;
    bool allow_untrusted = false;
    std::shared_ptr<KeptSession> kept;  ///< nullptr: sessions are not kept
    std::function<std::int64_t()> clock;
  };
  enum class Read { Data, Nothing, End, Failed };

  /// `socket` stays the caller's and must outlive the session.
  LegacySession(Options options, int socket);
  LegacySession(const LegacySession&) = delete;
  LegacySession& operator=(const LegacySession&) = delete;
  ~LegacySession();

  /// Shakes hands within `limit`. False: failure() says why.
  bool handshake(std::chrono::milliseconds limit);
  /// Waits for the next record. A handshake that the server asks for is done on the way.
  Read read(std::string& out);
  bool write(std::string_view bytes);
  /// Octets are waiting that no poll() of the socket shows.
  [[nodiscard]] bool has_pending() const;
  void close_notify();

  [[nodiscard]] const TlsSession& session() const;
  [[nodiscard]] const TlsFailure& failure() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace easel

#pragma once
// A TLS session that OpenSSL 3 cannot hold (RC4, 3DES at TLS 1.0), held by GnuTLS: libcurl speaks plain HTTP to an
// abstract Unix socket that only this process may use, and the tunnel carries it. Nothing is carried before the
// verdict.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client/tls/trust_judge.h"
#include "client/transport/legacy_session.h"
#include "client/transport/transport.h"

namespace easel {

struct LegacyTunnelOptions {
  std::shared_ptr<const ConnectionIdentity> identity;  ///< its offer's legacy_priority is used
  std::shared_ptr<const TrustJudge> judge;
  std::string host;                    ///< for SNI, where the offer has it, and for the certificate's names
  std::vector<std::string> addresses;  ///< numeric, tried in order; empty: the host is resolved
  std::string connect_host;            ///< resolved when there are no addresses
  std::uint16_t port = 443;
  bool allow_untrusted = false;
  std::shared_ptr<KeptSession> kept;          ///< nullptr: the TLS session is not kept
  std::chrono::milliseconds connect{10'000};  ///< for TCP, and again for the handshake
  std::function<std::int64_t()> clock;
};

/// One connection with its thread. The destructor ends both.
class LegacyTunnel {
 public:
  struct Report {
    std::string peer;  ///< that TCP reached; empty if none
    TlsSession session;
    /// Why the tunnel ended, if it was not the peer's orderly end.
    std::variant<std::monostate, TlsFailure, NetworkFailure> failure;
  };

  /// Null: no socket or thread is left.
  static std::unique_ptr<LegacyTunnel> open(LegacyTunnelOptions options);
  LegacyTunnel(const LegacyTunnel&) = delete;
  LegacyTunnel& operator=(const LegacyTunnel&) = delete;
  ~LegacyTunnel();

  /// Name of the abstract socket, without the leading NUL.
  [[nodiscard]] const std::string& socket_name() const;
  /// As things stand; complete once the carried connection is closed.
  [[nodiscard]] Report report() const;

 private:
  struct State;
  explicit LegacyTunnel(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace easel

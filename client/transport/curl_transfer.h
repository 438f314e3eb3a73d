#pragma once
// One request on its way through libcurl, and the three things done with it: prepare, start over at the next address,
// and name how it ended.

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "client/transport/legacy_tunnel.h"
#include "client/transport/raw_talk.h"
#include "client/transport/response_reader.h"
#include "client/transport/tls_watch.h"
#include "client/transport/transport.h"

struct curl_slist;

namespace easel {

struct CurlFree {
  void operator()(void* easy) const noexcept;
  void operator()(curl_slist* list) const noexcept;
};

/// Where a transfer stands; each stage has its own bound.
enum class TransferStage { Connecting, Securing, Answering };

/// libcurl keeps pointers into this object: it stays where it is.
struct CurlTransfer {
  using Clock = std::chrono::steady_clock;

  CurlTransfer(Ticket id, SendRequest what) : ticket(id), request(std::move(what)) { restart_reader(); }
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;
  void restart_reader() { reader.emplace(request.bounds.max_headers, request.bounds.max_body); }

  Ticket ticket;
  SendRequest request;
  std::string key;                          ///< connection_key()
  std::shared_ptr<const TrustJudge> judge;  ///< of the identity's trust policy
  std::function<std::int64_t()> clock;      ///< seconds since 1970
  std::function<void(CurlTransfer&, std::chrono::milliseconds)> set_deadline;
  std::int64_t started_at = 0;
  Clock::time_point started;
  Clock::time_point deadline;
  std::size_t address = 0;  ///< index into request.route.addresses

  TransferStage stage = TransferStage::Connecting;
  std::size_t body_sent = 0;
  bool new_socket = false;      ///< a connection was begun for this request
  bool begun = false;           ///< the request was given to a connection; a second time is a resend
  bool resend_stopped = false;  ///< libcurl was kept from sending it again
  std::string peer;             ///< of the connection that carried the request
  std::string fault;            ///< what we could not do: becomes NetworkFailure::Kind::Ours
  std::optional<ResponseReader> reader;
  std::shared_ptr<TlsWatch> watch;
  std::unique_ptr<LegacyTunnel> tunnel;    ///< carries the request where the offer asks for a legacy session
  std::unique_ptr<RawTalk> talk;           ///< took the connection over from libcurl
  std::chrono::microseconds connected{0};  ///< when it did
  std::optional<TlsSession> session;       ///< what it saw
  std::optional<HelloExchange> hello;
  void* sessions = nullptr;           ///< libcurl's share of TLS sessions, for requests that keep theirs
  std::shared_ptr<KeptSession> kept;  ///< the same for a legacy session
  std::array<char, 256> error{};      ///< CURLOPT_ERRORBUFFER

  std::unique_ptr<curl_slist, CurlFree> header_lines;
  std::unique_ptr<curl_slist, CurlFree> connect_to;
  std::unique_ptr<void, CurlFree> easy;  ///< last: libcurl may look at the rest while it goes
};

/// Makes the easy handle. Returns an empty text, or why the request cannot be sent at all.
std::string prepare(CurlTransfer& transfer);

/// The outcome of a transfer that ended with `code` (a CURLcode).
std::variant<HttpResponse, TlsFailure, NetworkFailure> judge_end(CurlTransfer& transfer, int code);

/// The outcome of a transfer that passed its deadline.
std::variant<HttpResponse, TlsFailure, NetworkFailure> judge_timeout(const CurlTransfer& transfer);

}  // namespace easel

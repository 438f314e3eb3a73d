#include "client/transport/curl_transport.h"

#include <curl/curl.h>
#include <fcntl.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "client/transport/connection_key.h"
#include "client/transport/curl_loop.h"
#include "client/transport/curl_transfer.h"

namespace easel {
namespace {

using Clock = CurlTransfer::Clock;

bool carries_credentials(const SendRequest& send) {
  const Headers& headers = send.request.headers;
  return find_header(headers, "Authorization") != nullptr || find_header(headers, "Cookie") != nullptr ||
         (send.identity && send.identity->client_certificate);
}

std::chrono::microseconds elapsed(void* easy, CURLINFO what) {
  curl_off_t value = 0;
  curl_easy_getinfo(easy, what, &value);
  return std::chrono::microseconds(value);
}

Timing timing_of(const CurlTransfer& transfer) {
  Timing timing;
  if (transfer.easy) {
    timing.connected = elapsed(transfer.easy.get(), CURLINFO_CONNECT_TIME_T);
    timing.secured = elapsed(transfer.easy.get(), CURLINFO_APPCONNECT_TIME_T);
    timing.first_byte = elapsed(transfer.easy.get(), CURLINFO_STARTTRANSFER_TIME_T);
  }
  if (transfer.talk) timing.connected = transfer.connected;
  timing.total = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - transfer.started);
  return timing;
}

std::string peer_of(const CurlTransfer& transfer) {
  if (!transfer.peer.empty() || !transfer.easy || transfer.stage == TransferStage::Connecting) return transfer.peer;
  const char* address = nullptr;
  long port = 0;
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_PRIMARY_IP, &address);
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_PRIMARY_PORT, &port);
  if (address == nullptr || *address == '\0') return {};
  const std::string text = address;
  return (text.find(':') == std::string::npos ? text : "[" + text + "]") + ":" + std::to_string(port);
}

bool tcp_did_not_stand(const RoundTrip& round_trip) {
  const NetworkFailure* failure = round_trip.network_failure();
  return failure != nullptr &&
         (failure->kind == NetworkFailure::Kind::Refused || failure->kind == NetworkFailure::Kind::ConnectTimeout ||
          failure->kind == NetworkFailure::Kind::Unreachable);
}

}  // namespace

struct CurlTransport::State {
  explicit State(Options given) : options(std::move(given)), loop(options.idle_connections) {
    if (!options.clock) options.clock = [] { return static_cast<std::int64_t>(std::time(nullptr)); };
  }

  ~State() {
    if (sessions == nullptr) return;
    transfers.clear();
    curl_share_cleanup(sessions);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Options options;
  CurlLoop loop;
  CURLSH* sessions = nullptr;  ///< TLS sessions of those who keep theirs; libcurl compares identities by our key
  std::map<std::string, std::shared_ptr<KeptSession>> legacy_kept;  ///< by connection key and host
  std::unordered_map<int, CurlTransfer*> talks;                     ///< by socket
  std::unordered_map<Ticket, std::unique_ptr<CurlTransfer>> transfers;
  std::set<std::pair<Clock::time_point, Ticket>> deadlines;
  std::map<std::string, std::shared_ptr<const TrustJudge>> judges;  ///< by connection key
  std::vector<Completion> done;

  std::shared_ptr<const TrustJudge> judge_for(const CurlTransfer& transfer);
  void set_deadline(CurlTransfer& transfer, std::chrono::milliseconds after);
  void begin(CurlTransfer& transfer);
  CURLSH* kept_sessions();
  void begin_talk(CurlTransfer& transfer);
  void go_on_talking(CurlTransfer& transfer);
  void end_talk(CurlTransfer& transfer);
  void finish(CurlTransfer& transfer, std::variant<HttpResponse, TlsFailure, NetworkFailure> outcome);
  void end_overdue();
};

std::shared_ptr<const TrustJudge> CurlTransport::State::judge_for(const CurlTransfer& transfer) {
  constexpr std::size_t kMaxJudges = 4096;
  if (judges.size() >= kMaxJudges) judges.clear();
  std::shared_ptr<const TrustJudge>& judge = judges[transfer.key];
  if (!judge) judge = std::make_shared<TrustJudge>(transfer.request.identity->trust);
  return judge;
}

void CurlTransport::State::set_deadline(CurlTransfer& transfer, std::chrono::milliseconds after) {
  deadlines.erase({transfer.deadline, transfer.ticket});
  transfer.deadline = Clock::now() + after;
  deadlines.insert({transfer.deadline, transfer.ticket});
}

void CurlTransport::State::begin(CurlTransfer& transfer) {
  set_deadline(transfer, transfer.request.bounds.connect);
  if (transfer.request.keep_session) {
    transfer.sessions = kept_sessions();
    std::shared_ptr<KeptSession>& kept = legacy_kept[transfer.key + " " + transfer.request.request.host];
    if (!kept) kept = std::make_shared<KeptSession>();
    transfer.kept = kept;
  }
  std::string problem = prepare(transfer);
  if (problem.empty() && !(loop.usable() && loop.add(transfer.easy.get()))) {
    problem = "the event loop cannot take another request (descriptors or memory)";
  }
  if (!problem.empty()) finish(transfer, NetworkFailure{NetworkFailure::Kind::Ours, std::move(problem), false, 0});
}

CURLSH* CurlTransport::State::kept_sessions() {
  if (sessions == nullptr) {
    sessions = curl_share_init();
    curl_share_setopt(sessions, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  }
  return sessions;
}

// libcurl has made the connection; from now on it is ours.
void CurlTransport::State::begin_talk(CurlTransfer& transfer) {
  curl_socket_t socket = CURL_SOCKET_BAD;
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_ACTIVESOCKET, &socket);
  const int own = socket == CURL_SOCKET_BAD ? -1 : fcntl(socket, F_DUPFD_CLOEXEC, 0);
  if (own < 0) {
    finish(transfer, NetworkFailure{NetworkFailure::Kind::Ours, "no socket is left for a ClientHello", true, 0});
    return;
  }
  transfer.stage = TransferStage::Securing;
  transfer.peer = peer_of(transfer);
  transfer.connected = elapsed(transfer.easy.get(), CURLINFO_CONNECT_TIME_T);
  loop.remove(transfer.easy.get());
  transfer.easy.reset();
  transfer.talk = std::make_unique<RawTalk>(own, transfer.request);
  talks[own] = &transfer;
  set_deadline(transfer, transfer.talk->bound(transfer.request.bounds.connect));
  go_on_talking(transfer);
}

void CurlTransport::State::go_on_talking(CurlTransfer& transfer) {
  RawTalk& talk = *transfer.talk;
  const auto before = talk.bound(transfer.request.bounds.connect);
  if (talk.on_event()) return end_talk(transfer);
  if (const auto bound = talk.bound(transfer.request.bounds.connect); bound != before) set_deadline(transfer, bound);
  loop.watch(talk.socket(), talk.wants_write());
}

void CurlTransport::State::end_talk(CurlTransfer& transfer) {
  RoundTrip seen;
  transfer.talk->report(transfer.request, *transfer.judge, transfer.clock(), seen);
  transfer.session = std::move(seen.tls);
  transfer.hello = std::move(seen.hello);
  finish(transfer, std::move(seen.outcome));
}

void CurlTransport::State::finish(CurlTransfer& transfer,
                                  std::variant<HttpResponse, TlsFailure, NetworkFailure> outcome) {
  Completion completion;
  completion.ticket = transfer.ticket;
  RoundTrip& round_trip = completion.round_trip;
  round_trip.outcome = std::move(outcome);
  const bool next_address =
      tcp_did_not_stand(round_trip) && transfer.address + 1 < transfer.request.route.addresses.size();
  if (!next_address) {
    round_trip.peer = peer_of(transfer);
    round_trip.timing = timing_of(transfer);
    if (transfer.watch) round_trip.tls = transfer.watch->session;
    if (transfer.tunnel) {
      LegacyTunnel::Report report = transfer.tunnel->report();
      round_trip.peer = std::move(report.peer);
      if (!round_trip.peer.empty()) round_trip.tls = std::move(report.session);
    }
  }
  if (transfer.talk) {
    round_trip.tls = std::move(transfer.session);
    round_trip.hello = std::move(transfer.hello);
    loop.unwatch(transfer.talk->socket());
    talks.erase(transfer.talk->socket());
  }
  if (transfer.easy) loop.remove(transfer.easy.get());
  if (next_address) {
    ++transfer.address;
    transfer.easy.reset();
    transfer.new_socket = false;
    transfer.error.fill('\0');
    begin(transfer);
    return;
  }
  round_trip.reused = transfer.begun && !transfer.new_socket;
  round_trip.started_at = transfer.started_at;
  if (round_trip.response() == nullptr && transfer.reader->head_complete())
    round_trip.partial = transfer.reader->take();
  deadlines.erase({transfer.deadline, transfer.ticket});
  const auto owned = transfers.extract(transfer.ticket);
  owned.mapped()->easy.reset();
  owned.mapped()->tunnel.reset();
  round_trip.request = std::move(owned.mapped()->request.request);
  done.push_back(std::move(completion));
}

void CurlTransport::State::end_overdue() {
  const Clock::time_point now = Clock::now();
  while (!deadlines.empty() && deadlines.begin()->first <= now) {
    const auto found = transfers.find(deadlines.begin()->second);
    CurlTransfer& transfer = *found->second;
    if (transfer.talk) {
      transfer.talk->time_is_up();
      end_talk(transfer);
    } else {
      finish(transfer, judge_timeout(transfer));
    }
  }
}

CurlTransport::CurlTransport() : CurlTransport(Options{}) {}

CurlTransport::CurlTransport(Options options) : state_(std::make_unique<State>(std::move(options))) {
  std::signal(SIGPIPE, SIG_IGN);
}

CurlTransport::~CurlTransport() {
  for (auto& [ticket, transfer] : state_->transfers) {
    if (transfer->easy) state_->loop.remove(transfer->easy.get());
  }
  state_->transfers.clear();
}

void CurlTransport::start(Ticket ticket, SendRequest request) {
  if (carries_credentials(request)) request.allow_untrusted = false;
  auto owned = std::make_unique<CurlTransfer>(ticket, std::move(request));
  CurlTransfer& transfer = *owned;
  state_->transfers[ticket] = std::move(owned);
  transfer.clock = state_->options.clock;
  transfer.started_at = transfer.clock();
  transfer.started = Clock::now();
  transfer.set_deadline = [state = state_.get()](CurlTransfer& which, std::chrono::milliseconds after) {
    state->set_deadline(which, after);
  };
  if (transfer.request.identity) {
    transfer.key = connection_key(*transfer.request.identity, transfer.request.allow_untrusted);
    transfer.judge = state_->judge_for(transfer);
  }
  state_->begin(transfer);
}

void CurlTransport::cancel(Ticket ticket) {
  const auto found = state_->transfers.find(ticket);
  if (found == state_->transfers.end()) return;
  CurlTransfer& transfer = *found->second;
  state_->finish(transfer, NetworkFailure{NetworkFailure::Kind::Cancelled, "we stopped waiting",
                                          transfer.stage != TransferStage::Connecting, transfer.reader->received()});
}

std::vector<Completion> CurlTransport::wait(std::chrono::milliseconds limit) {
  State& state = *state_;
  const Clock::time_point until = Clock::now() + limit;
  bool first = true;
  while (state.done.empty() && !state.transfers.empty() && (first || Clock::now() < until)) {
    first = false;
    const Clock::time_point next = state.deadlines.empty() ? until : std::min(until, state.deadlines.begin()->first);
    for (const CurlLoop::Ended& ended : state.loop.turn(next)) {
      CurlTransfer* transfer = nullptr;
      curl_easy_getinfo(ended.easy, CURLINFO_PRIVATE, &transfer);
      if (ended.code == CURLE_OK && is_raw(transfer->request)) {
        state.begin_talk(*transfer);
      } else {
        state.finish(*transfer, judge_end(*transfer, ended.code));
      }
    }
    for (const int socket : state.loop.take_ready()) {
      if (const auto talk = state.talks.find(socket); talk != state.talks.end()) state.go_on_talking(*talk->second);
    }
    state.end_overdue();
  }
  return std::exchange(state.done, {});
}

RoundTrip send_one(Transport& transport, SendRequest request) {
  constexpr Ticket kTicket = 0;
  transport.start(kTicket, std::move(request));
  for (;;) {
    std::vector<Completion> done = transport.wait(std::chrono::seconds(60));
    if (!done.empty()) return std::move(done.front().round_trip);
  }
}

}  // namespace easel

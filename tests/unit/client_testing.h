#pragma once
// Runs and predicates without a network: plans from text, answers made by hand, a transport that answers at once.

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/check/predicates.h"
#include "client/run/run.h"
#include "client/transport/transport.h"

namespace easel::testing {

inline constexpr std::int64_t kNow = 1'795'593'600;  // 2026-11-25 08:00:00 UTC
inline std::int64_t now() { return kNow; }

/// WBXML of ActiveSync XML; a mistake in the text ends the test.
std::string wbxml_of(std::string_view xml);

/// An answer with this status; `xml` becomes a WBXML body, `headers` are added.
RoundTrip answer(int status, std::string_view xml = "", Headers headers = {});
RoundTrip failure(NetworkFailure::Kind kind, bool reused = false);

/// A site with the account alice and the password "Sesame 1", and with an account bob.
Site site();

DeviceProfile device(std::string_view id = "wm6.1");

/// Compiles a scenario; its complaints end the test.
std::shared_ptr<const Plan> plan(std::string_view xml, const Variables& parameters = {});
/// The complaints of a scenario, parser's and compiler's, as text.
std::string complaints(std::string_view xml, const Variables& parameters = {});

/// Answers a request; called in the order in which the Run asks.
using Server = std::function<RoundTrip(const SendRequest&)>;

struct Played {
  RunOutcome outcome;
  std::vector<SendRequest> requests;
  int pauses = 0;
};
/// Plays a Run to its end. A pause is over as soon as no answer is outstanding.
Played play(std::string_view xml, const Server& server, const Variables& parameters = {},
            const std::function<void(RunContext&)>& change = {});

/// Cmd of a request, from the plain or the base64 query; "OPTIONS" for OPTIONS, "GET /x" else.
std::string command_of(const SendRequest& request);

/// Decoded body as XML without declaration.
std::string body_of(const SendRequest& request);

/// Answers from a Server, from the calling thread.
class CannedTransport : public Transport {
 public:
  explicit CannedTransport(Server server) : server_(std::move(server)) {}
  void start(Ticket ticket, SendRequest request) override {
    RoundTrip round_trip = server_(request);
    round_trip.request = request.request;
    ready_.push_back({ticket, std::move(round_trip)});
  }
  void cancel(Ticket) override {}
  std::vector<Completion> wait(std::chrono::milliseconds) override { return std::exchange(ready_, {}); }

 private:
  Server server_;
  std::vector<Completion> ready_;
};

/// Asks one predicate of an answer.
PredicateResult ask_of(std::string_view predicate_xml, const RoundTrip& round_trip,
                       const std::function<void(Evidence&)>& change = {});

}  // namespace easel::testing

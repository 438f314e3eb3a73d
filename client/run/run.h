#pragma once
// A Run is one pass through a Plan. It does no I/O: `next` says what to do, `on` takes what came of it. It owns the
// only mutable state there is, the Session of each of its devices.

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client/check/verdict.h"
#include "client/run/judge.h"
#include "client/run/plan.h"
#include "client/run/run_context.h"

namespace easel {

struct SendAction {
  Ticket ticket = 0;
  SendRequest request;
};
struct PauseAction {
  Ticket ticket = 0;
  std::chrono::milliseconds duration{0};
};
using Action = std::variant<SendAction, PauseAction>;

/// One round trip as reports see it: redacted, with its documents as text.
struct RoundTripRecord {
  std::string step;    ///< label of the step
  std::string what;    ///< "FolderSync", "Provision (phase 1)", "OPTIONS /Exchange"
  std::string device;  ///< profile id
  RoundTrip round_trip;
  std::string request_xml;
  std::string response_xml;
  std::string problem;                            ///< why the body could not be decoded
  std::chrono::steady_clock::time_point ended{};  ///< when the answer was taken
};

struct StepRecord {
  std::string label;
  std::string title;
  bool passed = false;
  int attempts = 1;
  std::string expected;
  std::string actual;
  std::string where;
};

/// The variables that a site and a run give every plan: ${user}, ${site.host}, ${run.id}, …
Variables site_variables(const RunContext& context);

struct RunOutcome {
  Verdict verdict;
  std::vector<RoundTripRecord> round_trips;
  std::vector<StepRecord> steps;
  std::vector<std::string> left_behind;  ///< traces on the server that this pass could not remove
  Session session;                       ///< of the scenario's own device, at the end
  Variables variables;
  std::chrono::milliseconds took{0};
};

class Run {
 public:
  Run(std::shared_ptr<const Plan> plan, RunContext context);

  /// The next thing to do, or nothing while it waits. Call until it gives nothing, and again after every `on`.
  std::optional<Action> next();
  void on(Ticket ticket, const RoundTrip& round_trip);
  void on_pause(Ticket ticket);
  /// Ends the steps now (budget, Ctrl-C); the cleanup of what was begun still runs. `reason` is from block_reasons().
  void stop(std::string_view reason, std::string_view note);
  /// Ends the cleanup, too; what it leaves undone is named in left_behind.
  void abandon(std::string_view note);

  [[nodiscard]] bool done() const { return phase_ == Phase::Done; }
  [[nodiscard]] bool cleaning_up() const { return phase_ == Phase::Cleanup; }
  [[nodiscard]] const Plan& plan() const { return *plan_; }
  RunOutcome take();

 private:
  enum class Phase { Steps, Cleanup, Done };
  enum class Purpose { Main, Options, ProvisionAsk, ProvisionAcknowledge, Pause, Retry, WaitLimit };
  struct Attempt {  // a step that is being worked on
    std::size_t step = 0;
    bool in_cleanup = false;
    int tries = 0;
    std::chrono::steady_clock::time_point since;
    bool provisioned = false;
    bool negotiated = false;
    bool reconnected = false;
    long repeats = 0;
    std::string temporary_key;
  };
  struct Pending {
    Purpose purpose = Purpose::Main;
    Attempt attempt;
  };

  [[nodiscard]] const PlannedStep& step_of(const Attempt& attempt) const;
  DeviceState& device_of(const PlannedStep& step);
  void begin_step();
  void begin_resolve(const Attempt& attempt);
  [[nodiscard]] std::chrono::milliseconds pause_of(const Step& step) const;
  void uncaptured(const Attempt& attempt);
  [[nodiscard]] const std::string* unbound(const PlannedStep& step) const;
  void begin_wait(const Attempt& attempt);
  void issue(Attempt attempt);
  void send(Purpose purpose, const Attempt& attempt, std::expected<SendRequest, std::string> request);
  void pause(Purpose purpose, const Attempt& attempt, std::chrono::milliseconds duration);
  void answered_main(Attempt attempt, const RoundTrip& round_trip);
  void answered_options(Attempt attempt, const RoundTrip& round_trip);
  void answered_provision(Attempt attempt, const RoundTrip& round_trip, bool acknowledge);
  void evaluate(const Attempt& attempt, const RoundTrip& round_trip);
  void passed(Attempt attempt, const Judgement& judgement, const RoundTrip& round_trip, bool repeat);
  void failed(Attempt attempt, const PredicateResult& failure, const RoundTrip& round_trip);
  [[nodiscard]] bool may_retry(const Attempt& attempt, const RoundTrip& round_trip) const;
  void ended(const Attempt& attempt, const Judgement& judgement);
  void blocked(const Attempt& attempt, std::string_view reason, const std::string& text);
  [[nodiscard]] std::optional<RoundTrip> nameless(const SendRequest& request) const;
  void note_logon(const PlannedStep& step, const RoundTrip& round_trip);
  void error(const Attempt& attempt, const std::string& text);
  void step_over(const Attempt& attempt);
  void finish_steps();
  void record(const Attempt& attempt, std::string what, const RoundTrip& round_trip);
  void set_variables(const DeviceState& device);

  std::shared_ptr<const Plan> plan_;
  RunContext context_;
  std::map<std::string, DeviceState> devices_;
  Variables variables_;
  std::map<std::string, RoundTrip, std::less<>> earlier_;
  std::map<std::string, RoundTrip, std::less<>> background_done_;
  std::map<Ticket, Pending> pending_;
  std::deque<Action> actions_;
  Phase phase_ = Phase::Steps;
  std::size_t cursor_ = 0;
  bool busy_ = false;               ///< the current step is under way
  std::optional<Attempt> waiting_;  ///< a <wait> whose background step has not answered
  Ticket last_ticket_ = 0;
  int open_copies_ = 0;  ///< answers that a step with parallel="…" still waits for
  bool flaky_ = false;
  bool begun_ = false;  ///< a step was begun, so there may be something to clean up
  RunOutcome outcome_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace easel

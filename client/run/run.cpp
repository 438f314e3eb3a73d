#include "client/run/run.h"

#include <algorithm>
#include <cassert>

#include "client/protocol/credentials.h"
#include "client/protocol/eas_request.h"
#include "client/run/step_request.h"

namespace easel {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kMaxCopies = 1000;  // of one request, side by side

}  // namespace

Run::Run(std::shared_ptr<const Plan> plan, RunContext context)
    : plan_(std::move(plan)), context_(std::move(context)), started_(Clock::now()) {
  assert(context_.site && context_.redactor && context_.now);
  const Site& site = *context_.site;
  const Account* account = site.account("main");
  for (const auto& [name, profile] : plan_->devices) {
    DeviceState device;
    device.profile = &profile;
    device.id = stable_device_id(profile, account ? account->user : "", context_.lane + name);
    device.session = context_.known;
    device.session.version =
        context_.known.version.empty() ? "" : negotiate_version(profile.versions, context_.known.versions);
    devices_.emplace(name, std::move(device));
  }
  variables_ = site_variables(context_);
  for (const auto& [name, value] : plan_->parameters) {
    if (!variables_.contains(name)) variables_[name] = value;
  }
  if (context_.ticket) variables_["securid.ticket"] = *context_.ticket;
  set_variables(devices_.at(""));
}

void Run::set_variables(const DeviceState& device) {
  variables_["device.id"] = device.id;
  variables_["device.type"] = device.profile->device_type;
  variables_["device.user-agent"] = device.profile->user_agent;
  variables_["version"] = device.session.version;
  variables_["policy-key"] = device.session.policy_key;
  for (const auto& [name, type] : {std::pair{"inbox", "2"}, {"calendar", "8"}, {"contacts", "9"}}) {
    variables_.erase(name);  // another device's folders are not this one's
    for (const Folder& f : device.session.folders) {
      if (f.type == type) variables_[name] = f.server_id;
    }
  }
}

const PlannedStep& Run::step_of(const Attempt& attempt) const {
  return attempt.in_cleanup ? plan_->cleanup[attempt.step] : plan_->steps[attempt.step];
}

DeviceState& Run::device_of(const PlannedStep& step) { return devices_.at(step.step.device); }

std::optional<Action> Run::next() {
  while (actions_.empty() && !busy_ && phase_ != Phase::Done) begin_step();
  if (actions_.empty()) return std::nullopt;
  Action action = std::move(actions_.front());
  actions_.pop_front();
  return action;
}

void Run::begin_step() {
  const std::vector<PlannedStep>& steps = phase_ == Phase::Cleanup ? plan_->cleanup : plan_->steps;
  if (cursor_ >= steps.size()) {
    if (phase_ == Phase::Steps) {
      finish_steps();
    } else {
      phase_ = Phase::Done;
    }
    return;
  }
  const PlannedStep& step = steps[cursor_];
  Attempt attempt;
  attempt.step = cursor_;
  attempt.in_cleanup = phase_ == Phase::Cleanup;
  attempt.since = Clock::now();
  begun_ = true;
  busy_ = true;
  set_variables(device_of(step));
  for (const XmlAttribute& a : step.assignments) variables_[a.name] = expand(a.value, variables_);
  if (const std::string* name = unbound(step)) {
    // Cleanup that names what was never made has nothing to do.
    if (attempt.in_cleanup) return step_over(attempt);
    return error(attempt, "${" + *name +
                              "} has no value yet: the step that gives it one was not answered, or took "
                              "another way");
  }
  if (posts_passcode(step.step) && !variables_["securid.ticket"].empty()) return step_over(attempt);
  switch (step.step.kind) {
    case Step::Kind::Pause:
      return pause(Purpose::Pause, attempt, pause_of(step.step));
    case Step::Kind::Wait:
      return begin_wait(attempt);
    case Step::Kind::Resolve:
      return begin_resolve(attempt);
    case Step::Kind::Hello:
      if (!step.hello || !step.hello->hello) return uncaptured(attempt);
      issue(attempt);
      break;
    case Step::Kind::Call:
      return error(attempt, "this kind of step is not known to this build");
    default:
      issue(attempt);
  }
  if (!step.step.background.empty()) step_over(attempt);
}

std::chrono::milliseconds Run::pause_of(const Step& step) const {
  long duration = step.pause_ms;
  if (!step.pause_for.empty()) parse_duration_ms(expand(step.pause_for, variables_), duration);
  return std::chrono::milliseconds(std::clamp(duration, 0L, 3'600'000L));
}

// Nothing is sent for a device whose hello nobody has seen. If that was all, nothing was judged.
void Run::uncaptured(const Attempt& attempt) {
  const PlannedStep& step = step_of(attempt);
  const std::string name = step.hello ? step.hello->name : step.label;
  const std::string text = name + ": " + (step.hello ? step.hello->reason : "no hello");
  outcome_.verdict.notes.push_back(text);
  const auto judges = [](const PlannedStep& s) {
    return s.step.kind != Step::Kind::Pause && (!s.hello || s.hello->hello.has_value());
  };
  if (std::ranges::none_of(plan_->steps, judges) && outcome_.verdict.kind == VerdictKind::Pass) {
    outcome_.verdict.kind = VerdictKind::Skip;
    outcome_.verdict.reason = "no-capture";
    outcome_.verdict.actual = text;
  }
  step_over(attempt);
}

const std::string* Run::unbound(const PlannedStep& step) const {
  const auto missing = [&](const std::string& name) { return !variables_.contains(name); };
  const auto it = std::ranges::find_if(step.uses, missing);
  return it == step.uses.end() ? nullptr : &*it;
}

void Run::begin_wait(const Attempt& attempt) {
  const PlannedStep& step = step_of(attempt);
  if (const auto it = background_done_.find(step.step.wait_for); it != background_done_.end()) {
    const RoundTrip round_trip = it->second;
    evaluate(attempt, round_trip);
    return;
  }
  waiting_ = attempt;
  pause(Purpose::WaitLimit, attempt, std::chrono::milliseconds(step.step.timeout_ms));
}

void Run::begin_resolve(const Attempt& attempt) {
  const PlannedStep& step = step_of(attempt);
  const std::string host = step.step.host.empty() ? context_.site->host : expand(step.step.host, variables_);
  const Resolution* found = context_.names ? find_resolution(*context_.names, host) : nullptr;
  if (!found) return error(attempt, "the name " + host + " was not looked up");
  RoundTrip round_trip;
  round_trip.request.method = "LOOKUP";
  round_trip.request.scheme = "dns";
  round_trip.request.host = host;
  round_trip.request.port = 53;
  round_trip.started_at = context_.now();
  if (found->empty()) {
    NetworkFailure failure;
    failure.kind = NetworkFailure::Kind::NameNotFound;
    failure.text = found->problem;
    round_trip.outcome = std::move(failure);
  } else {
    round_trip.outcome = HttpResponse{};
  }
  record(attempt, "look up " + host, round_trip);
  evaluate(attempt, round_trip);
}

void Run::issue(Attempt attempt) {
  const PlannedStep& step = step_of(attempt);
  DeviceState& device = device_of(step);
  set_variables(device);
  const bool real = uses_real_password(step.step);
  const Account* account = context_.site->account(step.step.account);
  if (real && account && context_.logons && context_.logons->refusals(account->id) >= account->failed_logons) {
    return blocked(attempt, "auth",
                   "the password of " + account->user + " was refused " + std::to_string(account->failed_logons) +
                       " times in this run; it is not sent again (--failed-logons)");
  }
  const bool eas = step.step.kind == Step::Kind::Eas && step.step.cmd != "OPTIONS";
  if (eas && real && device.session.version.empty() && step.step.version.empty() && !attempt.negotiated) {
    attempt.negotiated = true;
    auto options = build_options_request(step, device, context_, variables_);
    if (options) {
      if (auto failure = nameless(*options)) return answered_options(attempt, *failure);
    }
    return send(Purpose::Options, attempt, std::move(options));
  }
  if (provisions_itself(step.step)) {
    device.session.policy_key = "0";
    return send(Purpose::ProvisionAsk, attempt, build_provision_request(step, device, context_, variables_, ""));
  }
  auto request = build_step_request(step, device, context_, variables_);
  if (request && attempt.reconnected) request->fresh_connection = true;
  if (request) {
    if (auto failure = nameless(*request)) return answered_main(attempt, *failure);
  }
  if (!step.step.copies.empty() && open_copies_ == 0) {
    const std::string wanted = expand(step.step.copies, variables_);
    open_copies_ = std::clamp(std::atoi(wanted.c_str()), 1, kMaxCopies);
    for (int i = 1; i < open_copies_; ++i) send(Purpose::Main, attempt, request);
  }
  send(Purpose::Main, attempt, std::move(request));
}

// The name server of --dns knows no such name, and no other is to be asked.
std::optional<RoundTrip> Run::nameless(const SendRequest& request) const {
  if (!context_.only_names || !request.route.connect_to_host.empty() || !request.route.addresses.empty() ||
      !request.route.proxy.empty())
    return std::nullopt;
  const Resolution* found = context_.names ? find_resolution(*context_.names, request.request.host) : nullptr;
  NetworkFailure failure;
  failure.kind = NetworkFailure::Kind::NameNotFound;
  failure.text = found ? found->problem : request.request.host + " was not looked up";
  RoundTrip round_trip;
  round_trip.request = request.request;
  round_trip.outcome = std::move(failure);
  round_trip.started_at = context_.now();
  return round_trip;
}

void Run::send(Purpose purpose, const Attempt& attempt, std::expected<SendRequest, std::string> request) {
  if (!request) {
    error(attempt, request.error());
    return;
  }
  const Ticket ticket = ++last_ticket_;
  pending_.emplace(ticket, Pending{purpose, attempt});
  actions_.emplace_back(SendAction{ticket, std::move(*request)});
}

void Run::pause(Purpose purpose, const Attempt& attempt, std::chrono::milliseconds duration) {
  const Ticket ticket = ++last_ticket_;
  pending_.emplace(ticket, Pending{purpose, attempt});
  actions_.emplace_back(PauseAction{ticket, duration});
}

void Run::on(Ticket ticket, const RoundTrip& round_trip) {
  const auto it = pending_.find(ticket);
  if (it == pending_.end()) return;
  const Pending pending = std::move(it->second);
  pending_.erase(it);
  note_logon(step_of(pending.attempt), round_trip);
  switch (pending.purpose) {
    case Purpose::Main:
      return answered_main(pending.attempt, round_trip);
    case Purpose::Options:
      return answered_options(pending.attempt, round_trip);
    case Purpose::ProvisionAsk:
      return answered_provision(pending.attempt, round_trip, false);
    case Purpose::ProvisionAcknowledge:
      return answered_provision(pending.attempt, round_trip, true);
    default:
      assert(false && "a pause has no round trip");
  }
}

void Run::note_logon(const PlannedStep& step, const RoundTrip& round_trip) {
  const HttpResponse* response = round_trip.response();
  if (!context_.logons || !response || response->status == 0) return;
  if (!find_header(round_trip.request.headers, "Authorization")) return;
  if (response->status == 401 && names_account(step.step)) context_.logons->failed(step.step.account);
  if (!uses_real_password(step.step)) return;
  if (response->status == 401) {
    context_.logons->refused(step.step.account);
  } else {
    context_.logons->accepted(step.step.account);
  }
}

void Run::on_pause(Ticket ticket) {
  const auto it = pending_.find(ticket);
  if (it == pending_.end()) return;
  const Pending pending = std::move(it->second);
  pending_.erase(it);
  if (pending.purpose == Purpose::Pause) {
    step_over(pending.attempt);
  } else if (pending.purpose == Purpose::Retry) {
    issue(pending.attempt);
  } else if (pending.purpose == Purpose::WaitLimit && waiting_ && waiting_->step == pending.attempt.step &&
             waiting_->in_cleanup == pending.attempt.in_cleanup) {
    waiting_.reset();
    PredicateResult failure;
    failure.expected = "an answer to '" + step_of(pending.attempt).step.wait_for + "' within " +
                       std::to_string(step_of(pending.attempt).step.timeout_ms) + " ms";
    failure.actual = "none came";
    failure.cause = "net.timeout";
    failed(pending.attempt, failure, RoundTrip{});
  }
}

void Run::stop(std::string_view reason, std::string_view note) {
  if (phase_ != Phase::Steps) return;
  if (outcome_.verdict.kind == VerdictKind::Pass || outcome_.verdict.kind == VerdictKind::Flaky) {
    outcome_.verdict.kind = VerdictKind::Blocked;
    outcome_.verdict.reason = reason;
    outcome_.verdict.actual = note;
  }
  finish_steps();
  if (!begun_) phase_ = Phase::Done;  // nothing was sent, so nothing is to be removed
}

void Run::abandon(std::string_view note) {
  if (phase_ == Phase::Done) return;
  if (phase_ == Phase::Steps) stop("interrupted", note);
  for (std::size_t i = phase_ == Phase::Cleanup ? cursor_ : plan_->cleanup.size(); i < plan_->cleanup.size(); ++i) {
    if (!unbound(plan_->cleanup[i]))
      outcome_.left_behind.push_back("cleanup step '" + plan_->cleanup[i].label +
                                     "' did not run: " + std::string(note));
  }
  actions_.clear();
  pending_.clear();
  phase_ = Phase::Done;
}

void Run::step_over(const Attempt& attempt) {
  const PlannedStep& step = step_of(attempt);
  if (!step.step.background.empty() && !attempt.in_cleanup) {
    // A background step is over twice: when it has been sent, and when its answer has been judged.
    if (cursor_ == attempt.step && busy_ && phase_ == Phase::Steps) {
      ++cursor_;
      busy_ = false;
    }
    if (waiting_ && step_of(*waiting_).step.wait_for == step.step.background) {
      const Attempt wait = *waiting_;
      if (const auto it = background_done_.find(step.step.background); it != background_done_.end()) {
        waiting_.reset();
        const RoundTrip round_trip = it->second;
        evaluate(wait, round_trip);
      }
    }
    return;
  }
  if (cursor_ == attempt.step && attempt.in_cleanup == (phase_ == Phase::Cleanup)) {
    ++cursor_;
    busy_ = false;
  }
}

void Run::finish_steps() {
  if (phase_ != Phase::Steps) return;
  if (flaky_ && outcome_.verdict.kind == VerdictKind::Pass) outcome_.verdict.kind = VerdictKind::Flaky;
  outcome_.session = devices_.at("").session;
  actions_.clear();
  pending_.clear();
  open_copies_ = 0;
  waiting_.reset();
  phase_ = plan_->cleanup.empty() ? Phase::Done : Phase::Cleanup;
  cursor_ = 0;
  busy_ = false;
}

RunOutcome Run::take() {
  outcome_.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_);
  outcome_.variables = variables_;
  const auto mask = [&](std::string& text) { text = context_.redactor->apply(text); };
  Verdict& v = outcome_.verdict;
  for (std::string* text : {&v.expected, &v.actual, &v.where}) mask(*text);
  for (std::string& note : v.notes) mask(note);
  for (std::string& trace : outcome_.left_behind) mask(trace);
  for (StepRecord& s : outcome_.steps) {
    for (std::string* text : {&s.expected, &s.actual, &s.where}) mask(*text);
  }
  return std::move(outcome_);
}

}  // namespace easel

#include "client/run/run.h"

#include <algorithm>
#include <cassert>

#include "client/check/xpath.h"
#include "client/protocol/eas_request.h"
#include "client/protocol/provision.h"
#include "client/run/step_request.h"
#include "wbxml/decoder.h"
#include "wbxml/xml_text.h"

namespace easel {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kMaxXml = 128U << 10;  // of a document kept for a report
constexpr std::size_t kMaxRecords = 2000;    // a scenario that loops must not fill the memory

// A body with the reason why it is no document. The Document views the body's octets.
struct Decoded {
  std::optional<wbxml::Document> document;
  std::string problem;
};

Decoded decode_body(const std::string& body, const Headers& headers) {
  Decoded out;
  if (body.empty()) return out;
  auto document = wbxml::decode(wbxml::as_bytes(body));
  if (document) {
    out.document = std::move(*document);
    return out;
  }
  const std::string* type = find_header(headers, "Content-Type");
  out.problem = "the body is not ActiveSync WBXML";
  if (type && type->find("wbxml") == std::string::npos && type->find("ms-sync") == std::string::npos) {
    out.problem += ", Content-Type is " + type->substr(0, 60);
  }
  out.problem += ": " + wbxml::describe(document.error());
  return out;
}

std::string xml_of(const std::string& body) {
  if (body.empty()) return {};
  const auto document = wbxml::decode(wbxml::as_bytes(body));
  if (!document) return {};
  std::string xml = wbxml::to_xml(*document, {.declaration = false});
  if (xml.size() > kMaxXml) xml.resize(kMaxXml);
  return xml;
}

// A second try after a refused password could lock the account, so a retry may name the statuses it is for.
bool retries_on(const Retry& retry, const RoundTrip& round_trip) {
  if (retry.on.empty()) return true;
  const HttpResponse* response = round_trip.response();
  return response && (" " + retry.on + " ").find(" " + std::to_string(response->status) + " ") != std::string::npos;
}

// <step cmd="Provision"/> without a body of its own: both phases, in the device's own form.
bool provisions_itself(const Step& step) {
  return step.kind == Step::Kind::Eas && step.cmd == "Provision" && !step.request && step.body.empty();
}

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
  variables_ = plan_->parameters;
  variables_["user"] = account ? account->user : "";
  variables_["site.host"] = site.host;
  variables_["site.port"] = std::to_string(site.port);
  variables_["site.path"] = site.path;
  variables_["site.plain-port"] = site.plain_port ? std::to_string(*site.plain_port) : "";
  variables_["site.role"] = site.role;
  std::string schemes;
  for (const std::string& s : site.schemes) schemes += (schemes.empty() ? "" : " ") + s;
  variables_["site.schemes"] = schemes;
  variables_["site.publisher"] = site.publisher;
  variables_["site.policy"] = site.policy;
  variables_["run.id"] = context_.run_id;
  variables_["heartbeat"] = context_.heartbeat;
  const std::string user = account ? account->user : "";
  const std::size_t dot = site.host.find('.');
  variables_["mail"] = user.find('@') != std::string::npos
                           ? user
                           : user.substr(user.find('\\') == std::string::npos ? 0 : user.find('\\') + 1) + "@" +
                                 (dot == std::string::npos ? site.host : site.host.substr(dot + 1));
  set_variables(devices_.at(""));
}

void Run::set_variables(const DeviceState& device) {
  variables_["device.id"] = device.id;
  variables_["device.type"] = device.profile->device_type;
  variables_["device.user-agent"] = device.profile->user_agent;
  variables_["version"] = device.session.version;
  variables_["policy-key"] = device.session.policy_key;
  for (const auto& [name, type] : {std::pair{"inbox", "2"}, {"calendar", "8"}, {"contacts", "9"}}) {
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
  for (const XmlAttribute& a : step.assignments) variables_[a.name] = expand(a.value, variables_);
  Attempt attempt;
  attempt.step = cursor_;
  attempt.in_cleanup = phase_ == Phase::Cleanup;
  attempt.since = Clock::now();
  busy_ = true;
  switch (step.step.kind) {
    case Step::Kind::Pause:
      pause(Purpose::Pause, attempt, std::chrono::milliseconds(step.step.pause_ms));
      return;
    case Step::Kind::Wait:
      begin_wait(attempt);
      return;
    case Step::Kind::Hello:
    case Step::Kind::Resolve:
    case Step::Kind::Call:
      error(attempt, "this kind of step is not known to this build");
      return;
    default:
      issue(attempt);
  }
  if (!step.step.background.empty()) step_over(attempt);
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

void Run::issue(Attempt attempt) {
  const PlannedStep& step = step_of(attempt);
  DeviceState& device = device_of(step);
  set_variables(device);
  const bool eas = step.step.kind == Step::Kind::Eas && step.step.cmd != "OPTIONS";
  if (eas && device.session.version.empty() && step.step.version.empty() && !attempt.negotiated) {
    attempt.negotiated = true;
    send(Purpose::Options, attempt, build_options_request(step, device, context_, variables_));
    return;
  }
  if (provisions_itself(step.step)) {
    device.session.policy_key = "0";
    send(Purpose::ProvisionAsk, attempt, build_provision_request(step, device, context_, variables_, ""));
    return;
  }
  auto request = build_step_request(step, device, context_, variables_);
  if (request && attempt.reconnected) request->fresh_connection = true;
  send(Purpose::Main, attempt, std::move(request));
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

void Run::on(Ticket ticket, RoundTrip round_trip) {
  const auto it = pending_.find(ticket);
  if (it == pending_.end()) return;
  const Pending pending = std::move(it->second);
  pending_.erase(it);
  switch (pending.purpose) {
    case Purpose::Main:
      answered_main(pending.attempt, std::move(round_trip));
      break;
    case Purpose::Options:
      answered_options(pending.attempt, std::move(round_trip));
      break;
    case Purpose::ProvisionAsk:
      answered_provision(pending.attempt, std::move(round_trip), false);
      break;
    case Purpose::ProvisionAcknowledge:
      answered_provision(pending.attempt, std::move(round_trip), true);
      break;
    default:
      assert(false && "a pause has no round trip");
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
  } else if (pending.purpose == Purpose::WaitLimit && waiting_ && waiting_->step == pending.attempt.step) {
    waiting_.reset();
    PredicateResult failure;
    failure.expected = "an answer to '" + step_of(pending.attempt).step.wait_for + "' within " +
                       std::to_string(step_of(pending.attempt).step.timeout_ms) + " ms";
    failure.actual = "none came";
    failure.cause = "net.timeout";
    failed(pending.attempt, failure, RoundTrip{});
  }
}

void Run::answered_options(Attempt attempt, RoundTrip round_trip) {
  const PlannedStep& step = step_of(attempt);
  DeviceState& device = device_of(step);
  record(attempt, "OPTIONS", round_trip);
  if (!round_trip.response()) {  // the device never gets to its command: this is what it shows
    earlier_[step.step.id] = round_trip;
    evaluate(attempt, round_trip);
    return;
  }
  device.session = learn(std::move(device.session), "", round_trip, nullptr);
  device.session.version = negotiate_version(device.profile->versions, device.session.versions);
  issue(attempt);
}

void Run::answered_main(Attempt attempt, RoundTrip round_trip) {
  const PlannedStep& step = step_of(attempt);
  record(attempt, describe_step(step.step, variables_), round_trip);
  const NetworkFailure* failure = round_trip.network_failure();
  const bool cut = failure && round_trip.reused && failure->received == 0 &&
                   (failure->kind == NetworkFailure::Kind::Closed || failure->kind == NetworkFailure::Kind::Reset);
  if (cut && !attempt.reconnected) {  // a kept connection that went stale says nothing about the server
    attempt.reconnected = true;
    issue(attempt);
    return;
  }
  const Decoded decoded =
      round_trip.response() ? decode_body(round_trip.response()->body, round_trip.response()->headers) : Decoded{};
  const wbxml::Document* document = decoded.document ? &*decoded.document : nullptr;
  if (step.step.kind == Step::Kind::Eas && step.step.follow_provision && !attempt.provisioned &&
      asks_to_provision(round_trip, document)) {
    attempt.provisioned = true;
    DeviceState& device = device_of(step);
    device.session.policy_key = "0";
    send(Purpose::ProvisionAsk, attempt, build_provision_request(step, device, context_, variables_, ""));
    return;
  }
  earlier_[step.step.id] = round_trip;
  if (!step.step.background.empty()) background_done_[step.step.background] = round_trip;
  evaluate(attempt, round_trip);
}

void Run::answered_provision(Attempt attempt, RoundTrip round_trip, bool acknowledge) {
  const PlannedStep& step = step_of(attempt);
  DeviceState& device = device_of(step);
  record(attempt, acknowledge ? "Provision (acknowledge)" : "Provision (ask)", round_trip);
  const Decoded decoded =
      round_trip.response() ? decode_body(round_trip.response()->body, round_trip.response()->headers) : Decoded{};
  const wbxml::Document* document = decoded.document ? &*decoded.document : nullptr;
  const auto answer = document ? read_policy_answer(*document) : std::nullopt;
  const bool itself = provisions_itself(step.step);
  const auto judge_provision = [&] {
    earlier_[step.step.id] = round_trip;
    evaluate(attempt, round_trip);
  };
  device.session = learn(std::move(device.session), "Provision", round_trip, document);
  if (answer && answer->remote_wipe) {
    outcome_.verdict.notes.push_back("the server ordered a remote wipe; easel did not acknowledge it");
  } else if (answer && answer->provision_status == "1" && answer->policy_status == "2") {
    outcome_.verdict.notes.push_back("the server has no policy for this device (Policy Status 2)");
    if (itself) return judge_provision();
    issue(attempt);  // MS-ASPROV: go on without a key
    return;
  } else if (answer && answer->policy_status == "1" && !acknowledge) {
    send(Purpose::ProvisionAcknowledge, attempt,
         build_provision_request(step, device, context_, variables_, answer->policy_key));
    return;
  } else if (answer && answer->policy_status == "1" && !itself) {
    issue(attempt);
    return;
  }
  if (itself) return judge_provision();
  PredicateResult failure;
  failure.expected = acknowledge ? "a permanent policy key" : "a policy with a temporary key";
  failure.actual = answer ? "Provision Status " + answer->provision_status + ", Policy Status " + answer->policy_status
                          : summary(round_trip) + (decoded.problem.empty() ? "" : ", " + decoded.problem);
  failure.where = acknowledge ? "Provision, phase 2" : "Provision, phase 1";
  failed(attempt, failure, round_trip);
}

void Run::evaluate(const Attempt& attempt, const RoundTrip& round_trip) {
  const PlannedStep& step = step_of(attempt);
  DeviceState& device = device_of(step);
  if (const NetworkFailure* f = round_trip.network_failure()) {
    if (f->kind == NetworkFailure::Kind::Ours) return error(attempt, f->text);
    if (f->kind == NetworkFailure::Kind::Cancelled) return step_over(attempt);
  }
  const Decoded decoded =
      round_trip.response() ? decode_body(round_trip.response()->body, round_trip.response()->headers) : Decoded{};
  Evidence evidence;
  evidence.round_trip = &round_trip;
  evidence.response = decoded.document ? &*decoded.document : nullptr;
  evidence.decode_problem = decoded.problem;
  const Session before = device.session;
  evidence.session = &before;
  evidence.site = context_.site;
  evidence.device = device.profile;
  evidence.variables = &variables_;
  evidence.earlier = &earlier_;
  evidence.now = context_.now();
  const Judgement judgement = judge(step, evidence);
  outcome_.verdict.notes.insert(outcome_.verdict.notes.end(), judgement.notes.begin(), judgement.notes.end());
  const std::string cmd = step.step.cmd == "OPTIONS" ? "" : step.step.cmd;
  if (step.step.kind == Step::Kind::Eas)
    device.session = learn(std::move(device.session), cmd, round_trip, evidence.response);
  if (step.step.kind == Step::Kind::Eas && cmd.empty() && device.session.version.empty() &&
      !device.session.versions.empty()) {
    device.session.version = negotiate_version(device.profile->versions, device.session.versions);
  }
  set_variables(device);
  if (judgement.ended) return ended(attempt, judgement);
  if (judgement.failure) return failed(attempt, *judgement.failure, round_trip);
  const bool again = !step.step.repeat_while.empty() && evidence.response &&
                     XPathDocument(*evidence.response).test(expand(step.step.repeat_while, variables_));
  passed(attempt, judgement, round_trip, again);
}

void Run::passed(Attempt attempt, const Judgement& judgement, const RoundTrip& round_trip, bool repeat) {
  const PlannedStep& step = step_of(attempt);
  for (const auto& [name, value] : judgement.captured) variables_[name] = value;
  if (repeat) {
    if (++attempt.repeats < step.step.repeat_at_most) {
      issue(attempt);
      return;
    }
    PredicateResult failure;
    failure.expected =
        "an end of " + step.step.repeat_while + " within " + std::to_string(step.step.repeat_at_most) + " repetitions";
    failure.actual = "it goes on";
    failed(attempt, failure, round_trip);
    return;
  }
  if (attempt.tries > 0 && step.step.retry && !step.step.retry->poll) {
    flaky_ = true;
    outcome_.verdict.notes.push_back("step '" + step.label + "' passed at attempt " +
                                     std::to_string(attempt.tries + 1));
  }
  outcome_.steps.push_back({step.label, step.step.title, true, attempt.tries + 1, "", "", ""});
  step_over(attempt);
}

void Run::failed(Attempt attempt, const PredicateResult& failure, const RoundTrip& round_trip) {
  const PlannedStep& step = step_of(attempt);
  if (step.step.retry && step.step.kind != Step::Kind::Wait && phase_ != Phase::Done) {
    const Retry& retry = *step.step.retry;
    const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - attempt.since).count();
    const bool more = (retry.times > 0 && attempt.tries < retry.times) ||
                      (retry.for_ms > 0 && spent + retry.every_ms <= retry.for_ms);
    if (more && retries_on(retry, round_trip)) {
      ++attempt.tries;
      attempt.provisioned = false;
      pause(Purpose::Retry, attempt, std::chrono::milliseconds(retry.every_ms));
      return;
    }
  }
  outcome_.steps.push_back(
      {step.label, step.step.title, false, attempt.tries + 1, failure.expected, failure.actual, failure.where});
  if (attempt.in_cleanup) {
    outcome_.left_behind.push_back("cleanup step '" + step.label + "' failed: " + failure.actual);
    return step_over(attempt);
  }
  Verdict& verdict = outcome_.verdict;
  if (verdict.kind == VerdictKind::Pass) {
    verdict.kind = VerdictKind::Fail;
    verdict.expected = failure.expected;
    verdict.actual = failure.actual;
    verdict.where = "step '" + step.label + "'" + (failure.where.empty() ? "" : ", " + failure.where);
    verdict.cause = failure.cause.empty() ? cause_key(round_trip) : failure.cause;
    if (!outcome_.round_trips.empty()) verdict.evidence.push_back(outcome_.round_trips.size() - 1);
  }
  finish_steps();
}

void Run::ended(const Attempt& attempt, const Judgement& judgement) {
  const PlannedStep& step = step_of(attempt);
  Verdict& verdict = outcome_.verdict;
  if (judgement.ended->verdict == When::Verdict::Skip) verdict.kind = VerdictKind::Skip;
  if (judgement.ended->verdict == When::Verdict::Blocked) verdict.kind = VerdictKind::Blocked;
  verdict.reason = judgement.ended->reason;
  verdict.actual = judgement.ended_actual;
  verdict.where = "step '" + step.label + "'";
  if (!judgement.ended->note.empty()) verdict.notes.push_back(expand(judgement.ended->note, variables_));
  if (!outcome_.round_trips.empty()) verdict.evidence.push_back(outcome_.round_trips.size() - 1);
  finish_steps();
}

void Run::error(const Attempt& attempt, const std::string& text) {
  if (attempt.in_cleanup) {
    outcome_.left_behind.push_back("cleanup step '" + step_of(attempt).label + "' could not run: " + text);
    step_over(attempt);
    return;
  }
  Verdict& verdict = outcome_.verdict;
  verdict.kind = VerdictKind::Error;
  verdict.actual = context_.redactor->apply(text);
  verdict.where = "step '" + step_of(attempt).label + "'";
  finish_steps();
}

void Run::stop(std::string_view reason, std::string_view note) {
  if (phase_ != Phase::Steps) {
    if (reason == "interrupted") phase_ = Phase::Done;  // asked twice: cleanup ends, too
    return;
  }
  if (outcome_.verdict.kind == VerdictKind::Pass || outcome_.verdict.kind == VerdictKind::Flaky) {
    outcome_.verdict.kind = VerdictKind::Blocked;
    outcome_.verdict.reason = reason;
  }
  outcome_.verdict.notes.emplace_back(note);
  finish_steps();
}

void Run::step_over(const Attempt& attempt) {
  const PlannedStep& step = step_of(attempt);
  if (!step.step.background.empty() && !attempt.in_cleanup) {
    // A background step is over twice: when it has been sent, and when its answer has been judged.
    if (cursor_ == attempt.step && busy_) {
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
  if (phase_ == Phase::Done) return;
  if (phase_ == Phase::Cleanup) {
    ++cursor_;
    busy_ = false;
    return;
  }
  if (flaky_ && outcome_.verdict.kind == VerdictKind::Pass) outcome_.verdict.kind = VerdictKind::Flaky;
  outcome_.session = devices_.at("").session;
  actions_.clear();
  pending_.clear();
  waiting_.reset();
  phase_ = plan_->cleanup.empty() ? Phase::Done : Phase::Cleanup;
  cursor_ = 0;
  busy_ = false;
}

void Run::record(const Attempt& attempt, std::string what, const RoundTrip& round_trip) {
  if (outcome_.round_trips.size() >= kMaxRecords) return;
  const PlannedStep& step = step_of(attempt);
  RoundTripRecord r;
  r.step = step.label;
  r.what = std::move(what);
  r.device = device_of(step).profile->id;
  r.request_xml = context_.redactor->apply(xml_of(round_trip.request.body));
  if (const HttpResponse* response = round_trip.response()) {
    r.response_xml = context_.redactor->apply(xml_of(response->body));
    if (r.response_xml.empty() && !response->body.empty() && step.step.kind == Step::Kind::Eas) {
      r.problem = decode_body(response->body, response->headers).problem;
    }
  }
  r.round_trip = context_.redactor->apply(round_trip);
  outcome_.round_trips.push_back(std::move(r));
}

std::vector<Ticket> Run::under_way() const {
  std::vector<Ticket> out;
  for (const auto& [ticket, pending] : pending_) out.push_back(ticket);
  return out;
}

RunOutcome Run::take() {
  outcome_.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_);
  outcome_.variables = variables_;
  Verdict& v = outcome_.verdict;
  for (std::string* text : {&v.expected, &v.actual, &v.where}) *text = context_.redactor->apply(*text);
  for (std::string& note : v.notes) note = context_.redactor->apply(note);
  return std::move(outcome_);
}

}  // namespace easel

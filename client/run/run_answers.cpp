// The half of Run that takes answers: provisioning on the way, judging, retries, the verdict.
#include <algorithm>

#include "client/check/probe_predicates.h"
#include "client/check/xpath.h"
#include "client/protocol/provision.h"
#include "client/run/run.h"
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

Decoded decode_answer(const RoundTrip& round_trip) {
  const HttpResponse* response = round_trip.response();
  return response ? decode_body(response->body, response->headers) : Decoded{};
}

std::string xml_of(const std::string& body) {
  if (body.empty()) return {};
  const auto document = wbxml::decode(wbxml::as_bytes(body));
  if (!document) return {};
  return wbxml::to_xml(*document, {.declaration = false});
}

// Cut behind a whole character (UTF-8), so that no report holds half of one.
std::string shortened(std::string text) {
  if (text.size() <= kMaxXml) return text;
  std::size_t end = kMaxXml;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

}  // namespace

void Run::answered_options(Attempt attempt, const RoundTrip& round_trip) {
  const PlannedStep& step = step_of(attempt);
  DeviceState& device = device_of(step);
  record(attempt, "OPTIONS", round_trip);
  const HttpResponse* response = round_trip.response();
  if (!response || response->status == 401) {  // the device never gets to its command: this is what it shows
    attempt.negotiated = false;
    earlier_[step.step.id] = round_trip;
    if (!step.step.background.empty()) background_done_[step.step.background] = round_trip;
    evaluate(attempt, round_trip);
    return;
  }
  device.session = learn(std::move(device.session), "", round_trip, nullptr);
  device.session.version = negotiate_version(device.profile->versions, device.session.versions);
  issue(attempt);
}

void Run::answered_main(Attempt attempt, const RoundTrip& round_trip) {
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
  const Decoded decoded = decode_answer(round_trip);
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
  if (!step.group.empty()) earlier_[step.group] = round_trip;
  if (!step.step.background.empty()) background_done_[step.step.background] = round_trip;
  evaluate(attempt, round_trip);
}

void Run::answered_provision(Attempt attempt, const RoundTrip& round_trip, bool acknowledge) {
  const PlannedStep& step = step_of(attempt);
  DeviceState& device = device_of(step);
  record(attempt, acknowledge ? "Provision (acknowledge)" : "Provision (ask)", round_trip);
  const Decoded decoded = decode_answer(round_trip);
  const wbxml::Document* document = decoded.document ? &*decoded.document : nullptr;
  const auto answer = document ? read_policy_answer(*document) : std::nullopt;
  device.session = learn(std::move(device.session), "Provision", round_trip, document);
  const bool itself = provisions_itself(step.step);
  const auto judge_itself = [&] {
    earlier_[step.step.id] = round_trip;
    evaluate(attempt, round_trip);
  };
  const bool wipe = answer && answer->remote_wipe;
  const bool root_is_well = answer && (answer->provision_status == "1" || answer->provision_status.empty());
  if (wipe) {
    outcome_.verdict.notes.push_back("the server ordered a remote wipe; easel did not acknowledge it");
  } else if (root_is_well && answer->policy_status == "2") {
    outcome_.verdict.notes.push_back("the server has no policy for this device (Policy Status 2)");
    if (itself) return judge_itself();
    issue(attempt);  // MS-ASPROV: go on without a key
    return;
  } else if (root_is_well && answer->policy_status == "1" && !acknowledge && !answer->policy_key.empty()) {
    send(Purpose::ProvisionAcknowledge, attempt,
         build_provision_request(step, device, context_, variables_, answer->policy_key));
    return;
  } else if (root_is_well && answer->policy_status == "1" && acknowledge && !itself) {
    issue(attempt);
    return;
  }
  if (itself) return judge_itself();
  PredicateResult failure;
  failure.expected = acknowledge ? "a permanent policy key" : "a policy with a temporary key";
  failure.actual = wipe     ? "RemoteWipe"
                   : answer ? "Provision Status " + answer->provision_status + ", Policy Status " +
                                  answer->policy_status + (answer->policy_key.empty() ? ", no PolicyKey" : "")
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
  const Decoded decoded = decode_answer(round_trip);
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
  if (step.step.kind == Step::Kind::Resolve && context_.names)
    evidence.resolution = find_resolution(*context_.names, round_trip.request.host);
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
  if (step.hello && step.hello->hello && step.hello->hello->predicted())
    outcome_.verdict.notes.push_back("the hello of " + step.hello->name +
                                     " is reconstructed, not captured: what is said of that device is predicted");
  if (judgement.ended) return ended(attempt, judgement);
  if (judgement.failure) return failed(attempt, *judgement.failure, round_trip);
  const bool again = !step.step.repeat_while.empty() && evidence.response &&
                     XPathDocument(*evidence.response).test(expand(step.step.repeat_while, variables_));
  passed(attempt, judgement, round_trip, again);
}

void Run::passed(Attempt attempt, const Judgement& judgement, const RoundTrip& round_trip, bool repeat) {
  const PlannedStep& step = step_of(attempt);
  for (const auto& [name, value] : judgement.captured) variables_[name] = value;
  if (posts_passcode(step.step)) {
    variables_["securid.ticket"] = cookie_header(round_trip);
    if (context_.ticket) *context_.ticket = variables_["securid.ticket"];
  }
  if (!step.step.copies.empty() && --open_copies_ > 0) return;
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
    flaky_ = !attempt.in_cleanup || flaky_;
    outcome_.verdict.notes.push_back("step '" + step.label + "' passed at attempt " +
                                     std::to_string(attempt.tries + 1));
  }
  outcome_.steps.push_back({step.label, step.step.title, true, attempt.tries + 1, "", "", ""});
  step_over(attempt);
}

// A refused log-on is never tried again: each try takes one from the user's account.
bool Run::may_retry(const Attempt& attempt, const RoundTrip& round_trip) const {
  const PlannedStep& step = step_of(attempt);
  if (!step.step.retry || step.step.kind == Step::Kind::Wait) return false;
  const HttpResponse* response = round_trip.response();
  if (response && response->status == 401 && step.step.auth != "none" && !step.step.auth.empty()) return false;
  const Retry& retry = *step.step.retry;
  const bool worth = retry.on_status.empty() ||
                     (response && (" " + retry.on_status + " ").find(" " + std::to_string(response->status) + " ") !=
                                      std::string::npos);
  if (!worth) return false;
  const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - attempt.since).count();
  return (retry.times == 0 || attempt.tries < retry.times) &&
         (retry.for_ms == 0 || spent + retry.every_ms <= retry.for_ms);
}

void Run::failed(Attempt attempt, const PredicateResult& failure, const RoundTrip& round_trip) {
  const PlannedStep& step = step_of(attempt);
  if (may_retry(attempt, round_trip)) {
    ++attempt.tries;
    attempt.provisioned = false;
    pause(Purpose::Retry, attempt, std::chrono::milliseconds(step.step.retry->every_ms));
    return;
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
  if (attempt.in_cleanup) return step_over(attempt);  // how the cleanup goes is no verdict on the server
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

void Run::blocked(const Attempt& attempt, std::string_view reason, const std::string& text) {
  if (attempt.in_cleanup) {
    outcome_.left_behind.push_back("cleanup step '" + step_of(attempt).label + "' did not run: " + text);
    return step_over(attempt);
  }
  outcome_.verdict.kind = VerdictKind::Blocked;
  outcome_.verdict.reason = reason;
  outcome_.verdict.actual = text;
  outcome_.verdict.where = "step '" + step_of(attempt).label + "'";
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
  verdict.actual = text;
  verdict.where = "step '" + step_of(attempt).label + "'";
  finish_steps();
}

void Run::record(const Attempt& attempt, std::string what, const RoundTrip& round_trip) {
  if (outcome_.round_trips.size() >= kMaxRecords) return;
  const PlannedStep& step = step_of(attempt);
  const Redactor& redactor = *context_.redactor;
  RoundTripRecord r;
  r.step = step.label;
  if (round_trip.hello) what += " of " + round_trip.hello->name;
  r.what = redactor.apply(what);
  r.device = device_of(step).profile->id;
  r.request_xml = shortened(redactor.apply(xml_of(round_trip.request.body)));
  if (const HttpResponse* response = round_trip.response()) {
    r.response_xml = shortened(redactor.apply(xml_of(response->body)));
    if (r.response_xml.empty() && !response->body.empty() && step.step.kind == Step::Kind::Eas) {
      r.problem = redactor.apply(decode_body(response->body, response->headers).problem);
    }
  }
  r.round_trip = redactor.apply(round_trip);
  r.ended = Clock::now();
  outcome_.round_trips.push_back(std::move(r));
}

}  // namespace easel

#include "client/run/shut_out.h"

#include <algorithm>

namespace easel {
namespace {

using Clock = std::chrono::steady_clock;

bool is_shut(const RoundTrip& t) {
  const NetworkFailure* f = t.network_failure();
  using Kind = NetworkFailure::Kind;
  return f && f->received == 0 &&
         (f->kind == Kind::Refused || f->kind == Kind::ConnectTimeout || f->kind == Kind::Unreachable ||
          f->kind == Kind::Reset || f->kind == Kind::Closed);
}

// No TCP any more, or a refusal that the first control did not meet.
bool shut_out(const RunResult& result, const ControlResult& last) {
  if (last.detail.round_trips.empty()) return false;
  const RoundTrip& now = last.detail.round_trips.back().round_trip;
  const auto first =
      std::ranges::find_if(result.controls, [](const ControlResult& c) { return c.layer == "http" && !c.last; });
  const HttpResponse* before = first == result.controls.end() || first->detail.round_trips.empty()
                                   ? nullptr
                                   : first->detail.round_trips.back().round_trip.response();
  const HttpResponse* response = now.response();
  if (!response) return is_shut(now);
  const bool refused = response->status == 403 || response->status == 429;
  return refused && (!before || before->status != response->status);
}

// When the target's own port last answered as a server does that has not shut us out.
Clock::time_point last_good_answer(const RunResult& result, Clock::time_point last) {
  const auto look = [&](const CheckResult& c) {
    for (const RoundTripRecord& r : c.round_trips) {
      const HttpResponse* response = r.round_trip.response();
      const bool own = r.round_trip.request.scheme == "https" && r.round_trip.request.port == result.port;
      if (own && response && response->status != 0 && response->status != 403 && response->status != 429)
        last = std::max(last, r.ended);
    }
  };
  for (const ControlResult& c : result.controls) look(c.detail);
  for (const CheckResult& c : result.checks) look(c);
  return last;
}

bool is_judged(const Verdict& v) {
  return v.kind != VerdictKind::Skip && v.kind != VerdictKind::Blocked && v.kind != VerdictKind::Error;
}

}  // namespace

void block_if_shut_out(RunResult& result, Clock::time_point run_started) {
  if (result.controls.empty() || !shut_out(result, result.controls.back())) return;
  const std::string actual = result.controls.back().actual;
  result.notes.push_back("blocked(banned-during-run): the closing control failed, " + actual +
                         "; what was judged after the last good answer is worth nothing");
  result.controls.back().holds = false;
  const auto good = last_good_answer(result, run_started);
  for (CheckResult& c : result.checks) {
    const bool after = std::ranges::any_of(c.round_trips, [&](const RoundTripRecord& r) { return r.ended > good; });
    if (!is_judged(c.verdict) || !after) continue;
    Verdict& v = c.verdict;
    v.notes.push_back("it had been judged: " + std::string(to_string(v.kind)) +
                      (v.actual.empty() ? "" : ", " + v.actual));
    v.kind = VerdictKind::Blocked;
    v.reason = "banned-during-run";
    v.actual = "the closing control failed: " + actual;
    v.expected.clear();
    v.predicted = {};
  }
}

}  // namespace easel

#include "client/check/time_predicates.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>

#include "client/words.h"

namespace easel {
namespace {

// What the server took, without making the connection: one step may have found it open, the other not.
std::chrono::milliseconds thinking_time(const Timing& t) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(t.total - std::max(t.connected, t.secured));
}

// Of another class: more than half a second shorter, and less than a third.
bool much_faster(std::chrono::milliseconds a, std::chrono::milliseconds b) {
  return b - a > std::chrono::milliseconds(500) && b > 3 * a;
}

PredicateResult compared(const Assertion& a, const Evidence& e, bool faster) {
  const std::string id = a.argument(faster ? "not-faster-than" : "not-slower-than", e);
  const std::string expected = std::string("not much ") + (faster ? "faster" : "slower") + " than step '" + id + "'";
  const auto other = e.earlier->find(id);
  if (other == e.earlier->end()) return result(false, expected, "that step has no answer");
  if (!other->second.response() || !e.round_trip->response()) return result(true, expected, "no answer to compare");
  const auto own = thinking_time(e.round_trip->timing), then = thinking_time(other->second.timing);
  const bool bad = faster ? much_faster(own, then) : much_faster(then, own);
  return result(!bad, expected, std::to_string(own.count()) + " ms against " + std::to_string(then.count()) + " ms");
}

}  // namespace

std::int64_t parse_http_date(std::string_view text) {
  std::tm tm{};
  const std::string copy(text);
  const char* end = strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &tm);
  if (!end) end = strptime(copy.c_str(), "%A, %d-%b-%y %H:%M:%S GMT", &tm);
  if (!end) end = strptime(copy.c_str(), "%a %b %e %H:%M:%S %Y", &tm);
  if (!end) return -1;
  return static_cast<std::int64_t>(timegm(&tm));
}

PredicateResult ask_clock(const Assertion& a, const Evidence& e) {
  const HttpResponse* response = e.round_trip->response();
  const std::string* date = response ? find_header(response->headers, "Date") : nullptr;
  long limit_ms = 300'000;
  if (a.has("skew-at-most")) parse_duration_ms(a.argument("skew-at-most", e), limit_ms);
  if (a.has("skew-above")) parse_duration_ms(a.argument("skew-above", e), limit_ms);
  const bool above = a.has("skew-above");
  const std::string limit = std::to_string(limit_ms / 1000) + " s";
  if (!date) return result(!above, "clock skew at most " + limit, "no Date header");
  const std::int64_t then = parse_http_date(*date);
  if (then < 0) return result(false, "an HTTP date", "Date: " + quoted(*date), "Date");
  const std::int64_t skew = then - e.now;
  const bool far = std::abs(skew) > limit_ms / 1000;
  return result(above == far, std::string("clock skew ") + (above ? "above " : "at most ") + limit,
                std::to_string(skew) + " s between the server's Date (" + *date + ") and this machine's clock", "Date");
}

PredicateResult ask_timing(const Assertion& a, const Evidence& e) {
  PredicateResult beside;
  for (const bool faster : {true, false}) {
    if (!a.has(faster ? "not-faster-than" : "not-slower-than")) continue;
    beside = compared(a, e, faster);
    if (!beside.holds) return beside;
  }
  if (beside.holds && !a.has("under") && !a.has("over")) return beside;
  long limit_ms = 0, least_ms = 0;
  if (a.has("under")) parse_duration_ms(a.argument("under", e), limit_ms);
  if (a.has("over")) parse_duration_ms(a.argument("over", e), least_ms);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(e.round_trip->timing.total).count();
  const bool holds = (limit_ms == 0 || took <= limit_ms) && took >= least_ms;
  std::string expected = "an answer";
  if (limit_ms > 0) expected += " within " + std::to_string(limit_ms) + " ms";
  if (least_ms > 0) expected += " not before " + std::to_string(least_ms) + " ms";
  return result(holds, expected, std::to_string(took) + " ms");
}

}  // namespace easel

#pragma once
// The result of a run as one value: everything that any report prints, and nothing secret.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/check/verdict.h"
#include "client/run/run.h"
#include "client/scenario/scenario.h"

namespace easel {

struct CheckResult {
  std::string id;
  std::string title;
  std::string severity;
  std::string axis;
  std::string guide;
  std::string spec;
  std::string why;
  std::string symptom;  ///< what the device's user sees, in words
  std::string remedy;   ///< for the product at hand
  std::string file;
  Verdict verdict;
  std::vector<StepRecord> steps;
  std::vector<RoundTripRecord> round_trips;
  std::vector<std::string> left_behind;
  std::chrono::milliseconds took{0};
};

/// One layer: whether what rests on it can be judged.
struct ControlResult {
  std::string layer;  ///< tcp, tls, trust, http, auth
  bool holds = false;
  bool last = false;  ///< the run's closing control
  std::string actual;
  CheckResult detail;
};

/// What one check said at one address of the site.
struct AddressVerdict {
  std::string check;
  VerdictKind kind = VerdictKind::Pass;
  std::string reason;
  std::string actual;
  std::string cause;
  std::vector<std::size_t> round_trips;  ///< in the check that compares the addresses
};

/// One way to the site and what the same checks said there (client/run/addresses.h).
struct AddressResult {
  std::string label;        ///< "public name", "A 192.0.2.10", "front end 1"
  std::string at;           ///< "192.0.2.10:443"
  std::string left_out;     ///< not empty: why it was not judged
  std::string certificate;  ///< SHA-256 of the server's own, empty where no handshake got so far
  std::vector<AddressVerdict> verdicts;
};

struct RunResult {
  std::string plan;     ///< "smoke", or the names of the checks or files
  std::string axis;     ///< which axis gates the exit code
  std::string fail_on;  ///< least severity that makes a finding
  std::string site;
  std::string host;
  std::uint16_t port = 0;
  std::string route;   ///< where connections really went, if not to the host
  std::string device;  ///< profile id
  std::string device_title;
  std::string device_id;
  std::string trust;    ///< whom we trust, in words
  std::string account;  ///< user name, or empty
  std::string version;  ///< negotiated protocol version
  std::string server;   ///< product as it calls itself
  std::string product;  ///< iis6, exchange, nginx, apache, z-push, sogo or any
  std::string run_id;
  std::int64_t started_at = 0;
  std::chrono::milliseconds took{0};
  std::vector<ControlResult> controls;
  std::vector<CheckResult> checks;
  std::vector<AddressResult> addresses;  ///< from outside to inside; empty if they were not compared
  int guide_seen = 0;                    ///< steps of the guide that a verdict of pass or fail touched
  int guide_total = 0;                   ///< steps of the guide that can be seen on the wire
  int refused_logons = 0;
  int refusals = 0;
  std::uint64_t seed = 0;
  bool interrupted = false;
  std::vector<std::string> left_behind;
  std::vector<std::string> notes;
};

/// How many checks have this verdict.
std::size_t count(const RunResult& result, VerdictKind kind);

/// Does this check's axis gate the exit code?
bool gates(const RunResult& result, const CheckResult& check);

/// Is this check a finding: failed or xpass, on the gating axis, at or above the threshold?
bool is_finding(const RunResult& result, const CheckResult& check);

/// 4 nothing ran · 1 findings · 3 the target could not be judged · 0 all held. (2, usage, is decided before a run.)
int exit_code(const RunResult& result);

/// 0 for "critical" to 4 for "info".
int severity_rank(std::string_view severity);

}  // namespace easel

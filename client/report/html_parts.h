#pragma once
// The parts of the HTML report. Each function returns HTML; text went through html_text.

#include <string>
#include <string_view>
#include <vector>

#include "client/run/run_result.h"

namespace easel {

/// The TLS sessions of a result, each once: a chain that forty round trips saw is drawn a single time.
class TlsSessions {
 public:
  struct Entry {
    const RoundTrip* first = nullptr;
    std::vector<std::string> seen_in;  ///< ids of checks, and of controls, in order
  };

  explicit TlsSessions(const RunResult& result);
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  /// Number of a round trip's session, from 1; 0: it had none.
  [[nodiscard]] std::size_t number(const RoundTrip& round_trip) const;

 private:
  void add(const CheckResult& check);
  std::vector<Entry> entries_;
};

/// Class of the style sheet for a verdict.
std::string_view verdict_class(VerdictKind kind);
/// ✓, ✗, …
std::string_view verdict_mark(VerdictKind kind);

/// One check, folded up; `number` makes its anchor where its id cannot.
std::string html_check(const RunResult& result, const CheckResult& check, std::size_t number,
                       const TlsSessions& sessions);

/// The round trips of a check in order, each folded up.
std::string html_round_trips(const CheckResult& check, const TlsSessions& sessions);

/// What the compared checks said at each address, a column an address; nothing where they were not compared.
std::string html_addresses(const RunResult& result);

/// The handshake table and the chain of every session. `now` is the time of the run, in seconds since 1970.
std::string html_sessions(const TlsSessions& sessions, std::int64_t now);

}  // namespace easel

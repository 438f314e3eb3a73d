#pragma once
// Reports: pure functions from a result to text. Only the command line writes files.

#include <string>

#include "client/run/run_result.h"

namespace easel {

struct ConsoleOptions {
  bool colour = false;
  int columns = 100;
  bool quiet = false;       ///< the verdict line and the findings only
  bool transcript = false;  ///< every round trip of every check (easel check)
};

/// For people: who we were and whom we trusted first, the verdict at a glance, failures last.
std::string render_console(const RunResult& result, const ConsoleOptions& options);

/// For programs: {"schema": "easel-report/1", …}. The schema stands in client/report/README.md; it only grows.
std::string render_json(const RunResult& result);

/// For CI servers: one testcase a check; skip and waived as skipped, blocked and error as error.
std::string render_junit(const RunResult& result);

/// Test Anything Protocol, version 13; waived as # TODO, skip as # SKIP.
std::string render_tap(const RunResult& result);

/// The round trips of one check, in order: heads, documents as XML, certificates.
std::string render_transcript(const CheckResult& check, int columns);

/// "2026-11-25T10:00:00Z".
std::string iso_time(std::int64_t seconds);

/// Text broken at blanks to lines of `columns`, the first one after `first` columns, the others indented by `indent`.
std::string wrapped(std::string_view text, int indent, int columns);

/// Control characters (terminal escapes among them) made visible; line ends kept where `lines` says so.
std::string printable(std::string_view text, bool lines = false);

/// The verdict in a word: HOLDS, FINDINGS, NOT JUDGED, NOTHING RAN.
std::string_view verdict_word(int exit_code);

}  // namespace easel

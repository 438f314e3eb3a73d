#pragma once
// Reports: pure functions from a result to text. Only the command line writes files.

#include <string>

#include "client/report/text.h"
#include "client/run/run_result.h"

namespace easel {

struct ConsoleOptions {
  bool colour = false;
  int columns = 100;        ///< no line is wider
  bool quiet = false;       ///< the verdict line and the findings only
  bool transcript = false;  ///< every round trip of every check (easel check)
};

/// For people: who we were and whom we trusted first, the verdict at a glance, failures last.
std::string render_console(const RunResult& result, const ConsoleOptions& options);

/// For people with a browser: one file that needs no network, and no script either.
std::string render_html(const RunResult& result);

/// For programs: {"schema": "easel-report/1", …}. The schema is client/report/report.schema.json; it only grows.
std::string render_json(const RunResult& result);

/// For CI servers: one testcase a check; skip and waived as skipped, blocked and error as error.
std::string render_junit(const RunResult& result);

/// Test Anything Protocol, version 13; waived as # TODO, skip as # SKIP.
std::string render_tap(const RunResult& result);

/// The round trips of one check, in order: heads, documents as XML, certificates. No line is wider than `columns`.
std::string render_transcript(const CheckResult& check, int columns);

/// The verdict in a word: HOLDS, FINDINGS, NOT JUDGED, NOTHING RAN.
std::string_view verdict_word(int exit_code);

/// Why the exit code is what it is, as one sentence: "3 findings at or above high on the guide axis".
std::string verdict_sentence(const RunResult& result);

/// Where connections really went and to whom: "https://mail.contoso.test:443 via 127.0.0.1:8443".
std::string target_text(const RunResult& result);

/// "GET https://mail.contoso.test:443/Microsoft-Server-ActiveSync".
std::string request_line(const RoundTrip& round_trip);

/// What the device would show, in words: the predicted code with its confidence, or the symptom of the check's file.
std::string symptom_text(const CheckResult& check);

/// Notes without repetitions, joined: the grades of three refusals are one line, not three.
std::string joined_notes(const Verdict& verdict);

}  // namespace easel

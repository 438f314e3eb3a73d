#pragma once
// From a Run's outcome to the result that reports show: the file's words, the predicted code, the remedy at hand.

#include <string>
#include <string_view>

#include "client/profile/support_codes.h"
#include "client/run/run_result.h"

namespace easel {

/// The outcome together with what the check's file says about it.
CheckResult describe_check(const Scenario& check, RunOutcome outcome);

/// The code that the device would show for a failed verdict. `symptom code="cause 0x85010002"` in the file means: the
/// row of the evidence's own cause, else that code; "none": no device shows anything.
void predict_code(const Scenario& check, const SupportCodes& codes, Verdict& verdict);

/// Puts the remedy for the product into a failed result; the general one where the file has none for it.
void choose_remedy(const Scenario& check, std::string_view product, CheckResult& result);

/// Adds what a server calls itself in these answers to `server`: "Server: nginx, MS-Server-ActiveSync: 14.1".
void note_server_names(const RunOutcome& outcome, std::string& server);

/// iis6, exchange, nginx, apache, z-push, sogo or any, from what the server calls itself.
std::string recognise_product(std::string_view server);

}  // namespace easel

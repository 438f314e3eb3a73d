#pragma once
// The result that every report is shown with: one verdict of each kind, failed controls, both axes, and the nastiest
// text that a server may send.

#include "client/run/run_result.h"

namespace easel {

/// The same value on every call: fixed times, no secrets, no clock.
RunResult canonical_result();

/// Terminal escapes, NUL, C1 controls, octets that are not UTF-8, the end of a CDATA section, markup, text that runs
/// from right to left, wide characters and a bare carriage return.
std::string nasty_text();

/// A result whose every text field that a server, a file or a user may fill is `text` (numbers and keys stay).
RunResult result_full_of(const std::string& text);

}  // namespace easel

#pragma once
// Verdicts: what a check found, in the words and with the evidence that a report needs.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace easel {

enum class VerdictKind {
  Pass,
  Fail,
  Waived,   ///< failed, and a valid waiver says that this is known
  XPass,    ///< passed although a waiver expected it to fail: the waiver must go
  Flaky,    ///< passed after a retry
  Skip,     ///< does not apply here, or cannot be seen; `reason` is from a closed list
  Blocked,  ///< what it rests on failed, so nothing can be said; `reason` names the layer
  Error,    ///< easel itself could not do it
};
std::string_view to_string(VerdictKind kind);

/// The support code that a device would show. Always called "predicted" in reports.
struct PredictedCode {
  std::string code;  ///< "0x80072F05"; empty: none is predicted
  std::string symbol;
  std::string text;
  std::string confidence;
  friend bool operator==(const PredictedCode&, const PredictedCode&) = default;
};

struct Verdict {
  VerdictKind kind = VerdictKind::Pass;
  std::string reason;  ///< for skip and blocked
  std::string expected;
  std::string actual;
  std::string where;  ///< step, byte offset, header, element path or certificate
  std::string cause;  ///< cause key of profiles/support-codes.tsv that the evidence gives; may be empty
  std::vector<std::string> notes;
  PredictedCode predicted;
  std::vector<std::size_t> evidence;  ///< round trips that prove it, by index in the check's result
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

}  // namespace easel

#include "client/check/verdict.h"

namespace easel {

std::string_view to_string(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::Pass:
      return "pass";
    case VerdictKind::Fail:
      return "fail";
    case VerdictKind::Waived:
      return "waived";
    case VerdictKind::XPass:
      return "xpass";
    case VerdictKind::Flaky:
      return "flaky";
    case VerdictKind::Skip:
      return "skip";
    case VerdictKind::Blocked:
      return "blocked";
    case VerdictKind::Error:
      return "error";
  }
  return "error";
}

}  // namespace easel

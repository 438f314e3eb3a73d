#include "client/tls/trust.h"

#include <algorithm>

#include "client/tls/trust_judge.h"

namespace easel {

std::string_view to_string(TrustProblem problem) {
  switch (problem) {
    case TrustProblem::Untrusted:
      return "untrusted";
    case TrustProblem::IntermediateMissing:
      return "intermediate-missing";
    case TrustProblem::NotYetValid:
      return "not-yet-valid";
    case TrustProblem::Expired:
      return "expired";
    case TrustProblem::NameMismatch:
      return "name-mismatch";
    case TrustProblem::PinMismatch:
      return "pin-mismatch";
    case TrustProblem::Revoked:
      return "revoked";
    case TrustProblem::WrongPurpose:
      return "wrong-purpose";
    case TrustProblem::WeakOrBad:
      return "weak-or-bad";
  }
  return "unknown";
}

bool TrustVerdict::has(TrustProblem problem) const {
  return std::ranges::any_of(complaints, [&](const TrustComplaint& c) { return c.problem == problem; });
}

TrustVerdict judge_chain(const std::vector<Certificate>& chain, const TrustPolicy& policy, std::string_view host,
                         std::int64_t now) {
  return TrustJudge(policy).judge(chain, host, now);
}

}  // namespace easel

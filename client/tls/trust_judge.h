#pragma once
// A trust policy made ready to judge many chains: its store is built once, because the host's store costs
// milliseconds to read.

#include <memory>

#include "client/tls/trust.h"

namespace easel {

/// Judges chains by one policy. Safe to use from one thread at a time.
class TrustJudge {
 public:
  explicit TrustJudge(TrustPolicy policy);
  TrustJudge(const TrustJudge&) = delete;
  TrustJudge& operator=(const TrustJudge&) = delete;
  ~TrustJudge();

  /// As judge_chain(). Time and memory are bounded: at most 32 certificates of a chain are looked at.
  [[nodiscard]] TrustVerdict judge(const std::vector<Certificate>& chain, std::string_view host,
                                   std::int64_t now) const;

  [[nodiscard]] const TrustPolicy& policy() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace easel

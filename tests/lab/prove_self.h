#pragma once
// Proofs that no lab fault can give: a wrong input (a CA file, a pin), or a client with a seam that makes it dishonest.

#include <string>
#include <string_view>

namespace easel::prove {

struct SelfProof {
  std::string_view check;
  std::string_view kind;   ///< as the check's <proof> names it: "input:…" or "self:…"
  std::string (*prove)();  ///< empty if the check turns red as it must, else what happened in its place
};

/// The registered proof, or nullptr.
const SelfProof* find_self_proof(std::string_view check, std::string_view kind);

}  // namespace easel::prove

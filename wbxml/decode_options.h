// What every reader of WBXML can be told.
#pragma once

#include <cstdint>

namespace easel::wbxml {

/// Instruction set of the text loops. `automatic` asks the processor; the others exist for tests and measurements
/// and fall back to the next lower one where the processor lacks them.
enum class SimdLevel : std::uint8_t { automatic, portable, avx2, avx512 };

/// Deepest nesting that any reader can be told to accept.
inline constexpr unsigned kDepthLimit = 256;

struct DecodeOptions {
  /// False: refuse all that ActiveSync does not allow. True: decode what can be understood and list what was odd.
  bool tolerant = false;
  /// Levels of elements (the root is level 1) that are accepted, at most kDepthLimit.
  unsigned max_depth = 64;
  SimdLevel simd = SimdLevel::automatic;
};

}  // namespace easel::wbxml

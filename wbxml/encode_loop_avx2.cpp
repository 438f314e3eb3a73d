// Built with AVX2 and called only where the processor has it. No inline function of the standard library may be used
// here: the linker could keep this file's copy for everybody.
#include <immintrin.h>

#include "wbxml/encode_loop.h"

namespace easel::wbxml::detail {
namespace {

struct Copy {
  // Bit i: octet i is not printable ASCII; what is above ASCII is negative.
  [[gnu::always_inline]] static std::uint32_t copy(std::uint8_t* to, const std::uint8_t* from) {
    const __m256i octets = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), octets);
    return ~static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpgt_epi8(octets, _mm256_set1_epi8(0x1F))));
  }
  [[gnu::always_inline]] static std::uint32_t half(std::uint8_t* to, const std::uint8_t* from) {
    return _tzcnt_u32(copy(to, from));
  }
  [[gnu::always_inline]] static std::uint32_t whole(std::uint8_t* to, const std::uint8_t* from) {
    const std::uint64_t low = copy(to, from), high = copy(to + 32, from + 32);
    return static_cast<std::uint32_t>(_tzcnt_u64(low | high << 32));
  }
};

}  // namespace

EncodeStop encode_usual_avx2(EncodeState& state) { return encode_usual<Copy>(state); }

}  // namespace easel::wbxml::detail

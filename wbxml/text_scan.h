// The text loops: end of an inline string, UTF-8, and characters that XML 1.0 cannot hold, in one pass.
// Internal to wbxml. The Unicode Standard, Table 3-7 (well-formed UTF-8); XML 1.0, Characters.
#pragma once

#include <cstdint>

#include "wbxml/decode_options.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace easel::wbxml::detail {

enum class TextState : std::uint8_t {
  found,  ///< the text ends with the NUL at `at`
  cut,    ///< good up to the end; `at` is the start of an incomplete last character, or the end
  bad     ///< not UTF-8: `at` is the start of the ill-formed character
};
struct TextEnd {
  const std::uint8_t* at = nullptr;
  TextState state = TextState::cut;
  bool not_xml = false;  ///< holds a control character, U+FFFE or U+FFFF: legal here, not in XML 1.0
};

/// Scans from `p` to the first NUL, the first ill-formed character or `end`, whichever comes first.
using ScanText = TextEnd (*)(const std::uint8_t* p, const std::uint8_t* end);

/// The loop for a level; asked once for each document, then a plain pointer.
[[nodiscard]] ScanText scan_text_for(SimdLevel level);
/// True when this processor can run the AVX2 loops and `level` allows them.
[[nodiscard]] bool uses_avx2(SimdLevel level);

/// Character by character where it is not plain ASCII: the reference for the others.
[[nodiscard]] TextEnd scan_text_portable(const std::uint8_t* p, const std::uint8_t* end);
#if defined(__x86_64__)
[[nodiscard]] TextEnd scan_text_avx2(const std::uint8_t* p, const std::uint8_t* end);
#endif

#if defined(__SSE2__)
/// Bit i: octet i is a control character (NUL too) or above ASCII. One signed comparison finds both.
[[gnu::always_inline]] inline std::uint32_t suspects_of_32(const std::uint8_t* p) {
  const __m128i space = _mm_set1_epi8(0x20);
  const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16));
  return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmplt_epi8(a, space))) |
         static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmplt_epi8(b, space))) << 16;
}
#endif

/// The hot entry: one 32-octet load for what most strings are, `scan` for the rest. Where the first suspect is the
/// NUL, nothing but plain ASCII stands before it.
/// `begin` is the start of the readable buffer: near its end the load moves back instead of past the end.
[[gnu::always_inline]] inline TextEnd find_text_end(const std::uint8_t* begin, const std::uint8_t* p,
                                                    const std::uint8_t* end, ScanText scan) {
#if defined(__SSE2__)
  if (end - p >= 32) [[likely]] {
    const std::uint32_t suspects = suspects_of_32(p);
    if (suspects != 0) [[likely]] {
      const std::uint8_t* first = p + __builtin_ctz(suspects);
      if (*first == 0) [[likely]]
        return {first, TextState::found, false};
    }
  } else if (end - begin >= 32) {
    const auto back = 32 - static_cast<unsigned>(end - p);
    const std::uint64_t suspects = std::uint64_t{suspects_of_32(end - 32)} >> back;
    if (suspects != 0) {
      const std::uint8_t* first = p + __builtin_ctzll(suspects);
      if (*first == 0) [[likely]]
        return {first, TextState::found, false};
    }
  }
#else
  static_cast<void>(begin);
#endif
  return scan(p, end);
}

}  // namespace easel::wbxml::detail

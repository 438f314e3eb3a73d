// The text loops: end of an inline string, UTF-8, and characters that XML 1.0 cannot hold, in one pass.
// Internal to wbxml. The Unicode Standard, Table 3-7 (well-formed UTF-8); XML 1.0, Characters.
#pragma once

#include <cstdint>

#include "wbxml/decode_options.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace easel::wbxml::detail {

/// End of an inline string: its NUL, or null when there is none before the end or the text is not UTF-8.
struct TextEnd {
  const std::uint8_t* nul = nullptr;
  bool not_xml = false;  ///< holds a control character, U+FFFE or U+FFFF: legal here, not in XML 1.0
};

/// Scans from `p` to the first NUL before `end`.
using ScanText = TextEnd (*)(const std::uint8_t* p, const std::uint8_t* end);

/// The loop for a level; resolved once, then a plain pointer.
[[nodiscard]] ScanText scan_text_for(SimdLevel level);

enum class Utf8 : std::uint8_t { good, bad, cut };  ///< cut: good so far, the last character is incomplete
struct Utf8Check {
  Utf8 verdict = Utf8::good;
  bool not_xml = false;
  const std::uint8_t* at = nullptr;  ///< start of the bad or incomplete character
};
/// Checks [p, end), character by character where it is not ASCII.
[[nodiscard]] Utf8Check check_utf8(const std::uint8_t* p, const std::uint8_t* end);

/// Checks [p, nul) when `nul` has been found; the short texts with something other than plain ASCII in them.
[[nodiscard]] TextEnd check_found_text(const std::uint8_t* p, const std::uint8_t* nul);

#if defined(__SSE2__)
struct Masks32 {
  std::uint32_t nul, suspect;  // suspect: control characters (NUL too) and everything above ASCII
};
[[gnu::always_inline]] inline Masks32 masks_of_32(const std::uint8_t* p) {
  const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16));
  const __m128i zero = _mm_setzero_si128();
  const __m128i space = _mm_set1_epi8(0x20);
  const auto join = [](__m128i low, __m128i high) {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(low)) | static_cast<std::uint32_t>(_mm_movemask_epi8(high))
                                                                    << 16;
  };
  return {join(_mm_cmpeq_epi8(a, zero), _mm_cmpeq_epi8(b, zero)),
          join(_mm_cmplt_epi8(a, space), _mm_cmplt_epi8(b, space))};
}
#endif

/// The hot entry: one 32-octet load for what most strings are, `scan` for the rest.
/// `begin` is the start of the readable buffer: near its end the load moves back instead of past the end.
[[gnu::always_inline]] inline TextEnd find_text_end(const std::uint8_t* begin, const std::uint8_t* p,
                                                    const std::uint8_t* end, ScanText scan) {
#if defined(__SSE2__)
  if (end - begin >= 32) [[likely]] {
    Masks32 masks;
    if (end - p >= 32) [[likely]] {
      masks = masks_of_32(p);
    } else {
      const auto back = 32 - static_cast<unsigned>(end - p);
      masks = masks_of_32(end - 32);
      masks.nul = static_cast<std::uint32_t>(std::uint64_t{masks.nul} >> back);
      masks.suspect = static_cast<std::uint32_t>(std::uint64_t{masks.suspect} >> back);
    }
    if (masks.nul != 0) [[likely]] {
      const std::uint8_t* nul = p + __builtin_ctz(masks.nul);
      if ((masks.suspect & (masks.nul - 1) & ~masks.nul) == 0) [[likely]]
        return {nul, false};
      return check_found_text(p, nul);
    }
  }
#else
  static_cast<void>(begin);
#endif
  return scan(p, end);
}

}  // namespace easel::wbxml::detail

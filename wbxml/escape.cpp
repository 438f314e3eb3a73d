#include "wbxml/escape.h"

#include <cstring>

#include "wbxml/text_scan.h"

namespace easel::wbxml::detail {
namespace {

bool is_special(char c) { return c == '&' || c == '<' || c == '>' || c == '\r'; }

}  // namespace

char* escape_text_portable(const char* from, std::size_t length, std::size_t readable, char* out) {
  std::size_t i = 0;
#if defined(__SSE2__)
  while (i < length && readable - i >= 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), block);
    const auto is = [&](char c) { return _mm_cmpeq_epi8(block, _mm_set1_epi8(c)); };
    const auto hits = static_cast<unsigned>(
        _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(is('&'), is('<')), _mm_or_si128(is('>'), is('\r')))));
    const std::size_t here = length - i < 16 ? length - i : 16;
    const std::size_t plain = hits == 0 ? 16 : static_cast<std::size_t>(__builtin_ctz(hits));
    if (plain >= here) {
      i += here;
      out += here;
      continue;
    }
    i += plain;
    out = put_reference(from[i++], out + plain);
  }
#else
  static_cast<void>(readable);
#endif
  for (; i < length; ++i) {
    if (is_special(from[i])) {
      out = put_reference(from[i], out);
    } else {
      *out++ = from[i];
    }
  }
  return out;
}

EscapeText escape_text_for(SimdLevel level) {
#if defined(__x86_64__)
  if (simd_for(level) >= SimdLevel::avx2) return &escape_text_avx2;
#endif
  static_cast<void>(level);
  return &escape_text_portable;
}

}  // namespace easel::wbxml::detail

// Built with AVX2 and called only where the processor has it; see text_scan_avx2.cpp for what may be used here.
#include <immintrin.h>

#include <cstdint>

#include "wbxml/escape.h"

namespace easel::wbxml::detail {

char* escape_text_avx2(const char* from, std::size_t length, std::size_t readable, char* out) {
  // The four specials have different low nibbles: each octet is compared with the only special it could be.
  const __m256i specials =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(-1, -1, -1, -1, -1, -1, '&', -1, -1, -1, -1, -1, '<', '\r', '>', -1));
  const auto load = [](const char* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); };
  const auto store = [](char* p, __m256i v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); };
  std::size_t i = 0;
  // Every load of a block starts inside it, so 64 readable octets are enough.
  while (length - i >= 32 && readable - i >= 64) {
    const __m256i block = load(from + i);
    store(out, block);
    auto hits = static_cast<std::uint32_t>(
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(specials, block), block)));
    std::size_t done = 0;
    while (hits != 0) {
      const auto hit = static_cast<std::size_t>(__builtin_ctz(hits));
      hits &= hits - 1;
      out = put_reference(from[i + hit], out + (hit - done));
      done = hit + 1;
      store(out, load(from + i + done));
    }
    out += 32 - done;
    i += 32;
  }
  return escape_text_portable(from + i, length - i, readable - i, out);
}

}  // namespace easel::wbxml::detail

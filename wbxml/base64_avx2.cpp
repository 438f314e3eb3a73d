// Built with AVX2 and called only where the processor has it; see text_scan_avx2.cpp for what may be used here.
// After Mula and Lemire, "Faster Base64 Encoding and Decoding using AVX2 Instructions".
#include <immintrin.h>

#include <cstdint>

#include "wbxml/base64.h"

namespace easel::wbxml::detail {
namespace {

inline __m256i twice(__m128i v) { return _mm256_broadcastsi128_si256(v); }

}  // namespace

Base64Blocks base64_encode_blocks_avx2(const std::uint8_t* data, std::size_t size, char* out) {
  // Each lane takes 12 octets; the second load starts 12 further on, so 28 octets must be readable.
  const __m256i spread = twice(_mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10));
  // What must be added to a six-bit value, by the range it lies in.
  const __m256i offsets = twice(_mm_setr_epi8('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                                              '0' - 52, '0' - 52, '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0));
  Base64Blocks done;
  for (; size - done.from >= 28; done.from += 24, done.to += 32) {
    const std::uint8_t* p = data + done.from;
    const __m256i octets =
        _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))),
                                _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 12)), 1);
    const __m256i in = _mm256_shuffle_epi8(octets, spread);
    const __m256i high =
        _mm256_mulhi_epu16(_mm256_and_si256(in, _mm256_set1_epi32(0x0FC0FC00)), _mm256_set1_epi32(0x04000040));
    const __m256i low =
        _mm256_mullo_epi16(_mm256_and_si256(in, _mm256_set1_epi32(0x003F03F0)), _mm256_set1_epi32(0x01000010));
    const __m256i values = _mm256_or_si256(high, low);
    // 0 for lower case, 1..12 for digits and signs, 13 for upper case.
    const __m256i range =
        _mm256_or_si256(_mm256_subs_epu8(values, _mm256_set1_epi8(51)),
                        _mm256_and_si256(_mm256_cmpgt_epi8(_mm256_set1_epi8(26), values), _mm256_set1_epi8(13)));
    const __m256i text = _mm256_add_epi8(values, _mm256_shuffle_epi8(offsets, range));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + done.to), text);
  }
  return done;
}

Base64Blocks base64_decode_blocks_avx2(const char* text, std::size_t size, std::uint8_t* out) {
  const __m256i bad_low = twice(
      _mm_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A));
  const __m256i bad_high = twice(
      _mm_setr_epi8(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10));
  const __m256i shifts = twice(_mm_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0));
  const __m256i slash = _mm256_set1_epi8('/');
  const __m256i pack = twice(_mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));
  const __m256i join = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, -1, -1);
  Base64Blocks done;
  for (; size - done.from >= 32; done.from += 32, done.to += 24) {
    const __m256i in = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + done.from));
    const __m256i high = _mm256_and_si256(_mm256_srli_epi32(in, 4), slash);
    const __m256i low = _mm256_and_si256(in, slash);
    // A character belongs when the classes of its two nibbles share no bit.
    if (_mm256_testz_si256(_mm256_shuffle_epi8(bad_low, low), _mm256_shuffle_epi8(bad_high, high)) == 0) break;
    const __m256i shift = _mm256_shuffle_epi8(shifts, _mm256_add_epi8(_mm256_cmpeq_epi8(in, slash), high));
    const __m256i values = _mm256_add_epi8(in, shift);
    const __m256i pairs = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
    const __m256i quads = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
    const __m256i octets = _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(quads, pack), join);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + done.to), octets);
  }
  return done;
}

}  // namespace easel::wbxml::detail

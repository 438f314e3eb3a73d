// Built with AVX-512 (BW, VBMI) and called only where the processor has it; see text_scan_avx512.cpp for what may be
// used here. After Mula and Lemire, "Base64 encoding and decoding at almost the speed of a memory copy".
#include <immintrin.h>

#include <cstdint>

#include "wbxml/base64.h"

namespace easel::wbxml::detail {
namespace {

struct Octets {
  std::uint8_t octets[64];
};
inline __m512i load(const Octets& octets) { return _mm512_loadu_si512(octets.octets); }

// Each three octets become one word of four, in which every six bits can be reached by a shift.
constexpr Octets kSpread = [] {
  Octets o{};
  for (std::uint8_t i = 0; i < 16; ++i) {
    constexpr std::uint8_t from[4] = {1, 0, 2, 1};
    for (std::uint8_t k = 0; k < 4; ++k) o.octets[4 * i + k] = static_cast<std::uint8_t>(3 * i + from[k]);
  }
  return o;
}();
constexpr Octets kAlphabet = [] {
  Octets o{};
  constexpr const char* characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int i = 0; i < 64; ++i) o.octets[i] = static_cast<std::uint8_t>(characters[i]);
  return o;
}();

// What a character stands for, by its lower seven bits; kForeign: nothing.
constexpr std::uint8_t kForeign = 0x80;
constexpr Octets values(int first) {
  Octets o{};
  for (int i = 0; i < 64; ++i) {
    o.octets[i] = kForeign;
    for (int k = 0; k < 64; ++k)
      if (kAlphabet.octets[k] == first + i) o.octets[i] = static_cast<std::uint8_t>(k);
  }
  return o;
}
constexpr Octets kValuesBelow64 = values(0), kValuesFrom64 = values(64);
// The three octets of each word, the first one from its third octet.
constexpr Octets kPack = [] {
  Octets o{};
  for (int i = 0; i < 48; ++i) o.octets[i] = static_cast<std::uint8_t>(i / 3 * 4 + 2 - i % 3);
  return o;
}();

}  // namespace

Base64Blocks base64_decode_blocks_avx512(const char* text, std::size_t size, std::uint8_t* out) {
  const __m512i below = load(kValuesBelow64), from = load(kValuesFrom64), pack = load(kPack);
  const __m512i pair = _mm512_set1_epi32(0x01400140), quad = _mm512_set1_epi32(0x00011000);
  Base64Blocks done;
  for (; size - done.from >= 64; done.from += 64, done.to += 48) {
    const __m512i in = _mm512_loadu_si512(text + done.from);
    const __m512i six = _mm512_permutex2var_epi8(below, in, from);
    if (_mm512_movepi8_mask(_mm512_or_si512(six, in)) != 0) break;
    const __m512i words = _mm512_madd_epi16(_mm512_maddubs_epi16(six, pair), quad);
    _mm512_storeu_si512(out + done.to, _mm512_permutexvar_epi8(pack, words));
  }
  return done;
}

Base64Blocks base64_encode_blocks_avx512(const std::uint8_t* data, std::size_t size, char* out) {
  const __m512i spread = load(kSpread), alphabet = load(kAlphabet);
  const __m512i shifts = _mm512_set1_epi64(0x3036242A1016040A);
  Base64Blocks done;
  for (; size - done.from >= 64; done.from += 48, done.to += 64) {
    const __m512i words = _mm512_permutexvar_epi8(spread, _mm512_loadu_si512(data + done.from));
    // Of each index only the lower six bits count.
    const __m512i indices = _mm512_multishift_epi64_epi8(shifts, words);
    _mm512_storeu_si512(out + done.to, _mm512_permutexvar_epi8(indices, alphabet));
  }
  return done;
}

}  // namespace easel::wbxml::detail

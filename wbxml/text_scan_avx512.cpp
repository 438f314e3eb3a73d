// Built with AVX-512 (BW, VL, VBMI) and called only where the processor has it: 64 octets a round, and the constants
// stay in registers, which AVX2 has too few of. No inline function of the standard library may be used here: the linker
// could keep this file's copy for everybody.
#include <immintrin.h>

#include <cstdint>

#include "wbxml/text_scan.h"
#include "wbxml/utf8_tables.h"

namespace easel::wbxml::detail {
namespace {

// Stays in its register: g++ 12 would build each anew in every round.
inline __m512i kept(__m512i v) {
  asm("" : "+v"(v));
  return v;
}
inline __m512i repeated(unsigned char octet) { return kept(_mm512_set1_epi8(static_cast<char>(octet))); }
inline __m512i in_each_lane(const std::uint8_t (&octets)[16]) {
  return kept(_mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(octets))));
}

struct Constants {
  // Looked up by the low six bits of an octet, of which the table repeats four: what stands above them need not be
  // cleared.
  __m512i first_high = in_each_lane(kUtf8Tables.first_high), first_low = in_each_lane(kUtf8Tables.first_low),
          second_high = in_each_lane(kUtf8Tables.second_high);
  __m512i third = repeated(0xE0 - 0x80), fourth = repeated(0xF0 - 0x80), top = repeated(0x80), lead_e0 = repeated(0xE0);
  __m512i space = repeated(0x20), allowed_controls = in_each_lane(kAllowedControls);
  __m512i lead_ef = repeated(0xEF), middle_bf = repeated(0xBF), last_be = repeated(0xBE);
};

constexpr int kAllThree = 0x80;        // a & b & c
constexpr int kEitherAndThird = 0xA8;  // (a | b) & c

// Those `among` the octets that are not TAB, LF or CR. The table has none above ASCII, and its NUL is not one.
inline std::uint64_t not_allowed(const Constants& k, __mmask64 among, __m512i v) {
  return _mm512_mask_cmpneq_epi8_mask(among, _mm512_shuffle_epi8(k.allowed_controls, v), v);
}
// Bits of the octets that are above ASCII, a NUL, or a control character that XML lacks.
inline std::uint64_t suspects_of(const Constants& k, __m512i v) {
  return not_allowed(k, _mm512_cmplt_epi8_mask(v, k.space), v);
}
// The same without what is above ASCII.
inline std::uint64_t odd_controls(const Constants& k, __m512i v) {
  return not_allowed(k, _mm512_cmplt_epu8_mask(v, k.space), v);
}

// What the UTF-8 check knows of the block before.
struct Before {
  __m512i octets = _mm512_setzero_si512();
  std::uint64_t long_leads = 0;  // bit i: octet i begins a character of three or four
  bool plain = true;
};

// Bit i: the character that octet i belongs to is ill-formed. `odd` gets the third octets of U+FFFE and U+FFFF.
[[gnu::always_inline]] inline std::uint64_t utf8_errors(const Constants& k, const Before& before, __m512i v,
                                                        std::uint64_t long_leads, std::uint64_t& odd) {
  const __m512i lanes = _mm512_alignr_epi32(v, before.octets, 12);  // those of 16 octets that come before each of v
  const __m512i one = _mm512_alignr_epi8(v, lanes, 15);
  const __m512i pair = _mm512_ternarylogic_epi64(
      _mm512_permutexvar_epi8(_mm512_srli_epi16(one, 4), k.first_high), _mm512_permutexvar_epi8(one, k.first_low),
      _mm512_permutexvar_epi8(_mm512_srli_epi16(v, 4), k.second_high), kAllThree);
  odd = 0;
  if ((long_leads | before.long_leads >> 61) == 0) return _mm512_test_epi8_mask(pair, pair);
  const __m512i two = _mm512_alignr_epi8(v, lanes, 14), three = _mm512_alignr_epi8(v, lanes, 13);
  const __m512i tails = _mm512_ternarylogic_epi64(_mm512_subs_epu8(two, k.third), _mm512_subs_epu8(three, k.fourth),
                                                  k.top, kEitherAndThird);
  const __mmask64 lead = _mm512_cmpeq_epi8_mask(two, k.lead_ef);
  odd = _mm512_mask_cmpge_epu8_mask(_mm512_mask_cmpeq_epi8_mask(lead, one, k.middle_bf), v, k.last_be);
  return _mm512_cmpneq_epi8_mask(tails, pair);
}

// The same tables and octets for half a block, in memory that the compiler cannot look into: a short text needs each
// once, and loading them all first would take as long as the rest.
struct ShortConstants {
  Repeated first_high = twice16(kUtf8Tables.first_high), first_low = twice16(kUtf8Tables.first_low),
           second_high = twice16(kUtf8Tables.second_high), third = repeat(0xE0 - 0x80), fourth = repeat(0xF0 - 0x80),
           top = repeat(0x80), space = repeat(0x20), allowed_controls = twice16(kAllowedControls),
           lead_ef = repeat(0xEF), middle_bf = repeat(0xBF), last_be = repeat(0xBE);
};
constexpr ShortConstants kShortConstants;
inline __m256i octets(const Repeated& repeated) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(repeated.octets));
}

// A text that ends within the 32 octets from `p`; these must be readable. False: it is longer.
[[gnu::always_inline]] inline bool scan_short(const std::uint8_t* p, const std::uint8_t* end, TextEnd& found) {
  const __m256i v = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  const std::uint32_t nuls = _mm256_testn_epi8_mask(v, v);
  if (nuls == 0) return false;
  const ShortConstants* constants = &kShortConstants;
  asm("" : "+r"(constants));
  const ShortConstants& k = *constants;
  const std::uint32_t upto = nuls ^ (nuls - 1);
  // What stands before the text is not read.
  const __m256i one = _mm256_maskz_loadu_epi8(~1u, p - 1), two = _mm256_maskz_loadu_epi8(~3u, p - 2),
                three = _mm256_maskz_loadu_epi8(~7u, p - 3);
  const __m256i pair =
      _mm256_ternarylogic_epi64(_mm256_permutexvar_epi8(_mm256_srli_epi16(one, 4), octets(k.first_high)),
                                _mm256_permutexvar_epi8(one, octets(k.first_low)),
                                _mm256_permutexvar_epi8(_mm256_srli_epi16(v, 4), octets(k.second_high)), kAllThree);
  const __m256i tails =
      _mm256_ternarylogic_epi64(_mm256_subs_epu8(two, octets(k.third)), _mm256_subs_epu8(three, octets(k.fourth)),
                                octets(k.top), kEitherAndThird);
  if ((_mm256_cmpneq_epi8_mask(tails, pair) & upto) != 0) {
    found = scan_closely(p, p, end, false);
    return true;
  }
  const __mmask32 lead = _mm256_cmpeq_epi8_mask(two, octets(k.lead_ef));
  std::uint32_t odd =
      _mm256_mask_cmpge_epu8_mask(_mm256_mask_cmpeq_epi8_mask(lead, one, octets(k.middle_bf)), v, octets(k.last_be));
  odd |= _mm256_mask_cmpneq_epi8_mask(_mm256_cmplt_epu8_mask(v, octets(k.space)),
                                      _mm256_shuffle_epi8(octets(k.allowed_controls), v), v);
  found = {p + __builtin_ctz(nuls), TextState::found, (odd & upto >> 1) != 0};
  return true;
}

// With `copying`, what is scanned goes to `to`, in blocks.
template <bool copying>
[[gnu::always_inline]] inline TextEnd scan(const std::uint8_t* p, const std::uint8_t* end, std::uint8_t* to) {
  const std::uint8_t* const start = p;
  const Constants k;
  Before before;
  std::uint64_t odd = 0, noncharacters = 0;
  // The first round of a long copy goes on only so far that all further stores are to whole cache lines.
  std::uint64_t step = 64;
  if (copying && end - p >= 1024) step -= reinterpret_cast<std::uintptr_t>(to) % 64;
  while (end - p >= 64) {
    const __m512i v = _mm512_loadu_si512(p);
    const std::uint64_t suspects = before.plain ? suspects_of(k, v) : odd_controls(k, v);
    if (!before.plain || suspects != 0) {
      const std::uint64_t controls = before.plain ? suspects & ~_mm512_movepi8_mask(v) : suspects;
      if (controls != 0) {
        if (_mm512_testn_epi8_mask(v, v) != 0) break;
        odd |= controls;
      }
      const std::uint64_t long_leads = _mm512_cmpge_epu8_mask(v, k.lead_e0);
      if (utf8_errors(k, before, v, long_leads, noncharacters) != 0) return scan_closely(start, p, end, odd != 0);
      odd |= noncharacters;
      // After ASCII nothing is incomplete.
      before.plain = long_leads == 0 && _mm512_movepi8_mask(v) == 0;
      before.long_leads = long_leads;
    }
    before.octets = v;
    if constexpr (copying) {
      _mm512_storeu_si512(to, v);
      to += step;
      p += step;
      if (step != 64) {
        before.octets = _mm512_maskz_loadu_epi8(~std::uint64_t{0} << (64 - step), p - 64);
        before.long_leads = _mm512_cmpge_epu8_mask(before.octets, k.lead_e0);
        before.plain = _mm512_movepi8_mask(before.octets) == 0;
        step = 64;
      }
    } else {
      p += 64;
    }
  }
  // The last block: what lies past the end is loaded as NULs, and behind a NUL nothing counts.
  const auto left = static_cast<std::uint64_t>(end - p);
  const std::uint64_t there = left >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << left) - 1;
  const __m512i v = _mm512_maskz_loadu_epi8(there, p);
  if constexpr (copying) _mm512_storeu_si512(to, v);
  const std::uint64_t nuls = _mm512_testn_epi8_mask(v, v), upto = nuls ^ (nuls - 1), inside = upto >> 1;
  odd |= odd_controls(k, v) & inside;
  if ((_mm512_movepi8_mask(v) & inside) != 0 || !before.plain) {
    const std::uint64_t long_leads = _mm512_cmpge_epu8_mask(v, k.lead_e0);
    if ((utf8_errors(k, before, v, long_leads, noncharacters) & upto) != 0)
      return scan_closely(start, p, end, odd != 0);
    odd |= noncharacters & inside;
  }
  const auto at = static_cast<std::uint64_t>(__builtin_ctzll(nuls));
  return {p + at, at < left ? TextState::found : TextState::cut, odd != 0};
}

// Not inlined: a short text need not wait for what this one sets up.
[[gnu::noinline]] TextEnd scan_long(const std::uint8_t* p, const std::uint8_t* end) {
  return scan<false>(p, end, nullptr);
}

}  // namespace

TextEnd scan_text_avx512(const std::uint8_t* p, const std::uint8_t* end) {
  TextEnd found;
  if (end - p >= 32 && scan_short(p, end, found)) return found;
  return scan_long(p, end);
}
TextEnd copy_text_avx512(const std::uint8_t* p, const std::uint8_t* end, std::uint8_t* to) {
  return scan<true>(p, end, to);
}

}  // namespace easel::wbxml::detail

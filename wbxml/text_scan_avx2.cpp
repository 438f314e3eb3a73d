// Built with AVX2 and called only where the processor has it. No inline function of the standard library may be used
// here: the linker could keep this file's copy for everybody.
#include <immintrin.h>

#include <cstdint>

#include "wbxml/text_scan.h"
#include "wbxml/utf8_tables.h"

namespace easel::wbxml::detail {
namespace {

// Repeated octets, in memory that the compiler cannot look into: g++ 12 would build each anew in every round.
struct Constants {
  Repeated low, first_high, first_low, second_high, third, fourth, top, space, allowed_controls, lead_e0, lead_ef,
      middle_bf, last_be, most;
};
constexpr Constants kConstants{
    repeat(0x0F),
    twice16(kUtf8Tables.first_high),
    twice16(kUtf8Tables.first_low),
    twice16(kUtf8Tables.second_high),
    repeat(0xE0 - 0x80),
    repeat(0xF0 - 0x80),
    repeat(0x80),
    repeat(0x20),
    twice16(kAllowedControls),
    repeat(0xE0),
    repeat(0xEF),
    repeat(0xBF),
    repeat(0xBE),
    {{255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,  255,  255,
      255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0xEF, 0xDF, 0xBF}},
};

inline __m256i load(const std::uint8_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
inline std::uint32_t mask(__m256i v) { return static_cast<std::uint32_t>(_mm256_movemask_epi8(v)); }

// Octets that lie `n` positions back.
template <int n>
inline __m256i back(__m256i before, __m256i v) {
  return _mm256_alignr_epi8(v, _mm256_permute2x128_si256(before, v, 0x21), 16 - n);
}

inline __m256i octets(const Repeated& repeated) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(repeated.octets));
}

// 0xFF where an octet is above ASCII, a NUL, or a control character other than TAB, LF and CR. The table has none above
// ASCII, and its NUL is not one.
inline __m256i suspects(const Constants& k, __m256i v) {
  const __m256i allowed = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(octets(k.allowed_controls), v), v);
  return _mm256_andnot_si256(allowed, _mm256_cmpgt_epi8(octets(k.space), v));
}

// What is wrong with each octet and the one before; two continuations are right in longer characters only.
inline __m256i pair_errors(const Constants& k, __m256i one, __m256i v) {
  const __m256i low = octets(k.low);
  const auto high = [&](__m256i x) { return _mm256_and_si256(_mm256_srli_epi16(x, 4), low); };
  return _mm256_and_si256(_mm256_and_si256(_mm256_shuffle_epi8(octets(k.first_high), high(one)),
                                           _mm256_shuffle_epi8(octets(k.first_low), _mm256_and_si256(one, low))),
                          _mm256_shuffle_epi8(octets(k.second_high), high(v)));
}

// `odd` gets U+FFFE and U+FFFF, at their third octet.
[[gnu::always_inline]] inline __m256i utf8_errors(const Constants& k, __m256i before, __m256i v, __m256i& odd) {
  const __m256i one = back<1>(before, v), two = back<2>(before, v), three = back<3>(before, v);
  const __m256i third = _mm256_subs_epu8(two, octets(k.third)), fourth = _mm256_subs_epu8(three, octets(k.fourth));
  odd = _mm256_and_si256(
      _mm256_and_si256(_mm256_cmpeq_epi8(two, octets(k.lead_ef)), _mm256_cmpeq_epi8(one, octets(k.middle_bf))),
      _mm256_cmpeq_epi8(_mm256_max_epu8(v, octets(k.last_be)), v));
  return _mm256_xor_si256(_mm256_and_si256(_mm256_or_si256(third, fourth), octets(k.top)), pair_errors(k, one, v));
}

// Nonzero where a character still needs octets after this block.
inline __m256i incomplete(const Constants& k, __m256i v) { return _mm256_subs_epu8(v, octets(k.most)); }

inline bool is_zero(__m256i v) { return _mm256_testz_si256(v, v) != 0; }

// A text that ends within the 32 octets from `p`, which must be readable. False: it is longer.
[[gnu::always_inline]] inline bool scan_short(const Constants& k, const std::uint8_t* p, const std::uint8_t* end,
                                              TextEnd& found) {
  const __m256i v = load(p), zero = _mm256_setzero_si256();
  const std::uint32_t nuls = mask(_mm256_cmpeq_epi8(v, zero));
  if (nuls == 0) return false;
  const std::uint32_t upto = nuls ^ (nuls - 1);
  __m256i odd_ends;
  const std::uint32_t good = mask(_mm256_cmpeq_epi8(utf8_errors(k, zero, v, odd_ends), zero));
  if ((~good & upto) != 0) {
    found = scan_closely(p, p, end, false);
    return true;
  }
  const std::uint32_t odd = (mask(suspects(k, v)) & ~mask(v)) | mask(odd_ends);
  found = {p + __builtin_ctz(nuls), TextState::found, (odd & upto >> 1) != 0};
  return true;
}

// With `copying`, what is scanned goes to `to`, in blocks.
template <bool copying>
[[gnu::always_inline]] inline TextEnd scan_all(const std::uint8_t* p, const std::uint8_t* end, std::uint8_t* to) {
  const std::uint8_t* const start = p;
  const Constants* constants = &kConstants;
  asm("" : "+r"(constants));  // see Constants
  const Constants& k = *constants;
  TextEnd found_short;
  if (!copying && end - p >= 32 && scan_short(k, p, end, found_short)) return found_short;
  const __m256i zero = _mm256_setzero_si256();
  __m256i before = zero, odd = zero;
  // Of the blocks before: nothing above ASCII; a character of three or four octets.
  bool plain_before = true, long_before = false, controls = false;
  const auto not_xml = [&] { return controls || !is_zero(odd); };
  const auto put = [&](__m256i v) {
    if constexpr (copying) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), v);
      to += sizeof v;
    }
  };
  for (; end - p >= 64; p += 64) {
    const __m256i a = load(p), b = load(p + 32);
    const __m256i odd_a = suspects(k, a), odd_b = suspects(k, b);
    if (mask(_mm256_or_si256(odd_a, odd_b)) == 0) [[likely]] {
      if (!plain_before && !is_zero(incomplete(k, before))) return scan_closely(start, p, end, not_xml());
      plain_before = true;
      long_before = false;
    } else {
      if (((mask(odd_a) & ~mask(a)) | (mask(odd_b) & ~mask(b))) != 0) {
        if (mask(_mm256_cmpeq_epi8(_mm256_min_epu8(a, b), zero)) != 0) break;
        controls = true;
      }
      const __m256i larger = _mm256_max_epu8(a, b);
      const bool has_long = mask(_mm256_cmpeq_epi8(_mm256_max_epu8(larger, octets(k.lead_e0)), larger)) != 0;
      __m256i errors;
      if (has_long || long_before) {
        __m256i odd_ends_a, odd_ends_b;
        errors = _mm256_or_si256(utf8_errors(k, before, a, odd_ends_a), utf8_errors(k, a, b, odd_ends_b));
        odd = _mm256_or_si256(odd, _mm256_or_si256(odd_ends_a, odd_ends_b));
      } else {
        errors = _mm256_or_si256(pair_errors(k, back<1>(before, a), a), pair_errors(k, back<1>(a, b), b));
      }
      if (!is_zero(errors)) return scan_closely(start, p, end, not_xml());
      plain_before = false;
      long_before = has_long;
    }
    put(a);
    put(b);
    before = b;
  }
  for (; end - p >= 32; p += 32) {
    const __m256i v = load(p);
    const std::uint32_t nuls = mask(_mm256_cmpeq_epi8(v, zero));
    // What stands behind the NUL is masked away; an incomplete character shows as an error at the NUL.
    const std::uint32_t upto = nuls ^ (nuls - 1), below = nuls == 0 ? upto : upto >> 1;
    const std::uint32_t high = mask(v), found = mask(suspects(k, v)) & below;
    controls = controls || (found & ~high) != 0;
    if ((found & high) != 0 || !plain_before) {
      __m256i odd_ends;
      const std::uint32_t good = mask(_mm256_cmpeq_epi8(utf8_errors(k, before, v, odd_ends), zero));
      if ((~good & upto) != 0) return scan_closely(start, p, end, not_xml());
      controls = controls || (mask(odd_ends) & below) != 0;
      plain_before = false;
    }
    if (nuls != 0) return {p + __builtin_ctz(nuls), TextState::found, not_xml()};
    put(v);
    before = v;
  }
  if constexpr (copying) {
    for (const std::uint8_t* rest = p; rest != end; ++rest) *to++ = *rest;
  }
  return scan_closely(start, p, end, not_xml());
}

}  // namespace

TextEnd scan_text_avx2(const std::uint8_t* p, const std::uint8_t* end) { return scan_all<false>(p, end, nullptr); }
TextEnd copy_text_avx2(const std::uint8_t* p, const std::uint8_t* end, std::uint8_t* to) {
  return scan_all<true>(p, end, to);
}

}  // namespace easel::wbxml::detail

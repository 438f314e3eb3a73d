// Built with AVX-512 (BW, VBMI) and called only where the processor has it: 64 octets a round, and the constants stay
// in registers, which AVX2 has too few of. No inline function of the standard library may be used here: the linker
// could keep this file's copy for everybody.
#include <immintrin.h>

#include <cstdint>

#include "wbxml/text_scan.h"
#include "wbxml/utf8_tables.h"

namespace easel::wbxml::detail {
namespace {

inline __m512i repeated(unsigned char octet) { return _mm512_set1_epi8(static_cast<char>(octet)); }
inline __m512i in_each_lane(const std::uint8_t (&octets)[16]) {
  return _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(octets)));
}

// Which octet of two neighbouring blocks stands `n` positions back.
template <int n>
inline __m512i positions_back() {
  struct Positions {
    std::uint8_t octets[64];
  };
  constexpr Positions positions = [] {
    Positions p{};
    for (int i = 0; i < 64; ++i) p.octets[i] = static_cast<std::uint8_t>(64 + i - n);
    return p;
  }();
  return _mm512_loadu_si512(positions.octets);
}

struct Constants {
  __m512i one = positions_back<1>(), two = positions_back<2>(), three = positions_back<3>();
  __m512i low = repeated(0x0F), third = repeated(0xE0 - 0x80), fourth = repeated(0xF0 - 0x80), top = repeated(0x80);
  __m512i first_high = in_each_lane(kUtf8Tables.first_high), first_low = in_each_lane(kUtf8Tables.first_low),
          second_high = in_each_lane(kUtf8Tables.second_high);
  __m512i space = repeated(0x20), allowed_controls = in_each_lane(kAllowedControls);
  __m512i lead_ef = repeated(0xEF), middle_bf = repeated(0xBF), last_be = repeated(0xBE);
};

// Bit i: the character that octet i belongs to is ill-formed. `odd` gets the third octets of U+FFFE and U+FFFF.
[[gnu::always_inline]] inline std::uint64_t utf8_errors(const Constants& k, __m512i before, __m512i v,
                                                        std::uint64_t& odd) {
  const __m512i one = _mm512_permutex2var_epi8(before, k.one, v);
  const __m512i two = _mm512_permutex2var_epi8(before, k.two, v);
  const __m512i three = _mm512_permutex2var_epi8(before, k.three, v);
  const auto high = [&](__m512i x) { return _mm512_and_si512(_mm512_srli_epi16(x, 4), k.low); };
  const __m512i pair =
      _mm512_and_si512(_mm512_and_si512(_mm512_shuffle_epi8(k.first_high, high(one)),
                                        _mm512_shuffle_epi8(k.first_low, _mm512_and_si512(one, k.low))),
                       _mm512_shuffle_epi8(k.second_high, high(v)));
  const __m512i third = _mm512_subs_epu8(two, k.third), fourth = _mm512_subs_epu8(three, k.fourth);
  const __m512i errors = _mm512_xor_si512(_mm512_and_si512(_mm512_or_si512(third, fourth), k.top), pair);
  const __mmask64 lead = _mm512_cmpeq_epi8_mask(two, k.lead_ef);
  odd = _mm512_mask_cmpge_epu8_mask(_mm512_mask_cmpeq_epi8_mask(lead, one, k.middle_bf), v, k.last_be);
  return _mm512_test_epi8_mask(errors, errors);
}

// Not zero where a control character other than TAB, LF and CR stands.
inline __m512i odd_controls(const Constants& k, __m512i v) {
  return _mm512_min_epu8(_mm512_xor_si512(_mm512_shuffle_epi8(k.allowed_controls, v), v), _mm512_subs_epu8(k.space, v));
}

// Bits of octets that begin a character which the block cannot hold whole.
inline std::uint64_t incomplete(__m512i v) {
  const std::uint64_t last = _mm512_cmpge_epu8_mask(v, repeated(0xC0)),
                      last_two = _mm512_cmpge_epu8_mask(v, repeated(0xE0)),
                      last_three = _mm512_cmpge_epu8_mask(v, repeated(0xF0));
  return (last & std::uint64_t{1} << 63) | (last_two & std::uint64_t{1} << 62) | (last_three & std::uint64_t{1} << 61);
}

// With `copying`, what is scanned goes to `to`, in blocks.
template <bool copying>
[[gnu::always_inline]] inline TextEnd scan(const std::uint8_t* p, const std::uint8_t* end, std::uint8_t* to) {
  const std::uint8_t* const start = p;
  const Constants k;
  __m512i before = _mm512_setzero_si512();
  __m512i controls = _mm512_setzero_si512();
  std::uint64_t odd = 0, noncharacters = 0;
  bool plain_before = true;
  const auto not_xml = [&] { return (odd | _mm512_test_epi8_mask(controls, controls)) != 0; };
  for (; end - p >= 64; p += 64) {
    const __m512i v = _mm512_loadu_si512(p);
    if (_mm512_testn_epi8_mask(v, v) != 0) break;
    if constexpr (copying) {
      _mm512_storeu_si512(to, v);
      to += 64;
    }
    const bool plain = _mm512_movepi8_mask(v) == 0;
    if (!plain) {
      if (utf8_errors(k, before, v, noncharacters) != 0) return scan_closely(start, p, end, not_xml());
      odd |= noncharacters;
    } else if (!plain_before && incomplete(before) != 0) {
      return scan_closely(start, p, end, not_xml());
    }
    controls = _mm512_or_si512(controls, odd_controls(k, v));
    before = v;
    plain_before = plain;
  }
  // The last block: what lies past the end is loaded as NULs, and behind a NUL nothing counts.
  const auto left = static_cast<std::uint64_t>(end - p);
  const std::uint64_t there = left >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << left) - 1;
  const __m512i v = _mm512_maskz_loadu_epi8(there, p);
  if constexpr (copying) _mm512_storeu_si512(to, v);
  const std::uint64_t nuls = _mm512_testn_epi8_mask(v, v), upto = nuls ^ (nuls - 1), inside = upto >> 1;
  if ((utf8_errors(k, before, v, noncharacters) & upto) != 0) return scan_closely(start, p, end, not_xml());
  odd |= noncharacters & inside;
  odd |= _mm512_test_epi8_mask(odd_controls(k, v), odd_controls(k, v)) & inside;
  const auto at = static_cast<std::uint64_t>(__builtin_ctzll(nuls));
  return {p + at, at < left ? TextState::found : TextState::cut, not_xml()};
}

}  // namespace

TextEnd scan_text_avx512(const std::uint8_t* p, const std::uint8_t* end) { return scan<false>(p, end, nullptr); }
TextEnd copy_text_avx512(const std::uint8_t* p, const std::uint8_t* end, std::uint8_t* to) {
  return scan<true>(p, end, to);
}

}  // namespace easel::wbxml::detail

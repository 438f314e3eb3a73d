// Built with AVX2 and called only where the processor has it. No inline function of the standard library may be used
// here: the linker could keep this file's copy for everybody.
#include <immintrin.h>

#include <cstdint>

#include "wbxml/text_scan.h"
#include "wbxml/utf8_tables.h"

namespace easel::wbxml::detail {
namespace {

// Repeated octets, in memory that the compiler cannot look into: g++ 12 would build each anew in every round.
struct alignas(32) Repeated {
  std::uint8_t octets[32];
};
constexpr Repeated repeat(std::uint8_t octet) {
  Repeated repeated{};
  for (std::uint8_t& each : repeated.octets) each = octet;
  return repeated;
}
constexpr Repeated twice16(const std::uint8_t (&octets)[16]) {
  Repeated repeated{};
  for (int i = 0; i < 32; ++i) repeated.octets[i] = octets[i % 16];
  return repeated;
}
struct Constants {
  Repeated low, first_high, first_low, second_high, third, fourth, top, last_control, allowed_controls, lead_ef,
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
    repeat(0x1F),
    twice16(kAllowedControls),
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

inline __m256i utf8_errors(const Constants& k, __m256i before, __m256i v) {
  const __m256i low = octets(k.low);
  const __m256i one = back<1>(before, v);
  const auto high = [&](__m256i x) { return _mm256_and_si256(_mm256_srli_epi16(x, 4), low); };
  const __m256i pair =
      _mm256_and_si256(_mm256_and_si256(_mm256_shuffle_epi8(octets(k.first_high), high(one)),
                                        _mm256_shuffle_epi8(octets(k.first_low), _mm256_and_si256(one, low))),
                       _mm256_shuffle_epi8(octets(k.second_high), high(v)));
  const __m256i third = _mm256_subs_epu8(back<2>(before, v), octets(k.third));
  const __m256i fourth = _mm256_subs_epu8(back<3>(before, v), octets(k.fourth));
  return _mm256_xor_si256(_mm256_and_si256(_mm256_or_si256(third, fourth), octets(k.top)), pair);
}

// Nonzero where a character still needs octets after this block.
inline __m256i incomplete(const Constants& k, __m256i v) { return _mm256_subs_epu8(v, octets(k.most)); }

// Control characters other than TAB, LF and CR.
inline __m256i controls(const Constants& k, __m256i v) {
  const __m256i below = _mm256_cmpeq_epi8(_mm256_min_epu8(v, octets(k.last_control)), v);
  return _mm256_andnot_si256(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(octets(k.allowed_controls), v), v), below);
}

// U+FFFE and U+FFFF, at their third octet.
inline __m256i noncharacters(const Constants& k, __m256i before, __m256i v) {
  const __m256i lead = _mm256_cmpeq_epi8(back<2>(before, v), octets(k.lead_ef));
  const __m256i middle = _mm256_cmpeq_epi8(back<1>(before, v), octets(k.middle_bf));
  const __m256i last = _mm256_cmpeq_epi8(_mm256_max_epu8(v, octets(k.last_be)), v);
  return _mm256_and_si256(_mm256_and_si256(lead, middle), last);
}

// The state of a scan; a block is ill-formed where `errors` is not zero.
struct Scan {
  const Constants& k;
  __m256i before = _mm256_setzero_si256();
  __m256i odd = _mm256_setzero_si256();  // controls and noncharacters

  // Two blocks, of which at least one is not ASCII: they share their tests.
  [[gnu::always_inline]] inline bool pair(__m256i a, __m256i b) {
    const __m256i errors = _mm256_or_si256(utf8_errors(k, before, a), utf8_errors(k, a, b));
    odd = _mm256_or_si256(odd, _mm256_or_si256(controls(k, a), controls(k, b)));
    odd = _mm256_or_si256(odd, _mm256_or_si256(noncharacters(k, before, a), noncharacters(k, a, b)));
    before = b;
    return _mm256_testz_si256(errors, errors) != 0;
  }
  [[gnu::always_inline]] inline bool block(__m256i v) {
    odd = _mm256_or_si256(odd, controls(k, v));
    const __m256i errors = utf8_errors(k, before, v);
    odd = _mm256_or_si256(odd, noncharacters(k, before, v));
    before = v;
    return _mm256_testz_si256(errors, errors) != 0;
  }
  [[nodiscard]] inline bool not_xml() const { return _mm256_testz_si256(odd, odd) == 0; }
};

// With `copying`, what is scanned goes to `to`, in blocks.
template <bool copying>
[[gnu::always_inline]] inline TextEnd scan_all(const std::uint8_t* p, const std::uint8_t* end, std::uint8_t* to) {
  const std::uint8_t* const start = p;
  const Constants* constants = &kConstants;
  asm("" : "+r"(constants));  // see Repeated
  const Constants& k = *constants;
  Scan scan{k};
  const __m256i zero = _mm256_setzero_si256();
  const auto put = [&](__m256i v) {
    if constexpr (copying) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), v);
      to += sizeof v;
    }
  };
  for (; end - p >= 64; p += 64) {
    const __m256i a = load(p), b = load(p + 32);
    if (mask(_mm256_cmpeq_epi8(_mm256_min_epu8(a, b), zero)) != 0) break;
    put(a);
    put(b);
    if (mask(_mm256_or_si256(a, b)) == 0) [[likely]] {
      scan.odd = _mm256_or_si256(scan.odd, _mm256_or_si256(controls(k, a), controls(k, b)));
      const __m256i errors = incomplete(k, scan.before);
      scan.before = b;
      if (_mm256_testz_si256(errors, errors) == 0) return scan_closely(start, p, end, scan.not_xml());
    } else if (!scan.pair(a, b)) {
      return scan_closely(start, p, end, scan.not_xml());
    }
  }
  for (; end - p >= 32; p += 32) {
    const __m256i v = load(p);
    const std::uint32_t nuls = mask(_mm256_cmpeq_epi8(v, zero));
    if (nuls == 0) {
      put(v);
      if (!scan.block(v)) return scan_closely(start, p, end, scan.not_xml());
      continue;
    }
    // What stands behind the NUL is masked away; an incomplete character shows as an error at the NUL.
    const std::uint32_t upto = nuls ^ (nuls - 1), below = upto >> 1;
    const __m256i open = incomplete(k, scan.before);
    if (mask(v) == 0 && _mm256_testz_si256(open, open) != 0) {
      const bool not_xml = scan.not_xml() || (mask(controls(k, v)) & below) != 0;
      return {p + __builtin_ctz(nuls), TextState::found, not_xml};
    }
    const std::uint32_t good = mask(_mm256_cmpeq_epi8(utf8_errors(k, scan.before, v), zero));
    if ((~good & upto) != 0) return scan_closely(start, p, end, scan.not_xml());
    const std::uint32_t odd = mask(_mm256_or_si256(controls(k, v), noncharacters(k, scan.before, v))) & below;
    return {p + __builtin_ctz(nuls), TextState::found, scan.not_xml() || odd != 0};
  }
  if constexpr (copying) {
    for (const std::uint8_t* rest = p; rest != end; ++rest) *to++ = *rest;
  }
  return scan_closely(start, p, end, scan.not_xml());
}

}  // namespace

TextEnd scan_text_avx2(const std::uint8_t* p, const std::uint8_t* end) { return scan_all<false>(p, end, nullptr); }
TextEnd copy_text_avx2(const std::uint8_t* p, const std::uint8_t* end, std::uint8_t* to) {
  return scan_all<true>(p, end, to);
}

}  // namespace easel::wbxml::detail

// Built with AVX2 and called only where the processor has it. No inline function of the standard library may be used
// here: the linker could keep this file's copy for everybody.
#include <immintrin.h>

#include <cstdint>

#include "wbxml/text_scan.h"

namespace easel::wbxml::detail {
namespace {

// UTF-8 by table look-up, after Keiser and Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte": each pair
// of neighbouring octets is looked up by three nibbles; a bit that survives in all three tables names an error.
enum : std::uint8_t {
  kTooShort = 1 << 0,   // a lead octet, then no continuation
  kTooLong = 1 << 1,    // ASCII, then a continuation
  kOverlong3 = 1 << 2,  // E0 80..9F
  kTooLarge = 1 << 3,   // F4 90.. and F5..FF
  kSurrogate = 1 << 4,  // ED A0..BF
  kOverlong2 = 1 << 5,  // C0, C1
  kOverlong4 = 1 << 6,  // F0 80..8F; with F5..FF also too large
  kTwoTails = 1 << 7,   // a continuation after a continuation: right only in longer characters
  kCarry = kTooShort | kTooLong | kTwoTails
};

struct Tables {
  std::uint8_t first_high[16], first_low[16], second_high[16];
};

constexpr Tables make_tables() {
  Tables t{};
  for (int i = 0; i < 16; ++i) {
    if (i < 8) t.first_high[i] = kTooLong;
    if (i >= 8 && i < 12) t.first_high[i] = kTwoTails;
    if (i == 12) t.first_high[i] = kTooShort | kOverlong2;
    if (i == 13) t.first_high[i] = kTooShort;
    if (i == 14) t.first_high[i] = kTooShort | kOverlong3 | kSurrogate;
    if (i == 15) t.first_high[i] = kTooShort | kTooLarge | kOverlong4;

    t.first_low[i] = kCarry;
    if (i <= 1) t.first_low[i] |= kOverlong2;
    if (i == 0) t.first_low[i] |= kOverlong3 | kOverlong4;
    if (i >= 4) t.first_low[i] |= kTooLarge;
    if (i >= 5) t.first_low[i] |= kOverlong4;  // F5..FF 80..8F: too large, same bit
    if (i == 13) t.first_low[i] |= kSurrogate;

    if (i < 8 || i >= 12) t.second_high[i] = kTooShort;
    if (i >= 8 && i < 12) t.second_high[i] = kTooLong | kOverlong2 | kTwoTails;
    if (i == 8) t.second_high[i] |= kOverlong3 | kOverlong4;
    if (i == 9) t.second_high[i] |= kOverlong3 | kTooLarge;
    if (i == 10 || i == 11) t.second_high[i] |= kSurrogate | kTooLarge;
  }
  return t;
}
constexpr Tables kTables = make_tables();

inline __m256i load(const std::uint8_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
inline __m256i table(const std::uint8_t* p) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
inline __m256i all(int octet) { return _mm256_set1_epi8(static_cast<char>(octet)); }
inline std::uint32_t mask(__m256i v) { return static_cast<std::uint32_t>(_mm256_movemask_epi8(v)); }

// Octets that lie `n` positions back.
template <int n>
inline __m256i back(__m256i before, __m256i v) {
  return _mm256_alignr_epi8(v, _mm256_permute2x128_si256(before, v, 0x21), 16 - n);
}

inline __m256i utf8_errors(__m256i before, __m256i v) {
  const __m256i low = all(0x0F);
  const __m256i one = back<1>(before, v);
  const auto high = [&](__m256i x) { return _mm256_and_si256(_mm256_srli_epi16(x, 4), low); };
  const __m256i pair =
      _mm256_and_si256(_mm256_and_si256(_mm256_shuffle_epi8(table(kTables.first_high), high(one)),
                                        _mm256_shuffle_epi8(table(kTables.first_low), _mm256_and_si256(one, low))),
                       _mm256_shuffle_epi8(table(kTables.second_high), high(v)));
  const __m256i third = _mm256_subs_epu8(back<2>(before, v), all(0xE0 - 0x80));
  const __m256i fourth = _mm256_subs_epu8(back<3>(before, v), all(0xF0 - 0x80));
  return _mm256_xor_si256(_mm256_and_si256(_mm256_or_si256(third, fourth), all(0x80)), pair);
}

// Nonzero where a character still needs octets after this block.
inline __m256i incomplete(__m256i v) {
  alignas(32) constexpr std::uint8_t kMost[32] = {255, 255, 255, 255, 255, 255, 255, 255,  255,  255, 255,
                                                  255, 255, 255, 255, 255, 255, 255, 255,  255,  255, 255,
                                                  255, 255, 255, 255, 255, 255, 255, 0xEF, 0xDF, 0xBF};
  return _mm256_subs_epu8(v, load(kMost));
}

// Control characters other than TAB, LF and CR.
inline __m256i controls(__m256i v) {
  const __m256i kAllowed =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, 9, 10, -1, -1, 13, -1, -1));
  const __m256i below = _mm256_cmpeq_epi8(_mm256_min_epu8(v, all(0x1F)), v);
  return _mm256_andnot_si256(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(kAllowed, v), v), below);
}

// U+FFFE and U+FFFF, at their third octet.
inline __m256i noncharacters(__m256i before, __m256i v) {
  const __m256i lead = _mm256_cmpeq_epi8(back<2>(before, v), all(0xEF));
  const __m256i middle = _mm256_cmpeq_epi8(back<1>(before, v), all(0xBF));
  const __m256i last = _mm256_cmpeq_epi8(_mm256_max_epu8(v, all(0xBE)), v);
  return _mm256_and_si256(_mm256_and_si256(lead, middle), last);
}

// Something is wrong, or the text does not end here: find out exactly from the last sure start of a character.
[[gnu::noinline, gnu::cold]] TextEnd look_closer(const std::uint8_t* start, const std::uint8_t* block,
                                                 const std::uint8_t* end, bool not_xml) {
  const std::uint8_t* from = block - start > 3 ? block - 3 : start;
  while (from != block && (*from & 0xC0) == 0x80) ++from;
  TextEnd result = scan_text_portable(from, end);
  result.not_xml |= not_xml;
  return result;
}

struct Scan {
  __m256i before = _mm256_setzero_si256();
  __m256i odd = _mm256_setzero_si256();  // controls and noncharacters

  // False when the block holds an ill-formed character.
  inline bool block(__m256i v) {
    odd = _mm256_or_si256(odd, controls(v));
    __m256i errors;
    if (mask(v) == 0) {
      errors = incomplete(before);
    } else {
      errors = utf8_errors(before, v);
      odd = _mm256_or_si256(odd, noncharacters(before, v));
    }
    before = v;
    return _mm256_testz_si256(errors, errors) != 0;
  }
  [[nodiscard]] inline bool not_xml() const { return _mm256_testz_si256(odd, odd) == 0; }
};

}  // namespace

TextEnd scan_text_avx2(const std::uint8_t* p, const std::uint8_t* end) {
  const std::uint8_t* const start = p;
  Scan scan;
  const __m256i zero = _mm256_setzero_si256();
  for (; end - p >= 64; p += 64) {
    const __m256i a = load(p), b = load(p + 32);
    if (mask(_mm256_cmpeq_epi8(_mm256_min_epu8(a, b), zero)) != 0) break;
    if (mask(_mm256_or_si256(a, b)) == 0) [[likely]] {
      scan.odd = _mm256_or_si256(scan.odd, _mm256_or_si256(controls(a), controls(b)));
      const __m256i errors = incomplete(scan.before);
      scan.before = b;
      if (_mm256_testz_si256(errors, errors) == 0) return look_closer(start, p, end, scan.not_xml());
    } else {
      if (!scan.block(a)) return look_closer(start, p, end, scan.not_xml());
      if (!scan.block(b)) return look_closer(start, p + 32, end, scan.not_xml());
    }
  }
  for (; end - p >= 32; p += 32) {
    const __m256i v = load(p);
    const std::uint32_t nuls = mask(_mm256_cmpeq_epi8(v, zero));
    if (nuls == 0) {
      if (!scan.block(v)) return look_closer(start, p, end, scan.not_xml());
      continue;
    }
    // What stands behind the NUL is masked away; an incomplete character shows as an error at the NUL.
    const std::uint32_t upto = nuls ^ (nuls - 1), below = upto >> 1;
    const __m256i open = incomplete(scan.before);
    if (mask(v) == 0 && _mm256_testz_si256(open, open) != 0) {
      const bool not_xml = scan.not_xml() || (mask(controls(v)) & below) != 0;
      return {p + __builtin_ctz(nuls), TextState::found, not_xml};
    }
    const std::uint32_t good = mask(_mm256_cmpeq_epi8(utf8_errors(scan.before, v), zero));
    if ((~good & upto) != 0) return look_closer(start, p, end, scan.not_xml());
    const std::uint32_t odd = mask(_mm256_or_si256(controls(v), noncharacters(scan.before, v))) & below;
    return {p + __builtin_ctz(nuls), TextState::found, scan.not_xml() || odd != 0};
  }
  return look_closer(start, p, end, scan.not_xml());
}

}  // namespace easel::wbxml::detail

#include "wbxml/text_scan.h"

#include <cstddef>
#include <cstring>

namespace easel::wbxml::detail {
namespace {

constexpr bool is_xml_control(std::uint8_t octet) { return octet < 0x20 && octet != 9 && octet != 10 && octet != 13; }

// Length of the well-formed character at p; 0 when it is ill-formed, -1 when [p, end) is a good but incomplete start.
int character_length(const std::uint8_t* p, const std::uint8_t* end) {
  const std::uint8_t lead = *p;
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint8_t low = 0x80, high = 0xBF;
  if (lead == 0xE0) low = 0xA0;
  if (lead == 0xED) high = 0x9F;
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F;
  for (int i = 1; i < length; ++i) {
    if (p + i == end) return -1;
    if (p[i] < low || p[i] > high) return 0;
    low = 0x80;
    high = 0xBF;
  }
  return length;
}

bool is_plain_8(const std::uint8_t* p) {
  std::uint64_t word = 0;
  std::memcpy(&word, p, sizeof word);
  constexpr std::uint64_t ones = 0x0101010101010101u;
  // High bits of octets that are above ASCII or below 0x20; borrows only add suspects, never hide one.
  return ((word | (word - ones * 0x20)) & (ones * 0x80)) == 0;
}

TextEnd scan_portable(const std::uint8_t* p, const std::uint8_t* end) {
  bool not_xml = false;
  for (;;) {
#if defined(__SSE2__)
    while (end - p >= 16) {
      const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
      const auto suspects = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmplt_epi8(block, _mm_set1_epi8(0x20))));
      if (suspects != 0) {
        p += __builtin_ctz(suspects);
        break;
      }
      p += 16;
    }
#else
    while (end - p >= 8 && is_plain_8(p)) p += 8;
#endif
    // At a suspect, or near the end: go on character by character until the text is plain again.
    do {
      if (p == end) return {};
      if (*p == 0) return {p, not_xml};
      const int length = character_length(p, end);
      if (length <= 0) return {};
      if (length == 1) not_xml |= is_xml_control(*p);
      if (length == 3) not_xml |= p[0] == 0xEF && p[1] == 0xBF && p[2] >= 0xBE;
      p += length;
    } while (end - p < 16 || *p >= 0x80 || *p < 0x20);
  }
}

}  // namespace

Utf8Check check_utf8(const std::uint8_t* p, const std::uint8_t* end) {
  Utf8Check check;
  while (p != end) {
    if (end - p >= 8 && is_plain_8(p)) {
      p += 8;
      continue;
    }
    const int length = character_length(p, end);
    if (length <= 0) {
      check.verdict = length == 0 ? Utf8::bad : Utf8::cut;
      check.at = p;
      return check;
    }
    if (length == 1) check.not_xml |= is_xml_control(*p);
    if (length == 3) check.not_xml |= p[0] == 0xEF && p[1] == 0xBF && p[2] >= 0xBE;
    p += length;
  }
  return check;
}

TextEnd check_found_text(const std::uint8_t* p, const std::uint8_t* nul) {
  const Utf8Check check = check_utf8(p, nul);
  if (check.verdict != Utf8::good) return {};
  return {nul, check.not_xml};
}

ScanText scan_text_for(SimdLevel) { return &scan_portable; }

}  // namespace easel::wbxml::detail

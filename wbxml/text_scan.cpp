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

// Position of the first octet that is a control character or above ASCII, or where looking by blocks ends.
const std::uint8_t* skip_plain(const std::uint8_t* p, const std::uint8_t* end) {
#if defined(__SSE2__)
  for (; end - p >= 16; p += 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const auto suspects = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmplt_epi8(block, _mm_set1_epi8(0x20))));
    if (suspects != 0) return p + __builtin_ctz(suspects);
  }
#else
  constexpr std::uint64_t ones = 0x0101010101010101u;
  for (; end - p >= 8; p += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, p, sizeof word);
    // High bits of octets above ASCII or below 0x20; a borrow can only add suspects, never hide one.
    if (((word | (word - ones * 0x20)) & (ones * 0x80)) != 0) return p;
  }
#endif
  return p;
}

}  // namespace

TextEnd scan_text_portable(const std::uint8_t* p, const std::uint8_t* end) {
  bool not_xml = false;
  for (;;) {
    p = skip_plain(p, end);
    // At a suspect or near the end: go on by characters until the text has been plain for a while.
    for (int plain = 0; plain < 8; ++plain) {
      if (p == end) return {p, TextState::cut, not_xml};
      if (*p == 0) return {p, TextState::found, not_xml};
      const int length = character_length(p, end);
      if (length <= 0) return {p, length == 0 ? TextState::bad : TextState::cut, not_xml};
      if (length == 1) not_xml |= is_xml_control(*p);
      if (length == 3) not_xml |= p[0] == 0xEF && p[1] == 0xBF && p[2] >= 0xBE;
      if (length > 1) plain = 0;
      p += length;
    }
  }
}

#if defined(__SSE2__)
TextWindow window_over(const std::uint8_t* begin, std::size_t size) {
  // Two blocks that overlap cover what lies between one and two of them.
  if (size >= 32)
    return {begin,
            std::uint64_t{suspects_of_32(begin)} | std::uint64_t{suspects_of_32(begin + size - 32)} << (size - 32)};
  if (size >= 16) {
    const auto suspects = [](const std::uint8_t* p) {
      return std::uint64_t{0xFFFF & ~plain_in_16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)))};
    };
    return {begin, suspects(begin) | suspects(begin + size - 16) << (size - 16)};
  }
  if (size >= 8) {
    const auto suspects = [](const std::uint8_t* p) {
      return std::uint64_t{0xFF & ~plain_in_16(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)))};
    };
    return {begin, suspects(begin) | suspects(begin + size - 8) << (size - 8)};
  }
  return {begin, 0};
}
#endif

TextEnd scan_closely(const std::uint8_t* start, const std::uint8_t* block, const std::uint8_t* end, bool not_xml) {
  const std::uint8_t* from = block - start > 3 ? block - 3 : start;
  while (from != block && (*from & 0xC0) == 0x80) ++from;
  TextEnd result = scan_text_portable(from, end);
  result.not_xml |= not_xml;
  return result;
}

std::atomic<SimdLevel> known_simd[kSimdLevels];

SimdLevel find_simd(SimdLevel level) {
  SimdLevel found = SimdLevel::portable;
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512vbmi");
  if (level == SimdLevel::automatic || level == SimdLevel::avx512)
    found = avx512 ? SimdLevel::avx512 : avx2 ? SimdLevel::avx2 : SimdLevel::portable;
  if (level == SimdLevel::avx2 && avx2) found = SimdLevel::avx2;
#endif
  known_simd[static_cast<std::size_t>(level)].store(found, std::memory_order_relaxed);
  return found;
}

namespace {

TextEnd copy_text_portable(const std::uint8_t* p, const std::uint8_t* end, std::uint8_t* to) {
  if (p != end) std::memcpy(to, p, static_cast<std::size_t>(end - p));
  return scan_text_portable(p, end);
}

}  // namespace

// In the order of SimdLevel; nobody asks for `automatic`.
#if defined(__x86_64__)
constexpr ScanText kScanTextLoops[] = {nullptr, &scan_text_portable, &scan_text_avx2, &scan_text_avx512};
constexpr CopyText kCopyTextLoops[] = {nullptr, &copy_text_portable, &copy_text_avx2, &copy_text_avx512};
#else
constexpr ScanText kScanTextLoops[] = {nullptr, &scan_text_portable, &scan_text_portable, &scan_text_portable};
constexpr CopyText kCopyTextLoops[] = {nullptr, &copy_text_portable, &copy_text_portable, &copy_text_portable};
#endif

}  // namespace easel::wbxml::detail

// The text loops: end of an inline string, UTF-8, and characters that XML 1.0 cannot hold, in one pass.
// Internal to wbxml. The Unicode Standard, Table 3-7 (well-formed UTF-8); XML 1.0, Characters.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "wbxml/decode_options.h"
#include "wbxml/tokens.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace easel::wbxml::detail {

enum class TextState : std::uint8_t {
  found,  ///< the text ends with the NUL at `at`
  cut,    ///< good up to the end; `at` is the start of an incomplete last character, or the end
  bad     ///< not UTF-8: `at` is the start of the ill-formed character
};
struct TextEnd {
  const std::uint8_t* at = nullptr;
  TextState state = TextState::cut;
  bool not_xml = false;  ///< unless bad: holds a control character, U+FFFE or U+FFFF, which XML 1.0 lacks
};

/// Scans from `p` to the first NUL, the first ill-formed character or `end`, whichever comes first.
using ScanText = TextEnd (*)(const std::uint8_t* p, const std::uint8_t* end);

/// The same, and the octets go to `to`, where 64 more than [p, end) may be stored. Where all is good, `cut` at `end`.
using CopyText = TextEnd (*)(const std::uint8_t* p, const std::uint8_t* end, std::uint8_t* to);

/// What `level` comes to on this processor: never `automatic`. The processor is asked once for each level.
inline constexpr std::size_t kSimdLevels = 4;
extern std::atomic<SimdLevel> known_simd[kSimdLevels];  // automatic: not yet asked
[[nodiscard]] SimdLevel find_simd(SimdLevel level);
[[gnu::always_inline]] inline SimdLevel simd_for(SimdLevel level) {
  const SimdLevel known = known_simd[static_cast<std::size_t>(level)].load(std::memory_order_relaxed);
  return known != SimdLevel::automatic ? known : find_simd(level);
}

/// The loops for a level; asked for each document, however small, so it takes no call.
extern const ScanText kScanTextLoops[kSimdLevels];
extern const CopyText kCopyTextLoops[kSimdLevels];
[[nodiscard]] inline ScanText scan_text_for(SimdLevel level) {
  return kScanTextLoops[static_cast<std::size_t>(simd_for(level))];
}
[[nodiscard]] inline CopyText copy_text_for(SimdLevel level) {
  return kCopyTextLoops[static_cast<std::size_t>(simd_for(level))];
}

/// Character by character where it is not plain ASCII: the reference for the others.
[[nodiscard]] TextEnd scan_text_portable(const std::uint8_t* p, const std::uint8_t* end);
#if defined(__x86_64__)
[[nodiscard]] TextEnd scan_text_avx2(const std::uint8_t* p, const std::uint8_t* end);
[[nodiscard]] TextEnd scan_text_avx512(const std::uint8_t* p, const std::uint8_t* end);
[[nodiscard]] TextEnd copy_text_avx2(const std::uint8_t* p, const std::uint8_t* end, std::uint8_t* to);
[[nodiscard]] TextEnd copy_text_avx512(const std::uint8_t* p, const std::uint8_t* end, std::uint8_t* to);
#endif
/// For the vector loops, where something is wrong or the text does not end: finds out exactly, from the last sure start
/// of a character before `block`. `not_xml` is what was seen before.
[[nodiscard]] TextEnd scan_closely(const std::uint8_t* start, const std::uint8_t* block, const std::uint8_t* end,
                                   bool not_xml);

#if defined(__SSE2__)
/// Bit i: octet i is printable ASCII or DEL. One signed comparison knows: above ASCII is negative.
[[gnu::always_inline]] inline std::uint32_t plain_in_16(__m128i octets) {
  return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpgt_epi8(octets, _mm_set1_epi8(0x1F))));
}
/// Bit i: octet i is a control character (NUL too) or above ASCII.
[[gnu::always_inline]] inline std::uint32_t suspects_of_32(const std::uint8_t* p) {
  const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16));
  return ~(plain_in_16(a) | plain_in_16(b) << 16);
}
#endif

#if defined(__SSE2__)
/// The same for the `left` < 32 octets from `p` to the end of a buffer that holds 32 or more: no load passes the end.
[[gnu::always_inline]] inline std::uint32_t suspects_before_end(const std::uint8_t* p, std::size_t left) {
  return static_cast<std::uint32_t>(std::uint64_t{suspects_of_32(p + left - 32)} >> (32 - left));
}
#endif

/// For a text that stands alone: one 32-octet load for what most strings are, `scan` for the rest. Where the first
/// suspect is the NUL, nothing but plain ASCII stands before it. `begin` is the start of the readable buffer: near its
/// end the load moves back instead of past the end.
[[gnu::always_inline]] inline TextEnd find_text_end(const std::uint8_t* begin, const std::uint8_t* p,
                                                    const std::uint8_t* end, ScanText scan) {
#if defined(__SSE2__)
  if (end - p >= 32) [[likely]] {
    const std::uint32_t suspects = suspects_of_32(p);
    if (suspects != 0) [[likely]] {
      const std::uint8_t* first = p + __builtin_ctz(suspects);
      if (*first == 0) [[likely]]
        return {first, TextState::found, false};
    }
  } else if (end - begin >= 32) {
    const std::uint32_t suspects = suspects_before_end(p, static_cast<std::size_t>(end - p));
    if (suspects != 0) {
      const std::uint8_t* first = p + __builtin_ctz(suspects);
      if (*first == 0) [[likely]]
        return {first, TextState::found, false};
    }
  }
#else
  static_cast<void>(begin);
#endif
  return scan(p, end);
}

/// Where texts may end, for up to 64 octets at once. Short texts follow each other closely: finding the next end in a
/// register is quicker than loading from an address that the text before has only just given.
struct TextWindow {
  const std::uint8_t* at = nullptr;
  std::uint64_t suspects = 0;  ///< bit i: octet at[i] is a control character (NUL too) or above ASCII
};

#if defined(__SSE2__)
/// The window over all of a buffer shorter than 64 octets; one of fewer than 8 tells nothing.
[[nodiscard]] TextWindow window_over(const std::uint8_t* begin, std::size_t size);

/// The window from `p`, or one further back that ends with the buffer: no load passes the end of [begin, end).
[[gnu::always_inline]] inline TextWindow window_at(const std::uint8_t* begin, const std::uint8_t* p,
                                                   const std::uint8_t* end) {
  const auto from = [](const std::uint8_t* at) {
    return TextWindow{at, std::uint64_t{suspects_of_32(at)} | std::uint64_t{suspects_of_32(at + 32)} << 32};
  };
  if (end - p >= 64) [[likely]]
    return from(p);
  return end - begin >= 64 ? from(end - 64) : window_over(begin, static_cast<std::size_t>(end - begin));
}
#endif

/// The first control character (NUL too) or octet above ASCII from `p` on; null where the window tells of none. Where
/// it is a NUL, it ends a text of plain ASCII. [begin, end) is the readable buffer, `p` in it or its end.
[[gnu::always_inline]] inline const std::uint8_t* next_suspect(TextWindow& window, const std::uint8_t* begin,
                                                               const std::uint8_t* p, const std::uint8_t* end) {
#if defined(__SSE2__)
  auto within = static_cast<std::size_t>(p - window.at);
  std::uint64_t suspects = within < 64 ? window.suspects >> within : 0;
  if (suspects == 0) {
    if (p == end) return nullptr;
    window = window_at(begin, p, end);
    within = static_cast<std::size_t>(p - window.at);
    suspects = window.suspects >> within;
    if (suspects == 0) return nullptr;
  }
  return p + static_cast<unsigned>(__builtin_ctzll(suspects));
#else
  static_cast<void>(window), static_cast<void>(begin), static_cast<void>(p), static_cast<void>(end);
  return nullptr;
#endif
}

/// Octets that can be read in blocks from any place: small inputs, and the end of others, from a copy with room behind.
class BlockSource {
 public:
  explicit BlockSource(ByteView all) : all_(all) {
    if (all.size() <= kSmall)
      copy_from(0);
    else
      use_all();
  }
  BlockSource(const BlockSource&) = delete;
  /// Where 64 octets from this offset of the input on can be read until the next call.
  [[gnu::always_inline]] const std::uint8_t* block(std::size_t offset) {
    if (!has(offset)) [[unlikely]]
      move_to(offset);
    return data_ + (offset - first_);
  }
  [[nodiscard]] bool has(std::size_t offset) const { return offset - first_ <= most_; }
  [[gnu::noinline, gnu::cold]] void move_to(std::size_t offset) {
    if (offset > all_.size() - kBlock)
      copy_from(all_.size() - kBlock);
    else
      use_all();
  }
  // For a loop that keeps them: blocks begin at data() for the offsets from first() to first() + most().
  [[nodiscard]] const std::uint8_t* data() const { return data_; }
  [[nodiscard]] std::size_t first() const { return first_; }
  [[nodiscard]] std::size_t most() const { return most_; }

 private:
  static constexpr std::size_t kBlock = 64, kSmall = 192;
  void use_all() {
    data_ = all_.data();
    first_ = 0;
    most_ = all_.size() - kBlock;
  }
  void copy_from(std::size_t first) {
    first_ = first;
    most_ = all_.size() - first;
    if (most_ != 0) std::memcpy(copy_, all_.data() + first, most_);
    std::memset(copy_ + most_, 0, kBlock);
    data_ = copy_;
  }
  ByteView all_;
  const std::uint8_t* data_ = nullptr;
  std::size_t first_ = 0, most_ = 0;
  std::uint8_t copy_[kSmall + kBlock];
};

}  // namespace easel::wbxml::detail

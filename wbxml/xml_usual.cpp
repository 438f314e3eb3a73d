#include "wbxml/xml_usual.h"

#include <cstring>
#include <utility>

#include "wbxml/code_pages.h"

namespace easel::wbxml::detail {

#if defined(__SSE2__)
namespace {

// Two registers.
struct Sse2Block {
  __m128i low, high;
  [[gnu::always_inline]] explicit Sse2Block(const char* p)
      : low(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))),
        high(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16))) {}
  [[gnu::always_inline]] void store(std::uint8_t* to) const {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), low);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 16), high);
  }
  [[gnu::always_inline]] static std::uint32_t bits(__m128i low, __m128i high) {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(low)) | static_cast<std::uint32_t>(_mm_movemask_epi8(high))
                                                                    << 16;
  }
  [[gnu::always_inline]] static __m128i equals(__m128i half, char c) { return _mm_cmpeq_epi8(half, _mm_set1_epi8(c)); }
  [[gnu::always_inline]] std::uint32_t name_ends() const {
    const auto ends = [](__m128i half) {
      return _mm_or_si128(_mm_or_si128(equals(half, '>'), equals(half, '/')), _mm_cmplt_epi8(half, _mm_set1_epi8('!')));
    };
    return bits(ends(low), ends(high));
  }
  [[gnu::always_inline]] std::uint32_t colons() const { return bits(equals(low, ':'), equals(high, ':')); }
  [[gnu::always_inline]] std::uint32_t quotes() const { return bits(equals(low, '"'), equals(high, '"')); }
  [[gnu::always_inline]] std::uint32_t plain_text_ends() const {
    const auto ends = [](__m128i half) {
      const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(half, _mm_set1_epi8(0x1F)), half);
      return _mm_or_si128(_mm_or_si128(equals(half, '<'), equals(half, '&')), control);
    };
    return bits(ends(low), ends(high));
  }
  [[gnu::always_inline]] std::uint32_t above_ascii() const { return bits(low, high); }
  [[gnu::always_inline]] std::uint32_t same(const Sse2Block& other) const {
    return bits(_mm_cmpeq_epi8(low, other.low), _mm_cmpeq_epi8(high, other.high));
  }
};

}  // namespace

// Store by store: what the compiler makes of a loop here starts slowly.
void XmlParser::forget_names() {
  const __m128i none = _mm_setzero_si128();
  auto* const at = reinterpret_cast<__m128i*>(known_length_);
  [&]<int... i>(std::integer_sequence<int, i...>) {
    (_mm_storeu_si128(at + i, none), ...);
  }(std::make_integer_sequence<int, kFewNames / sizeof(__m128i)>());
  known_places_ = kFewNames;
  learned_ = 0;
}

// So that the loop below may load blocks from every place of it.
void XmlParser::copy_small(std::string_view xml) {
  char* const copy = small_;
  if (!xml.empty()) std::memcpy(copy, xml.data(), xml.size());
  const __m128i none = _mm_setzero_si128();
  auto* const behind = reinterpret_cast<__m128i*>(copy + xml.size());
  [&]<int... i>(std::integer_sequence<int, i...>) {
    (_mm_storeu_si128(behind + i, none), ...);
  }(std::make_integer_sequence<int, 4 * kBlock / sizeof(__m128i)>());
  begin_ = p_ = copy;
  end_ = copy + xml.size();
  readable_ = end_ + 4 * kBlock;
}

// A text with its NUL.
bool XmlParser::is_xml(const std::uint8_t* text, const std::uint8_t* end) const {
  const TextEnd found = scan_(text, end);
  return found.state == TextState::found && found.at == end - 1 && !found.not_xml;
}

// Passes over one attribute xmlns="...". False: something else is there.
bool XmlParser::default_namespace(const char*& p, int& page) const {
  constexpr char kBefore[] = {' ', 'x', 'm', 'l', 'n', 's', '=', '"'};
  if (readable_ - p < static_cast<std::ptrdiff_t>(sizeof kBefore + kBlock) + 4 ||
      std::memcmp(p, kBefore, sizeof kBefore) != 0)
    return false;
  const char* const value = p + sizeof kBefore;
  const std::uint32_t quotes = Sse2Block(value).quotes();
  if (quotes == 0) return false;
  const auto length = static_cast<std::size_t>(__builtin_ctz(quotes));
  const auto found = page_of({value, length});
  if (!found) return false;
  page = *found;
  p = value + length + 1;
  return true;
}

void XmlParser::usual_elements() {
  if (has_run_ || opaque_text_) return;
#if defined(__x86_64__)
  if (simd_for(options_.simd) >= SimdLevel::avx2) return usual_elements_avx2();
#endif
  usual_elements_by<Sse2Block>();
}
#else
void XmlParser::forget_names() {}
void XmlParser::copy_small(std::string_view) {}
bool XmlParser::default_namespace(const char*&, int&) const { return false; }
void XmlParser::usual_elements() {}
#endif

}  // namespace easel::wbxml::detail

// Built with AVX2 and called only where the processor has it; see xml_usual.h for what may not be used here.
#include <immintrin.h>

#include "wbxml/xml_usual.h"

namespace easel::wbxml::detail {
namespace {

struct Avx2Block {
  __m256i octets;
  [[gnu::always_inline]] explicit Avx2Block(const char* p)
      : octets(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))) {}
  [[gnu::always_inline]] void store(std::uint8_t* to) const {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), octets);
  }
  [[gnu::always_inline]] static std::uint32_t bits(__m256i v) {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(v));
  }
  [[gnu::always_inline]] __m256i equals(char c) const { return _mm256_cmpeq_epi8(octets, _mm256_set1_epi8(c)); }
  [[gnu::always_inline]] std::uint32_t name_ends() const {
    const __m256i below = _mm256_cmpgt_epi8(_mm256_set1_epi8('!'), octets);
    return bits(_mm256_or_si256(_mm256_or_si256(equals('>'), equals('/')), below));
  }
  [[gnu::always_inline]] std::uint32_t colons() const { return bits(equals(':')); }
  [[gnu::always_inline]] std::uint32_t plain_text_ends() const {
    const __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(octets, _mm256_set1_epi8(0x1F)), octets);
    return bits(_mm256_or_si256(_mm256_or_si256(equals('<'), equals('&')), control));
  }
  [[gnu::always_inline]] std::uint32_t above_ascii() const { return bits(octets); }
  [[gnu::always_inline]] std::uint32_t same(const Avx2Block& other) const {
    return bits(_mm256_cmpeq_epi8(octets, other.octets));
  }
};

}  // namespace

void XmlParser::usual_elements_avx2() { usual_elements_by<Avx2Block>(); }

}  // namespace easel::wbxml::detail

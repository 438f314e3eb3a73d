// Character data as XML writes it: & < > and CR become references. Internal to wbxml.
// XML 1.0, Character Data and Markup; End-of-Line Handling.
#pragma once

#include <cstddef>

#include "wbxml/decode_options.h"

namespace easel::wbxml::detail {

/// Octets that one octet can become.
inline constexpr std::size_t kLongestReference = 5;
/// Octets that escaping may write behind the result.
inline constexpr std::size_t kEscapeSlack = 64;

/// Escapes `length` octets to `out`, which has room for kLongestReference times as many and kEscapeSlack; returns the
/// end. `readable` octets, at least `length`, may be read at `from`.
using EscapeText = char* (*)(const char* from, std::size_t length, std::size_t readable, char* out);

[[nodiscard]] EscapeText escape_text_for(SimdLevel level);

char* escape_text_portable(const char* from, std::size_t length, std::size_t readable, char* out);
#if defined(__x86_64__)
char* escape_text_avx2(const char* from, std::size_t length, std::size_t readable, char* out);
#endif

/// Writes the reference for a character that needs one; eight octets are stored, the end is returned.
[[gnu::always_inline]] inline char* put_reference(char character, char* out) {
  struct Reference {
    char text[8];
  };
  constexpr Reference kAmp{{'&', 'a', 'm', 'p', ';'}}, kLt{{'&', 'l', 't', ';'}}, kGt{{'&', 'g', 't', ';'}},
      kCr{{'&', '#', '1', '3', ';'}};
  const bool angle = character == '<' || character == '>';
  const Reference& reference = character == '<' ? kLt : character == '>' ? kGt : character == '&' ? kAmp : kCr;
  __builtin_memcpy(out, reference.text, sizeof reference.text);
  return out + (angle ? 4 : 5);
}

}  // namespace easel::wbxml::detail

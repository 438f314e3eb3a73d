// Tables of the vector loops that check text. Internal to wbxml.
#pragma once

#include <cstdint>

namespace easel::wbxml::detail {

// UTF-8 by table look-up, after Keiser and Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte": each pair
// of neighbouring octets is looked up by three nibbles; a bit that survives in all three tables names an error.
enum Utf8Error : std::uint8_t {
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

struct Utf8Tables {
  std::uint8_t first_high[16], first_low[16], second_high[16];
};

constexpr Utf8Tables make_utf8_tables() {
  Utf8Tables t{};
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
inline constexpr Utf8Tables kUtf8Tables = make_utf8_tables();

// 32 octets for AVX2, in memory: one repeated, or sixteen twice. Never called at run time: see simd_objects.
struct alignas(32) Repeated {
  std::uint8_t octets[32];
};
consteval Repeated repeat(std::uint8_t octet) {
  Repeated repeated{};
  for (std::uint8_t& each : repeated.octets) each = octet;
  return repeated;
}
consteval Repeated twice16(const std::uint8_t (&octets)[16]) {
  Repeated repeated{};
  for (int i = 0; i < 32; ++i) repeated.octets[i] = octets[i % 16];
  return repeated;
}

// Looked up by the low nibble of a control character, gives back those that XML has: TAB, LF and CR.
inline constexpr std::uint8_t kAllowedControls[16] = {255, 255, 255, 255, 255, 255, 255, 255,
                                                      255, 9,   10,  255, 255, 13,  255, 255};

}  // namespace easel::wbxml::detail

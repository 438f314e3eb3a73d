#include "wbxml/base64.h"

#include <array>

#include "wbxml/text_scan.h"

namespace easel::wbxml::detail {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kBlank = 0x40, kPad = 0x41, kForeign = 0xFF;

constexpr std::array<std::uint8_t, 256> decode_table() {
  std::array<std::uint8_t, 256> table{};
  table.fill(kForeign);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    table[static_cast<std::uint8_t>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  for (const char c : {' ', '\t', '\r', '\n'}) table[static_cast<std::uint8_t>(c)] = kBlank;
  table['='] = kPad;
  return table;
}
constexpr auto kDecode = decode_table();

std::uint8_t value_of(char c) { return kDecode[static_cast<std::uint8_t>(c)]; }

}  // namespace

namespace {

char* encode_rest(ByteView data, std::size_t i, char* out) {
  for (; i + 3 <= data.size(); i += 3) {
    const unsigned word = unsigned{data[i]} << 16 | unsigned{data[i + 1]} << 8 | data[i + 2];
    for (const int shift : {18, 12, 6, 0}) *out++ = kAlphabet[(word >> shift) & 63];
  }
  if (i == data.size()) return out;
  const bool two = data.size() - i == 2;
  const unsigned word = unsigned{data[i]} << 16 | (two ? unsigned{data[i + 1]} << 8 : 0u);
  *out++ = kAlphabet[word >> 18];
  *out++ = kAlphabet[(word >> 12) & 63];
  *out++ = two ? kAlphabet[(word >> 6) & 63] : '=';
  *out++ = '=';
  return out;
}

char* encode_portable(ByteView data, char* out) { return encode_rest(data, 0, out); }

#if defined(__x86_64__)
char* encode_avx2(ByteView data, char* out) {
  const Base64Blocks done = base64_encode_blocks_avx2(data.data(), data.size(), out);
  return encode_rest(data, done.from, out + done.to);
}
char* encode_avx512(ByteView data, char* out) {
  const Base64Blocks done = base64_encode_blocks_avx512(data.data(), data.size(), out);
  return encode_avx2(data.subspan(done.from), out + done.to);
}
#endif

}  // namespace

Base64Encode base64_encode_for(SimdLevel level) {
#if defined(__x86_64__)
  if (simd_for(level) == SimdLevel::avx512) return &encode_avx512;
  if (simd_for(level) >= SimdLevel::avx2) return &encode_avx2;
#endif
  static_cast<void>(level);
  return &encode_portable;
}

Base64Blocks base64_decode_blocks(const char* text, std::size_t size, std::uint8_t* out, SimdLevel level) {
  Base64Blocks done;
#if defined(__x86_64__)
  const auto go_on = [&](auto* decode) {
    const Base64Blocks more = decode(text + done.from, size - done.from, out + done.to);
    done.from += more.from;
    done.to += more.to;
  };
  if (simd_for(level) == SimdLevel::avx512) go_on(&base64_decode_blocks_avx512);
  if (simd_for(level) >= SimdLevel::avx2) go_on(&base64_decode_blocks_avx2);
#else
  static_cast<void>(text), static_cast<void>(size), static_cast<void>(out), static_cast<void>(level);
#endif
  return done;
}

Base64Decoded base64_decode(std::string_view text, std::uint8_t* out, SimdLevel level) {
  std::uint8_t* const begin = out;
  const Base64Blocks blocks = base64_decode_blocks(text.data(), text.size(), out, level);
  std::size_t i = blocks.from;
  out += blocks.to;
  unsigned word = 0, digits = 0, pads = 0;
  for (; i < text.size(); ++i) {
    const std::uint8_t value = value_of(text[i]);
    if (value == kBlank) continue;
    if (value == kPad && digits >= 2 && digits + pads < 4) {
      ++pads;
      continue;
    }
    if (value > 63 || pads != 0) return {static_cast<std::size_t>(out - begin), i};
    word = word << 6 | value;
    if (++digits == 4) {
      *out++ = static_cast<std::uint8_t>(word >> 16);
      *out++ = static_cast<std::uint8_t>(word >> 8);
      *out++ = static_cast<std::uint8_t>(word);
      word = digits = 0;
    }
  }
  if (digits == 1) return {static_cast<std::size_t>(out - begin), text.size()};
  if (digits == 2) *out++ = static_cast<std::uint8_t>(word >> 4);
  if (digits == 3) {
    *out++ = static_cast<std::uint8_t>(word >> 10);
    *out++ = static_cast<std::uint8_t>(word >> 2);
  }
  return {static_cast<std::size_t>(out - begin), Base64Decoded::kNone};
}

}  // namespace easel::wbxml::detail

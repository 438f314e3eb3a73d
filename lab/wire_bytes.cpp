#include "lab/wire_bytes.h"

#include <array>
#include <charconv>

namespace easel::lab {

namespace {

/// Packs deflate's codes ([RFC 1951]): Huffman codes with their highest bit first, all else with the lowest first.
class Bits {
 public:
  void huffman(unsigned code, unsigned length) {
    while (length-- > 0) bit((code >> length) & 1U);
  }
  void plain(unsigned value, unsigned length) {
    for (unsigned i = 0; i < length; ++i) bit((value >> i) & 1U);
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  void bit(unsigned one) {
    if (used_ == 0) bytes_ += '\0';
    if (one != 0) bytes_.back() = static_cast<char>(static_cast<unsigned char>(bytes_.back()) | (1U << used_));
    used_ = (used_ + 1) % 8;
  }
  std::string bytes_;
  unsigned used_ = 0;
};

/// "258 letters more like the last one": length symbol 285, distance 1, with the fixed codes.
void repeat_258(Bits& bits) {
  bits.huffman(0b11000101, 8);
  bits.huffman(0, 5);
}

}  // namespace

std::string gzip_bomb_begin() {
  Bits bits;
  bits.plain(0, 1);                       // not the last block
  bits.plain(1, 2);                       // fixed codes
  bits.huffman(0x30 + unsigned{'A'}, 8);  // the letter
  repeat_258(bits);                       // 24 bits so far: what follows begins on a byte
  return std::string("\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03", 10) + bits.bytes();
}

std::string gzip_bomb_more() {
  Bits bits;
  for (int i = 0; i < 8; ++i) repeat_258(bits);  // 13 whole bytes
  return repeated(bits.bytes(), 5000);
}

std::string gzip_of_nothing() {
  return {"\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00", 20};
}

std::string repeated(const std::string& text, std::size_t count) {
  std::string out;
  out.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

std::string chunk(const std::string& text) {
  std::array<char, 20> size{};
  const auto end = std::to_chars(size.data(), size.data() + size.size(), text.size(), 16).ptr;
  return std::string(size.data(), end) + "\r\n" + text + "\r\n";
}

}  // namespace easel::lab

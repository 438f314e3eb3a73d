// A growing output buffer whose owner stores without checks between two calls of `need`. Internal to wbxml.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "wbxml/tokens.h"

namespace easel::wbxml::detail {

/// std::vector zeroes what resize adds, so the octets that a reused vector already holds are used first, and the
/// vector is cut to size only at the end: a warm sink neither allocates nor clears.
class ByteSink {
 public:
  /// Always free after `need(n)`, beside the n octets: a switch, a tag, a token, a length, a NUL and an END.
  static constexpr std::size_t kSlack = 64;

  explicit ByteSink(Bytes reuse, std::size_t expected = 0) : bytes_(std::move(reuse)) {
    if (bytes_.size() < expected + kSlack) bytes_.resize(expected + kSlack);
    next_ = bytes_.data();
    limit_ = next_ + bytes_.size();
  }
  [[gnu::always_inline]] void need(std::size_t octets) {
    if (static_cast<std::size_t>(limit_ - next_) < octets + kSlack) [[unlikely]]
      grow(octets);
  }
  void put(std::uint8_t octet) { *next_++ = octet; }
  void put(ByteView octets) {
    if (!octets.empty()) std::memcpy(next_, octets.data(), octets.size());
    next_ += octets.size();
  }
  /// mb_u_int32 in its shortest form.
  void put_number(std::uint32_t value) {
    for (int shift = 28; shift > 0; shift -= 7)
      if (value >> shift != 0) put(static_cast<std::uint8_t>(0x80u | (value >> shift & 0x7Fu)));
    put(static_cast<std::uint8_t>(value & 0x7Fu));
  }
  [[nodiscard]] std::uint8_t* begin() { return bytes_.data(); }
  [[nodiscard]] std::uint8_t*& next() { return next_; }
  [[nodiscard]] std::size_t used() const { return static_cast<std::size_t>(next_ - bytes_.data()); }
  void cut_to(std::size_t used) { next_ = bytes_.data() + used; }
  [[nodiscard]] Bytes take() {
    bytes_.resize(used());
    return std::move(bytes_);
  }

 private:
  [[gnu::noinline, gnu::cold]] void grow(std::size_t octets) {
    constexpr std::size_t kStep = 4096;
    const std::size_t at = used(), wanted = at + octets + kSlack + kStep;
    if (wanted > bytes_.capacity()) bytes_.reserve(std::max(wanted, bytes_.capacity() * 2));
    bytes_.resize(wanted);
    next_ = bytes_.data() + at;
    limit_ = bytes_.data() + wanted;
  }

  Bytes bytes_;
  std::uint8_t* next_ = nullptr;
  std::uint8_t* limit_ = nullptr;
};

}  // namespace easel::wbxml::detail

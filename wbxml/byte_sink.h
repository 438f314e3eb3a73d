// Growing output buffers whose owners store without checks between two calls of `need`. Internal to wbxml.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "wbxml/tokens.h"

namespace easel::wbxml::detail {

/// Fills a Bytes. std::vector zeroes what resize adds, so the octets that a reused one already holds are used first,
/// and it is cut to size only at the end: a warm sink neither allocates nor clears more than a few octets.
class ByteSink {
 public:
  /// Always free behind the octets asked for: a switch, a tag, a token, a length and an END, or a block that is copied
  /// whole.
  static constexpr std::size_t kSlack = 96;

  explicit ByteSink(Bytes reuse, std::size_t expected = 0) : buffer_(std::move(reuse)) {
    if (buffer_.size() < expected + kSlack) buffer_.resize(expected + kSlack);
    next_ = buffer_.data();
    limit_ = next_ + buffer_.size();
  }
  /// Room for `octets` and the slack.
  [[gnu::always_inline]] void need(std::size_t octets) {
    if (static_cast<std::size_t>(limit_ - next_) < octets + kSlack) [[unlikely]]
      grow(octets);
  }
  /// The same for a loop that keeps the position itself.
  [[gnu::always_inline]] std::uint8_t* need(std::uint8_t* at, std::size_t octets) {
    if (static_cast<std::size_t>(limit_ - at) >= octets + kSlack) [[likely]]
      return at;
    next_ = at;
    grow(octets);
    return next_;
  }
  void put(std::uint8_t octet) { *next_++ = octet; }
  void put(ByteView octets) {
    if (!octets.empty()) std::memcpy(next_, octets.data(), octets.size());
    next_ += octets.size();
  }
  /// mb_u_int32 in its shortest form.
  static std::uint8_t* put_number(std::uint8_t* at, std::uint32_t value) {
    for (int shift = 28; shift > 0; shift -= 7)
      if (value >> shift != 0) *at++ = static_cast<std::uint8_t>(0x80u | (value >> shift & 0x7Fu));
    *at++ = static_cast<std::uint8_t>(value & 0x7Fu);
    return at;
  }
  void put_number(std::uint32_t value) { next_ = put_number(next_, value); }
  [[nodiscard]] std::uint8_t* begin() { return buffer_.data(); }
  [[nodiscard]] std::uint8_t* limit() { return limit_; }
  [[nodiscard, gnu::always_inline]] std::uint8_t*& next() { return next_; }
  [[nodiscard]] std::size_t used() const { return static_cast<std::size_t>(next_ - buffer_.data()); }
  void cut_to(std::size_t used) { next_ = buffer_.data() + used; }
  [[nodiscard]] Bytes take() {
    buffer_.resize(used());
    return std::move(buffer_);
  }

 private:
  [[gnu::cold]] void grow(std::size_t octets);

  Bytes buffer_;
  std::uint8_t* next_ = nullptr;
  std::uint8_t* limit_ = nullptr;
};

/// Fills a std::string in the room that it has, and moves to memory of its own only when that is not enough.
class TextSink {
 public:
  static constexpr std::size_t kSlack = 64;

  /// Runs `print(sink)` over `out`, whose content is replaced.
  template <class Print>
  static void fill(std::string& out, std::size_t expected, const Print& print) {
    std::unique_ptr<char[]> own;
    std::size_t used = 0;
    out.resize_and_overwrite(std::max(out.capacity(), expected + kSlack), [&](char* room, std::size_t size) {
      TextSink sink(room, size);
      print(sink);
      own = std::move(sink.own_);
      used = static_cast<std::size_t>(sink.next - sink.begin_);
      return own ? std::size_t{0} : used;
    });
    // More than is used, so that the next time there is room for what the owner asks ahead of its last stores.
    constexpr std::size_t kAhead = 24 * 1024;
    if (own)
      out.resize_and_overwrite(used + kAhead, [&](char* room, std::size_t) {
        std::memcpy(room, own.get(), used);
        return used;
      });
  }
  /// Room for `octets` and the slack from `at` on: where that is now.
  [[gnu::always_inline]] char* need(char* at, std::size_t octets) {
    if (static_cast<std::size_t>(limit_ - at) >= octets + kSlack) [[likely]]
      return at;
    next = at;
    grow(octets);
    return next;
  }

  char* next;  ///< where the owner stores

 private:
  TextSink(char* room, std::size_t size) : next(room), begin_(room), limit_(room + size) {}
  [[gnu::noinline, gnu::cold]] void grow(std::size_t octets) {
    const auto used = static_cast<std::size_t>(next - begin_);
    const std::size_t size = 2 * (used + octets + kSlack);
    auto bigger = std::make_unique_for_overwrite<char[]>(size);
    std::memcpy(bigger.get(), begin_, used);
    own_ = std::move(bigger);
    begin_ = own_.get();
    next = begin_ + used;
    limit_ = begin_ + size;
  }

  char* begin_;
  char* limit_;
  std::unique_ptr<char[]> own_;
};

}  // namespace easel::wbxml::detail

// A growing output buffer whose owner stores without checks between two calls of `need`. Internal to wbxml.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "wbxml/decode_options.h"
#include "wbxml/tokens.h"

namespace easel::wbxml::detail {

/// Container: Bytes or std::string. Both zero what resize adds, so the octets that a reused one already holds are used
/// first, and it is cut to size only at the end: a warm sink neither allocates nor clears.
template <class Container>
class Sink {
 public:
  using Octet = typename Container::value_type;
  /// Always free behind the octets asked for: a switch, a tag, a token, a length, and an END for each open element.
  static constexpr std::size_t kSlack = 128 + kDepthLimit;

  explicit Sink(Container reuse, std::size_t expected = 0) : buffer_(std::move(reuse)) {
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
  [[gnu::always_inline]] Octet* need(Octet* at, std::size_t octets) {
    if (static_cast<std::size_t>(limit_ - at) >= octets + kSlack) [[likely]]
      return at;
    next_ = at;
    grow(octets);
    return next_;
  }
  void put(Octet octet) { *next_++ = octet; }
  void put(ByteView octets) {
    if (!octets.empty()) std::memcpy(next_, octets.data(), octets.size());
    next_ += octets.size();
  }
  /// mb_u_int32 in its shortest form.
  static Octet* put_number(Octet* at, std::uint32_t value) {
    for (int shift = 28; shift > 0; shift -= 7)
      if (value >> shift != 0) *at++ = static_cast<Octet>(0x80u | (value >> shift & 0x7Fu));
    *at++ = static_cast<Octet>(value & 0x7Fu);
    return at;
  }
  void put_number(std::uint32_t value) { next_ = put_number(next_, value); }
  [[nodiscard]] Octet* begin() { return buffer_.data(); }
  [[nodiscard]] Octet*& next() { return next_; }
  [[nodiscard]] std::size_t used() const { return static_cast<std::size_t>(next_ - buffer_.data()); }
  void cut_to(std::size_t used) { next_ = buffer_.data() + used; }
  [[nodiscard]] Container take() {
    buffer_.resize(used());
    return std::move(buffer_);
  }

 private:
  [[gnu::noinline, gnu::cold]] void grow(std::size_t octets) {
    constexpr std::size_t kStep = 4096;
    const std::size_t at = used(), wanted = at + octets + kSlack + kStep;
    if (wanted > buffer_.capacity()) buffer_.reserve(std::max(wanted, buffer_.capacity() * 2));
    buffer_.resize(wanted);
    next_ = buffer_.data() + at;
    limit_ = buffer_.data() + wanted;
  }

  Container buffer_;
  Octet* next_ = nullptr;
  Octet* limit_ = nullptr;
};

using ByteSink = Sink<Bytes>;
using TextSink = Sink<std::string>;

}  // namespace easel::wbxml::detail

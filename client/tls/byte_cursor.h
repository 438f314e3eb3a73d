#pragma once
// A checked reader of network-order fields: read or refuse, never past the end. After a refusal everything else is
// refused too, and failed_at() tells where it began.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace easel {

class ByteCursor {
 public:
  explicit ByteCursor(std::string_view bytes, std::size_t offset = 0) : bytes_(bytes), base_(offset) {}

  /// `size` octets (1 to 4) as a number; 0 after a refusal.
  std::uint32_t number(std::size_t size) {
    const std::string_view taken = take(size);
    std::uint32_t value = 0;
    for (const char c : taken) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  /// The next `size` octets; empty after a refusal.
  std::string_view take(std::size_t size) {
    if (failed_ || size > bytes_.size() - at_) {
      if (!failed_) failed_ = base_ + at_;
      return {};
    }
    const std::string_view out = bytes_.substr(at_, size);
    at_ += size;
    return out;
  }
  /// A vector with a length field of `size` octets in front.
  std::string_view vector(std::size_t size) { return take(number(size)); }
  /// The same as a cursor of its own, whose offsets count on.
  ByteCursor nested(std::size_t size) {
    const std::uint32_t length = number(size);
    const std::size_t start = offset();
    ByteCursor out(take(length), start);
    out.failed_ = failed_;
    return out;
  }
  [[nodiscard]] bool empty() const { return at_ == bytes_.size(); }
  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
  /// Octets before the cursor, counted from where the outermost cursor began.
  [[nodiscard]] std::size_t offset() const { return base_ + at_; }
  [[nodiscard]] bool ok() const { return !failed_; }
  [[nodiscard]] std::size_t failed_at() const { return failed_.value_or(offset()); }

 private:
  std::string_view bytes_;
  std::size_t base_;
  std::size_t at_ = 0;
  std::optional<std::size_t> failed_;
};

}  // namespace easel

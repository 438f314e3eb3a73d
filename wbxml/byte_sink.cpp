#include "wbxml/byte_sink.h"

namespace easel::wbxml::detail {

void ByteSink::grow(std::size_t octets) {
  constexpr std::size_t kLeast = 64, kMost = 4096;
  const std::size_t at = used(), wanted = at + octets + kSlack + std::clamp(at / 8, kLeast, kMost);
  if (wanted > buffer_.capacity()) buffer_.reserve(std::max(wanted, buffer_.capacity() * 2));
  buffer_.resize(wanted);
  next_ = buffer_.data() + at;
  limit_ = buffer_.data() + wanted;
}

}  // namespace easel::wbxml::detail

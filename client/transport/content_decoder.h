#pragma once
// Undoes Content-Encoding (RFC 9110, 8.4): gzip and deflate, as devices of the era and their servers use them.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace easel {

/// A chain of decoders fed piece by piece. Nothing is kept but what zlib needs.
class ContentDecoder {
 public:
  enum class Result {
    Ok,
    TooLarge,  ///< the bound was passed: a compression bomb, or just a large body
    Broken,    ///< not the encoding it is said to be; error() says more
  };

  /// `encodings` is the value of Content-Encoding. Encodings other than gzip, x-gzip, deflate and identity leave the
  /// body as it came, so that a report can show it.
  explicit ContentDecoder(std::string_view encodings);
  ContentDecoder(ContentDecoder&&) noexcept;
  ContentDecoder& operator=(ContentDecoder&&) noexcept;
  ~ContentDecoder();

  /// Decodes `bytes` onto the end of `out`, which may not grow past `limit` octets.
  Result feed(std::string_view bytes, std::string& out, std::uint64_t limit);
  /// To be called at the end of the body: a stream that has begun must have ended.
  Result finish();
  /// One sentence with the octet offset (of the encoded body) after Result::Broken.
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  struct Stage;
  Result feed_stage(std::size_t index, std::string_view bytes, std::string& out, std::uint64_t limit);
  std::vector<std::unique_ptr<Stage>> stages_;
  std::string error_;
};

}  // namespace easel

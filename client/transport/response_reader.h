#pragma once
// Collects one HTTP/1.1 response (RFC 9112) from header lines and body pieces, within bounds.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/transport/content_decoder.h"
#include "client/transport/round_trip.h"

namespace easel {

class ResponseReader {
 public:
  ResponseReader(std::uint64_t max_headers, std::uint64_t max_body);

  /// One line with its line end, as it came; the empty line ends a head. False: stop, failure() says why.
  bool on_header_line(std::string_view line);
  /// A piece of the body, chunking undone. False: stop, failure() says why.
  bool on_body(std::string_view bytes);
  /// The body has ended as its framing demands. False: failure() says why the whole is not acceptable.
  bool on_end();

  [[nodiscard]] const std::optional<NetworkFailure>& failure() const { return failure_; }
  /// The head of a final (not 1xx) response has been read to its empty line.
  [[nodiscard]] bool head_complete() const { return head_complete_; }
  [[nodiscard]] std::uint64_t received() const { return header_bytes_ + response_.body_wire_size; }
  [[nodiscard]] HttpResponse take() { return std::move(response_); }

 private:
  bool fail(NetworkFailure::Kind kind, std::string text);
  bool on_status_line(std::string_view line);
  bool on_field(std::string_view line);
  bool on_head_end();

  std::uint64_t max_headers_;
  std::uint64_t max_body_;
  std::uint64_t header_bytes_ = 0;
  std::uint64_t lines_ = 0;  ///< of the head being read
  bool head_complete_ = false;
  HttpResponse response_;
  std::optional<ContentDecoder> decoder_;
  std::optional<NetworkFailure> failure_;
};

}  // namespace easel

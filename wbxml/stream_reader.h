// A document as events while its octets arrive, in chunks of any size, in constant memory. Strict.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>

#include "wbxml/decode_options.h"
#include "wbxml/error.h"
#include "wbxml/reader.h"
#include "wbxml/token_step.h"
#include "wbxml/tokens.h"

namespace easel::wbxml {

/// Receives events. Views in them are valid during the call only.
class StreamHandler {
 public:
  virtual ~StreamHandler() = default;
  /// Events are those of Reader, but a text or OPAQUE that a chunk's end cuts arrives as start, pieces, end. Pieces
  /// never split a character; `Event::more` says that the same string or OPAQUE goes on.
  virtual void on_event(const Event& event) = 0;
};

/// Feed chunks as they come, then call `finish`. Nothing of a chunk is needed after `feed` returns.
class StreamReader {
 public:
  explicit StreamReader(const DecodeOptions& options = {});
  /// Delivers what the chunk completes. After an error every call returns that error.
  [[nodiscard]] std::expected<void, Error> feed(ByteView chunk, StreamHandler& handler);
  /// The input has ended: an error if the document has not.
  [[nodiscard]] std::expected<void, Error> finish();
  /// Octets fed so far.
  [[nodiscard]] std::uint64_t offset() const { return base_; }

 private:
  enum class State : std::uint8_t {
    version,
    public_id,
    charset,
    table,
    before_root,
    inside,
    page,
    string,
    opaque_length,
    opaque,
    after
  };
  bool run(detail::Cursor& cursor, StreamHandler& handler);
  bool header(detail::Cursor& cursor);
  bool number(detail::Cursor& cursor, bool& complete);
  bool token(detail::Cursor& cursor, StreamHandler& handler);
  bool fast(detail::Cursor& cursor, StreamHandler& handler);
  bool string(detail::Cursor& cursor, StreamHandler& handler);
  bool carried_character(detail::Cursor& cursor, StreamHandler& handler);
  bool opaque_length(detail::Cursor& cursor, StreamHandler& handler);
  void opaque(detail::Cursor& cursor, StreamHandler& handler);
  bool fail(ErrorCode code, std::uint8_t octet, std::uint64_t offset);
  [[nodiscard]] std::uint64_t offset_of(const detail::Cursor& cursor, const std::uint8_t* at) const {
    return base_ + static_cast<std::uint64_t>(at - cursor.begin);
  }
  void text(StreamHandler& handler, const std::uint8_t* data, std::size_t length, bool not_xml, bool more) const;

  detail::ScanText scan_;
  std::uint64_t base_ = 0;       // offset of the current chunk
  std::uint64_t token_at_ = 0;   // offset of the STR_I or OPAQUE being read
  std::uint64_t number_at_ = 0;  // offset of the number being read
  std::uint64_t number_ = 0;
  std::uint32_t number_octets_ = 0;
  std::uint32_t left_ = 0;  // octets of the OPAQUE still to come
  std::uint32_t depth_ = 0, max_depth_;
  State state_ = State::version, after_page_ = State::before_root;
  std::uint8_t page_ = 0;
  std::uint8_t number_first_ = 0;
  std::uint8_t carried_ = 0;  // octets of an incomplete character
  std::array<std::uint8_t, 4> character_{};
  bool failed_ = false;
  Error error_;
};

}  // namespace easel::wbxml

// A document as events while its octets arrive, in chunks of any size, in constant memory. Strict.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>

#include "wbxml/decode_options.h"
#include "wbxml/error.h"
#include "wbxml/reader.h"
#include "wbxml/token_step.h"
#include "wbxml/tokens.h"

namespace easel::wbxml {

/// Feed chunks as they come, then call `finish`. Nothing of a chunk is needed after `feed` returns.
/// Events are those of Reader, but a text or OPAQUE that a chunk's end cuts arrives as start, pieces, end. Pieces never
/// split a character; `Event::more` says that the same string or OPAQUE goes on in the next event.
class StreamReader {
 public:
  /// Tolerant reading needs the whole document: `options.tolerant` is not used.
  explicit StreamReader(const DecodeOptions& options = {})
      : scan_(detail::scan_text_for(options.simd)),
        max_depth_(detail::most_levels(options)),
        levels_left_(max_depth_) {}

  /// Calls `handler(const Event&)` for what the chunk completes; views in an event are valid during the call only.
  /// After an error every call returns that error.
  template <class Handler>
  [[nodiscard]] std::expected<void, Error> feed(ByteView chunk, Handler&& handler) {
    if (failed_) return std::unexpected(error_);
    detail::Cursor c = start(chunk);
    bool inside = state_ == State::inside;
    if (base_ == 0 && state_ == State::version) {
      detail::Token root;
      if (detail::open_quickly(c, root)) [[likely]] {
        HandlerSink<Handler>{handler, c.begin, 0}.start(root.tag, root.at);
        state_ = State::inside;
        inside = true;
      }
    }
    while (c.p != c.end) {
      if (inside) [[likely]] {
        HandlerSink<Handler> sink{handler, c.begin, base_};
        detail::Flow flow = detail::Flow::more;
        while (flow == detail::Flow::more) flow = detail::step(c, sink);
        if (flow == detail::Flow::closed) {
          state_ = State::after;
          inside = false;
          continue;
        }
        if (c.p == c.end) break;
      }
      const Slow slow = slow_token(c);
      if (failed_) return std::unexpected(error_);
      c.follow(slow.cursor);
      inside = state_ == State::inside;
      if (slow.has_event) handler(slow.event);
    }
    stop(c);
    return {};
  }
  /// The input has ended: an error if the document has not.
  [[nodiscard]] std::expected<void, Error> finish() {
    if (state_ == State::after && !failed_) [[likely]]
      return {};
    return std::unexpected(finish_early());
  }
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
  struct Slow {
    detail::Cursor cursor;
    Event event;
    bool has_event = false;
  };
  template <class Handler>
  struct HandlerSink {
    Handler& handler;
    const std::uint8_t* begin;
    std::uint64_t base;
    [[gnu::always_inline]] void send(EventKind kind, Tag tag, const std::uint8_t* at, const std::uint8_t* data,
                                     std::size_t length, bool not_xml) const {
      handler(Event{kind,
                    not_xml,
                    false,
                    tag,
                    {reinterpret_cast<const char*>(data), length},
                    base + static_cast<std::uint64_t>(at - begin)});
    }
    [[gnu::always_inline]] void start(Tag tag, const std::uint8_t* at) const {
      send(EventKind::start, tag, at, at, 0, false);
    }
    [[gnu::always_inline]] void empty(Tag tag, const std::uint8_t* at) const {
      send(EventKind::empty, tag, at, at, 0, false);
    }
    [[gnu::always_inline]] void end(const std::uint8_t* at) const { send(EventKind::end, {}, at, at, 0, false); }
    [[gnu::always_inline]] void leaf(Tag tag, const std::uint8_t* at, std::size_t length, bool not_xml) const {
      send(EventKind::leaf, tag, at, at + 2, length, not_xml);
    }
    [[gnu::always_inline]] void opaque_leaf(Tag tag, const std::uint8_t* at, const std::uint8_t* data,
                                            std::size_t length) const {
      send(EventKind::opaque_leaf, tag, at, data, length, false);
    }
  };

  // These two are not calls, so that the cursor of `feed` lives in registers.
  [[nodiscard]] detail::Cursor start(ByteView chunk) const {
    return {.begin = chunk.data(),
            .p = chunk.data(),
            .end = chunk.data() + chunk.size(),
            .scan = scan_,
            .window = {chunk.data(), 0},
            .valid = kValidTokens[page_],
            .max_depth = max_depth_,
            .levels_left = levels_left_,
            .page = page_};
  }
  void stop(const detail::Cursor& cursor) {
    base_ += static_cast<std::uint64_t>(cursor.end - cursor.begin);
    page_ = cursor.page;
    levels_left_ = cursor.levels_left;
  }
  [[nodiscard]] Slow slow_token(detail::Cursor cursor);
  [[nodiscard]] Error finish_early();
  void header(detail::Cursor& cursor);
  bool number(detail::Cursor& cursor);
  void token(Slow& slow);
  void string(Slow& slow);
  void carried_character(Slow& slow);
  void opaque(Slow& slow);
  void set_text(Slow& slow, const std::uint8_t* data, std::size_t length, bool not_xml, bool more) const;
  bool fail(ErrorCode code, std::uint8_t octet, std::uint64_t offset);
  [[nodiscard]] std::uint64_t offset_of(const detail::Cursor& cursor, const std::uint8_t* at) const {
    return base_ + static_cast<std::uint64_t>(at - cursor.begin);
  }

  detail::ScanText scan_;
  std::uint64_t base_ = 0;  // offset of the current chunk
  std::uint32_t max_depth_, levels_left_;
  State state_ = State::version;
  std::uint8_t page_ = 0;
  bool failed_ = false;
  std::uint8_t carried_ = 0;         // octets of an incomplete character
  std::uint32_t number_octets_ = 0;  // read of a number
  // Set where they come into use: a small document never needs them.
  State after_page_;
  std::uint8_t number_first_;
  std::uint8_t character_[4];
  std::uint32_t left_;       // octets of the OPAQUE still to come
  std::uint64_t token_at_;   // offset of the STR_I or OPAQUE being read
  std::uint64_t number_at_;  // offset of the number being read
  std::uint64_t number_;
  Error error_;
};

}  // namespace easel::wbxml

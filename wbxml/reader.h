// A document as events, pulled one by one: no tree, no allocation, a few dozen octets of state.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "wbxml/decode_options.h"
#include "wbxml/error.h"
#include "wbxml/token_step.h"
#include "wbxml/tokens.h"

namespace easel::wbxml {

enum class EventKind : std::uint8_t {
  start,        ///< an element with content; its `end` follows
  empty,        ///< <X/>: no content bit, no `end`
  leaf,         ///< an element that holds one text and nothing else, at once: no `end`
  opaque_leaf,  ///< an element that holds one OPAQUE and nothing else, at once: no `end`
  text,         ///< text inside the open element; several in a row are one text
  opaque,       ///< OPAQUE inside the open element
  end,          ///< of the innermost open element
  done,         ///< the document is complete
  failed        ///< refused: Reader::error() says why; what came before is not a document
};

struct Event {
  EventKind kind = EventKind::failed;
  bool not_xml = false;      ///< the text has characters that XML 1.0 lacks
  bool more = false;         ///< streaming: the same string or OPAQUE goes on in the next event
  Tag tag;                   ///< of start, empty, leaf and opaque_leaf
  std::string_view text;     ///< of leaf, text and the opaque kinds
  std::uint64_t offset = 0;  ///< of the tag's or token's octet in the input
  [[nodiscard]] ByteView bytes() const { return as_bytes(text); }
};

namespace detail {
struct SlowAnswer {
  Cursor cursor;
  StepNotes notes;
  Token token;
};
[[nodiscard]] SlowAnswer slow_answer(Cursor cursor, StepNotes notes);
[[nodiscard]] SlowAnswer open_answer(Cursor cursor, StepNotes notes);
[[nodiscard]] SlowAnswer tail_answer(Cursor cursor, StepNotes notes);
}  // namespace detail

/// for (Reader reader(bytes); reader.next();) use(reader.event());
/// The octets must outlive the reader; temporaries are refused.
class Reader {
 public:
  /// `oddities` receives what tolerant reading met; it may be null.
  explicit Reader(ByteView bytes, const DecodeOptions& options = {}, std::vector<Error>* oddities = nullptr) {
    cursor_ = detail::cursor_over(bytes, options);
    end_ = cursor_.end;
    detail::Token root;
    if (detail::open_quickly(cursor_, root)) [[likely]] {
      Sink{event_, cursor_.begin}.start(root.tag, root.at);
      leave(State::root_ready);
    } else {
      if (options.tolerant) notes_.oddities = oddities;
      take(detail::open_answer(cursor_, notes_));
    }
  }
  explicit Reader(Bytes&& bytes, const DecodeOptions& = {}, std::vector<Error>* = nullptr) = delete;
  explicit Reader(const Bytes&& bytes, const DecodeOptions& = {}, std::vector<Error>* = nullptr) = delete;

  /// Moves to the next event; false at `done` and `failed`, and for ever after.
  [[gnu::always_inline]] bool next() {
    // Outside the root the cursor's end is drawn in to where it stands, so that the step has nothing to do.
    Sink sink{event_, cursor_.begin};
    const detail::Flow flow = detail::step(cursor_, sink);
    if (flow == detail::Flow::more) [[likely]]
      return true;
    return next_rarely(flow);
  }
  [[nodiscard]] const Event& event() const { return event_; }
  /// Elements that are open now.
  [[nodiscard]] unsigned depth() const { return cursor_.depth(); }
  /// After `failed`: why.
  [[nodiscard]] const Error& error() const { return notes_.error; }

 private:
  enum class State : std::uint8_t { opening, root_ready, inside, after, over };
  struct Sink {
    Event& event;
    const std::uint8_t* begin;
    [[gnu::always_inline]] void set(EventKind kind, Tag tag, const std::uint8_t* at, const std::uint8_t* data,
                                    std::size_t length, bool not_xml) {
      event.kind = kind;
      event.not_xml = not_xml;
      event.tag = tag;
      event.text = {reinterpret_cast<const char*>(data), length};
      event.offset = static_cast<std::uint64_t>(at - begin);
    }
    [[gnu::always_inline]] void start(Tag tag, const std::uint8_t* at) { set(EventKind::start, tag, at, at, 0, false); }
    [[gnu::always_inline]] void empty(Tag tag, const std::uint8_t* at) { set(EventKind::empty, tag, at, at, 0, false); }
    [[gnu::always_inline]] void end(const std::uint8_t* at) { set(EventKind::end, {}, at, at, 0, false); }
    [[gnu::always_inline]] void leaf(Tag tag, const std::uint8_t* at, std::size_t length, bool not_xml) {
      set(EventKind::leaf, tag, at, at + 2, length, not_xml);
    }
    [[gnu::always_inline]] void opaque_leaf(Tag tag, const std::uint8_t* at, const std::uint8_t* data,
                                            std::size_t length) {
      set(EventKind::opaque_leaf, tag, at, data, length, false);
    }
  };

  void take(const detail::SlowAnswer& answer) {
    cursor_.follow(answer.cursor);
    notes_ = answer.notes;
    const detail::Token& token = answer.token;
    Sink{event_, cursor_.begin}.set(kind_of(token.kind), token.tag, token.at, token.data, token.length, token.not_xml);
    if (token.kind == detail::TokenKind::failed)
      leave(State::over);
    else if (state_ == State::opening)
      leave(State::root_ready);
    else if (cursor_.depth() == 0)
      leave(State::after);
  }
  void leave(State state) {
    state_ = state;
    cursor_.end = cursor_.p;
  }
  static EventKind kind_of(detail::TokenKind kind) {
    switch (kind) {
      case detail::TokenKind::start:
        return EventKind::start;
      case detail::TokenKind::empty:
        return EventKind::empty;
      case detail::TokenKind::text:
        return EventKind::text;
      case detail::TokenKind::opaque:
        return EventKind::opaque;
      case detail::TokenKind::end:
        return EventKind::end;
      default:
        return EventKind::failed;
    }
  }
  bool next_rarely(detail::Flow flow) {
    if (flow == detail::Flow::closed) {
      leave(State::after);
      return true;
    }
    cursor_.end = end_;
    if (state_ == State::inside) {
      take(detail::slow_answer(cursor_, notes_));
      return event_.kind != EventKind::failed;
    }
    if (state_ == State::root_ready) {  // the root's own event is waiting
      if (cursor_.depth() == 0)
        leave(State::after);
      else
        state_ = State::inside;
      return true;
    }
    if (state_ == State::after && cursor_.p == end_) [[likely]] {  // nothing follows the root
      event_.kind = EventKind::done;
    } else if (state_ == State::after) {
      const detail::SlowAnswer answer = detail::tail_answer(cursor_, notes_);
      event_.kind = answer.token.kind == detail::TokenKind::failed ? EventKind::failed : EventKind::done;
      notes_ = answer.notes;
    }
    leave(State::over);
    return false;
  }

  detail::Cursor cursor_;
  detail::StepNotes notes_;
  Event event_;
  const std::uint8_t* end_ = nullptr;
  State state_ = State::opening;
};

}  // namespace easel::wbxml

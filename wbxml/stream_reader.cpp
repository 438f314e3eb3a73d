#include "wbxml/stream_reader.h"

#include <algorithm>

namespace easel::wbxml {
namespace {

using detail::Cursor;
using detail::Flow;
using detail::TextEnd;
using detail::TextState;

// Hands the hot step's deliveries on.
struct EventSink {
  StreamHandler& handler;
  const std::uint8_t* begin;
  std::uint64_t base;
  [[gnu::always_inline]] void send(EventKind kind, Tag tag, const std::uint8_t* at, const std::uint8_t* data = nullptr,
                                   std::size_t length = 0, bool not_xml = false) const {
    handler.on_event({kind,
                      not_xml,
                      false,
                      tag,
                      {reinterpret_cast<const char*>(data), length},
                      base + static_cast<std::uint64_t>(at - begin)});
  }
  [[gnu::always_inline]] void start(Tag tag, const std::uint8_t* at) const { send(EventKind::start, tag, at); }
  [[gnu::always_inline]] void empty(Tag tag, const std::uint8_t* at) const { send(EventKind::empty, tag, at); }
  [[gnu::always_inline]] void end(const std::uint8_t* at) const { send(EventKind::end, {}, at); }
  [[gnu::always_inline]] void leaf(Tag tag, const std::uint8_t* at, std::size_t length, bool not_xml) const {
    send(EventKind::leaf, tag, at, at + 2, length, not_xml);
  }
  [[gnu::always_inline]] void opaque_leaf(Tag tag, const std::uint8_t* at, const std::uint8_t* data,
                                          std::size_t length) const {
    send(EventKind::opaque_leaf, tag, at, data, length);
  }
};

}  // namespace

StreamReader::StreamReader(const DecodeOptions& options)
    : scan_(detail::scan_text_for(options.simd)), max_depth_(std::min(options.max_depth, kDepthLimit)) {}

bool StreamReader::fail(ErrorCode code, std::uint8_t octet, std::uint64_t offset) {
  failed_ = true;
  error_ = {code, octet, page_, offset};
  return false;
}

void StreamReader::text(StreamHandler& handler, const std::uint8_t* data, std::size_t length, bool not_xml,
                        bool more) const {
  handler.on_event({EventKind::text, not_xml, more, {}, {reinterpret_cast<const char*>(data), length}, token_at_});
}

std::expected<void, Error> StreamReader::feed(ByteView chunk, StreamHandler& handler) {
  if (failed_) return std::unexpected(error_);
  Cursor cursor{.begin = chunk.data(),
                .p = chunk.data(),
                .end = chunk.data() + chunk.size(),
                .scan = scan_,
                .max_depth = max_depth_};
  while (cursor.p != cursor.end)
    if (!run(cursor, handler)) return std::unexpected(error_);
  base_ += chunk.size();
  return {};
}

bool StreamReader::run(Cursor& cursor, StreamHandler& handler) {
  switch (state_) {
    case State::version:
    case State::public_id:
    case State::charset:
    case State::table:
      return header(cursor);
    case State::before_root:
      return token(cursor, handler);
    case State::inside:
      return fast(cursor, handler);
    case State::page:
      page_ = *cursor.p++;
      state_ = after_page_;
      return true;
    case State::string:
      return string(cursor, handler);
    case State::opaque_length:
      return opaque_length(cursor, handler);
    case State::opaque:
      opaque(cursor, handler);
      return true;
    case State::after:
      break;
  }
  detail::StepNotes notes;
  notes.base = base_;
  cursor.page = page_;
  static_cast<void>(detail::read_tail(cursor, notes));
  return fail(notes.error.code, notes.error.octet, notes.error.offset);
}

// One octet of a number; `complete` once it has all.
bool StreamReader::number(Cursor& cursor, bool& complete) {
  const std::uint8_t octet = *cursor.p;
  if (number_octets_ == 0) {
    number_at_ = offset_of(cursor, cursor.p);
    number_first_ = octet;
    number_ = 0;
  }
  ++cursor.p;
  ++number_octets_;
  number_ = number_ << 7 | (octet & 0x7F);
  complete = octet < 0x80;
  constexpr std::uint32_t kMostOctets = 5;
  if (number_ > 0xFFFFFFFFu || (!complete && number_octets_ == kMostOctets))
    return fail(ErrorCode::bad_number, number_first_, number_at_);
  if (complete) number_octets_ = 0;
  return true;
}

bool StreamReader::header(Cursor& cursor) {
  if (state_ == State::version) {
    if (*cursor.p != kHeader[0]) return fail(ErrorCode::bad_version, *cursor.p, offset_of(cursor, cursor.p));
    ++cursor.p;
    state_ = State::public_id;
    return true;
  }
  bool complete = false;
  if (!number(cursor, complete)) return false;
  if (!complete) return true;
  const auto refuse_unless = [&](std::uint32_t wanted, ErrorCode code, State next) {
    if (number_ != wanted) return fail(code, number_first_, number_at_);
    state_ = next;
    return true;
  };
  if (state_ == State::public_id) return refuse_unless(kHeader[1], ErrorCode::bad_public_id, State::charset);
  if (state_ == State::charset) return refuse_unless(kHeader[2], ErrorCode::bad_charset, State::table);
  return refuse_unless(kHeader[3], ErrorCode::string_table, State::before_root);
}

// As many whole tokens as the chunk holds, by the step that all readers share.
bool StreamReader::fast(Cursor& cursor, StreamHandler& handler) {
  const EventSink sink{handler, cursor.begin, base_};
  Cursor c = cursor;
  c.page = page_;
  c.valid = kValidTokens[page_];
  c.depth = depth_;
  Flow flow = Flow::more;
  while (flow == Flow::more) flow = detail::step(c, sink);
  cursor.p = c.p;
  page_ = c.page;
  depth_ = c.depth;
  if (flow == Flow::closed) {
    state_ = State::after;
    return true;
  }
  return cursor.p == cursor.end || token(cursor, handler);
}

// One token that the step left over: it is cut, it is rare, or it is wrong.
bool StreamReader::token(Cursor& cursor, StreamHandler& handler) {
  const std::uint8_t* const at = cursor.p;
  const bool inside = state_ == State::inside;
  switch (*at) {
    case kSwitchPage:
      after_page_ = state_;
      state_ = State::page;
      ++cursor.p;
      return true;
    case kStrI:
    case kOpaque:
      if (!inside) return fail(ErrorCode::outside_root, *at, offset_of(cursor, at));
      token_at_ = offset_of(cursor, at);
      state_ = *at == kStrI ? State::string : State::opaque_length;
      ++cursor.p;
      return true;
    case kEnd:
      if (!inside) return fail(ErrorCode::unexpected_end, *at, offset_of(cursor, at));
      break;
    default:
      break;
  }
  detail::StepNotes notes;
  notes.base = base_;
  cursor.page = page_;
  cursor.valid = kValidTokens[page_];
  cursor.depth = depth_;
  const detail::Token token = inside ? detail::slow_step(cursor, notes) : detail::read_root(cursor, notes);
  if (token.kind == detail::TokenKind::failed) return fail(notes.error.code, notes.error.octet, notes.error.offset);
  depth_ = cursor.depth;
  const EventSink sink{handler, cursor.begin, base_};
  if (token.kind == detail::TokenKind::end)
    sink.end(at);
  else if (token.kind == detail::TokenKind::start)
    sink.start(token.tag, at);
  else
    sink.empty(token.tag, at);
  state_ = depth_ == 0 ? State::after : State::inside;
  return true;
}

// Completes the character that the last chunk left incomplete.
bool StreamReader::carried_character(Cursor& cursor, StreamHandler& handler) {
  character_[carried_++] = *cursor.p;
  const std::uint8_t* const begin = character_.data();
  const TextEnd check = detail::scan_text_portable(begin, begin + carried_);
  // A NUL here ends the string inside the character.
  if (check.state != TextState::cut)
    return fail(ErrorCode::bad_utf8, character_[0], offset_of(cursor, cursor.p) - (carried_ - 1u));
  ++cursor.p;
  if (check.at != begin) {
    text(handler, begin, carried_, check.not_xml, true);
    carried_ = 0;
  }
  return true;
}

bool StreamReader::string(Cursor& cursor, StreamHandler& handler) {
  if (carried_ != 0) return carried_character(cursor, handler);
  const std::uint8_t* const from = cursor.p;
  const TextEnd end = detail::find_text_end(cursor.begin, from, cursor.end, scan_);
  const auto length = static_cast<std::size_t>(end.at - from);
  if (end.state == TextState::bad) {
    if (length != 0) text(handler, from, length, end.not_xml, true);
    return fail(ErrorCode::bad_utf8, *end.at, offset_of(cursor, end.at));
  }
  if (end.state == TextState::found) {
    text(handler, from, length, end.not_xml, false);
    cursor.p = end.at + 1;
    state_ = State::inside;
    return true;
  }
  if (length != 0) text(handler, from, length, end.not_xml, true);
  carried_ = static_cast<std::uint8_t>(cursor.end - end.at);
  std::copy(end.at, cursor.end, character_.begin());
  cursor.p = cursor.end;
  return true;
}

bool StreamReader::opaque_length(Cursor& cursor, StreamHandler& handler) {
  bool complete = false;
  if (!number(cursor, complete)) return false;
  if (!complete) return true;
  left_ = static_cast<std::uint32_t>(number_);
  state_ = State::opaque;
  // An OPAQUE of no octets, or one that starts in the next chunk.
  if (left_ == 0) opaque(cursor, handler);
  return true;
}

void StreamReader::opaque(Cursor& cursor, StreamHandler& handler) {
  const auto length = std::min<std::size_t>(left_, static_cast<std::size_t>(cursor.end - cursor.p));
  left_ -= static_cast<std::uint32_t>(length);
  handler.on_event(
      {EventKind::opaque, false, left_ != 0, {}, {reinterpret_cast<const char*>(cursor.p), length}, token_at_});
  cursor.p += length;
  if (left_ == 0) state_ = State::inside;
}

std::expected<void, Error> StreamReader::finish() {
  if (failed_) return std::unexpected(error_);
  if (state_ == State::after) return {};
  ErrorCode code = ErrorCode::truncated;
  if (base_ == 0) code = ErrorCode::empty_input;
  if (state_ == State::before_root) code = ErrorCode::no_root;
  if (state_ == State::opaque)
    static_cast<void>(fail(ErrorCode::opaque_too_long, kOpaque, token_at_));
  else
    static_cast<void>(fail(code, 0, base_));
  return std::unexpected(error_);
}

}  // namespace easel::wbxml

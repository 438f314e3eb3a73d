#include "wbxml/stream_reader.h"

#include <algorithm>

namespace easel::wbxml {

using detail::Cursor;
using detail::TextEnd;
using detail::TextState;

bool StreamReader::fail(ErrorCode code, std::uint8_t octet, std::uint64_t offset) {
  failed_ = true;
  error_ = {code, octet, page_, offset};
  return false;
}

void StreamReader::set_text(Slow& slow, const std::uint8_t* data, std::size_t length, bool not_xml, bool more) const {
  slow.event = {EventKind::text, not_xml, more, {}, {reinterpret_cast<const char*>(data), length}, token_at_};
  slow.has_event = true;
}

// What the step leaves over: it is cut, it is rare, or it is wrong. At most one event.
StreamReader::Slow StreamReader::slow_token(Cursor cursor) {
  Slow slow{cursor, {}, false};
  page_ = cursor.page;
  switch (state_) {
    case State::version:
    case State::public_id:
    case State::charset:
    case State::table:
      header(slow.cursor);
      break;
    case State::before_root:
    case State::inside:
      token(slow);
      break;
    case State::page:
      page_ = slow.cursor.page = *slow.cursor.p++;
      slow.cursor.valid = kValidTokens[page_];
      state_ = after_page_;
      break;
    case State::string:
      string(slow);
      break;
    case State::opaque_length:
      if (!number(slow.cursor) || number_octets_ != 0) break;
      left_ = static_cast<std::uint32_t>(number_);
      state_ = State::opaque;
      if (left_ == 0) opaque(slow);
      break;
    case State::opaque:
      opaque(slow);
      break;
    case State::after: {
      detail::StepNotes notes;
      notes.base = base_;
      static_cast<void>(detail::read_tail(slow.cursor, notes));
      fail(notes.error.code, notes.error.octet, notes.error.offset);
    }
  }
  return slow;
}

// One octet of a number; number_octets_ is 0 once it is complete.
bool StreamReader::number(Cursor& cursor) {
  const std::uint8_t octet = *cursor.p;
  if (number_octets_ == 0) {
    number_at_ = offset_of(cursor, cursor.p);
    number_first_ = octet;
    number_ = 0;
  }
  ++cursor.p;
  ++number_octets_;
  number_ = number_ << 7 | (octet & 0x7F);
  constexpr std::uint32_t kMostOctets = 5;
  const bool complete = octet < 0x80;
  if (number_ > 0xFFFFFFFFu || (!complete && number_octets_ == kMostOctets))
    return fail(ErrorCode::bad_number, number_first_, number_at_);
  if (complete) number_octets_ = 0;
  return true;
}

void StreamReader::header(Cursor& cursor) {
  if (state_ == State::version) {
    if (*cursor.p != kHeader[0]) {
      fail(ErrorCode::bad_version, *cursor.p, offset_of(cursor, cursor.p));
      return;
    }
    ++cursor.p;
    state_ = State::public_id;
    return;
  }
  if (!number(cursor) || number_octets_ != 0) return;
  const auto go_on = [&](std::uint32_t wanted, ErrorCode code, State next) {
    if (number_ != wanted)
      fail(code, number_first_, number_at_);
    else
      state_ = next;
  };
  if (state_ == State::public_id) return go_on(kHeader[1], ErrorCode::bad_public_id, State::charset);
  if (state_ == State::charset) return go_on(kHeader[2], ErrorCode::bad_charset, State::table);
  go_on(kHeader[3], ErrorCode::string_table, State::before_root);
}

void StreamReader::token(Slow& slow) {
  Cursor& cursor = slow.cursor;
  const std::uint8_t* const at = cursor.p;
  const bool inside = state_ == State::inside;
  if (*at == kSwitchPage) {
    after_page_ = state_;
    state_ = State::page;
    ++cursor.p;
    return;
  }
  if (inside && (*at == kStrI || *at == kOpaque)) {
    token_at_ = offset_of(cursor, at);
    state_ = *at == kStrI ? State::string : State::opaque_length;
    ++cursor.p;
    return;
  }
  detail::StepNotes notes;
  notes.base = base_;
  const detail::Token token = inside ? detail::slow_step(cursor, notes) : detail::read_root(cursor, notes);
  EventKind kind = EventKind::empty;
  if (token.kind == detail::TokenKind::failed) {
    fail(notes.error.code, notes.error.octet, notes.error.offset);
    return;
  }
  if (token.kind == detail::TokenKind::start) kind = EventKind::start;
  if (token.kind == detail::TokenKind::end) kind = EventKind::end;
  slow.event = {kind, false, false, token.tag, {}, offset_of(cursor, at)};
  slow.has_event = true;
  state_ = cursor.depth() == 0 ? State::after : State::inside;
}

// Completes the character that the last chunk left incomplete.
void StreamReader::carried_character(Slow& slow) {
  Cursor& cursor = slow.cursor;
  character_[carried_++] = *cursor.p;
  const std::uint8_t* const begin = character_;
  const TextEnd check = detail::scan_text_portable(begin, begin + carried_);
  if (check.state != TextState::cut) {
    fail(ErrorCode::bad_utf8, character_[0], offset_of(cursor, cursor.p) - (carried_ - 1u));
    return;
  }
  ++cursor.p;
  if (check.at == begin) return;
  set_text(slow, begin, carried_, check.not_xml, true);
  carried_ = 0;
}

void StreamReader::string(Slow& slow) {
  if (carried_ != 0) return carried_character(slow);
  Cursor& cursor = slow.cursor;
  const std::uint8_t* const from = cursor.p;
  const TextEnd end = detail::find_text_end(cursor.begin, from, cursor.end, scan_);
  const auto length = static_cast<std::size_t>(end.at - from);
  cursor.p = end.at;
  if (end.state == TextState::found) {
    set_text(slow, from, length, end.not_xml, false);
    ++cursor.p;
    state_ = State::inside;
    return;
  }
  if (length != 0) set_text(slow, from, length, end.not_xml, true);
  if (end.state == TextState::bad) {
    fail(ErrorCode::bad_utf8, *end.at, offset_of(cursor, end.at));
    return;
  }
  carried_ = static_cast<std::uint8_t>(cursor.end - end.at);
  std::copy(end.at, cursor.end, character_);
  cursor.p = cursor.end;
}

void StreamReader::opaque(Slow& slow) {
  Cursor& cursor = slow.cursor;
  const auto length = std::min<std::size_t>(left_, static_cast<std::size_t>(cursor.end - cursor.p));
  left_ -= static_cast<std::uint32_t>(length);
  slow.event = {EventKind::opaque, false, left_ != 0, {}, {reinterpret_cast<const char*>(cursor.p), length}, token_at_};
  slow.has_event = true;
  cursor.p += length;
  if (left_ == 0) state_ = State::inside;
}

Error StreamReader::finish_early() {
  if (failed_) return error_;
  if (state_ == State::opaque) {
    fail(ErrorCode::opaque_too_long, kOpaque, token_at_);
  } else if (base_ == 0) {
    fail(ErrorCode::empty_input, 0, 0);
  } else {
    fail(state_ == State::before_root ? ErrorCode::no_root : ErrorCode::truncated, 0, base_);
  }
  return error_;
}

}  // namespace easel::wbxml

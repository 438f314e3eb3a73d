#include "wbxml/token_step.h"

#include <cassert>

namespace easel::wbxml::detail {
namespace {

Error error_at(const Cursor& cursor, const StepNotes& notes, ErrorCode code, const std::uint8_t* at) {
  const std::uint8_t octet = at != cursor.end ? *at : std::uint8_t{0};
  return {code, octet, cursor.page, notes.base + static_cast<std::uint64_t>(at - cursor.begin)};
}

Token fail(const Cursor& cursor, StepNotes& notes, ErrorCode code, const std::uint8_t* at) {
  notes.error = error_at(cursor, notes, code, at);
  return {};
}

// In tolerant mode notes the oddity and says true: go on.
bool tolerate(const Cursor& cursor, StepNotes& notes, ErrorCode code, const std::uint8_t* at) {
  notes.error = error_at(cursor, notes, code, at);
  if (!cursor.tolerant) return false;
  ++notes.oddity_count;
  if (notes.oddities != nullptr && notes.oddities->size() < kOdditiesKept) notes.oddities->push_back(notes.error);
  return true;
}

// The input has ended: strict fails, tolerant notes it once.
bool tolerate_cut(const Cursor& cursor, StepNotes& notes) {
  if (notes.cut_short) return true;
  notes.cut_short = true;
  return tolerate(cursor, notes, ErrorCode::truncated, cursor.end);
}

ErrorCode number_error(Number number) {
  return number.state == NumberState::cut ? ErrorCode::truncated : ErrorCode::bad_number;
}

// A header number; fails with `code` at its first octet when it is not `wanted`.
bool header_number(Cursor& c, StepNotes& notes, std::uint32_t wanted, ErrorCode code, Number& number) {
  const std::uint8_t* at = c.p;
  number = read_number(c.p, c.end);
  if (number.state != NumberState::good) {
    static_cast<void>(fail(c, notes, number_error(number), number.state == NumberState::cut ? c.end : at));
    return false;
  }
  return number.value == wanted || tolerate(c, notes, code, at);
}

Token text_token(Cursor& c, StepNotes& notes) {
  const std::uint8_t* at = c.p;
  const std::uint8_t* text = at + 1;
  const TextEnd found = find_text_end(c.begin, text, c.end, c.scan);
  if (found.state == TextState::found) {
    c.p = found.at + 1;
    return {TokenKind::text, found.not_xml, {}, at, text, static_cast<std::size_t>(found.at - text)};
  }
  if (found.state == TextState::bad && !tolerate(c, notes, ErrorCode::bad_utf8, found.at)) return {};
  const std::uint8_t* nul = found.at;
  while (nul != c.end && *nul != 0) ++nul;
  if (nul == c.end && !tolerate_cut(c, notes)) return {};
  const bool good = found.state == TextState::cut && found.at == c.end;
  c.p = nul == c.end ? nul : nul + 1;
  return {TokenKind::text, found.not_xml || !good, {}, at, text, static_cast<std::size_t>(nul - text)};
}

Token opaque_token(Cursor& c, StepNotes& notes) {
  const std::uint8_t* at = c.p;
  const std::uint8_t* data = at + 1;
  Number length = read_number(data, c.end);
  if (length.state == NumberState::bad) return fail(c, notes, ErrorCode::bad_number, at + 1);
  if (length.state == NumberState::cut) {
    if (!tolerate_cut(c, notes)) return {};
    length.value = 0;
    data = c.end;
  }
  const auto rest = static_cast<std::size_t>(c.end - data);
  if (length.value > rest) {
    if (!tolerate(c, notes, ErrorCode::opaque_too_long, at)) return {};
    length.value = static_cast<std::uint32_t>(rest);
  }
  c.p = data + length.value;
  return {TokenKind::opaque, false, {}, at, data, length.value};
}

// Tolerant only: text from the string table.
Token table_text_token(Cursor& c, StepNotes& notes) {
  const std::uint8_t* at = c.p;
  if (!tolerate(c, notes, ErrorCode::refused_token, at)) return {};
  const std::uint8_t* p = at + 1;
  const Number offset = read_number(p, c.end);
  if (offset.state != NumberState::good) return fail(c, notes, number_error(offset), at + 1);
  if (offset.value >= notes.string_table.size()) return fail(c, notes, ErrorCode::string_table, at);
  const std::uint8_t* text = notes.string_table.data() + offset.value;
  const std::uint8_t* table_end = notes.string_table.data() + notes.string_table.size();
  const std::uint8_t* nul = text;
  while (nul != table_end && *nul != 0) ++nul;
  const TextEnd checked = scan_text_portable(text, nul);
  const bool good = checked.state == TextState::cut && checked.at == nul;
  if (!good) static_cast<void>(tolerate(c, notes, ErrorCode::bad_utf8, checked.at));
  c.p = p;
  return {TokenKind::text, checked.not_xml || !good, {}, at, text, static_cast<std::size_t>(nul - text)};
}

// Tolerant only: walks over an attribute list; false when the input ends or goes wrong inside it.
bool skip_attributes(Cursor& c) {
  while (c.p != c.end) {
    const std::uint8_t octet = *c.p++;
    switch (octet) {
      case kEnd:
        return true;
      case kSwitchPage:
        if (c.p == c.end) return false;
        ++c.p;
        break;
      case kStrI:
      case 0x40:
      case 0x41:
      case 0x42:
        while (c.p != c.end && *c.p != 0) ++c.p;
        if (c.p == c.end) return false;
        ++c.p;
        break;
      case kEntity:
      case kLiteral:
      case kStrT:
      case 0x80:
      case 0x81:
      case 0x82:
        if (read_number(c.p, c.end).state != NumberState::good) return false;
        break;
      case kOpaque: {
        const Number length = read_number(c.p, c.end);
        if (length.state != NumberState::good || length.value > static_cast<std::size_t>(c.end - c.p)) return false;
        c.p += length.value;
        break;
      }
      default:
        break;
    }
  }
  return false;
}

Token tag_token(Cursor& c, StepNotes& notes) {
  const std::uint8_t* at = c.p;
  const std::uint8_t octet = *at;
  const auto token = static_cast<std::uint8_t>(octet & kTokenBits);
  if (token < kFirstTagToken) return fail(c, notes, ErrorCode::refused_token, at);
  if ((octet & kAttributeBit) != 0 && !tolerate(c, notes, ErrorCode::attributes, at)) return {};
  if (((c.valid >> token) & 1) == 0 &&
      !tolerate(c, notes, c.page < kPages ? ErrorCode::unknown_tag : ErrorCode::unknown_page, at))
    return {};
  if (c.levels_left == 0) return fail(c, notes, ErrorCode::too_deep, at);
  ++c.p;
  if ((octet & kAttributeBit) != 0 && !skip_attributes(c)) return fail(c, notes, ErrorCode::truncated, c.end);
  const bool content = (octet & kContentBit) != 0;
  if (content) --c.levels_left;
  return {content ? TokenKind::start : TokenKind::empty, false, {c.page, token}, at, nullptr, 0};
}

bool switch_page(Cursor& c, StepNotes& notes) {
  if (c.end - c.p < 2) {
    c.p = c.end;
    return tolerate_cut(c, notes);
  }
  c.page = c.p[1];
  c.valid = kValidTokens[c.page];
  c.p += 2;
  return true;
}

}  // namespace

bool read_header(Cursor& c, StepNotes& notes) {
  if (c.p == c.end) return static_cast<void>(fail(c, notes, ErrorCode::empty_input, c.p)), false;
  if (*c.p != 3 && !tolerate(c, notes, ErrorCode::bad_version, c.p)) return false;
  ++c.p;
  Number number;
  const std::uint8_t* at = c.p;
  if (!header_number(c, notes, 1, ErrorCode::bad_public_id, number)) return false;
  if (number.value == 0) {  // tolerant: the identifier is a string; its index follows
    const Number index = read_number(c.p, c.end);
    if (index.state != NumberState::good) return static_cast<void>(fail(c, notes, number_error(index), at)), false;
  }
  if (!header_number(c, notes, 106, ErrorCode::bad_charset, number)) return false;
  at = c.p;
  if (!header_number(c, notes, 0, ErrorCode::string_table, number)) return false;
  if (number.value > static_cast<std::size_t>(c.end - c.p))
    return static_cast<void>(fail(c, notes, ErrorCode::string_table, at)), false;
  notes.string_table = {c.p, number.value};
  c.p += number.value;
  c.page = 0;
  c.valid = kValidTokens[0];
  return true;
}

Token read_root(Cursor& c, StepNotes& notes) {
  while (c.p != c.end) {
    switch (*c.p) {
      case kSwitchPage:
        if (c.end - c.p < 2) return fail(c, notes, ErrorCode::truncated, c.end);
        static_cast<void>(switch_page(c, notes));
        break;
      case kEnd:
        return fail(c, notes, ErrorCode::unexpected_end, c.p);
      case kStrI:
      case kOpaque:
        return fail(c, notes, ErrorCode::outside_root, c.p);
      default:
        return tag_token(c, notes);
    }
  }
  return fail(c, notes, ErrorCode::no_root, c.end);
}

Token open_slowly(Cursor& c, StepNotes& notes) {
  if (!read_header(c, notes)) return {};
  return read_root(c, notes);
}

Token slow_step(Cursor& c, StepNotes& notes) {
  assert(c.depth() > 0);
  while (c.p != c.end) {
    switch (*c.p) {
      case kSwitchPage:
        if (!switch_page(c, notes)) return {};
        break;
      case kEnd:
        ++c.levels_left;
        return {TokenKind::end, false, {}, c.p++, nullptr, 0};
      case kStrI:
        return text_token(c, notes);
      case kOpaque:
        return opaque_token(c, notes);
      case kStrT:
        return table_text_token(c, notes);
      default:
        return tag_token(c, notes);
    }
  }
  if (!tolerate_cut(c, notes)) return {};
  ++c.levels_left;
  return {TokenKind::end, false, {}, c.end, nullptr, 0};
}

bool read_tail(Cursor& c, StepNotes& notes) {
  if (c.p == c.end) return true;
  const std::uint8_t octet = *c.p;
  ErrorCode code = ErrorCode::trailing_data;
  if (octet == kEnd) code = ErrorCode::unexpected_end;
  if (octet == kStrI || octet == kOpaque) code = ErrorCode::outside_root;
  if ((octet & kTokenBits) >= kFirstTagToken) code = ErrorCode::second_root;
  return tolerate(c, notes, code, c.p);
}

}  // namespace easel::wbxml::detail

// The text half of XmlParser: character data, references, CDATA, base64.
#include <algorithm>
#include <charconv>
#include <limits>
#include <string>

#include "wbxml/base64.h"
#include "wbxml/xml_parser.h"

namespace easel::wbxml::detail {
namespace {

bool is_xml_character(std::uint32_t c) {
  if (c < 0x20) return c == 9 || c == 10 || c == 13;
  return c < 0xD800 || (c >= 0xE000 && c < 0xFFFE) || (c >= 0x10000 && c <= 0x10FFFF);
}

std::uint8_t* put_utf8(std::uint8_t* out, std::uint32_t c) {
  const auto tail = [&](unsigned shift) { return static_cast<std::uint8_t>(0x80u | (c >> shift & 0x3Fu)); };
  if (c < 0x80) {
    *out++ = static_cast<std::uint8_t>(c);
  } else if (c < 0x800) {
    *out++ = static_cast<std::uint8_t>(0xC0u | c >> 6);
    *out++ = tail(0);
  } else if (c < 0x10000) {
    *out++ = static_cast<std::uint8_t>(0xE0u | c >> 12);
    *out++ = tail(6);
    *out++ = tail(0);
  } else {
    *out++ = static_cast<std::uint8_t>(0xF0u | c >> 18);
    *out++ = tail(12);
    *out++ = tail(6);
    *out++ = tail(0);
  }
  return out;
}

// The references that printers write, recognised as words. 0: look closer.
struct Quick {
  char character = 0;
  std::uint8_t length = 0;
};
[[gnu::always_inline]] inline Quick quick_reference(const char* p, const char* end) {
  if (end - p < 8) return {};
  const auto word = [&](const char(&text)[6]) { return std::memcmp(p, text, 5) == 0; };
  if (std::memcmp(p, "&lt;", 4) == 0) return {'<', 4};
  if (std::memcmp(p, "&gt;", 4) == 0) return {'>', 4};
  if (word("&amp;")) return {'&', 5};
  if (word("&#13;")) return {'\r', 5};
  return {};
}

}  // namespace

void XmlParser::open_run() {
  if (has_run_) return;
  has_run_ = true;
  run_marked_ = false;
  run_at_ = out_.used();
  run_source_ = p_;
  out_.need(1);
  out_.put(kStrI);
}

bool XmlParser::text() {
  if (!has_run_) {
    // Blanks between elements are the usual text of indented XML.
    const char* p = p_;
    while (p != end_ && is_blank(*p)) ++p;
    const bool before_child = end_ - p >= 2 && p[0] == '<' && p[1] != '/' && p[1] != '!' && p[1] != '?';
    const bool behind_child = end_ - p >= 2 && p[0] == '<' && p[1] == '/' && frames_[depth_ - 1].has_child;
    if (before_child || behind_child) {
      p_ = p;
      return true;
    }
  }
  open_run();
  std::uint8_t* out = out_.next();
  for (;;) {
    out = out_.need(out, 64);
#if defined(__SSE2__)
    if (end_ - p_ >= 16) {
      const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p_));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out), block);
      const auto is = [&](char c) { return _mm_cmpeq_epi8(block, _mm_set1_epi8(c)); };
      const auto stops =
          static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(is('<'), is('&')), is('\r'))));
      const int plain = stops == 0 ? 16 : __builtin_ctz(stops);
      p_ += plain;
      out += plain;
      if (stops == 0) continue;
    }
#endif
    if (p_ == end_) break;
    if (*p_ == '<') {
      out_.next() = out;
      return true;
    }
    if (*p_ == '&') {
      run_marked_ = true;
      if (const Quick quick = quick_reference(p_, end_); quick.length != 0) [[likely]] {
        *out++ = static_cast<std::uint8_t>(quick.character);
        p_ += quick.length;
        continue;
      }
      out_.next() = out;
      if (!reference()) return false;
      out = out_.next();
      continue;
    }
    // The end of a line is LF, however it was written.
    const bool carriage_return = *p_ == '\r';
    *out++ = carriage_return ? std::uint8_t{'\n'} : static_cast<std::uint8_t>(*p_);
    ++p_;
    if (carriage_return && p_ != end_ && *p_ == '\n') ++p_;
  }
  return cut();
}

bool XmlParser::cdata() {
  open_run();
  run_marked_ = true;
  p_ += 9;
  const char* first = p_;
  if (!skip_past("]]>")) return false;
  const char* const last = p_ - 3;
  out_.need(static_cast<std::size_t>(last - first));
  while (first != last) {
    const void* found = std::memchr(first, '\r', static_cast<std::size_t>(last - first));
    const char* const stop = found == nullptr ? last : static_cast<const char*>(found);
    out_.put(as_bytes({first, static_cast<std::size_t>(stop - first)}));
    if (stop == last) break;
    out_.put('\n');
    first = stop + 1;
    if (first != last && *first == '\n') ++first;
  }
  return true;
}

bool XmlParser::reference() {
  constexpr std::pair<std::string_view, char> kNamed[] = {
      {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
  for (const auto& [name, character] : kNamed)
    if (at(name)) {
      out_.put(static_cast<std::uint8_t>(character));
      p_ += name.size();
      return true;
    }
  if (!at("&#"))
    return fail(XmlErrorCode::unknown_entity, p_, "only lt, gt, amp, quot and apos are known (write & as &amp;)");
  const bool hex = end_ - p_ > 2 && p_[2] == 'x';
  std::uint32_t value = 0;
  const auto parsed = std::from_chars(p_ + (hex ? 3 : 2), end_, value, hex ? 16 : 10);
  if (parsed.ec != std::errc{} || parsed.ptr == end_ || *parsed.ptr != ';' || !is_xml_character(value))
    return fail(XmlErrorCode::bad_character, p_, "this reference names no character of XML 1.0");
  p_ = parsed.ptr + 1;
  out_.next() = put_utf8(out_.next(), value);
  return true;
}

// A text is complete: drops it when it is only the blanks between elements, checks it otherwise.
bool XmlParser::close_run(bool at_end_tag) {
  if (!has_run_) return true;
  has_run_ = false;
  const bool beside_elements = !at_end_tag || frames_[depth_ - 1].has_child;
  const char* const text = reinterpret_cast<const char*>(out_.begin()) + run_at_ + 1;
  if (beside_elements && !run_marked_ && std::all_of(text, reinterpret_cast<const char*>(out_.next()), is_blank)) {
    out_.cut_to(run_at_);
    return true;
  }
  out_.need(1);
  out_.put(0);
  const std::uint8_t* const copy = out_.begin() + run_at_ + 1;
  const TextEnd end = find_text_end(out_.begin(), copy, out_.next(), scan_);
  if (end.state == TextState::found && end.at == out_.next() - 1 && !end.not_xml) [[likely]]
    return true;
  return bad_run();
}

// Something is wrong with a text; the source tells where.
bool XmlParser::bad_run() {
  const auto* source = reinterpret_cast<const std::uint8_t*>(run_source_);
  const auto* const source_end = reinterpret_cast<const std::uint8_t*>(p_);
  const TextEnd check = scan_text_portable(source, source_end);
  if (check.state == TextState::bad || (check.state == TextState::cut && check.at != source_end))
    return fail(XmlErrorCode::bad_utf8, reinterpret_cast<const char*>(check.at), "this is not UTF-8");
  while (source != source_end && (*source >= 0x20 || is_blank(static_cast<char>(*source))) &&
         !(source_end - source >= 3 && source[0] == 0xEF && source[1] == 0xBF && source[2] >= 0xBE))
    ++source;
  return fail(XmlErrorCode::bad_character, reinterpret_cast<const char*>(source),
              "XML cannot hold this character; use str=\"base64\"");
}

// opaque="text": the run becomes OPAQUE.
void XmlParser::wrap_opaque() {
  const std::size_t length = out_.used() - run_at_ - 2;  // without STR_I and NUL
  constexpr std::size_t kLongestHead = 6;
  out_.need(kLongestHead);
  std::uint8_t* const text = out_.begin() + run_at_ + 1;
  std::memmove(text + kLongestHead, text, length);
  out_.cut_to(run_at_);
  out_.put(kOpaque);
  out_.put_number(static_cast<std::uint32_t>(length));
  std::memmove(out_.next(), text + kLongestHead, length);
  out_.next() += length;
}

// The base64 text of an element, up to and including its end tag.
bool XmlParser::base64_value(const StartTag& start, bool opaque) {
  // A long value is gone through once: it is decoded while its end is looked for, and how many octets the number before
  // it takes is a guess. Of a short one both are known first.
  constexpr std::size_t kShort = 4096, kLongestHead = 6;
  const char* const text = p_;
  const auto end_after = [](const char* from, std::size_t octets) -> const char* {
    const std::size_t at = std::string_view(from, octets).find('<');
    return at == std::string_view::npos ? nullptr : from + at;
  };
  const char* end = start.empty ? text : end_after(text, std::min(left(), kShort));
  if (end == nullptr && left() <= kShort) return cut();
  const std::size_t most = end != nullptr ? static_cast<std::size_t>(end - text) : left();
  std::size_t guess = most;
  while (end != nullptr && guess > 0 && text[guess - 1] == '=') --guess;
  guess = guess / 4 * 3 + (guess % 4 == 0 ? 0 : guess % 4 - 1);

  out_.need(base64_bound(most) + kLongestHead);
  out_.put(opaque ? kOpaque : kStrI);
  const std::size_t head = out_.used();
  if (opaque) out_.put_number(static_cast<std::uint32_t>(guess));
  std::uint8_t* const data = out_.next();
  const Base64Blocks blocks = base64_decode_blocks(text, most, data, options_.simd);
  const char* const from = text + blocks.from;
  if (end == nullptr) end = end_after(from, static_cast<std::size_t>(end_ - from));
  if (end == nullptr) return cut();
  p_ = end;
  const Base64Decoded rest =
      base64_decode({from, static_cast<std::size_t>(end - from)}, data + blocks.to, options_.simd);
  if (rest.bad != Base64Decoded::kNone)
    return fail(XmlErrorCode::bad_base64, from + rest.bad, "this is not base64 (opaque=\"text\" takes plain text)");
  const std::size_t size = blocks.to + rest.size;
  if (!opaque && std::memchr(data, 0, size) != nullptr)
    return fail(XmlErrorCode::bad_character, text, "a string cannot hold a NUL");
  if (opaque && size != guess) {
    out_.cut_to(head);
    out_.put_number(static_cast<std::uint32_t>(size));
    if (out_.next() != data) std::memmove(out_.next(), data, size);
  }
  if (base64_offsets_ != nullptr) base64_offsets_->push_back(out_.used());
  out_.next() += size;
  if (!opaque) out_.put(0);
  if (start.empty) return true;
  if (!at("</")) return fail(XmlErrorCode::syntax, p_, about("only base64 can stand inside ", start.whole()));
  return end_of(start.whole());
}

}  // namespace easel::wbxml::detail

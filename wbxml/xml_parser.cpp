#include "wbxml/xml_parser.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "wbxml/code_pages.h"

namespace easel::wbxml::detail {
namespace {

std::optional<Tag> placeholder_tag(std::uint8_t page, std::string_view name) {
  if (!name.starts_with("Token-") || name.size() != 8) return std::nullopt;
  unsigned token = 0;
  const auto parsed = std::from_chars(name.data() + 6, name.data() + 8, token, 16);
  if (parsed.ptr != name.data() + 8 || token < kFirstTagToken || token > kTokenBits) return std::nullopt;
  return Tag{page, static_cast<std::uint8_t>(token)};
}

// Equal octets; names are short, and mostly both can be read by blocks.
[[gnu::always_inline]] inline bool same(const char* a, const char* b, std::size_t length, const char* end) {
#if defined(__SSE2__)
  if (length <= 32 && end - a >= 32 && end - b >= 32) [[likely]] {
    const auto half = [&](int at) {
      return static_cast<std::uint32_t>(
          _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(a + at)),
                                           _mm_loadu_si128(reinterpret_cast<const __m128i*>(b + at)))));
    };
    const std::uint64_t inside = (std::uint64_t{1} << length) - 1;
    return ((half(0) | half(16) << 16) & inside) == inside;
  }
#endif
  return static_cast<std::size_t>(end - a) >= length && std::memcmp(a, b, length) == 0;
}

}  // namespace

bool XmlParser::skip_past(std::string_view mark) {
  const std::string_view rest(p_, left());
  const std::size_t found = rest.find(mark);
  if (found == std::string_view::npos) return cut();
  p_ += found + mark.size();
  return true;
}

bool XmlParser::document() {
  if (left() > std::numeric_limits<std::uint32_t>::max())
    return fail(XmlErrorCode::too_large, begin_, "4 GiB or more of XML");
  out_.put(kHeader);
  if (at("\xEF\xBB\xBF")) p_ += 3;
  constexpr std::string_view kUsualDeclaration = "<?xml version=\"1.0\" encoding=\"utf-8\"?>";
  if (at(kUsualDeclaration)) p_ += kUsualDeclaration.size();
  if (!misc(true)) return false;
  if (p_ == end_) return fail(XmlErrorCode::no_root, end_, "there is no element");
  if (*p_ != '<') return fail(XmlErrorCode::syntax, p_, "text outside the root element");
  if (!element()) return false;
  while (depth_ > 0) {
    usual_elements();
    if (depth_ == 0) break;
    if (p_ == end_) return cut();
    if (*p_ != '<') {
      if (!text()) return false;
    } else if (end_ - p_ >= 2 && p_[1] == '/') {
      if (!end_tag()) return false;
    } else if (!markup()) {
      return false;
    }
  }
  if (!misc(false)) return false;
  if (p_ != end_) return fail(XmlErrorCode::trailing_data, p_, "something follows the root element");
  return true;
}

// Blanks, comments, processing instructions and, before the root, a document type.
bool XmlParser::misc(bool before_root) {
  for (;;) {
    skip_blanks();
    if (at("<?")) {
      if (!skip_past("?>")) return false;
    } else if (at("<!--")) {
      p_ += 4;
      if (!skip_past("-->")) return false;
    } else if (before_root && at("<!DOCTYPE")) {
      if (!doctype()) return false;
    } else {
      return true;
    }
  }
}

bool XmlParser::doctype() {
  const char* const start = p_;
  for (char quote = 0; p_ != end_; ++p_) {
    if (quote != 0) {
      if (*p_ == quote) quote = 0;
    } else if (*p_ == '"' || *p_ == '\'') {
      quote = *p_;
    } else if (*p_ == '[') {
      return fail(XmlErrorCode::doctype, start, "a document type with declarations of its own");
    } else if (*p_ == '>') {
      ++p_;
      return true;
    }
  }
  return cut();
}

// From '<' to the end of the name.
[[gnu::always_inline]] inline void XmlParser::read_name(StartTag& tag) {
  tag.at = p_;
  tag.name = ++p_;
#if defined(__SSE2__)
  if (end_ - p_ >= 32) [[likely]] {
    const auto masks = [&](int at, std::uint32_t& ends, std::uint32_t& colons) {
      const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p_ + at));
      const auto is = [&](char c) { return _mm_cmpeq_epi8(block, _mm_set1_epi8(c)); };
      const __m128i end = _mm_or_si128(_mm_or_si128(is('>'), is('/')), _mm_cmplt_epi8(block, _mm_set1_epi8('!')));
      ends |= static_cast<std::uint32_t>(_mm_movemask_epi8(end)) << at;
      colons |= static_cast<std::uint32_t>(_mm_movemask_epi8(is(':'))) << at;
    };
    std::uint32_t ends = 0, colons = 0;
    masks(0, ends, colons);
    masks(16, ends, colons);
    if (ends != 0) [[likely]] {
      tag.name_length = static_cast<std::uint32_t>(__builtin_ctz(ends));
      colons &= (ends & (0u - ends)) - 1;
      if (colons != 0) tag.colon = static_cast<std::uint32_t>(__builtin_ctz(colons));
      p_ += tag.name_length;
      return;
    }
  }
#endif
  while (p_ != end_ && !ends_name(*p_)) ++p_;
  tag.name_length = static_cast<std::uint32_t>(p_ - tag.name);
  const std::size_t colon = tag.whole().find(':');
  tag.colon = colon == std::string_view::npos ? 0 : static_cast<std::uint32_t>(colon);
}

// kNoPage: nothing binds it.
[[gnu::always_inline]] inline int XmlParser::page_of_prefix(const char* prefix, std::uint32_t length) {
  const auto is = [&](std::uint32_t i) {
    return bindings_[i].prefix_length == length && same(bindings_[i].prefix, prefix, length, readable_);
  };
  std::uint8_t& newest = newest_[hash_of(prefix, length)];
  std::uint32_t i = newest;
  if (i == 0 || i > bound_ || !is(i)) [[unlikely]] {
    for (i = bound_; i > 0 && !is(i);) --i;
    newest = static_cast<std::uint8_t>(i);
  }
  if (i == 0) return kNoPage;
  if (bindings_[i].page == kUnknownPage) default_space_ = {bindings_[i].space, bindings_[i].space_length};
  return bindings_[i].page;
}

bool XmlParser::unknown_page(const StartTag& start, int page) {
  return fail(XmlErrorCode::unknown_namespace, start.at,
              page == kNoPage ? about_missing_namespace(start.local()) : about_unknown_namespace(default_space_));
}

[[gnu::always_inline]] inline bool XmlParser::resolve(const StartTag& start, Tag& tag, bool& piece) {
  int page = start.default_page;
  if (start.colon != 0) {
    page = page_of_prefix(start.name, start.colon);
    if (page == kNoPage)
      return fail(XmlErrorCode::unknown_prefix, start.at,
                  about("no xmlns attribute binds the prefix ", start.whole().substr(0, start.colon)));
  }
  if (page < 0) return unknown_page(start, page);
  piece = page == kPiecePage;
  if (piece) {
    if (start.local() == "piece" && depth_ > 0 && start.coding != Coding::plain) return true;
    return fail(XmlErrorCode::unknown_element, start.at, "only <piece opaque|str> inside an element is known here");
  }
  const auto code_page = static_cast<std::uint8_t>(page);
  std::optional<Tag> found = find_tag(code_page, start.local());
  if (!found) found = placeholder_tag(code_page, start.local());
  if (!found) return fail(XmlErrorCode::unknown_element, start.at, about_unknown_element(start.local(), page));
  tag = *found;
  return true;
}

// A name that was not met before, for usual_elements; `at` is its place. Null: not one of a usual element.
const XmlParser::KnownName* XmlParser::learn(const char* name, std::uint32_t length, std::uint32_t colons,
                                             int default_page, std::size_t at) {
  const std::uint32_t colon = colons == 0 ? 0 : static_cast<std::uint32_t>(__builtin_ctz(colons));
  int page = default_page;
  if (colon != 0) {
    page = page_of_prefix(name, colon);
    default_page = kNoPage;
  }
  if (page < 0 || page == kPiecePage) return nullptr;
  const std::uint32_t local = colon == 0 ? 0 : colon + 1;
  const std::optional<Tag> tag = find_tag(static_cast<std::uint8_t>(page), {name + local, length - local});
  if (!tag || is_listed(*tag)) return nullptr;
  if (++learned_ == 3 * kFewNames) {  // the few places are fought over
    std::memset(known_length_, 0, sizeof known_length_);
    known_places_ = kManyNames;
    at = known_at(name, length);
  }
  known_[at] = {name, default_page, tag->page, tag->token};
  known_length_[at] = static_cast<std::uint8_t>(length);
  return &known_[at];
}

bool XmlParser::element() {
  StartTag start;
  start.default_page = depth_ == 0 ? kNoPage : frames_[depth_ - 1].default_page;
  start.prefixes = bound_;
  read_name(start);
  if (start.name_length == 0) return p_ == end_ ? cut() : fail(XmlErrorCode::syntax, p_, "a name is missing after '<'");
  if (p_ != end_ && *p_ == ' ') default_namespace(p_, start.default_page);
  if (p_ != end_ && *p_ == '>') [[likely]]
    ++p_;
  else if (!attributes(start))
    return false;
  Tag tag;
  bool piece = false;
  if (!resolve(start, tag, piece)) return false;
  if (depth_ >= std::min<std::size_t>(options_.max_depth, kDepthLimit))
    return fail(XmlErrorCode::too_deep, start.at, "nested beyond " + std::to_string(depth_) + " levels");
  if (depth_ > 0) frames_[depth_ - 1].has_child = true;
  const bool listed = !piece && is_listed(tag);
  if (listed && start.coding == Coding::plain && !start.empty) start.coding = Coding::opaque_base64;

  const bool has_content = !start.empty || start.coding != Coding::plain;
  if (!piece) put_tag(tag, has_content ? kContentBit : 0);
  if (!piece && !listed) remember(start, tag);
  if (start.coding != Coding::plain && (start.coding != Coding::opaque_text || start.empty || piece))
    return special_element(start, piece);
  if (start.empty) {
    leave_scope(start.prefixes);
    return true;
  }
  frames_[depth_++] = {start.name, start.name_length, start.prefixes, start.default_page, false};
  has_run_ = false;
  opaque_text_ = start.coding == Coding::opaque_text;
  if (opaque_text_) open_run();
  return true;
}

// An element whose value is read at once: base64, or an OPAQUE of no octets.
bool XmlParser::special_element(const StartTag& start, bool piece) {
  if (start.coding == Coding::opaque_text) {
    if (piece && !start.empty) return fail(XmlErrorCode::syntax, start.at, "a piece is given in base64");
    out_.put(kOpaque);
    out_.put(0);
  } else if (!base64_value(start, start.coding == Coding::opaque_base64)) {
    return false;
  }
  if (!piece) out_.put(kEnd);
  leave_scope(start.prefixes);
  return true;
}

// "</name>", blanks allowed before '>'.
bool XmlParser::end_of(std::string_view name) {
  const char* const start = p_ += 2;
  if (same(p_, name.data(), name.size(), end_)) p_ += name.size();
  const bool right = p_ != start;
  if (right) skip_blanks();
  if (right && p_ != end_ && *p_ == '>') [[likely]] {
    ++p_;
    return true;
  }
  while (p_ != end_ && !ends_name(*p_)) ++p_;
  if (p_ == end_) return cut();
  const std::string_view found(start, static_cast<std::size_t>(p_ - start));
  return fail(XmlErrorCode::mismatched_end, start, about(about("", found, " ends what "), name, " started"));
}

bool XmlParser::end_tag() {
  const Frame& frame = frames_[depth_ - 1];
  run_marked_ |= opaque_text_;
  if (!close_run(true)) return false;
  if (opaque_text_) wrap_opaque();
  opaque_text_ = false;
  if (!end_of({frame.name, frame.name_length})) return false;
  out_.need(0);
  out_.put(kEnd);
  leave_scope(frame.prefixes);
  --depth_;
  return true;
}

bool XmlParser::markup() {
  if (end_ - p_ < 2) return cut();
  if (p_[1] == '!') {
    if (at("<![CDATA[")) return cdata();
    if (!at("<!--")) return fail(XmlErrorCode::syntax, p_, "unknown markup");
    p_ += 4;
    return skip_past("-->");
  }
  if (p_[1] == '?') return skip_past("?>");
  if (opaque_text_) return fail(XmlErrorCode::syntax, p_, "an OPAQUE cannot hold elements");
  return close_run(false) && element();
}

}  // namespace easel::wbxml::detail

namespace easel::wbxml {

std::expected<Bytes, XmlError> from_xml(std::string_view xml, Bytes reuse, const XmlReadOptions& options) {
  return detail::XmlParser(xml, std::move(reuse), options, nullptr).parse();
}

std::expected<Bytes, XmlError> detail::from_xml_noting_base64(std::string_view xml, Bytes reuse,
                                                              const XmlReadOptions& options,
                                                              std::vector<std::size_t>& base64_offsets) {
  return XmlParser(xml, std::move(reuse), options, &base64_offsets).parse();
}

}  // namespace easel::wbxml

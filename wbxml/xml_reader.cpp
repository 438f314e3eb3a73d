#include "wbxml/xml_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "wbxml/base64.h"
#include "wbxml/byte_sink.h"
#include "wbxml/code_pages.h"
#include "wbxml/text_scan.h"

namespace easel::wbxml {
namespace {

constexpr std::string_view kPieceNamespace = "urn:easel:wbxml";
constexpr int kNoPage = -1, kUnknownPage = -2, kPiecePage = 256;
constexpr std::size_t kPrefixes = 128;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool ends_name(char c) { return is_blank(c) || c == '/' || c == '>' || c == '=' || c == '<' || c == '"' || c == '\''; }

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

int page_of_namespace(std::string_view name) {
  if (const auto page = page_of(name)) return *page;
  if (name == kPieceNamespace) return kPiecePage;
  if (name.starts_with("Page-")) {
    unsigned page = 0;
    const auto parsed = std::from_chars(name.data() + 5, name.data() + name.size(), page);
    if (parsed.ec == std::errc{} && parsed.ptr == name.data() + name.size() && page < 256)
      return static_cast<int>(page);
  }
  return kUnknownPage;
}

std::optional<Tag> placeholder_tag(std::uint8_t page, std::string_view name) {
  if (!name.starts_with("Token-") || name.size() != 8) return std::nullopt;
  unsigned token = 0;
  const auto parsed = std::from_chars(name.data() + 6, name.data() + 8, token, 16);
  if (parsed.ptr != name.data() + 8 || token < kFirstTagToken || token > kTokenBits) return std::nullopt;
  return Tag{page, static_cast<std::uint8_t>(token)};
}

std::string quoted(std::string_view name) {
  constexpr std::size_t kLongestShown = 60;
  return "'" + std::string(name.substr(0, kLongestShown)) + (name.size() > kLongestShown ? "...'" : "'");
}

// Namespaces that have a tag of this name, for the message about a missing or wrong one.
std::string pages_with(std::string_view name) {
  std::string list;
  for (std::uint8_t page = 0; page < kPages; ++page)
    if (find_tag(page, name)) list += (list.empty() ? "" : ", ") + std::string(namespace_of(page));
  return list;
}

enum class Coding : std::uint8_t { plain, opaque_base64, opaque_text, str_base64 };

class XmlParser {
 public:
  XmlParser(std::string_view xml, Bytes reuse, const XmlReadOptions& options, std::vector<std::size_t>* base64_offsets)
      : begin_(xml.data()),
        p_(xml.data()),
        end_(xml.data() + xml.size()),
        options_(options),
        base64_offsets_(base64_offsets),
        scan_(detail::scan_text_for(options.simd)),
        out_(std::move(reuse)) {}

  std::expected<Bytes, XmlError> parse() {
    if (document()) return out_.take();
    return std::unexpected(std::move(error_));
  }

 private:
  struct Frame {
    std::string_view name;       // as written, with its prefix
    int default_page = kNoPage;  // inside this element
    std::size_t prefixes = 0;    // bindings in force outside it
    bool has_child = false;
  };
  struct Binding {
    std::string_view prefix;
    int page = kNoPage;
    std::string_view name;
  };
  struct StartTag {
    const char* at = nullptr;
    std::string_view name;
    int default_page = kNoPage;
    std::size_t prefixes = 0;
    Coding coding = Coding::plain;
    bool empty = false;
  };

  bool fail(XmlErrorCode code, const char* at, std::string text) {
    error_ = {code, static_cast<std::size_t>(at - begin_), std::move(text)};
    return false;
  }
  bool cut() { return fail(XmlErrorCode::truncated, end_, "the text ends inside the document"); }
  [[nodiscard]] bool at(std::string_view text) const {
    return static_cast<std::size_t>(end_ - p_) >= text.size() && std::memcmp(p_, text.data(), text.size()) == 0;
  }
  void skip_blanks() {
    while (p_ != end_ && is_blank(*p_)) ++p_;
  }
  bool skip_past(std::string_view mark) {
    const std::string_view rest(p_, static_cast<std::size_t>(end_ - p_));
    const std::size_t found = rest.find(mark);
    if (found == std::string_view::npos) return cut();
    p_ += found + mark.size();
    return true;
  }

  bool document();
  bool misc(bool before_root);
  bool doctype();
  bool element();
  bool start_tag(StartTag& tag);
  bool attribute(StartTag& tag);
  bool resolve(const StartTag& start, Tag& tag, bool& piece);
  bool unknown_element(const StartTag& start, std::string_view name, std::uint8_t page);
  bool end_tag();
  bool content();
  bool markup();
  bool text();
  bool cdata();
  bool reference();
  bool base64_value(const StartTag& start, bool opaque);
  bool close_run(bool at_end_tag);
  void open_run(const char* at);
  void copy_text(const char* first, const char* last);
  bool wrap_opaque();

  const char* begin_;
  const char* p_;
  const char* end_;
  const XmlReadOptions& options_;
  std::vector<std::size_t>* base64_offsets_;
  detail::ScanText scan_;
  detail::ByteSink out_;
  XmlError error_;
  std::size_t depth_ = 0;
  std::size_t bound_ = 0;
  std::uint8_t page_ = 0;
  bool has_run_ = false, run_marked_ = false, opaque_text_ = false;
  std::size_t run_at_ = 0;
  const char* run_source_ = nullptr;
  std::array<Binding, kPrefixes> bindings_;
  std::array<Frame, kDepthLimit> frames_;
};

bool XmlParser::document() {
  if (static_cast<std::size_t>(end_ - begin_) > std::numeric_limits<std::uint32_t>::max())
    return fail(XmlErrorCode::too_large, begin_, "4 GiB or more of XML");
  out_.need(4);
  out_.put(kHeader);
  if (at("\xEF\xBB\xBF")) p_ += 3;
  if (!misc(true)) return false;
  if (p_ == end_) return fail(XmlErrorCode::no_root, end_, "there is no element");
  if (*p_ != '<') return fail(XmlErrorCode::syntax, p_, "text outside the root element");
  if (!element()) return false;
  while (depth_ > 0)
    if (!content()) return false;
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

bool XmlParser::start_tag(StartTag& tag) {
  tag.at = p_++;
  const char* const name = p_;
  while (p_ != end_ && !ends_name(*p_)) ++p_;
  tag.name = {name, static_cast<std::size_t>(p_ - name)};
  if (tag.name.empty()) return p_ == end_ ? cut() : fail(XmlErrorCode::syntax, p_, "a name is missing after '<'");
  for (;;) {
    const bool blank = p_ != end_ && is_blank(*p_);
    skip_blanks();
    if (p_ == end_) return cut();
    if (*p_ == '>') {
      ++p_;
      return true;
    }
    if (at("/>")) {
      p_ += 2;
      tag.empty = true;
      return true;
    }
    if (!blank) return fail(XmlErrorCode::syntax, p_, "unexpected character in the tag " + quoted(tag.name));
    if (!attribute(tag)) return false;
  }
}

bool XmlParser::attribute(StartTag& tag) {
  const char* const start = p_;
  while (p_ != end_ && !ends_name(*p_)) ++p_;
  const std::string_view name(start, static_cast<std::size_t>(p_ - start));
  skip_blanks();
  if (p_ == end_) return cut();
  if (name.empty() || *p_ != '=') return fail(XmlErrorCode::syntax, p_, "expected name=\"value\"");
  ++p_;
  skip_blanks();
  if (p_ == end_) return cut();
  const char quote = *p_;
  if (quote != '"' && quote != '\'') return fail(XmlErrorCode::syntax, p_, "the value needs quotes");
  const char* const value_start = ++p_;
  while (p_ != end_ && *p_ != quote && *p_ != '<') ++p_;
  if (p_ == end_) return cut();
  if (*p_ == '<') return fail(XmlErrorCode::syntax, p_, "'<' in an attribute value");
  const std::string_view value(value_start, static_cast<std::size_t>(p_++ - value_start));

  if (name == "xmlns") {
    tag.default_page = page_of_namespace(value);
    // Kept as a binding too, for the message in case an element uses it.
    if (tag.default_page == kUnknownPage) bindings_[0] = {"", kUnknownPage, value};
  } else if (name.starts_with("xmlns:")) {
    if (bound_ + 1 >= kPrefixes) return fail(XmlErrorCode::syntax, start, "more namespace prefixes than can be kept");
    bindings_[++bound_] = {name.substr(6), page_of_namespace(value), value};
  } else if (name == "opaque" && value == "base64") {
    tag.coding = Coding::opaque_base64;
  } else if (name == "opaque" && value == "text") {
    tag.coding = Coding::opaque_text;
  } else if (name == "str" && value == "base64") {
    tag.coding = Coding::str_base64;
  } else if (name == "opaque" || name == "str") {
    return fail(XmlErrorCode::unknown_attribute, value_start,
                quoted(name) + " can be \"base64\"" + (name == "opaque" ? " or \"text\"" : ""));
  } else {
    return fail(XmlErrorCode::unknown_attribute, start,
                "ActiveSync elements have no attributes: " + quoted(name) + "; known are xmlns, opaque and str");
  }
  return true;
}

bool XmlParser::unknown_element(const StartTag& start, std::string_view name, std::uint8_t page) {
  std::string text = quoted(name) + " is no element of " +
                     (page < kPages ? std::string(namespace_of(page)) : "code page " + std::to_string(page));
  const std::string_view nearest = nearest_tag_name(page, name);
  if (!nearest.empty()) text += "; the nearest is '" + std::string(nearest) + "'";
  const std::string elsewhere = pages_with(name);
  if (!elsewhere.empty()) text += "; " + elsewhere + " has it";
  return fail(XmlErrorCode::unknown_element, start.at, std::move(text));
}

bool XmlParser::resolve(const StartTag& start, Tag& tag, bool& piece) {
  std::string_view name = start.name;
  int page = start.default_page;
  std::string_view space = bindings_[0].name;
  const std::size_t colon = name.find(':');
  if (colon != std::string_view::npos) {
    const std::string_view prefix = name.substr(0, colon);
    name.remove_prefix(colon + 1);
    std::size_t i = bound_;
    while (i > 0 && bindings_[i].prefix != prefix) --i;
    if (i == 0)
      return fail(XmlErrorCode::unknown_prefix, start.at, "no xmlns:" + std::string(prefix) + " for " + quoted(prefix));
    page = bindings_[i].page;
    space = bindings_[i].name;
  }
  if (page == kNoPage) {
    const std::string pages = pages_with(name);
    return fail(
        XmlErrorCode::unknown_namespace, start.at,
        quoted(name) + " has no namespace: add xmlns=\"...\"" + (pages.empty() ? "" : "; " + pages + " has it"));
  }
  if (page == kUnknownPage) {
    const std::string_view nearest = nearest_namespace(space);
    return fail(XmlErrorCode::unknown_namespace, start.at,
                quoted(space) + " is no ActiveSync namespace" +
                    (nearest.empty() ? std::string() : "; the nearest is '" + std::string(nearest) + "'"));
  }
  piece = page == kPiecePage;
  if (piece)
    return name == "piece" && depth_ > 0 && start.coding != Coding::plain
               ? true
               : fail(XmlErrorCode::unknown_element, start.at,
                      "only <piece opaque|str> inside an element is known here");
  const auto code_page = static_cast<std::uint8_t>(page);
  auto found = find_tag(code_page, name);
  if (!found) found = placeholder_tag(code_page, name);
  if (!found) return unknown_element(start, name, code_page);
  tag = *found;
  return true;
}

bool XmlParser::element() {
  StartTag start;
  start.default_page = depth_ == 0 ? kNoPage : frames_[depth_ - 1].default_page;
  start.prefixes = bound_;
  if (!start_tag(start)) return false;
  Tag tag;
  bool piece = false;
  if (!resolve(start, tag, piece)) return false;
  if (depth_ >= std::min<std::size_t>(options_.max_depth, kDepthLimit))
    return fail(XmlErrorCode::too_deep, start.at, "nested beyond " + std::to_string(depth_) + " levels");
  if (depth_ > 0) frames_[depth_ - 1].has_child = true;
  if (start.coding == Coding::plain && !piece && !start.empty &&
      std::find(options_.base64_opaque.begin(), options_.base64_opaque.end(), tag) != options_.base64_opaque.end())
    start.coding = Coding::opaque_base64;

  out_.need(0);
  if (!piece) {
    if (tag.page != page_) {
      out_.put(kSwitchPage);
      out_.put(tag.page);
      page_ = tag.page;
    }
    const bool no_content = start.empty && start.coding == Coding::plain;
    out_.put(no_content ? tag.token : static_cast<std::uint8_t>(tag.token | kContentBit));
  }
  if (start.coding == Coding::opaque_base64 || start.coding == Coding::str_base64) {
    if (!base64_value(start, start.coding == Coding::opaque_base64)) return false;
    if (!piece) out_.put(kEnd);
    bound_ = start.prefixes;
    return true;
  }
  if (start.empty) {
    if (start.coding == Coding::opaque_text) {
      out_.put(kOpaque);
      out_.put(0);
      if (!piece) out_.put(kEnd);
    }
    bound_ = start.prefixes;
    return true;
  }
  if (piece) return fail(XmlErrorCode::syntax, start.at, "a piece is given in base64");
  frames_[depth_++] = {start.name, start.default_page, start.prefixes, false};
  has_run_ = false;
  opaque_text_ = start.coding == Coding::opaque_text;
  if (opaque_text_) open_run(p_);
  return true;
}

// The base64 text of an element, up to and including its end tag.
bool XmlParser::base64_value(const StartTag& start, bool opaque) {
  const char* const text = p_;
  if (!start.empty) {
    const void* found = std::memchr(p_, '<', static_cast<std::size_t>(end_ - p_));
    if (found == nullptr) return cut();
    p_ = static_cast<const char*>(found);
  }
  const std::string_view characters(text, static_cast<std::size_t>(p_ - text));
  constexpr std::size_t kLongestHead = 6;
  out_.need(detail::base64_bound(characters.size()) + kLongestHead);
  std::uint8_t* const data = out_.next() + kLongestHead;
  const detail::Base64Decoded decoded = detail::base64_decode(characters, data, options_.simd);
  if (decoded.bad != detail::Base64Decoded::kNone)
    return fail(XmlErrorCode::bad_base64, text + decoded.bad, "this is not base64 (opaque=\"text\" takes plain text)");
  if (!opaque && std::memchr(data, 0, decoded.size) != nullptr)
    return fail(XmlErrorCode::bad_character, text, "a string cannot hold a NUL");
  out_.put(opaque ? kOpaque : kStrI);
  if (opaque) out_.put_number(static_cast<std::uint32_t>(decoded.size));
  if (base64_offsets_ != nullptr) base64_offsets_->push_back(out_.used());
  if (decoded.size != 0) std::memmove(out_.next(), data, decoded.size);
  out_.next() += decoded.size;
  if (!opaque) out_.put(0);
  if (start.empty) return true;
  const std::size_t length = start.name.size();
  if (!at("</")) return fail(XmlErrorCode::syntax, p_, "only base64 can stand inside " + quoted(start.name));
  p_ += 2;
  if (!at(start.name)) return fail(XmlErrorCode::mismatched_end, p_, "expected the end of " + quoted(start.name));
  p_ += length;
  skip_blanks();
  if (p_ == end_) return cut();
  if (*p_ != '>') return fail(XmlErrorCode::mismatched_end, p_, "expected the end of " + quoted(start.name));
  ++p_;
  return true;
}

void XmlParser::open_run(const char* at) {
  if (has_run_) return;
  has_run_ = true;
  run_marked_ = false;
  run_at_ = out_.used();
  run_source_ = at;
  out_.need(1);
  out_.put(kStrI);
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
  const detail::TextEnd end = detail::find_text_end(out_.begin(), copy, out_.next(), scan_);
  if (end.state == detail::TextState::found && end.at == out_.next() - 1 && !end.not_xml) [[likely]]
    return true;
  // Something is wrong; the source tells where.
  const auto* source = reinterpret_cast<const std::uint8_t*>(run_source_);
  const auto* const source_end = reinterpret_cast<const std::uint8_t*>(p_);
  const detail::TextEnd check = detail::scan_text_portable(source, source_end);
  if (check.state == detail::TextState::bad || (check.state == detail::TextState::cut && check.at != source_end))
    return fail(XmlErrorCode::bad_utf8, reinterpret_cast<const char*>(check.at), "this is not UTF-8");
  while (source != source_end && (*source >= 0x20 || is_blank(static_cast<char>(*source))) &&
         !(source_end - source >= 3 && source[0] == 0xEF && source[1] == 0xBF && source[2] >= 0xBE))
    ++source;
  return fail(XmlErrorCode::bad_character, reinterpret_cast<const char*>(source),
              "XML cannot hold this character; use str=\"base64\"");
}

// opaque="text": the run becomes OPAQUE.
bool XmlParser::wrap_opaque() {
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
  return true;
}

bool XmlParser::end_tag() {
  const Frame& frame = frames_[depth_ - 1];
  run_marked_ |= opaque_text_;
  if (!close_run(true)) return false;
  if (opaque_text_) wrap_opaque();
  opaque_text_ = false;
  p_ += 2;
  const char* const name = p_;
  if (!at(frame.name)) {
    while (p_ != end_ && !ends_name(*p_)) ++p_;
    if (p_ == end_) return cut();
    return fail(XmlErrorCode::mismatched_end, name,
                quoted({name, static_cast<std::size_t>(p_ - name)}) + " ends what " + quoted(frame.name) + " started");
  }
  p_ += frame.name.size();
  skip_blanks();
  if (p_ == end_) return cut();
  if (*p_ != '>') return fail(XmlErrorCode::mismatched_end, name, "expected the end of " + quoted(frame.name));
  ++p_;
  out_.need(0);
  out_.put(kEnd);
  bound_ = frame.prefixes;
  --depth_;
  return true;
}

bool XmlParser::markup() {
  if (end_ - p_ < 2) return cut();
  if (p_[1] == '/') return end_tag();
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

bool XmlParser::content() {
  if (p_ == end_) return cut();
  return *p_ == '<' ? markup() : text();
}

// Copies characters as they are but for the end of line, which XML makes LF.
void XmlParser::copy_text(const char* first, const char* last) {
  out_.need(static_cast<std::size_t>(last - first));
  while (first != last) {
    const void* found = std::memchr(first, '\r', static_cast<std::size_t>(last - first));
    const char* const stop = found == nullptr ? last : static_cast<const char*>(found);
    out_.put(as_bytes({first, static_cast<std::size_t>(stop - first)}));
    if (stop == last) return;
    out_.put('\n');
    first = stop + 1;
    if (first != last && *first == '\n') ++first;
  }
}

bool XmlParser::text() {
  open_run(p_);
  while (p_ != end_ && *p_ != '<') {
    const char* const first = p_;
    while (p_ != end_ && *p_ != '<' && *p_ != '&') ++p_;
    copy_text(first, p_);
    if (p_ != end_ && *p_ == '&' && !reference()) return false;
  }
  return p_ != end_ || cut();
}

bool XmlParser::cdata() {
  open_run(p_);
  run_marked_ = true;
  p_ += 9;
  const char* const first = p_;
  if (!skip_past("]]>")) return false;
  copy_text(first, p_ - 3);
  return true;
}

bool XmlParser::reference() {
  constexpr std::pair<std::string_view, char> kNamed[] = {
      {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
  run_marked_ = true;
  out_.need(4);
  for (const auto& [name, character] : kNamed)
    if (at(name)) {
      out_.put(static_cast<std::uint8_t>(character));
      p_ += name.size();
      return true;
    }
  const char* const start = p_;
  if (!at("&#"))
    return fail(XmlErrorCode::unknown_entity, start, "only lt, gt, amp, quot and apos are known (write & as &amp;)");
  const bool hex = end_ - p_ > 2 && p_[2] == 'x';
  std::uint32_t value = 0;
  const auto parsed = std::from_chars(p_ + (hex ? 3 : 2), end_, value, hex ? 16 : 10);
  if (parsed.ec != std::errc{} || parsed.ptr == end_ || *parsed.ptr != ';' || !is_xml_character(value))
    return fail(XmlErrorCode::bad_character, start, "this reference names no character of XML 1.0");
  p_ = parsed.ptr + 1;
  out_.next() = put_utf8(out_.next(), value);
  return true;
}

}  // namespace

std::string_view name_of(XmlErrorCode code) {
  constexpr std::string_view kNames[] = {"syntax",          "truncated",         "bad_utf8",       "bad_character",
                                         "unknown_entity",  "doctype",           "unknown_prefix", "unknown_namespace",
                                         "unknown_element", "unknown_attribute", "bad_base64",     "mismatched_end",
                                         "no_root",         "trailing_data",     "too_deep",       "too_large"};
  static_assert(std::size(kNames) == static_cast<std::size_t>(XmlErrorCode::too_large) + 1);
  return kNames[static_cast<std::size_t>(code)];
}

std::string describe(const XmlError& error, std::string_view xml) {
  const std::string_view before = xml.substr(0, error.offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t line_start = before.rfind('\n');
  const std::size_t column = before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + error.text;
}

std::expected<Bytes, XmlError> from_xml(std::string_view xml, Bytes reuse, const XmlReadOptions& options) {
  return XmlParser(xml, std::move(reuse), options, nullptr).parse();
}

std::expected<Bytes, XmlError> detail::from_xml_noting_base64(std::string_view xml, Bytes reuse,
                                                              const XmlReadOptions& options,
                                                              std::vector<std::size_t>& base64_offsets) {
  return XmlParser(xml, std::move(reuse), options, &base64_offsets).parse();
}

}  // namespace easel::wbxml

// The parser behind xml_reader.h. Internal to wbxml.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wbxml/byte_sink.h"
#include "wbxml/text_scan.h"
#include "wbxml/tokens.h"
#include "wbxml/xml_reader.h"

namespace easel::wbxml::detail {

[[nodiscard]] std::string about_unknown_element(std::string_view name, int page);
[[nodiscard]] std::string about_missing_namespace(std::string_view name);
[[nodiscard]] std::string about_unknown_namespace(std::string_view space);
/// `before`, the name in quotes, `after`.
[[nodiscard]] std::string about(std::string_view before, std::string_view name, std::string_view after = {});

[[nodiscard]] constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

[[nodiscard]] inline bool ends_name(char c) {
  return static_cast<signed char>(c) <= ' ' || c == '/' || c == '>' || c == '=' || c == '<' || c == '"' || c == '\'';
}

/// One pass over the text, writing as it goes. xml_parser.cpp has the markup, xml_content.cpp the text,
/// xml_usual.cpp a loop for what nearly all documents are made of.
class XmlParser {
 public:
  XmlParser(std::string_view xml, Bytes reuse, const XmlReadOptions& options, std::vector<std::size_t>* base64_offsets)
      : begin_(xml.data()),
        p_(xml.data()),
        end_(xml.data() + xml.size()),
        readable_(end_),
        options_(options),
        base64_offsets_(base64_offsets),
        scan_(scan_text_for(options.simd)),
        out_(std::move(reuse), kLeastRoom) {
    forget_names();
    if (xml.size() <= kSmall) copy_small(xml);
  }

  XmlParser(const XmlParser&) = delete;

  std::expected<Bytes, XmlError> parse() {
    if (document()) return out_.take();
    return std::unexpected(std::move(error_));
  }

 private:
  static constexpr int kNoPage = -1, kUnknownPage = -2, kPiecePage = 256;
  static constexpr std::size_t kPrefixes = 128, kFewNames = 128, kManyNames = 1024, kBlock = 32, kSmall = 1024,
                               kLeastRoom = 128;
  enum class Coding : std::uint8_t { plain, opaque_base64, opaque_text, str_base64 };

  // These live in arrays of which only the used part is ever set: no initialisers.
  struct Frame {
    const char* name;  // as written, with its prefix
    std::uint32_t name_length;
    std::uint32_t prefixes;  // bindings in force outside it
    int default_page;        // inside it
    bool has_child;
  };
  struct Binding {
    const char *prefix, *space;
    std::uint32_t prefix_length, space_length;
    int page;
  };
  struct KnownName {
    const char* name;  // where it was met
    int default_page;  // kNoPage for a name with a prefix
    std::uint8_t page, token;
  };
  struct StartTag {
    const char* at = nullptr;
    const char* name = nullptr;
    std::uint32_t name_length = 0, colon = 0;  // colon: length of the prefix, 0 without one
    int default_page = kNoPage;
    std::uint32_t prefixes = 0;
    Coding coding = Coding::plain;
    bool empty = false;
    [[nodiscard]] std::string_view whole() const { return {name, name_length}; }
    [[nodiscard]] std::string_view local() const { return whole().substr(colon == 0 ? 0 : colon + 1); }
  };

  bool fail(XmlErrorCode code, const char* at, std::string text) {
    error_ = {code, static_cast<std::size_t>(at - begin_), std::move(text)};
    return false;
  }
  bool cut() { return fail(XmlErrorCode::truncated, end_, "the text ends inside the document"); }
  [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - p_); }
  [[nodiscard]] bool at(std::string_view text) const {
    return left() >= text.size() && std::memcmp(p_, text.data(), text.size()) == 0;
  }
  void skip_blanks() {
    while (p_ != end_ && is_blank(*p_)) ++p_;
  }
  bool skip_past(std::string_view mark);

  bool document();
  void usual_elements();
  void usual_elements_avx2();
  template <class Block>
  void usual_elements_by();
  const KnownName* learn(const char* name, std::uint32_t length, std::uint32_t colons, int default_page,
                         std::size_t at);
  bool is_listed(Tag tag) const {
    return std::find(options_.base64_opaque.begin(), options_.base64_opaque.end(), tag) != options_.base64_opaque.end();
  }
  bool default_namespace(const char*& p, int& page) const;
  bool is_xml(const std::uint8_t* text, const std::uint8_t* end) const;
  bool misc(bool before_root);
  bool doctype();
  bool element();
  void read_name(StartTag& tag);
  bool attributes(StartTag& tag);
  bool attribute(StartTag& tag);
  bool bind(StartTag& tag, std::string_view name, std::string_view value, const char* at);
  static std::size_t hash_of(const char* prefix, std::size_t length) {
    const auto octet = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(prefix[i])); };
    return (octet(0) * 5 + octet(length / 2) * 3 + octet(length - 1) + length * 7) % 64;
  }
  // Names met before, by a hash of their octets: lists repeat them. Few places do at first.
  [[nodiscard, gnu::always_inline]] std::size_t known_at(const char* name, std::size_t length) const {
    const auto octet = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(name[i])); };
    return (octet(length / 2) * 37 + octet(length - 1) * 11 + octet(length - 1 - length / 4) * 5 + length * 7) &
           (known_places_ - 1);
  }
  void remember(const StartTag& start, Tag tag) {
    if (start.name_length > kBlock || static_cast<std::size_t>(readable_ - start.name) < kBlock) return;
    const std::size_t at = known_at(start.name, start.name_length);
    known_[at] = {start.name, start.colon != 0 ? kNoPage : start.default_page, tag.page, tag.token};
    known_length_[at] = static_cast<std::uint8_t>(start.name_length);
  }
  void forget_names();
  void copy_small(std::string_view xml);
  // Prefixes mean again what they meant when `prefixes` were in force.
  void leave_scope(std::uint32_t prefixes) {
    if (bound_ == prefixes) return;
    bound_ = prefixes;
    forget_names();
  }
  int page_of_prefix(const char* prefix, std::uint32_t length);
  bool resolve(const StartTag& start, Tag& tag, bool& piece);
  bool unknown_page(const StartTag& start, int page);
  bool special_element(const StartTag& start, bool piece);
  bool end_tag();
  bool end_of(std::string_view name);
  bool markup();

  bool text();
  bool cdata();
  bool reference();
  bool base64_value(const StartTag& start, bool opaque);
  bool close_run(bool at_end_tag);
  bool bad_run();
  void open_run();
  void wrap_opaque();
  void put_tag(Tag tag, std::uint8_t content) {
    out_.need(0);
    if (tag.page != page_) {
      out_.put(kSwitchPage);
      out_.put(tag.page);
      page_ = tag.page;
    }
    out_.put(tag.token | content);
  }

  const char* begin_;
  const char* p_;
  const char* end_;
  const char* readable_;  // behind the end of a small text, which is copied, stand NULs
  const XmlReadOptions& options_;
  std::vector<std::size_t>* base64_offsets_;
  ScanText scan_;
  ByteSink out_;
  XmlError error_;
  std::string_view default_space_;  // the newest default namespace that is not known, for its message
  std::size_t depth_ = 0;
  std::uint32_t bound_ = 0;  // bindings in force; bindings_[0] is not used
  std::uint32_t known_places_ = kFewNames, learned_ = 0;
  // Newest binding of a prefix by a hash of it; 0 or one that is out of force: look for it.
  std::array<std::uint8_t, 64> newest_{};
  std::uint8_t known_length_[kManyNames];  // 0: known_ has nothing there
  std::uint8_t page_ = 0;
  bool has_run_ = false, run_marked_ = false, opaque_text_ = false;
  std::size_t run_at_ = 0;
  const char* run_source_ = nullptr;
  char small_[kSmall + 4 * kBlock];
  KnownName known_[kManyNames];
  Binding bindings_[kPrefixes];
  Frame frames_[kDepthLimit];
};

}  // namespace easel::wbxml::detail

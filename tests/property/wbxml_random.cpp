#include "tests/property/wbxml_random.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "wbxml/code_pages.h"
#include "wbxml/writer.h"

namespace easel::wbxml::test {
namespace {

class Maker {
 public:
  Maker(std::mt19937_64& random, const RandomShape& shape) : random_(random), shape_(shape) {}

  Bytes make() {
    writer_.start(tag());
    nodes_ = 1 + random_() % shape_.most_nodes;
    children(2);
    writer_.end();
    auto octets = writer_.finish();
    if (!octets) throw std::logic_error("a random document is not well made");
    return std::move(*octets);
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }

  Tag tag() {
    if (shape_.unlisted_tags && below(4) == 0)
      return {static_cast<std::uint8_t>(random_()), static_cast<std::uint8_t>(5 + below(59))};
    for (;;) {
      // Stay on a page for a while, as documents do.
      if (below(3) == 0) page_ = static_cast<std::uint8_t>(below(kPages));
      const Tag tag{page_, static_cast<std::uint8_t>(5 + below(59))};
      if (!tag_name(tag).empty()) return tag;
    }
  }

  void append_character(std::string& text) {
    static const char* const kOthers[] = {"\u00E9", "\u0416", "\u20AC", "\u4F1A", "\uFFFD", "\U0001F4E7", "\uFFFF",
                                          "\x01",   "\t",     "\r\n",   "&",      "<",      ">",          "]]>",
                                          "\"",     "\x1F",   "\x7F",   "${x}",   " ",      "\U0010FFFF"};
    if (below(100) < special_percent_)
      text += kOthers[below(std::size(kOthers))];
    else
      text += static_cast<char>('a' + below(26));
  }
  std::string text() {
    special_percent_ = below(4) == 0 ? 60 : below(3) == 0 ? 5 : 0;
    std::string text;
    for (std::size_t i = below(shape_.longest_text + 1); i > 0; --i) append_character(text);
    return text;
  }
  Bytes octets() {
    Bytes bytes(below(shape_.longest_text + 1));
    for (auto& octet : bytes) octet = static_cast<std::uint8_t>(random_());
    return bytes;
  }

  void children(unsigned depth) {
    for (std::size_t i = below(8); i > 0 && nodes_ > 0; --i) {
      --nodes_;
      if (shape_.mixed && below(5) == 0) {
        if (below(2) == 0)
          writer_.text(text());
        else
          writer_.opaque(octets());
        continue;
      }
      switch (depth > shape_.most_depth ? 1 + below(3) : below(6)) {
        case 1:
          writer_.empty(tag());
          break;
        case 2:
          writer_.leaf(tag(), text());
          break;
        case 3:
          writer_.opaque_leaf(tag(), octets());
          break;
        default:
          writer_.start(tag());
          children(depth + 1);
          writer_.end();
      }
    }
  }

  std::mt19937_64& random_;
  const RandomShape& shape_;
  Writer writer_;
  std::size_t nodes_ = 0, special_percent_ = 0;
  std::uint8_t page_ = 0;
};

}  // namespace

Bytes random_document(std::mt19937_64& random, const RandomShape& shape) { return Maker(random, shape).make(); }

}  // namespace easel::wbxml::test

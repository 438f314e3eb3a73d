#include "lab/raw_wbxml.h"

#include <optional>
#include <utility>

namespace easel::lab {

namespace {

constexpr std::uint8_t kSwitchPage = 0x00, kEnd = 0x01, kEntity = 0x02, kStrI = 0x03, kStrT = 0x83, kOpaque = 0xC3;
constexpr std::uint8_t kContentBit = 0x40, kAttributeBit = 0x80;
constexpr std::size_t kMaxDepth = 64, kMaxNodes = 1'000'000;

class RequestReader {
 public:
  explicit RequestReader(std::string_view bytes) : bytes_(bytes) {}

  std::expected<Node, std::string> read() {
    Node root;
    if (header() && element(root, 0)) {
      if (at_ == bytes_.size()) return root;
      fail("bytes after the document's end");
    }
    return std::unexpected(error_ + " at byte " + std::to_string(at_));
  }

 private:
  bool fail(std::string_view why) {
    if (error_.empty()) error_ = why;
    return false;
  }
  std::optional<std::uint8_t> byte() {
    if (at_ >= bytes_.size()) {
      fail("document ends too early");
      return std::nullopt;
    }
    return static_cast<std::uint8_t>(bytes_[at_++]);
  }
  std::optional<std::uint32_t> multi_byte() {
    std::uint32_t value = 0;
    for (int i = 0; i < 5; ++i) {
      const auto b = byte();
      if (!b) return std::nullopt;
      if (i == 4 && (value >> 25) != 0) break;
      value = (value << 7) | (*b & 0x7FU);
      if ((*b & 0x80U) == 0) return value;
    }
    fail("number too long");
    return std::nullopt;
  }

  bool header() {
    const auto version = byte();
    if (!version) return false;
    if (*version != 0x03) return fail("not WBXML 1.3");
    const auto public_id = multi_byte();
    if (!public_id) return false;
    if (*public_id == 0 && !multi_byte()) return false;
    const auto charset = multi_byte();
    if (!charset) return false;
    if (*charset != 0x6A) return fail("charset is not UTF-8");
    const auto length = multi_byte();
    if (!length) return false;
    if (*length > bytes_.size() - at_) return fail("string table longer than the document");
    table_ = bytes_.substr(at_, *length);
    at_ += *length;
    return true;
  }

  bool switch_pages() {
    while (at_ < bytes_.size() && static_cast<std::uint8_t>(bytes_[at_]) == kSwitchPage) {
      ++at_;
      const auto page = byte();
      if (!page) return false;
      page_ = *page;
    }
    return true;
  }

  bool terminated(std::string_view from, std::string& into, bool inline_string) {
    const auto end = from.find('\0');
    if (end == std::string_view::npos) return fail("string without end");
    into += from.substr(0, end);
    if (inline_string) at_ += end + 1;
    return true;
  }

  bool content(Node& node, std::size_t depth) {
    while (true) {
      if (!switch_pages()) return false;
      const auto token = byte();
      if (!token) return false;
      switch (*token) {
        case kEnd:
          return true;
        case kStrI:
          if (!terminated(bytes_.substr(at_), node.text, true)) return false;
          break;
        case kStrT: {
          const auto offset = multi_byte();
          if (!offset) return false;
          if (*offset >= table_.size()) return fail("reference outside the string table");
          if (!terminated(table_.substr(*offset), node.text, false)) return false;
          break;
        }
        case kOpaque: {
          const auto length = multi_byte();
          if (!length) return false;
          if (*length > bytes_.size() - at_) return fail("opaque data longer than the document");
          node.text += bytes_.substr(at_, *length);
          node.opaque = true;
          at_ += *length;
          break;
        }
        case kEntity:
          return fail("entities are not supported");
        default:
          --at_;
          node.children.emplace_back();
          if (!element(node.children.back(), depth + 1)) return false;
      }
    }
  }

  bool element(Node& node, std::size_t depth) {
    if (depth >= kMaxDepth) return fail("nested too deeply");
    if (++nodes_ > kMaxNodes) return fail("too many elements");
    if (!switch_pages()) return false;
    const auto token = byte();
    if (!token) return false;
    if ((*token & kAttributeBit) != 0) return fail("attributes are not supported");
    node.tag = {page_, static_cast<std::uint8_t>(*token & 0x3FU)};
    if (node.tag.token < 0x05) return fail("no tag where one must be");
    return (*token & kContentBit) == 0 || content(node, depth);
  }

  std::string_view bytes_, table_;
  std::size_t at_ = 0, nodes_ = 0;
  std::uint8_t page_ = 0;
  std::string error_;
};

}  // namespace

const Node* Node::find(Tag child) const {
  for (const Node& node : children)
    if (node.tag == child) return &node;
  return nullptr;
}

std::string_view Node::text_of(Tag child) const {
  const Node* node = find(child);
  return node != nullptr ? std::string_view(node->text) : std::string_view();
}

std::expected<Node, std::string> read_wbxml(std::string_view bytes) { return RequestReader(bytes).read(); }

WbxmlWriter::WbxmlWriter() : bytes_("\x03\x01\x6A\x00", 4) {}

WbxmlWriter WbxmlWriter::begin_fragment() {
  WbxmlWriter out;
  out.bytes_.clear();
  return out;
}

void WbxmlWriter::fragment(const WbxmlWriter& part) {
  bytes_ += part.bytes_;
  page_ = part.page_;
}

void WbxmlWriter::tag_byte(Tag tag, bool content) {
  if (tag.page != page_) {
    bytes_ += static_cast<char>(kSwitchPage);
    bytes_ += static_cast<char>(tag.page);
    page_ = tag.page;
  }
  bytes_ += static_cast<char>(tag.token | (content ? kContentBit : 0));
}

void WbxmlWriter::open(Tag tag) { tag_byte(tag, true); }
void WbxmlWriter::close() { bytes_ += static_cast<char>(kEnd); }
void WbxmlWriter::empty(Tag tag) { tag_byte(tag, false); }

void WbxmlWriter::text(Tag tag, std::string_view value) {
  if (value.empty()) return empty(tag);
  open(tag);
  bytes_ += static_cast<char>(kStrI);
  bytes_ += value;
  bytes_ += '\0';
  close();
}

void WbxmlWriter::number(Tag tag, long long value) { text(tag, std::to_string(value)); }

void WbxmlWriter::opaque(Tag tag, std::string_view bytes) {
  open(tag);
  bytes_ += static_cast<char>(kOpaque);
  std::string length;
  auto rest = bytes.size();
  do {
    length.insert(length.begin(), static_cast<char>((rest & 0x7FU) | (length.empty() ? 0U : 0x80U)));
    rest >>= 7;
  } while (rest != 0);
  bytes_ += length;
  bytes_ += bytes;
  close();
}

void WbxmlWriter::node(const Node& node) {
  if (node.opaque) return opaque(node.tag, node.text);
  if (node.children.empty()) return text(node.tag, node.text);
  open(node.tag);
  for (const Node& child : node.children) this->node(child);
  close();
}

}  // namespace easel::lab

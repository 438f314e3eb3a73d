// A decoded document: 16-octet nodes in document order, text as views into the caller's octets.
// An element that holds one text or one byte array is one node. Nothing is copied; nothing is allocated when reused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "wbxml/error.h"
#include "wbxml/tokens.h"

namespace easel::wbxml {

enum class NodeKind : std::uint8_t {
  empty,         ///< <X/>: the tag has no content bit
  container,     ///< child elements, or nothing between start and END
  text,          ///< an element that holds inline text (possibly of no octets)
  opaque,        ///< an element that holds one OPAQUE
  text_piece,    ///< text beside elements or OPAQUE; no tag
  opaque_piece,  ///< OPAQUE beside elements or text; no tag
};

/// One node as stored. Use Element unless every nanosecond counts.
struct Node {
  static constexpr std::uint8_t kKindBits = 0x07, kNotXml = 0x10, kMixed = 0x20;
  std::uint32_t offset = 0;  ///< of the tag's (or token's) octet in the source
  std::uint32_t length = 0;  ///< of the text; when `skip` is 0 an index into the document's pieces instead
  std::uint32_t span = 1;    ///< nodes of the subtree, this one included: the next sibling is `this + span`
  Tag tag;
  /// NodeKind; kNotXml: the text has characters that XML 1.0 lacks; kMixed: pieces are among the children
  std::uint8_t bits = 0;
  std::uint8_t skip = 0;  ///< from `offset` to the first octet of the text
  [[nodiscard]] NodeKind kind() const { return static_cast<NodeKind>(bits & kKindBits); }
};
static_assert(sizeof(Node) == 16);

class Document;
class ElementRange;

/// A handle on one node of a Document, valid as long as the Document neither moves nor changes. Cheap to copy.
/// A default-made handle is "none"; every question to it gets an empty answer.
class Element {
 public:
  Element() = default;
  [[nodiscard]] explicit operator bool() const { return document_ != nullptr; }
  [[nodiscard]] NodeKind kind() const;
  [[nodiscard]] Tag tag() const;
  /// "SyncKey", or empty for an unknown token.
  [[nodiscard]] std::string_view name() const;
  [[nodiscard]] bool is(Tag tag) const { return *this && this->tag() == tag; }
  /// The value: text, or the octets of OPAQUE; empty for containers.
  [[nodiscard]] std::string_view text() const;
  [[nodiscard]] ByteView bytes() const { return as_bytes(text()); }
  [[nodiscard]] bool is_opaque() const;
  /// True when XML 1.0 cannot hold the text (control characters, U+FFFE, U+FFFF, in tolerant mode bad UTF-8).
  [[nodiscard]] bool is_not_xml() const;
  /// Position of the tag's octet in the source.
  [[nodiscard]] std::size_t offset() const;

  [[nodiscard]] Element first_child() const;
  [[nodiscard]] Element next_sibling() const;
  [[nodiscard]] Element parent() const;
  /// First child with this tag, or none.
  [[nodiscard]] Element child(Tag tag) const;
  /// Next sibling with the same tag, or none.
  [[nodiscard]] Element next_same() const;
  /// Text of the first child with this tag; empty when there is none.
  [[nodiscard]] std::string_view child_text(Tag tag) const { return child(tag).text(); }
  /// First descendant with this tag in document order (this element included), or none.
  [[nodiscard]] Element find(Tag tag) const;
  [[nodiscard]] ElementRange children() const;

  /// Position in Document::nodes().
  [[nodiscard]] std::uint32_t index() const { return index_; }
  /// The document it belongs to; not for "none".
  [[nodiscard]] const Document& document() const { return *document_; }
  friend bool operator==(Element a, Element b) { return a.document_ == b.document_ && a.index_ == b.index_; }

 private:
  friend class Document;
  Element(const Document* document, std::uint32_t index, std::uint32_t limit)
      : document_(document), index_(index), limit_(limit) {}
  [[nodiscard]] const Node& node() const;
  const Document* document_ = nullptr;
  std::uint32_t index_ = 0;
  std::uint32_t limit_ = 0;  // where the parent's subtree ends
};

/// for (Element child : element.children())
class ElementRange {
 public:
  class Iterator {
   public:
    using value_type = Element;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    explicit Iterator(Element element) : element_(element) {}
    Element operator*() const { return element_; }
    Iterator& operator++() {
      element_ = element_.next_sibling();
      return *this;
    }
    Iterator operator++(int) {
      const Iterator old = *this;
      ++*this;
      return old;
    }
    friend bool operator==(const Iterator& iterator, std::default_sentinel_t) { return !iterator.element_; }

   private:
    Element element_;
  };
  explicit ElementRange(Element first) : first_(first) {}
  [[nodiscard]] Iterator begin() const { return Iterator(first_); }
  [[nodiscard]] static std::default_sentinel_t end() { return {}; }

 private:
  Element first_;
};

namespace detail {
class DocumentBuilder;
}

/// The value that `decode` makes. Holds views: the octets it was decoded from must outlive it and stay in place
/// (moving a std::vector keeps them in place). Copyable; hand it back to `decode` to reuse its memory.
class Document {
 public:
  Document() = default;
  Document(const Document& other);
  Document& operator=(const Document& other);
  Document(Document&& other) noexcept { swap(other); }
  Document& operator=(Document&& other) noexcept {
    Document taken(static_cast<Document&&>(other));
    swap(taken);
    return *this;
  }
  ~Document() = default;

  /// The root element; none in a Document that holds nothing.
  [[nodiscard]] Element root() const& { return size_ == 0 ? Element{} : Element{this, 0, size_}; }
  Element root() const&& = delete;  // the handle would outlive the document
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::span<const Node> nodes() const& { return {nodes_.get(), size_}; }
  std::span<const Node> nodes() const&& = delete;
  /// The octets it was decoded from.
  [[nodiscard]] ByteView source() const { return source_; }
  /// The node at a position of nodes(); walks down to it to learn where its siblings end.
  [[nodiscard]] Element at(std::uint32_t index) const&;
  Element at(std::uint32_t index) const&& = delete;
  [[nodiscard]] std::string_view text(const Node& node) const {
    const std::uint8_t* begin = source_.data() + node.offset + node.skip;
    if (node.skip == 0) [[unlikely]]
      return slow_text(node);
    return {reinterpret_cast<const char*>(begin), node.length};
  }
  /// Tolerant decoding: what was odd, in order; at most 64 are kept, oddity_count() counts all.
  [[nodiscard]] std::span<const Error> oddities() const { return oddities_; }
  [[nodiscard]] std::uint64_t oddity_count() const { return oddity_count_; }

 private:
  friend class detail::DocumentBuilder;
  struct Piece {  // text that is not behind its tag: joined from several strings, or in the string table
    std::uint32_t begin = 0, length = 0;
    bool in_source = false;
  };
  [[nodiscard]] std::string_view slow_text(const Node& node) const;
  void swap(Document& other) noexcept;

  std::unique_ptr<Node[]> nodes_;
  std::uint32_t size_ = 0, capacity_ = 0;
  ByteView source_;
  std::vector<Piece> pieces_;
  std::vector<std::uint8_t> joined_;
  std::vector<Error> oddities_;
  std::uint64_t oddity_count_ = 0;
};

/// True when both hold the same tags, kinds and values; offsets and spelling of lengths do not matter.
[[nodiscard]] bool same_content(const Document& a, const Document& b);

}  // namespace easel::wbxml

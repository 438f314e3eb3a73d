#include "wbxml/document.h"

#include <algorithm>
#include <utility>

#include "wbxml/code_pages.h"

namespace easel::wbxml {

Document::Document(const Document& other)
    : nodes_(other.size_ == 0 ? nullptr : std::make_unique_for_overwrite<Node[]>(other.size_)),
      size_(other.size_),
      capacity_(other.size_),
      source_(other.source_),
      pieces_(other.pieces_),
      joined_(other.joined_),
      oddities_(other.oddities_),
      oddity_count_(other.oddity_count_) {
  std::copy_n(other.nodes_.get(), size_, nodes_.get());
}

Document& Document::operator=(const Document& other) {
  Document copy(other);
  swap(copy);
  return *this;
}

void Document::swap(Document& other) noexcept {
  std::swap(nodes_, other.nodes_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
  std::swap(source_, other.source_);
  std::swap(pieces_, other.pieces_);
  std::swap(joined_, other.joined_);
  std::swap(oddities_, other.oddities_);
  std::swap(oddity_count_, other.oddity_count_);
}

std::string_view Document::slow_text(const Node& node) const {
  if (node.kind() == NodeKind::empty || node.kind() == NodeKind::container) return {};
  const Piece piece = pieces_[node.length];
  if (piece.in_source) return as_text(source_.subspan(piece.begin, piece.length));
  return as_text(ByteView(joined_).subspan(piece.begin, piece.length));
}

const Node& Element::node() const { return document_->nodes()[index_]; }

NodeKind Element::kind() const { return document_ == nullptr ? NodeKind::empty : node().kind(); }

Tag Element::tag() const { return document_ == nullptr ? Tag{} : node().tag; }

std::string_view Element::name() const { return tag_name(tag()); }

std::string_view Element::text() const { return document_ == nullptr ? std::string_view{} : document_->text(node()); }

bool Element::is_opaque() const { return kind() == NodeKind::opaque || kind() == NodeKind::opaque_piece; }

bool Element::is_not_xml() const { return document_ != nullptr && (node().bits & Node::kNotXml) != 0; }

std::size_t Element::offset() const { return document_ == nullptr ? 0 : node().offset; }

Element Document::at(std::uint32_t index) const& {
  if (index >= size_) return {};
  std::uint32_t at = 0, limit = size_;
  while (at != index) {
    const std::uint32_t after = at + nodes_[at].span;
    if (after <= index) {
      at = after;
    } else {
      limit = after;
      ++at;
    }
  }
  return {this, index, limit};
}

Element Element::first_child() const {
  if (document_ == nullptr || node().span == 1) return {};
  return {document_, index_ + 1, index_ + node().span};
}

Element Element::next_sibling() const {
  if (document_ == nullptr) return {};
  const std::uint32_t next = index_ + node().span;
  return next < limit_ ? Element{document_, next, limit_} : Element{};
}

Element Element::parent() const {
  Element up, at = document_ == nullptr ? Element{} : document_->root();
  while (at && at.index_ != index_) {
    const bool inside = index_ < at.index_ + at.node().span;
    if (inside) up = at;
    at = inside ? at.first_child() : at.next_sibling();
  }
  return up;
}

Element Element::child(Tag tag) const {
  Element at = first_child();
  while (at && at.tag() != tag) at = at.next_sibling();
  return at;
}

Element Element::next_same() const {
  Element at = next_sibling();
  while (at && at.tag() != tag()) at = at.next_sibling();
  return at;
}

Element Element::find(Tag tag) const {
  if (document_ == nullptr) return {};
  for (std::uint32_t i = index_; i < index_ + node().span; ++i)
    if (document_->nodes()[i].tag == tag) return document_->at(i);
  return {};
}

ElementRange Element::children() const { return ElementRange(first_child()); }

bool same_content(const Document& a, const Document& b) {
  return std::equal(a.nodes().begin(), a.nodes().end(), b.nodes().begin(), b.nodes().end(),
                    [&](const Node& x, const Node& y) {
                      return x.kind() == y.kind() && x.tag == y.tag && x.span == y.span && a.text(x) == b.text(y);
                    });
}

}  // namespace easel::wbxml

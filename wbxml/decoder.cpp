#include "wbxml/decoder.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

#include "wbxml/document_builder.h"

namespace easel::wbxml {
namespace detail {

void DocumentBuilder::grow(std::size_t used) {
  constexpr std::size_t kFirstNodes = 64;
  const std::size_t wanted = std::max(kFirstNodes, used * 2);
  auto bigger = std::make_unique_for_overwrite<Node[]>(wanted);
  std::copy_n(document_.nodes_.get(), used, bigger.get());
  document_.nodes_ = std::move(bigger);
  document_.capacity_ = static_cast<std::uint32_t>(wanted);
}

void DocumentBuilder::place(Node& node, const std::uint8_t* at, const std::uint8_t* data, std::size_t length) {
  const std::ptrdiff_t skip = data - at;
  if (skip > 0 && skip <= std::numeric_limits<std::uint8_t>::max()) {
    node.skip = static_cast<std::uint8_t>(skip);
    node.length = static_cast<std::uint32_t>(length);
    return;
  }
  node.skip = 0;
  node.length = static_cast<std::uint32_t>(document_.pieces_.size());
  document_.pieces_.push_back(
      {static_cast<std::uint32_t>(data - document_.source_.data()), static_cast<std::uint32_t>(length), true});
}

void DocumentBuilder::join(Node& node, const std::uint8_t* data, std::size_t length) {
  std::vector<std::uint8_t>& joined = document_.joined_;
  const bool last = node.skip == 0 && !document_.pieces_[node.length].in_source &&
                    document_.pieces_[node.length].begin + document_.pieces_[node.length].length == joined.size();
  if (!last) {
    const std::string_view before = document_.text(node);
    const auto begin = static_cast<std::uint32_t>(joined.size());
    joined.insert(joined.end(), before.begin(), before.end());
    node.skip = 0;
    node.length = static_cast<std::uint32_t>(document_.pieces_.size());
    document_.pieces_.push_back({begin, static_cast<std::uint32_t>(before.size()), false});
  }
  joined.insert(joined.end(), data, data + length);
  document_.pieces_[node.length].length += static_cast<std::uint32_t>(length);
}

namespace {

constexpr std::uint8_t bits_of(NodeKind kind, bool not_xml = false) {
  return static_cast<std::uint8_t>(static_cast<unsigned>(kind) | (not_xml ? Node::kNotXml : 0u));
}

// Receives the hot step's deliveries. While an element is open its `span` holds the distance to its parent.
// Calls that are not inlined take and give it by value: an object whose address is known elsewhere lives in memory.
struct NodeSink {
  DocumentBuilder* builder;
  const std::uint8_t* begin;
  Node* first;
  Node* next;
  Node* limit;
  Node* open = nullptr;
  std::ptrdiff_t last_piece = -1, last_piece_in = -1;  // index of the newest piece and of its element

  [[gnu::always_inline]] Node& append(Tag tag, const std::uint8_t* at, std::uint8_t bits, std::uint8_t skip,
                                      std::size_t length, std::uint32_t span) {
    if (next == limit) [[unlikely]] {
      const NodeSink more = roomier(*this);
      first = more.first;
      next = more.next;
      limit = more.limit;
      open = more.open;
    }
    Node& node = *next++;
    node = {static_cast<std::uint32_t>(at - begin), static_cast<std::uint32_t>(length), span, tag, bits, skip};
    return node;
  }
  [[gnu::noinline, gnu::cold]] static NodeSink roomier(NodeSink sink) {
    const auto used = sink.next - sink.first, opened = sink.open - sink.first;
    sink.builder->grow(static_cast<std::size_t>(used));
    sink.first = sink.builder->first();
    sink.next = sink.first + used;
    sink.limit = sink.builder->limit();
    sink.open = sink.first + opened;
    return sink;
  }

  [[gnu::always_inline]] void start(Tag tag, const std::uint8_t* at) {
    Node& node = append(tag, at, bits_of(NodeKind::container), 0, 0, 0);
    node.span = static_cast<std::uint32_t>(&node - open);
    open = &node;
  }
  [[gnu::always_inline]] void empty(Tag tag, const std::uint8_t* at) {
    append(tag, at, bits_of(NodeKind::empty), 0, 0, 1);
  }
  [[gnu::always_inline]] void leaf(Tag tag, const std::uint8_t* at, std::size_t length, bool not_xml) {
    append(tag, at, bits_of(NodeKind::text, not_xml), 2, length, 1);
  }
  [[gnu::always_inline]] void opaque_leaf(Tag tag, const std::uint8_t* at, const std::uint8_t* data,
                                          std::size_t length) {
    append(tag, at, bits_of(NodeKind::opaque), static_cast<std::uint8_t>(data - at), length, 1);
  }
  [[gnu::always_inline]] void end(const std::uint8_t*) {
    if (next[-1].kind() >= NodeKind::text_piece) [[unlikely]]
      fold();
    Node* closed = open;
    open -= closed->span;
    closed->span = static_cast<std::uint32_t>(next - closed);
  }

  // An element whose only content is text becomes one node.
  void fold() {
    if (next - open != 2) return;
    const Node piece = *--next;
    open->bits = bits_of(piece.kind() == NodeKind::text_piece ? NodeKind::text : NodeKind::opaque,
                         (piece.bits & Node::kNotXml) != 0);
    open->length = piece.length;
    open->skip = 0;
    if (piece.skip != 0) builder->place(*open, begin + open->offset, begin + piece.offset + piece.skip, piece.length);
  }
  void piece(const Token& token) {
    const bool text = token.kind == TokenKind::text;
    if (text && next - open > 1 && next[-1].kind() == NodeKind::text_piece && newest_is_here()) {
      builder->join(next[-1], token.data, token.length);
      if (token.not_xml) next[-1].bits |= Node::kNotXml;
      return;
    }
    Node& node =
        append({}, token.at, bits_of(text ? NodeKind::text_piece : NodeKind::opaque_piece, token.not_xml), 0, 0, 1);
    builder->place(node, token.at, token.data, token.length);
    open->bits |= Node::kMixed;
    last_piece = &node - first;
    last_piece_in = open - first;
  }
  [[nodiscard]] bool newest_is_here() const { return next - 1 - first == last_piece && open - first == last_piece_in; }
  void deliver(const Token& token) {
    switch (token.kind) {
      case TokenKind::start:
        return start(token.tag, token.at);
      case TokenKind::empty:
        return empty(token.tag, token.at);
      case TokenKind::end:
        return end(token.at);
      default:
        return piece(token);
    }
  }
};

std::expected<void, Error> build(ByteView bytes, DocumentBuilder& builder, const DecodeOptions& options) {
  Cursor cursor = cursor_over(bytes, options);
  StepNotes notes;
  if (options.tolerant) notes.oddities = &builder.oddities();
  if (bytes.size() > std::numeric_limits<std::uint32_t>::max())
    return std::unexpected(Error{ErrorCode::too_large, 0, 0, bytes.size()});
  Token root;
  if (!open_quickly(cursor, root)) {
    Cursor start = cursor;
    root = open_slowly(start, notes);
    cursor.follow(start);
    if (root.kind == TokenKind::failed) return std::unexpected(notes.error);
  }

  if (builder.first() == builder.limit()) builder.grow(0);
  NodeSink sink{&builder, bytes.data(), builder.first(), builder.first(), builder.limit(), builder.first()};
  sink.deliver(root);
  if (root.kind == TokenKind::start) {
    for (;;) {
      Flow flow = Flow::more;
      while (flow == Flow::more) flow = step(cursor, sink);
      if (flow == Flow::closed) break;
      Cursor rest = cursor;  // a copy, so that the hot loop's cursor stays in registers
      const Token token = slow_step(rest, notes);
      cursor.follow(rest);
      if (token.kind == TokenKind::failed) return std::unexpected(notes.error);
      sink.deliver(token);
      if (cursor.depth() == 0) break;
    }
  }
  Cursor tail = cursor;
  if (!read_tail(tail, notes)) return std::unexpected(notes.error);
  builder.finish(static_cast<std::size_t>(sink.next - sink.first), notes.oddity_count);
  return {};
}

}  // namespace
}  // namespace detail

std::expected<void, Error> decode_into(ByteView bytes, Document& document, const DecodeOptions& options) {
  detail::DocumentBuilder builder(document, bytes);
  return detail::build(bytes, builder, options);
}

std::expected<Document, Error> decode(ByteView bytes, Document reuse, const DecodeOptions& options) {
  const auto done = decode_into(bytes, reuse, options);
  if (!done) return std::unexpected(done.error());
  return reuse;
}

}  // namespace easel::wbxml

#include "wbxml/writer.h"

#include <limits>
#include <utility>

namespace easel::wbxml {
Writer::Writer(Bytes reuse, SimdLevel simd) : out_(std::move(reuse)), scan_(detail::scan_text_for(simd)) {
  out_.put(kHeader);
}

void Writer::fail(ErrorCode code, std::uint8_t octet) {
  if (!failed_) error_ = {code, octet, page_, out_.used()};
  failed_ = true;
}

bool Writer::put_tag(Tag tag, std::uint8_t content) {
  if (failed_) return false;
  if (depth_ == 0 && has_root_) return fail(ErrorCode::unbalanced), false;
  if (tag.token < kFirstTagToken || tag.token > kTokenBits) return fail(ErrorCode::bad_tag, tag.token), false;
  out_.need(0);
  has_root_ = true;
  if (tag.page != page_) {
    out_.put(kSwitchPage);
    out_.put(tag.page);
    page_ = tag.page;
  }
  out_.put(tag.token | content);
  return true;
}

void Writer::put_text(std::string_view text) {
  out_.need(text.size());
  out_.put(kStrI);
  const std::uint8_t* const copy = out_.next();
  out_.put(as_bytes(text));
  out_.put(0);
  // The copy is checked, in one pass: its first NUL must be the one just written.
  const detail::TextEnd end = detail::find_text_end(out_.begin(), copy, out_.next(), scan_);
  if (end.state == detail::TextState::found && end.at == out_.next() - 1) [[likely]]
    return;
  out_.cut_to(static_cast<std::size_t>(copy - out_.begin()));
  fail(end.state == detail::TextState::found ? ErrorCode::nul_in_text : ErrorCode::bad_utf8);
}

void Writer::put_opaque(ByteView bytes) {
  if (bytes.size() > std::numeric_limits<std::uint32_t>::max()) return fail(ErrorCode::too_large);
  out_.need(bytes.size());
  out_.put(kOpaque);
  out_.put_number(static_cast<std::uint32_t>(bytes.size()));
  out_.put(bytes);
}

Writer& Writer::start(Tag tag) {
  if (put_tag(tag, kContentBit)) ++depth_;
  return *this;
}

Writer& Writer::end() {
  if (depth_ == 0) fail(ErrorCode::unbalanced);
  if (failed_) return *this;
  out_.need(0);
  out_.put(kEnd);
  --depth_;
  return *this;
}

Writer& Writer::empty(Tag tag) {
  put_tag(tag, 0);
  return *this;
}

Writer& Writer::text(std::string_view text) {
  if (depth_ == 0) fail(ErrorCode::unbalanced);
  if (!failed_) put_text(text);
  return *this;
}

Writer& Writer::opaque(ByteView bytes) {
  if (depth_ == 0) fail(ErrorCode::unbalanced);
  if (!failed_) put_opaque(bytes);
  return *this;
}

Writer& Writer::leaf(Tag tag, std::string_view text) {
  if (put_tag(tag, kContentBit)) {
    put_text(text);
    if (!failed_) out_.put(kEnd);
  }
  return *this;
}

Writer& Writer::opaque_leaf(Tag tag, ByteView bytes) {
  if (put_tag(tag, kContentBit)) {
    put_opaque(bytes);
    if (!failed_) out_.put(kEnd);
  }
  return *this;
}

std::expected<Bytes, Error> Writer::finish() {
  if (depth_ != 0 || !has_root_) fail(ErrorCode::unbalanced);
  if (failed_) return std::unexpected(error_);
  return out_.take();
}

std::expected<Bytes, Error> encode(const Document& document, Bytes reuse, SimdLevel simd) {
  Writer writer(std::move(reuse), simd);
  const auto nodes = document.nodes();
  // Ends of open elements; deeper than any reader accepts cannot occur.
  std::uint32_t ends[kDepthLimit];
  std::size_t depth = 0;
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    while (depth > 0 && ends[depth - 1] == i) {
      writer.end();
      --depth;
    }
    const Node& node = nodes[i];
    switch (node.kind()) {
      case NodeKind::empty:
        writer.empty(node.tag);
        break;
      case NodeKind::container:
        writer.start(node.tag);
        ends[depth++] = i + node.span;
        break;
      case NodeKind::text:
        writer.leaf(node.tag, document.text(node));
        break;
      case NodeKind::opaque:
        writer.opaque_leaf(node.tag, as_bytes(document.text(node)));
        break;
      case NodeKind::text_piece:
        writer.text(document.text(node));
        break;
      case NodeKind::opaque_piece:
        writer.opaque(as_bytes(document.text(node)));
        break;
    }
  }
  for (; depth > 0; --depth) writer.end();
  return writer.finish();
}

}  // namespace easel::wbxml

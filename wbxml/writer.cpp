#include "wbxml/writer.h"

#include <cstring>
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

namespace {

using detail::ByteSink;

// Text of up to 32 octets: copied and judged in the same two loads. False: something is not plain ASCII.
[[gnu::always_inline]] inline bool copy_plain_32(std::uint8_t* to, const std::uint8_t* from, std::size_t length) {
#if defined(__SSE2__)
  const __m128i space = _mm_set1_epi8(0x20);
  const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 16));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), a);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 16), b);
  const auto suspects = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmplt_epi8(a, space))) |
                        static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmplt_epi8(b, space))) << 16;
  return (suspects & ((std::uint64_t{1} << length) - 1)) == 0;
#else
  std::memcpy(to, from, length);
  return false;
#endif
}

class TreeEncoder {
 public:
  TreeEncoder(const Document& document, Bytes reuse, SimdLevel simd)
      : document_(document), out_(std::move(reuse), document.source().size()), scan_(detail::scan_text_for(simd)) {}

  std::expected<Bytes, Error> encode() {
    if (document_.empty()) return std::unexpected(Error{ErrorCode::unbalanced, 0, 0, 0});
    std::uint8_t* out = out_.begin();
    std::memcpy(out, kHeader, sizeof kHeader);
    out += sizeof kHeader;
    const auto nodes = document_.nodes();
    const Node* const last = nodes.data() + nodes.size();
    const Node* ends[kDepthLimit + 1];  // where open elements end; deeper than any reader accepts cannot occur
    std::size_t depth = 0;
    const Node* next_end = ends[0] = last;
    for (const Node* node = nodes.data(); node != last; ++node) {
      while (node == next_end) {
        out = out_.need(out, 0);
        *out++ = kEnd;
        next_end = ends[--depth];
      }
      out = out_.need(out, 0);
      if (node->tag.page != page_ && node->kind() < NodeKind::text_piece) {
        page_ = node->tag.page;
        *out++ = kSwitchPage;
        *out++ = page_;
      }
      switch (node->kind()) {
        case NodeKind::empty:
          *out++ = node->tag.token;
          break;
        case NodeKind::container:
          *out++ = node->tag.token | kContentBit;
          ends[++depth] = next_end = node + node->span;
          break;
        case NodeKind::text:
          *out++ = node->tag.token | kContentBit;
          if (!put_text(out, *node)) return std::unexpected(error_);
          *out++ = kEnd;
          break;
        case NodeKind::opaque:
          *out++ = node->tag.token | kContentBit;
          put_opaque(out, *node);
          *out++ = kEnd;
          break;
        case NodeKind::text_piece:
          if (!put_text(out, *node)) return std::unexpected(error_);
          break;
        case NodeKind::opaque_piece:
          put_opaque(out, *node);
          break;
      }
    }
    out = out_.need(out, depth);
    for (; depth > 0; --depth) *out++ = kEnd;
    out_.next() = out;
    return out_.take();
  }

 private:
  [[gnu::always_inline]] bool put_text(std::uint8_t*& out, const Node& node) {
    const std::uint8_t* const end = document_.source().data() + document_.source().size();
    const std::uint8_t* const text = document_.source().data() + node.offset + node.skip;
    constexpr std::uint32_t kShort = 32;
    *out++ = kStrI;
    if (node.length <= kShort && node.skip != 0 && end - text >= kShort && copy_plain_32(out, text, node.length))
        [[likely]] {
      out[node.length] = 0;
      out += node.length + 1;
      return true;
    }
    return put_long_text(out, document_.text(node));
  }
  [[gnu::noinline]] bool put_long_text(std::uint8_t*& out, std::string_view text) {
    out = out_.need(out, text.size() + 1);
    if (!text.empty()) std::memcpy(out, text.data(), text.size());
    std::uint8_t* const nul = out + text.size();
    *nul = 0;
    // The copy is checked, in one pass: its first NUL must be the one just written.
    const detail::TextEnd end = scan_(out, nul + 1);
    if (end.state != detail::TextState::found || end.at != nul) {
      const bool found = end.state == detail::TextState::found;
      error_ = {found ? ErrorCode::nul_in_text : ErrorCode::bad_utf8, *end.at, page_,
                static_cast<std::uint64_t>(end.at - out_.begin())};
      return false;
    }
    out = nul + 1;
    return true;
  }
  void put_opaque(std::uint8_t*& out, const Node& node) {
    const std::string_view octets = document_.text(node);
    out = out_.need(out, octets.size());
    *out++ = kOpaque;
    out = ByteSink::put_number(out, static_cast<std::uint32_t>(octets.size()));
    if (!octets.empty()) std::memcpy(out, octets.data(), octets.size());
    out += octets.size();
  }

  const Document& document_;
  ByteSink out_;
  detail::ScanText scan_;
  std::uint8_t page_ = 0;
  Error error_;
};

}  // namespace

std::expected<Bytes, Error> encode(const Document& document, Bytes reuse, SimdLevel simd) {
  return TreeEncoder(document, std::move(reuse), simd).encode();
}

}  // namespace easel::wbxml

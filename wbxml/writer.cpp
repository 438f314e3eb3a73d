#include "wbxml/writer.h"

#include <cstddef>
#include <cstring>
#include <limits>
#include <span>
#include <utility>

#include "wbxml/encode_loop.h"

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
using detail::EncodeLoop;
using detail::EncodeState;
using detail::EncodeStop;

#if defined(__SSE2__)
struct Copy {
  template <int blocks>
  [[gnu::always_inline]] static std::uint32_t copy(std::uint8_t* to, const std::uint8_t* from) {
    std::uint64_t plain = 0;
    for (int i = 0; i < blocks; ++i) {
      const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 16 * i));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 16 * i), block);
      plain |= std::uint64_t{detail::plain_in_16(block)} << 16 * i;
    }
    if (blocks == 4 && ~plain == 0) return 64;
    return static_cast<std::uint32_t>(__builtin_ctzll(~plain));
  }
  [[gnu::always_inline]] static std::uint32_t half(std::uint8_t* to, const std::uint8_t* from) {
    return copy<2>(to, from);
  }
  [[gnu::always_inline]] static std::uint32_t whole(std::uint8_t* to, const std::uint8_t* from) {
    return copy<4>(to, from);
  }
};
#else
struct Copy {
  static std::uint32_t half(std::uint8_t* to, const std::uint8_t* from) { return first_odd(to, from, 32); }
  static std::uint32_t whole(std::uint8_t* to, const std::uint8_t* from) { return first_odd(to, from, 64); }
  static std::uint32_t first_odd(std::uint8_t* to, const std::uint8_t* from, std::uint32_t octets) {
    std::memcpy(to, from, octets);
    std::uint32_t plain = 0;
    while (plain != octets && from[plain] >= 0x20 && from[plain] < 0x80) ++plain;
    return plain;
  }
};
#endif
[[gnu::noinline]] EncodeStop encode_usual_portable(EncodeState& state) { return detail::encode_usual<Copy>(state); }

EncodeLoop encode_loop_for(SimdLevel level) {
#if defined(__x86_64__)
  if (detail::simd_for(level) >= SimdLevel::avx2) return &detail::encode_usual_avx2;
#endif
  static_cast<void>(level);
  return &encode_usual_portable;
}

class TreeEncoder {
 public:
  TreeEncoder(const Document& document, Bytes reuse, SimdLevel simd)
      : document_(document), out_(std::move(reuse), document.source().size()), simd_(simd) {}

  std::expected<Bytes, Error> encode() {
    if (document_.empty()) return std::unexpected(Error{ErrorCode::unbalanced, 0, 0, 0});
    // Where a text that was put aside is refused, a second pass finds the first.
    if (!pass(true) && !pass(false)) return std::unexpected(error_);
    return out_.take();
  }

 private:
  // False: a text is refused. Unless texts are put aside, error_ tells of the first.
  bool pass(bool defers) {
    const auto nodes = document_.nodes();
    detail::BlockSource source(document_.source());
    const EncodeLoop loop = encode_loop_for(simd_);
    EncodeState s;  // its arrays: only what is used is ever set
    s.node = nodes.data();
    s.last = s.next_end = s.ends[0] = nodes.data() + nodes.size();
    s.out = out_.begin() + sizeof kHeader;
    s.limit = out_.limit();
    s.depth = s.doubts = 0;
    s.defers = defers;
    s.page = 0;
    std::memcpy(out_.begin(), kHeader, sizeof kHeader);
    for (;;) {
      s.data = source.data();
      s.first = source.first();
      s.most = source.most();
      switch (loop(s)) {
        case EncodeStop::room:
          s.out = out_.need(s.out, 0);
          s.limit = out_.limit();
          continue;
        case EncodeStop::doubts:
          if (!are_texts({s.doubtful, s.doubts})) return false;
          s.doubts = 0;
          continue;
        case EncodeStop::blocks:
          source.move_to(s.node->offset + std::size_t{2});
          continue;
        case EncodeStop::other:
          if (!put_other(s)) return false;
          continue;
        case EncodeStop::done:
          break;
      }
      break;
    }
    s.out = out_.need(s.out, s.depth);
    for (; s.depth > 0; --s.depth) *s.out++ = kEnd;
    out_.next() = s.out;
    return s.doubts == 0 || are_texts({s.doubtful, s.doubts});
  }
  // Texts of the WBXML octets that the document came from: there a NUL follows each.
  [[gnu::noinline]] bool are_texts(std::span<const Node* const> nodes) {
    const std::uint8_t* const begin = document_.source().data();
    const std::uint8_t* const end = begin + document_.source().size();
    const detail::ScanText scan = detail::scan_text_for(simd_);
    for (const Node* node : nodes) {
      const std::uint8_t* const text = begin + node->offset + node->skip;
      const detail::TextEnd found = scan(text, end);
      if (found.state != detail::TextState::found || found.at != text + node->length) return false;
    }
    return true;
  }
  // Long texts, OPAQUE and pieces. False: a text is refused, and error_ says where and why.
  [[gnu::noinline]] bool put_other(EncodeState& s) {
    const Node& node = *s.node++;
    const NodeKind kind = node.kind();
    const std::string_view value = document_.text(node);
    const bool element = kind < NodeKind::text_piece;
    std::uint8_t* out = out_.need(s.out, value.size() + 8);
    s.limit = out_.limit();
    if (element) {
      out = detail::switch_page(out, s.page, node.tag.page);
      *out++ = node.tag.token | kContentBit;
    }
    const bool opaque = kind == NodeKind::opaque || kind == NodeKind::opaque_piece;
    out = opaque ? put_opaque(out, value) : put_text(out, s.page, value);
    if (out == nullptr) return false;
    if (element) *out++ = kEnd;
    s.out = out;
    return true;
  }
  std::uint8_t* put_text(std::uint8_t* out, std::uint8_t page, std::string_view text) {
    *out++ = kStrI;
    const ByteView octets = as_bytes(text);
    const std::uint8_t* const begin = octets.data();
    const std::uint8_t* const end = begin + octets.size();
    const detail::TextEnd found = detail::copy_text_for(simd_)(begin, end, out);
    std::uint8_t* const nul = out + octets.size();
    *nul = 0;
    if (found.state == detail::TextState::cut && found.at == end) return nul + 1;
    const bool is_nul = found.state == detail::TextState::found;
    error_ = {is_nul ? ErrorCode::nul_in_text : ErrorCode::bad_utf8, found.at == end ? std::uint8_t{0} : *found.at,
              page, static_cast<std::uint64_t>(out - out_.begin() + (found.at - begin))};
    return nullptr;
  }
  static std::uint8_t* put_opaque(std::uint8_t* out, std::string_view octets) {
    *out++ = kOpaque;
    out = ByteSink::put_number(out, static_cast<std::uint32_t>(octets.size()));
    if (!octets.empty()) std::memcpy(out, octets.data(), octets.size());
    return out + octets.size();
  }

  const Document& document_;
  ByteSink out_;
  SimdLevel simd_;
  Error error_;
};

}  // namespace

std::expected<Bytes, Error> encode(const Document& document, Bytes reuse, SimdLevel simd) {
  return TreeEncoder(document, std::move(reuse), simd).encode();
}

}  // namespace easel::wbxml

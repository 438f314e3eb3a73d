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

// Text of up to 32 octets, `left` octets before the end of its buffer of `size`: copied and judged in the same loads.
// False: something is not plain ASCII.
[[gnu::always_inline]] inline bool copy_plain_32(std::uint8_t* to, const std::uint8_t* from, std::size_t length,
                                                 std::size_t left, std::size_t size) {
#if defined(__SSE2__)
  const std::uint64_t inside = (std::uint64_t{1} << length) - 1;
  if (left < 32) {
    if (length == 0) return true;
    if (size < 32) return false;
    detail::copy_up_to_31(to, from, length);
    return (detail::suspects_before_end(from, left) & inside) == 0;
  }
  const __m128i space = _mm_set1_epi8(0x20);
  const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 16));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), a);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 16), b);
  const auto suspects = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmplt_epi8(a, space))) |
                        static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmplt_epi8(b, space))) << 16;
  return (suspects & inside) == 0;
#else
  static_cast<void>(to), static_cast<void>(from), static_cast<void>(length), static_cast<void>(left);
  static_cast<void>(size);
  return false;
#endif
}

// Where the encoder stands: locals of its loop, since a store through std::uint8_t* could change any member. It crosses
// no call that is not inlined; through memory it would be written in parts and read whole, which stalls.
struct Place {
  std::uint8_t* out;
  std::uint8_t* limit;
  std::uint32_t page;
};

class TreeEncoder {
 public:
  TreeEncoder(const Document& document, Bytes reuse, SimdLevel simd)
      : document_(document), out_(std::move(reuse), document.source().size()), scan_(detail::scan_text_for(simd)) {}

  std::expected<Bytes, Error> encode() {
    if (document_.empty()) return std::unexpected(Error{ErrorCode::unbalanced, 0, 0, 0});
    const ByteView source = document_.source();
    const auto nodes = document_.nodes();
    const Node* const last = nodes.data() + nodes.size();
    const Node* ends[kDepthLimit + 1];  // where open elements end; deeper than any reader accepts cannot occur
    std::size_t depth = 0;
    const Node* next_end = ends[0] = last;
    Place at{out_.begin(), out_.limit(), 0};
    std::memcpy(at.out, kHeader, sizeof kHeader);
    at.out += sizeof kHeader;
    for (const Node* node = nodes.data(); node != last; ++node) {
      while (node == next_end) {
        at = room(at, 0);
        *at.out++ = kEnd;
        next_end = ends[--depth];
      }
      at = switch_page(room(at, 0), *node);
      if (node->kind() == NodeKind::text && put_short_text(at, *node, source)) [[likely]]
        continue;
      if (node->kind() == NodeKind::container) {
        *at.out++ = node->tag.token | kContentBit;
        ends[++depth] = next_end = node + node->span;
        continue;
      }
      if (node->kind() == NodeKind::empty) {
        *at.out++ = node->tag.token;
        continue;
      }
      at.out = put_other(at.out, at.page, *node);
      if (at.out == nullptr) return std::unexpected(error_);
      at.limit = out_.limit();
    }
    at = room(at, depth);
    for (; depth > 0; --depth) *at.out++ = kEnd;
    out_.next() = at.out;
    return out_.take();
  }

 private:
  [[gnu::always_inline]] Place room(Place at, std::size_t octets) {
    if (static_cast<std::size_t>(at.limit - at.out) >= octets + ByteSink::kSlack) [[likely]]
      return at;
    at.out = out_.need(at.out, octets);
    at.limit = out_.limit();
    return at;
  }
  [[gnu::always_inline]] static Place switch_page(Place at, const Node& node) {
    if (node.tag.page == at.page || node.kind() >= NodeKind::text_piece) return at;
    at.page = node.tag.page;
    at.out[0] = kSwitchPage;
    at.out[1] = node.tag.page;
    at.out += 2;
    return at;
  }
  [[gnu::always_inline]] static bool put_short_text(Place& at, const Node& node, ByteView source) {
    constexpr std::uint32_t kShort = 32;
    const std::uint8_t* const text = source.data() + node.offset + node.skip;
    if (node.length > kShort || node.skip == 0) return false;
    const auto left = static_cast<std::size_t>(source.data() + source.size() - text);
    if (!copy_plain_32(at.out + 2, text, node.length, left, source.size())) return false;
    at.out[0] = node.tag.token | kContentBit;
    at.out[1] = kStrI;
    at.out[2 + node.length] = 0;
    at.out[3 + node.length] = kEnd;
    at.out += node.length + 4;
    return true;
  }
  // Long texts, OPAQUE and pieces: where the output goes on, null when a text is refused; error_ says where and why.
  [[gnu::noinline]] std::uint8_t* put_other(std::uint8_t* out, std::uint32_t page, const Node& node) {
    const NodeKind kind = node.kind();
    const std::string_view value = document_.text(node);
    const bool element = kind < NodeKind::text_piece;
    out = out_.need(out, value.size() + 8);
    if (element) *out++ = node.tag.token | kContentBit;
    const bool opaque = kind == NodeKind::opaque || kind == NodeKind::opaque_piece;
    out = opaque ? put_opaque(out, value) : put_text(out, page, value);
    if (element && out != nullptr) *out++ = kEnd;
    return out;
  }
  std::uint8_t* put_text(std::uint8_t* out, std::uint32_t page, std::string_view text) {
    *out++ = kStrI;
    if (!text.empty()) std::memcpy(out, text.data(), text.size());
    std::uint8_t* const nul = out + text.size();
    *nul = 0;
    // The copy is checked, in one pass: its first NUL must be the one just written.
    const detail::TextEnd end = scan_(out, nul + 1);
    const bool found = end.state == detail::TextState::found;
    if (found && end.at == nul) return nul + 1;
    error_ = {found ? ErrorCode::nul_in_text : ErrorCode::bad_utf8, *end.at, static_cast<std::uint8_t>(page),
              static_cast<std::uint64_t>(end.at - out_.begin())};
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
  detail::ScanText scan_;
  Error error_;
};

}  // namespace

std::expected<Bytes, Error> encode(const Document& document, Bytes reuse, SimdLevel simd) {
  return TreeEncoder(document, std::move(reuse), simd).encode();
}

}  // namespace easel::wbxml

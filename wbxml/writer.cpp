#include "wbxml/writer.h"

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstring>
#include <limits>
#include <span>
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

// Tag, bits and skip of a node as one number: one comparison tells the usual text from all else.
constexpr std::uint32_t as_word(Tag tag, unsigned bits, std::uint8_t skip) {
  struct {
    Tag tag;
    std::uint8_t bits, skip;
  } const parts{tag, static_cast<std::uint8_t>(bits), skip};
  return std::bit_cast<std::uint32_t>(parts);
}
[[gnu::always_inline]] inline std::uint32_t word_of(const Node& node) {
  static_assert(offsetof(Node, tag) + sizeof(std::uint32_t) == sizeof(Node));
  std::uint32_t word = 0;
  std::memcpy(&word, &node.tag, sizeof word);
  return word;
}
constexpr std::uint32_t kKindAndSkip = as_word({}, Node::kKindBits, 0xFF);
constexpr std::uint32_t kUsualText = as_word({}, static_cast<unsigned>(NodeKind::text), 2);
constexpr std::uint32_t kEmpty = as_word({}, static_cast<unsigned>(NodeKind::empty), 0);

#if defined(__SSE2__)
// Copies 16 octets each and tells how many are printable ASCII before the first that is not.
template <int blocks>
[[gnu::always_inline]] inline std::uint32_t copy_blocks(std::uint8_t* to, const std::uint8_t* from) {
  std::uint64_t plain = 0;
  for (int i = 0; i < blocks; ++i) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 16 * i));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 16 * i), block);
    plain |= std::uint64_t{detail::plain_in_16(block)} << 16 * i;
  }
  if (blocks == 4 && ~plain == 0) return 64;
  return static_cast<std::uint32_t>(__builtin_ctzll(~plain));
}
#endif

class TreeEncoder {
 public:
  TreeEncoder(const Document& document, Bytes reuse, SimdLevel simd)
      : document_(document),
        out_(std::move(reuse), document.source().size()),
        scan_(detail::scan_text_for(simd)),
        copy_(detail::copy_text_for(simd)) {}

  std::expected<Bytes, Error> encode() {
    if (document_.empty()) return std::unexpected(Error{ErrorCode::unbalanced, 0, 0, 0});
    // Short texts that are not plain ASCII are put aside in the first pass: to ask for each as it comes costs a wrong
    // guess of the processor, which is dearer than the answer. Where one is refused, a second pass finds the first.
    const Node* doubtful[kDoubtful];
    if (!pass(doubtful) && !pass(nullptr)) return std::unexpected(error_);
    return out_.take();
  }

 private:
  static constexpr std::size_t kDoubtful = 128;

  // False: a text is refused. Without `doubtful` none is put aside, and error_ tells of the first.
  bool pass(const Node** const doubtful) {
    const auto nodes = document_.nodes();
    const Node* const last = nodes.data() + nodes.size();
    const Node* ends[kDepthLimit + 1];  // where open elements end; deeper than any reader accepts cannot occur
    std::size_t depth = 0, doubts = 0;
    const Node* next_end = ends[0] = last;
#if defined(__SSE2__)
    detail::BlockSource source(document_.source());
    const std::uint32_t usual = doubtful != nullptr ? kUsualText : ~0u;
#endif
    // Locals: a store through std::uint8_t* could change any member.
    std::uint8_t* out = out_.begin();
    const std::uint8_t* limit = out_.limit();
    std::uint8_t page = 0;
    std::memcpy(out, kHeader, sizeof kHeader);
    out += sizeof kHeader;
    for (const Node* node = nodes.data(); node != last; ++node) {
      out = room(out, limit, 0);
      while (node == next_end) {
        assert(depth != 0);
        *out++ = kEnd;
        next_end = ends[--depth];
        out = room(out, limit, 0);
      }
      const std::uint32_t shape = word_of(*node) & kKindAndSkip;
#if defined(__SSE2__)
      if (shape == usual && node->length <= 64) [[likely]] {
        out = switch_page(out, page, *node);
        const std::uint32_t length = node->length;
        const std::uint8_t* const text = source.block(node->offset + 2);
        std::uint32_t plain = 0;
        if (length <= 32) [[likely]]
          plain = copy_blocks<2>(out + 2, text);
        else
          plain = copy_blocks<4>(out + 2, text);
        out[0] = node->tag.token | kContentBit;
        out[1] = kStrI;
        out += length + 4;
        out[-2] = 0;
        out[-1] = kEnd;
        doubtful[doubts] = node;
        doubts += plain < length ? 1 : 0;
        if (doubts == kDoubtful) [[unlikely]] {
          if (!are_texts({doubtful, doubts})) return false;
          doubts = 0;
        }
        continue;
      }
#endif
      if (shape == kEmpty) {
        out = switch_page(out, page, *node);
        *out++ = node->tag.token;
        continue;
      }
      const NodeKind kind = node->kind();
      if (kind < NodeKind::text_piece) out = switch_page(out, page, *node);
      if (kind == NodeKind::container) {
        *out++ = node->tag.token | kContentBit;
        ends[++depth] = next_end = node + node->span;
      } else {
        out = put_other(out, page, *node);
        if (out == nullptr) return false;
        limit = out_.limit();
      }
    }
    out = room(out, limit, depth);
    for (; depth > 0; --depth) *out++ = kEnd;
    out_.next() = out;
    return are_texts({doubtful, doubts});
  }
  // Texts of the WBXML octets that the document came from: there a NUL follows each.
  [[gnu::noinline]] bool are_texts(std::span<const Node* const> nodes) {
    const std::uint8_t* const begin = document_.source().data();
    const std::uint8_t* const end = begin + document_.source().size();
    for (const Node* node : nodes) {
      const std::uint8_t* const text = begin + node->offset + node->skip;
      const detail::TextEnd found = scan_(text, end);
      if (found.state != detail::TextState::found || found.at != text + node->length) return false;
    }
    return true;
  }
  [[gnu::always_inline]] std::uint8_t* room(std::uint8_t* out, const std::uint8_t*& limit, std::size_t octets) {
    if (static_cast<std::size_t>(limit - out) >= octets + ByteSink::kSlack) [[likely]]
      return out;
    out = out_.need(out, octets);
    limit = out_.limit();
    return out;
  }
  // Without a branch: in some documents every other element is of another page.
  [[gnu::always_inline]] static std::uint8_t* switch_page(std::uint8_t* out, std::uint8_t& page, const Node& node) {
    const std::uint8_t wanted = node.tag.page;
    out[0] = kSwitchPage;
    out[1] = wanted;
    out += wanted != page ? 2 : 0;
    page = wanted;
    return out;
  }
  // Long texts, OPAQUE and pieces: where the output goes on, null when a text is refused; error_ says where and why.
  [[gnu::noinline]] std::uint8_t* put_other(std::uint8_t* out, std::uint8_t page, const Node& node) {
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
  std::uint8_t* put_text(std::uint8_t* out, std::uint8_t page, std::string_view text) {
    *out++ = kStrI;
    const ByteView octets = as_bytes(text);
    const std::uint8_t* const begin = octets.data();
    const std::uint8_t* const end = begin + octets.size();
    const detail::TextEnd found = copy_(begin, end, out);
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
  detail::ScanText scan_;
  detail::CopyText copy_;
  Error error_;
};

}  // namespace

std::expected<Bytes, Error> encode(const Document& document, Bytes reuse, SimdLevel simd) {
  return TreeEncoder(document, std::move(reuse), simd).encode();
}

}  // namespace easel::wbxml

// The encoder's inner loop: elements with a short text, empty ones, and elements that open and close. It leaves all
// else where it stands. Built once for each instruction set, so everything here is of the file that includes it.
// Internal.
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "wbxml/byte_sink.h"
#include "wbxml/decode_options.h"
#include "wbxml/document.h"
#include "wbxml/tokens.h"

namespace easel::wbxml::detail {

/// Texts that are not plain ASCII are put aside and judged together: to ask for each as it comes costs a wrong guess of
/// the processor, which is dearer than the answer.
inline constexpr std::size_t kDoubtful = 128;

/// Why the loop stopped: at the end of the nodes, for room behind `out`, with kDoubtful texts put aside, at a text that
/// the blocks do not reach, at a node of another kind.
enum class EncodeStop : std::uint8_t { done, room, doubts, blocks, other };

/// Where the encoder stands.
struct EncodeState {
  const Node* node;
  const Node* last;
  const Node* next_end;  // where the innermost open element ends
  std::uint8_t* out;
  const std::uint8_t* limit;  // of the room behind `out`
  const std::uint8_t* data;   // of BlockSource, with `first` and `most`
  std::size_t first, most;
  std::size_t depth, doubts;
  bool defers;  // false: every text is of another kind
  std::uint8_t page;
  const Node* doubtful[kDoubtful];
  const Node* ends[kDepthLimit + 1];  // deeper than any reader accepts cannot occur
};
using EncodeLoop = EncodeStop (*)(EncodeState& state);

#if defined(__x86_64__)
EncodeStop encode_usual_avx2(EncodeState& state);
#endif

namespace {

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
constexpr std::uint32_t kContainer = as_word({}, static_cast<unsigned>(NodeKind::container), 0);

// Without a branch: in some documents every other element is of another page.
[[gnu::always_inline]] inline std::uint8_t* switch_page(std::uint8_t* out, std::uint8_t& page, std::uint8_t wanted) {
  out[0] = kSwitchPage;
  out[1] = wanted;
  out += wanted != page ? 2 : 0;
  page = wanted;
  return out;
}

// `Copy::half(to, from)` and `Copy::whole` copy 32 and 64 octets and tell how many are printable ASCII before the first
// that is not.
template <class Copy>
[[gnu::always_inline]] inline EncodeStop encode_usual(EncodeState& s) {
  // Locals: a store through std::uint8_t* could change any member.
  const Node* node = s.node;
  const Node* const last = s.last;
  const Node* next_end = s.next_end;
  std::uint8_t* out = s.out;
  const std::uint8_t* const limit = s.limit;
  const std::uint8_t* const data = s.data;
  const std::size_t first = s.first, most = s.most;
  std::size_t depth = s.depth, doubts = s.doubts;
  std::uint8_t page = s.page;
  const std::uint32_t usual = s.defers ? kUsualText : ~0u;
  const auto has_room = [&] { return static_cast<std::size_t>(limit - out) >= ByteSink::kSlack; };
  EncodeStop stop = EncodeStop::done;
  for (; node != last; ++node) {
    stop = EncodeStop::room;
    if (!has_room()) [[unlikely]]
      break;
    if (node == next_end) {
      do {
        assert(depth != 0);
        *out++ = kEnd;
        next_end = s.ends[--depth];
      } while (node == next_end && has_room());
      if (!has_room()) [[unlikely]]
        break;
    }
    const std::uint32_t word = word_of(*node), shape = word & kKindAndSkip;
    if (shape == usual && node->length <= 64) [[likely]] {
      const std::size_t at = node->offset + std::size_t{2} - first;
      stop = EncodeStop::blocks;
      if (at > most) [[unlikely]]
        break;
      out = switch_page(out, page, node->tag.page);
      const std::uint32_t length = node->length;
      const std::uint32_t plain = length <= 32 ? Copy::half(out + 2, data + at) : Copy::whole(out + 2, data + at);
      out[0] = node->tag.token | kContentBit;
      out[1] = kStrI;
      out += length + 4;
      out[-2] = 0;
      out[-1] = kEnd;
      s.doubtful[doubts] = node;
      doubts += plain < length ? 1 : 0;
      if (doubts == kDoubtful) [[unlikely]] {
        stop = EncodeStop::doubts;
        ++node;
        break;
      }
    } else if (shape == kContainer) {
      out = switch_page(out, page, node->tag.page);
      *out++ = node->tag.token | kContentBit;
      s.ends[++depth] = next_end = node + node->span;
    } else if (shape == kEmpty) {
      // Most often not alone.
      for (;;) {
        __builtin_prefetch(node + 64);
        out = switch_page(out, page, node->tag.page);
        *out++ = node->tag.token;
        if (node + 1 == next_end || (word_of(node[1]) & kKindAndSkip) != kEmpty || !has_room()) break;
        ++node;
      }
    } else {
      stop = EncodeStop::other;
      break;
    }
    stop = EncodeStop::done;
  }
  s.node = node;
  s.next_end = next_end;
  s.out = out;
  s.depth = depth;
  s.doubts = doubts;
  s.page = page;
  return stop;
}

}  // namespace
}  // namespace easel::wbxml::detail

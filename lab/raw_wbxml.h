#pragma once
// The lab's own WBXML: a byte writer and a reader of requests ([MS-ASWBXML] WBXML Grammar). It shares nothing with
// wbxml/, so that an error there cannot cancel itself. The writer writes what it is told, also what is wrong.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lab/tags.h"

namespace easel::lab {

/// An element of a request, or of an item that a client stored: a tag with either text or children.
struct Node {
  Tag tag{};
  std::string text{};
  bool opaque = false;  ///< `text` came as OPAQUE and goes out as OPAQUE
  std::vector<Node> children{};

  /// First child of that tag, or null.
  [[nodiscard]] const Node* find(Tag child) const;
  /// Text of the first child of that tag; empty if there is none.
  [[nodiscard]] std::string_view text_of(Tag child) const;
  [[nodiscard]] bool has(Tag child) const { return find(child) != nullptr; }
};

/// Reads a WBXML document whole. Errors are sentences that end in the byte offset. Depth is bounded to 64,
/// the number of elements to a million.
[[nodiscard]] std::expected<Node, std::string> read_wbxml(std::string_view bytes);

/// Appends WBXML to a byte string. Keeps the code page; the caller pairs open() with close().
class WbxmlWriter {
 public:
  WbxmlWriter();                                         ///< starts with the header 03 01 6A 00
  void open(Tag tag);                                    ///< a tag with content
  void close();                                          ///< END
  void empty(Tag tag);                                   ///< a tag without content
  void text(Tag tag, std::string_view value);            ///< <tag>STR_I</tag>; an empty value gives an empty tag
  void number(Tag tag, long long value);                 ///< text() of a decimal number
  void opaque(Tag tag, std::string_view bytes);          ///< <tag>OPAQUE</tag>
  void node(const Node& node);                           ///< the node with all below it
  void raw(std::string_view bytes) { bytes_ += bytes; }  ///< anything, unchecked
  /// What another writer made with begin_fragment(); this one must stand on page 0.
  void fragment(const WbxmlWriter& part);
  [[nodiscard]] std::string take() { return std::move(bytes_); }

  /// A writer without the header, for a part that is put into a document later.
  [[nodiscard]] static WbxmlWriter begin_fragment();
  [[nodiscard]] bool blank() const { return bytes_.empty(); }

 private:
  void tag_byte(Tag tag, bool content);
  std::string bytes_{};
  std::uint8_t page_ = 0;
};

}  // namespace easel::lab

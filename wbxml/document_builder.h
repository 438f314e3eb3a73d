// Fills a Document from the token step. Internal to wbxml.
#pragma once

#include <cstdint>

#include "wbxml/document.h"
#include "wbxml/token_step.h"

namespace easel::wbxml::detail {

/// Owns the Document while it grows. The hot loop keeps `next`, `limit` and `open` in registers; see decoder.cpp.
class DocumentBuilder {
 public:
  DocumentBuilder(Document& document, ByteView source) : document_(document) {
    document_.size_ = 0;
    document_.source_ = source;
    document_.pieces_.clear();
    document_.joined_.clear();
    document_.oddities_.clear();
    document_.oddity_count_ = 0;
  }
  [[nodiscard]] Node* first() const { return document_.nodes_.get(); }
  [[nodiscard]] Node* limit() const { return document_.nodes_.get() + document_.capacity_; }
  [[nodiscard]] std::vector<Error>& oddities() const { return document_.oddities_; }
  /// Makes room when `used` nodes fill the buffer.
  void grow(std::size_t used);
  /// Text that no `skip` can reach: `node` gets a piece.
  void place(Node& node, const std::uint8_t* at, const std::uint8_t* data, std::size_t length);
  /// Appends text to a text_piece node.
  void join(Node& node, const std::uint8_t* data, std::size_t length);
  void finish(std::size_t used, std::uint64_t oddity_count) {
    document_.size_ = static_cast<std::uint32_t>(used);
    document_.oddity_count_ = oddity_count;
  }

 private:
  Document& document_;
};

}  // namespace easel::wbxml::detail

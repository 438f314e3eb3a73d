// Writes WBXML: header first, code page switches only where the page changes, lengths in their shortest form.
// [MS-ASWBXML] Processing Rules. Text is checked: UTF-8, no NUL.
#pragma once

#include <expected>
#include <string_view>

#include "wbxml/byte_sink.h"
#include "wbxml/decode_options.h"
#include "wbxml/document.h"
#include "wbxml/error.h"
#include "wbxml/text_scan.h"
#include "wbxml/tokens.h"

namespace easel::wbxml {

/// Calls in document order; the first mistake is kept and reported by `finish`, whatever follows is ignored.
class Writer {
 public:
  /// `reuse` gives its memory to the output.
  explicit Writer(Bytes reuse = {}, SimdLevel simd = SimdLevel::automatic);

  Writer& start(Tag tag);  ///< tag with content; an `end` must follow
  Writer& end();
  Writer& empty(Tag tag);                        ///< <X/>
  Writer& text(std::string_view text);           ///< inline string inside the open element
  Writer& opaque(ByteView bytes);                ///< OPAQUE inside the open element
  Writer& leaf(Tag tag, std::string_view text);  ///< start, text, end
  Writer& opaque_leaf(Tag tag, ByteView bytes);  ///< start, opaque, end
  /// The octets, or the first mistake: Error::offset is then a position in the output.
  [[nodiscard]] std::expected<Bytes, Error> finish();

 private:
  bool put_tag(Tag tag, std::uint8_t content);
  void put_text(std::string_view text);
  void put_opaque(ByteView bytes);
  void fail(ErrorCode code, std::uint8_t octet = 0);

  detail::ByteSink out_;
  detail::ScanText scan_ = nullptr;
  std::uint32_t depth_ = 0;
  std::uint8_t page_ = 0;
  bool has_root_ = false;
  bool failed_ = false;
  Error error_;
};

/// The document in canonical octets. `reuse` gives its memory to the result.
[[nodiscard]] std::expected<Bytes, Error> encode(const Document& document, Bytes reuse = {},
                                                 SimdLevel simd = SimdLevel::automatic);

}  // namespace easel::wbxml

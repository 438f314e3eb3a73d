// MS-ASCMD style XML to WBXML. Reads what xml_text.h prints, and what the Microsoft documents print.
// XML 1.0; Namespaces in XML 1.0. UTF-8 only, no DTD subset, no entity but the five and character references.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wbxml/decode_options.h"
#include "wbxml/tokens.h"

namespace easel::wbxml {

enum class XmlErrorCode : std::uint8_t {
  syntax,             ///< not well-formed XML
  truncated,          ///< ends inside the document
  bad_utf8,           ///< not UTF-8
  bad_character,      ///< a character or reference that XML 1.0 does not allow
  unknown_entity,     ///< an entity other than lt, gt, amp, quot, apos
  doctype,            ///< a document type with an internal subset
  unknown_prefix,     ///< a prefix without xmlns:prefix
  unknown_namespace,  ///< a namespace that is no ActiveSync code page
  unknown_element,    ///< the code page has no such tag
  unknown_attribute,  ///< only xmlns, opaque and str are known
  bad_base64,         ///< opaque="base64" or str="base64" around something else
  mismatched_end,     ///< the end tag is not the start tag's
  no_root,            ///< no element
  trailing_data,      ///< something after the root
  too_deep,           ///< nested beyond DecodeOptions::max_depth's limit
  too_large,          ///< 4 GiB or more
};

struct XmlError {
  XmlErrorCode code = XmlErrorCode::syntax;
  std::size_t offset = 0;  ///< octet of the XML text
  std::string text;        ///< what is wrong and, for a name, which known one is nearest
};

/// Short stable name of a code, e.g. "unknown_element".
[[nodiscard]] std::string_view name_of(XmlErrorCode code);
/// "line 3, column 7: ..." for an error of this text.
[[nodiscard]] std::string describe(const XmlError& error, std::string_view xml);

struct XmlReadOptions {
  /// Tags whose plain text is base64 for an OPAQUE, as libwbxml writes byte arrays.
  std::span<const Tag> base64_opaque{};
  unsigned max_depth = kDepthLimit;
  SimdLevel simd = SimdLevel::automatic;
};

/// Elements go to their code page by namespace: any case, with or without the trailing colon, default or prefixed.
/// Blanks between elements are not content; blanks beside text are. Beside the notation of xml_text.h,
/// opaque="text" makes an OPAQUE of the text's own octets. `reuse` gives its memory to the result.
[[nodiscard]] std::expected<Bytes, XmlError> from_xml(std::string_view xml, Bytes reuse = {},
                                                      const XmlReadOptions& = {});

namespace detail {
/// As from_xml; also tells where in the output texts stand that were given in base64 (nothing in them is a
/// placeholder).
[[nodiscard]] std::expected<Bytes, XmlError> from_xml_noting_base64(std::string_view xml, Bytes reuse,
                                                                    const XmlReadOptions& options,
                                                                    std::vector<std::size_t>& base64_offsets);
}  // namespace detail

}  // namespace easel::wbxml

// A Document as MS-ASCMD style XML: deterministic, and lossless together with xml_reader.h.
// Namespaces as the Microsoft documents print them, xmlns where the code page differs from the parent's.
#pragma once

#include <string>

#include "wbxml/decode_options.h"
#include "wbxml/document.h"

namespace easel::wbxml {

struct XmlOptions {
  bool indent = true;       ///< two blanks a level and line ends between elements
  bool declaration = true;  ///< <?xml version="1.0" encoding="utf-8"?> first
  SimdLevel simd = SimdLevel::automatic;
};

/// Notation beyond plain XML: <X opaque="base64"> OPAQUE, <X str="base64"> text that XML cannot hold,
/// <X/> no content bit, <X></X> nothing between start and END, <X><![CDATA[]]></X> an empty string;
/// Token-2A and the namespace Page-30 stand for what the code pages do not list.
[[nodiscard]] std::string to_xml(const Document& document, const XmlOptions& options = {});

/// The same into a string of the caller, replacing what it holds; a warm string is not reallocated.
void to_xml(const Document& document, std::string& out, const XmlOptions& options = {});

/// One element and what it holds, as an excerpt for reports: no declaration.
[[nodiscard]] std::string to_xml(Element element, const XmlOptions& options = {});

/// Name as printed: "SyncKey", or "Token-2A" where the code page has no such token.
[[nodiscard]] std::string printed_name(Tag tag);
/// Namespace as printed: "AirSync", or "Page-30" above page 25.
[[nodiscard]] std::string printed_namespace(std::uint8_t page);

}  // namespace easel::wbxml

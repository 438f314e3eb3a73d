// WBXML octets to a Document.
#pragma once

#include <expected>

#include "wbxml/decode_options.h"
#include "wbxml/document.h"
#include "wbxml/error.h"
#include "wbxml/tokens.h"

namespace easel::wbxml {

/// Decodes one document. Strict unless the options say otherwise: refuses, with the octet's offset, whatever
/// [MS-ASWBXML] does not allow. `bytes` must outlive the result, which holds views of it.
/// `reuse` gives its memory to the result: a warm Document decodes without allocation.
[[nodiscard]] std::expected<Document, Error> decode(ByteView bytes, Document reuse = {}, const DecodeOptions& = {});

/// As above into a Document of the caller, which is empty after an error: the form for loops.
[[nodiscard]] std::expected<void, Error> decode_into(ByteView bytes, Document& document, const DecodeOptions& = {});

// The octets must outlive the document: temporaries are refused.
std::expected<Document, Error> decode(Bytes&& bytes, Document reuse = {}, const DecodeOptions& = {}) = delete;
std::expected<Document, Error> decode(const Bytes&& bytes, Document reuse = {}, const DecodeOptions& = {}) = delete;
std::expected<void, Error> decode_into(Bytes&& bytes, Document& document, const DecodeOptions& = {}) = delete;
std::expected<void, Error> decode_into(const Bytes&& bytes, Document& document, const DecodeOptions& = {}) = delete;

}  // namespace easel::wbxml

#pragma once
// A document as JSON: a tree of {tag, offset, text|opaque|content}.

#include <string>

#include "wbxml/document.h"

namespace easel {

/// Indented JSON with a line end. Text that is not UTF-8 (tolerant decoding) and OPAQUE are base64.
[[nodiscard]] std::string wbxml_json(const wbxml::Document& document);

}  // namespace easel

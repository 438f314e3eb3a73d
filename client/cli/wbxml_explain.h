#pragma once
// Each octet of a document with its offset and what it means.

#include <iosfwd>

#include "client/profile/status_codes.h"
#include "wbxml/decode_options.h"
#include "wbxml/tokens.h"

namespace easel {

/// Writes the lines; stops with the error's line where the document is refused. False when it was refused.
bool explain_wbxml(const wbxml::Bytes& octets, const wbxml::DecodeOptions& options, const StatusCodes& codes,
                   std::ostream& out);

}  // namespace easel

#pragma once
// Finds the WBXML octets in what an engineer pastes: raw, hex, base64, gzip, chunked, a whole HTTP message, a log line.

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "wbxml/tokens.h"

namespace easel {

struct WbxmlInput {
  wbxml::Bytes octets;
  std::vector<std::string> wrappings;  ///< what was taken off, outermost first: "base64", "gzip"
};

/// `format`: empty to find out, or raw, hex, base64, gzip, chunked. The error is one sentence.
/// Unpacks at most 64 MiB, and at most four wrappings.
[[nodiscard]] std::expected<WbxmlInput, std::string> unwrap_wbxml(std::string_view input, std::string_view format = {});

}  // namespace easel

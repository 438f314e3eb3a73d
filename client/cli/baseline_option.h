#pragma once
// --baseline: the server's certificate as it was, from an earlier report or as people write fingerprints.

#include <expected>
#include <string>

#include "client/diagnostic.h"
#include "client/scenario/site.h"

namespace easel {

/// `text` is a SHA-256 fingerprint (64 hexadecimal digits, with or without colons), a pin (sha256//BASE64), or the file
/// of a JSON report of easel, of which the first server certificate counts. `option` names the place for complaints.
std::expected<Baseline, Diagnostics> read_baseline(const std::string& text, const std::string& option);

}  // namespace easel

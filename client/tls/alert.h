#pragma once
// Names of TLS alerts (RFC 5246, 7.2; RFC 8446, 6; SSL 3.0, RFC 6101, 5.4).

#include <string>

namespace easel {

/// "handshake_failure" for 40; "alert_N" for a number no document names.
std::string alert_name(int description);

}  // namespace easel

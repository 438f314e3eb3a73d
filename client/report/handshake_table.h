#pragma once
// Devices against one server, for people: a row a hello, the codes that devices show, each chain as it was sent and the
// bundle that mends it.

#include <string>
#include <vector>

#include "client/profile/support_codes.h"
#include "client/run/device_handshakes.h"

namespace easel {

/// `columns` bounds the prose; the table has 100 at most. What the server wrote is made printable.
std::string render_handshakes(const std::vector<DeviceHandshake>& rows, const SupportCodes& codes, int columns);

/// For scripts, a tab-separated row a hello: device, hello, predicted or captured, outcome, version, suite, key
/// exchange, chain, cause key, support code. A field that has nothing to say is "-".
std::string render_handshakes_tsv(const std::vector<DeviceHandshake>& rows, const SupportCodes& codes);

}  // namespace easel

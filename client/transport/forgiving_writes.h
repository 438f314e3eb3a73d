#pragma once
// A server that refuses early (a TLS alert, a 413) closes while we are still writing. The write then fails before what
// it said has been read, and libcurl gives up. This lets the writes go nowhere, so that the reading side decides.

struct ssl_st;

namespace easel {

/// After the first write that fails for good, `connection` pretends that writes succeed; reads tell the truth. To be
/// called before the first message of the first handshake; again is harmless.
void forgive_writes(ssl_st* connection);

}  // namespace easel

#pragma once
// The name under which libcurl may keep a connection. libcurl does not compare SSL_CTX callbacks when it reuses one, so
// everything that makes two connections different is hashed into a comment of CAINFO_BLOB, which libcurl does compare.

#include <string>

#include "client/transport/transport.h"

namespace easel {

/// SHA-256 (hexadecimal) over every field of the identity and whether an untrusted session may go on. Secrets go in,
/// but cannot be had back.
std::string connection_key(const ConnectionIdentity& identity, bool allow_untrusted);

/// A PEM file libcurl accepts as its CA store, with the key as a comment. Nobody trusts the certificate in it: the
/// verdict is ours (client/tls/trust.h), and its key was thrown away when it was made.
std::string connection_key_pem(const std::string& key);

}  // namespace easel

#pragma once
// The OpenSSL store behind a trust policy: which certificates are anchors.

#include <string>

#include "client/tls/openssl_handles.h"
#include "client/tls/trust.h"

namespace easel {

/// Null if the DER cannot be read.
X509Ptr decode_certificate(const Certificate& certificate);

/// Anchors and revocation lists of the policy. Pins are not looked at.
StorePtr build_trust_store(const TrustPolicy& policy);

/// Adds every CRL of the PEM text.
void add_revocation_lists(x509_store_st* store, const std::string& pem);

}  // namespace easel

#pragma once
// Whom a device trusts: its root store (profiles/roots/*.tsv), the authorities installed on it, and its certificate
// rules (<trust> of the profile).

#include <expected>
#include <vector>

#include "client/data/data_files.h"
#include "client/diagnostic.h"
#include "client/profile/device_profile.h"
#include "client/tls/trust.h"

namespace easel {

/// What the device can make of a certificate; refuses nothing where the profile says nothing. The error names the
/// profile's line.
std::expected<CertificateRules, Diagnostics> certificate_rules(const DataFiles& data, const DeviceProfile& profile);

/// The policy of the device as it left the box, with `installed` authorities added to its root store. The table names
/// roots by fingerprint: a root counts when the server sends it, when the host's store holds it, or when it is among
/// `installed`. A profile without a table gives an error that says so.
std::expected<TrustPolicy, Diagnostics> device_trust(const DataFiles& data, const DeviceProfile& profile,
                                                     const std::vector<Certificate>& installed);

}  // namespace easel

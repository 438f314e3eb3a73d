#pragma once
// The certificates that a server should send, in the order of issue, worked out from those that it does send (RFC 5246,
// section 7.4.2: each certificate certifies the one before it; the root may be left out).

#include <string>
#include <string_view>
#include <vector>

#include "client/tls/certificate.h"
#include "client/tls/trust.h"

namespace easel {

struct BundleEntry {
  std::string subject;
  int sent = -1;       ///< place in the chain as sent; -1: it was not sent
  std::string source;  ///< where the certificate before it says that this one can be had (AIA), if it was not sent
};

struct BundleOrder {
  std::vector<BundleEntry> entries;  ///< leaf first, without the root
  std::vector<int> superfluous;      ///< places of those that do not belong there: strangers, repetitions
  int root = -1;                     ///< place of the root, if it was sent; it may be left out
  /// Was everything sent, in this order, and nothing else but a root at the end?
  [[nodiscard]] bool as_sent() const;
};

/// What mends `chain` as sent. `verdict` tells whether its end is an anchor of the device: then nothing is missing
/// there.
BundleOrder bundle_order(const std::vector<Certificate>& chain, const TrustVerdict& verdict);

}  // namespace easel

#pragma once
// Which devices could shake hands with a server, and why the others cannot: every profile's hello at once, then each
// device's verdict on the chain.

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "client/data/data_files.h"
#include "client/diagnostic.h"
#include "client/tls/hello_answer.h"
#include "client/tls/trust.h"
#include "client/transport/transport.h"

namespace easel {

struct HandshakeTarget {
  std::string host;     ///< name asked for, and looked for in the certificate
  std::string address;  ///< numeric
  std::uint16_t port = 443;
  std::chrono::milliseconds bound{5000};
  std::int64_t now = 0;                ///< seconds since 1970, for dates
  std::vector<Certificate> installed;  ///< authorities added to each device's root store
  std::string device_folder;           ///< where `easel device ca` keeps what is installed on each; empty: nothing is
};

struct DeviceHandshake {
  std::string device;
  std::string hello;       ///< id of the hello; empty: no capture, and so no verdict
  std::string reason;      ///< why there is no hello
  bool predicted = false;  ///< the hello is reconstructed, not captured
  HelloAnswer answer;
  std::string trust;                    ///< whom the device trusts, in words
  std::vector<Certificate> chain;       ///< as sent, or as a session saw it where TLS 1.3 hides it
  std::optional<TrustVerdict> verdict;  ///< nullopt: no chain was seen
  std::string cause;  ///< cause key (profiles/support-codes.tsv) of what stops the device; empty: nothing
};

/// Sends the hello of every device of `ids` at the same time and judges what came back. Where TLS 1.3 hides the chain,
/// `transport` makes one session without credentials to see it. Rows stand in the order of `ids`.
std::expected<std::vector<DeviceHandshake>, Diagnostics> shake_hands(const DataFiles& data,
                                                                     const std::vector<std::string>& ids,
                                                                     const HandshakeTarget& target,
                                                                     Transport& transport);

}  // namespace easel

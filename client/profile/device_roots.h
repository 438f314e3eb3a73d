#pragma once
// The root certificates that a device carries. The tables are profiles/roots/*.tsv, with sources.

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "client/data/data_files.h"
#include "client/diagnostic.h"
#include "client/tls/certificate.h"

namespace easel {

/// One row of a table. What no source gives is empty or 0.
struct DeviceRoot {
  std::string subject;  ///< as Microsoft lists it: a name, not a distinguished name
  std::string sha1;     ///< fingerprint, upper-case hex
  int key_bits = 0;
  std::string expires;  ///< "2028" or "2018-08-22"
};

/// Is this certificate the root of the row? The fingerprint decides where the row has one; else the name, and neither
/// the size of the key nor the year of its end may contradict the row.
bool is_device_root(const DeviceRoot& root, const Certificate& certificate);

/// Does a distinguished name (RFC 2253 text) name this root? Every word of its CN (without one: its OU) stands in the
/// row, and every word of the row somewhere in it; "CA" is short for "Certification Authority". A name proves nothing:
/// it is for chains whose root is not at hand.
bool is_named_like(const DeviceRoot& root, std::string_view distinguished_name);

/// The table profiles/roots/ID.tsv. The error names the file and the line.
std::expected<std::vector<DeviceRoot>, Diagnostics> read_device_roots(const DataFiles& data, std::string_view id);

}  // namespace easel

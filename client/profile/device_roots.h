#pragma once
// The root certificates that a device carries. The tables are profiles/roots/*.tsv, with sources.

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace easel {

struct DeviceRoot {
  std::string subject;  ///< as Microsoft lists it: a name, not a distinguished name
  std::string sha1;     ///< fingerprint, upper-case hex; empty where no source gives it

  /// Is a certificate with this subject (RFC 2253 text) and fingerprint (may be empty) this root? A fingerprint decides
  /// where both are known, else the name does.
  [[nodiscard]] bool is(std::string_view subject_text, std::string_view fingerprint) const;
};

/// The store "wm5", "wm5-msfp" or "wm6". The error says which table cannot be read.
std::expected<std::vector<DeviceRoot>, std::string> device_roots(std::string_view id);

}  // namespace easel

#pragma once
// The authorities that somebody installed on an emulated device, kept in a folder between runs. A Windows Mobile device
// has two stores for them: ROOT, whose certificates are trust anchors, and CA, whose certificates only help to build
// a chain (Microsoft, "Certificate Stores" of Windows Mobile). What stands in CA alone is not trusted.

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "client/tls/certificate.h"

namespace easel {

enum class DeviceStoreName { Root, Ca };

struct InstalledAuthorities {
  std::vector<Certificate> root;
  std::vector<Certificate> ca;
  [[nodiscard]] bool empty() const { return root.empty() && ca.empty(); }
};

/// FOLDER/DEVICE/{root,ca}/SHA1.pem: one certificate a file, so that other tools can read and write them, too.
class InstalledStore {
 public:
  explicit InstalledStore(std::string folder) : folder_(std::move(folder)) {}

  /// What is installed on a device; nothing if nobody ever installed anything. The error names the file that is wrong.
  [[nodiscard]] std::expected<InstalledAuthorities, std::string> read(std::string_view device) const;

  /// Installs them; returns the files. One that is there already is written again.
  std::expected<std::vector<std::string>, std::string> add(std::string_view device, DeviceStoreName store,
                                                           const std::vector<Certificate>& certificates) const;

  /// Takes the one whose SHA-1 begins with `fingerprint` (upper-case hex) out of whichever store has it. The error says
  /// if there is none, or more than one.
  [[nodiscard]] std::expected<std::string, std::string> remove(std::string_view device,
                                                               std::string_view fingerprint) const;

  [[nodiscard]] const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
};

/// $EASEL_DEVICES, else $XDG_DATA_HOME/easel/devices, else ~/.local/share/easel/devices; empty if none of them is set.
std::string default_device_folder();

}  // namespace easel

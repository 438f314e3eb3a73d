#pragma once
// The <hello> elements of a device profile's <tls>: which ClientHello the device sends, and where that is known from.

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "client/diagnostic.h"
#include "client/tls/hello.h"
#include "client/xml/xml_tree.h"

namespace easel {

struct DeviceHello {
  std::string id;  ///< "default", "ssl2-form"; unique in the profile
  Hello hello;
  std::string note;
};

/// Every hello of the element, the default first; empty where no capture is known (<no-hello reason="…"/>). `file`
/// names the profile in complaints.
std::expected<std::vector<DeviceHello>, Diagnostics> read_device_hellos(const XmlElement& tls, std::string_view file);

}  // namespace easel

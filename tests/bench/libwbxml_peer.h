// Debian's libwbxml, loaded at run time when it is installed; nothing links it.
#pragma once

#include <memory>
#include <string>

#include "wbxml/tokens.h"

namespace easel::bench {

class LibwbxmlPeer {
 public:
  /// Null when the library is not there.
  static std::unique_ptr<LibwbxmlPeer> load();
  ~LibwbxmlPeer();
  LibwbxmlPeer(const LibwbxmlPeer&) = delete;
  LibwbxmlPeer& operator=(const LibwbxmlPeer&) = delete;

  /// Builds its tree and drops it; false when it refuses.
  [[nodiscard]] bool tree(const wbxml::Bytes& octets) const;
  [[nodiscard]] bool to_xml(const wbxml::Bytes& octets, std::string& xml) const;
  [[nodiscard]] bool from_xml(const std::string& xml, wbxml::Bytes& octets) const;

 private:
  struct Calls;
  explicit LibwbxmlPeer(std::unique_ptr<Calls> calls);
  std::unique_ptr<Calls> calls_;
};

}  // namespace easel::bench

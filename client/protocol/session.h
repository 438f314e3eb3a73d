#pragma once
// What a device remembers between requests: its policy key, its hierarchy and collection keys, the items it holds.
// (MS-ASPROV, PolicyKey; MS-ASCMD, SyncKey (FolderSync) and SyncKey (Sync).)

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "client/transport/round_trip.h"
#include "wbxml/document.h"

namespace easel {

struct Folder {
  std::string server_id;
  std::string parent_id;
  std::string name;
  std::string type;  ///< MS-ASCMD, Type (FolderSync): "2" is the Inbox
};

struct Session {
  std::string version;                ///< negotiated MS-ASProtocolVersion; empty: not yet
  std::vector<std::string> versions;  ///< MS-ASProtocolVersions of the server
  std::vector<std::string> commands;  ///< MS-ASProtocolCommands of the server
  std::string server;                 ///< Server, MS-Server-ActiveSync and the like, for recognising the product
  std::string policy_key = "0";
  std::string policy_status;  ///< Status of the last Policy answer: "1", "2" (no policy), …
  std::string hierarchy_key = "0";
  std::map<std::string, std::string, std::less<>> sync_keys;        ///< by CollectionId
  std::map<std::string, std::set<std::string>, std::less<>> items;  ///< ServerIds by CollectionId
  std::vector<Folder> folders;
  bool wipe_ordered = false;  ///< a RemoteWipe was seen; nothing is wiped, and nothing is acknowledged

  [[nodiscard]] std::size_t item_count(std::string_view collection) const;
  /// Items of `collection` that a Sync answer adds and that are not known yet.
  [[nodiscard]] std::size_t new_items(std::string_view collection, const wbxml::Document& sync_answer) const;
};

/// The session after a round trip of `cmd` ("" = OPTIONS). A refused or undecodable answer changes nothing.
Session learn(Session session, std::string_view cmd, const RoundTrip& round_trip, const wbxml::Document* answer);

/// The highest version that device and server have in common; the device's first if the server named none.
std::string negotiate_version(const std::vector<std::string>& device, const std::vector<std::string>& server);

/// Comma or blank separated words of a header, trimmed.
std::vector<std::string> list_header(std::string_view value);

}  // namespace easel

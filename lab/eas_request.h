#pragma once
// An ActiveSync request taken apart ([MS-ASHTTP] Request-URI: plain text query and base64 query).

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "lab/http_message.h"
#include "lab/raw_wbxml.h"

namespace easel::lab {

struct EasRequest {
  std::string command{};
  std::string version_text{};  ///< "12.1", as the device says it; empty if it says nothing
  int version = 0;             ///< 25, 121, 140, ...: tenths of the version; 0 if it is no number
  std::string user{}, device_id{}, device_type{};
  std::optional<std::string> policy_key{};          ///< decimal; none if the device sent no key at all
  std::map<std::string, std::string> parameters{};  ///< AttachmentName, CollectionId, ItemId, ...
  bool base64_query = false;
  bool save_in_sent = false;
  bool multipart = false;
  std::string_view content_type{};
  std::string_view body{};
};

/// Views into `http`, which must outlive the result. The error is a sentence; it means HTTP 400.
[[nodiscard]] std::expected<EasRequest, std::string> read_eas_request(const HttpRequest& http);

}  // namespace easel::lab

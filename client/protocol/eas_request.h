#pragma once
// Turns a command into the HTTP request that a given device would send (MS-ASHTTP, Request-Line and Request Headers).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/profile/device_profile.h"
#include "client/transport/round_trip.h"

namespace easel {

/// What one EAS request is made of, after every variable has been filled in.
struct EasRequest {
  std::string cmd;  ///< empty: OPTIONS
  std::string version = "12.1";
  std::string policy_key = "0";  ///< decimal; "absent": neither header nor field
  std::string query;             ///< "plain", "base64" or empty: what the device does at this version
  std::string user;              ///< User parameter of the plain query
  std::string device_id;         ///< as the plain query spells it
  bool raw_id = true;  ///< base64 query: 32 hexadecimal digits go as their 16 octets (every Microsoft device does that)
  std::vector<Header> parameters;  ///< command parameters in order: CollectionId, ItemId, SaveInSent, …
  std::string body;
  std::string content_type;   ///< empty: the device's for WBXML
  std::string authorization;  ///< complete header value, empty: none
};

/// Does the device put this request's parameters into a base64 query?
bool uses_base64_query(const DeviceProfile& profile, const EasRequest& request);

/// The query without its '?': plain text or base64 (MS-ASHTTP, Base64 Encoded Query Value).
std::string build_query(const DeviceProfile& profile, const EasRequest& request);

/// The whole request: method, target, headers in the device's order. Host, port and scheme are the caller's.
HttpRequest build_eas_request(const DeviceProfile& profile, const EasRequest& request, std::string_view path);

/// Headers a device adds to any request of its own (also one that is not EAS), in its order.
Headers device_headers(const DeviceProfile& profile, const EasRequest& request, bool has_body, bool is_options);

/// Everything but unreserved characters (RFC 3986, 2.3) as %XX.
std::string percent_encode(std::string_view text);

/// The DeviceId of a profile for an account and a lane: the same on every run, so that a mailbox's ten partnerships are
/// not used up (Exchange's default limit).
std::string stable_device_id(const DeviceProfile& profile, std::string_view account, std::string_view lane);

}  // namespace easel

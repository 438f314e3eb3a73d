#pragma once
// The two-phase policy handshake that a device runs when a server asks for it. (MS-ASPROV, Phase 1 and Phase 2.)

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/profile/device_profile.h"
#include "client/transport/round_trip.h"
#include "wbxml/document.h"

namespace easel {

/// Does this answer ask the device to provision? HTTP 449 at any version (also from servers that should use a
/// Status), or a Status of 142, 143 or 144 in the body (MS-ASCMD, Common Status Codes). 140 orders a wipe and 141
/// refuses the device: neither is followed.
bool asks_to_provision(const RoundTrip& round_trip, const wbxml::Document* answer);

/// "MS-WAP-Provisioning-XML" at 2.5, "MS-EAS-Provisioning-WBXML" from 12.0 on (MS-ASPROV, PolicyType).
std::string_view policy_type(std::string_view version);

/// Body of phase 1: the device asks for its policy. From 14.1 on it must carry DeviceInformation.
std::string provision_request(const DeviceProfile& profile, std::string_view version);

/// Body of phase 2: the device acknowledges the policy of a temporary key. `status` 1 = applied in full.
std::string provision_acknowledgement(std::string_view version, std::string_view temporary_key,
                                      std::string_view status);

/// What phase 1 or 2 answered.
struct PolicyAnswer {
  std::string provision_status;
  std::string policy_status;
  std::string policy_key;
  std::string policy_type;
  std::string wap_document;   ///< Data as text: the WAP provisioning document of 2.5
  bool has_document = false;  ///< Data holds EASProvisionDoc (12.0 on)
  bool remote_wipe = false;
};
std::optional<PolicyAnswer> read_policy_answer(const wbxml::Document& answer);

}  // namespace easel

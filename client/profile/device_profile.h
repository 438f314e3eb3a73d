#pragma once
// A device as data: what it calls itself, which protocol versions it speaks, which headers it sends in which order, how
// it asks for policy, what it trusts. Every fact stands in profiles/devices/*.xml with its source and confidence.

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/data/data_files.h"
#include "client/diagnostic.h"
#include "client/transport/transport.h"
#include "client/xml/xml_tree.h"

namespace easel {

/// One documented fact of a profile, for `easel device show`.
struct ProfileFact {
  std::string subject;  ///< element path, e.g. "identity/user-agent"
  std::string value;
  std::string source;      ///< tag of a source list, see profiles/README.md
  std::string confidence;  ///< high, medium, low or unsourced
  std::string note;
};

/// A header in the device's order. The value may hold {version}, {policy-key}, {authorization}, {content-type},
/// {user-agent}; Host is always first, Content-Length is placed by the transport.
struct ProfileHeader {
  enum class When { Always, Body, PlainQuery, Credentials, OptionsOnly, PostOnly };
  std::string name;
  std::string value;
  When when = When::Always;
};

struct DeviceProfile {
  std::string id;
  std::string title;
  std::string user_agent;
  std::string device_type;            ///< plain query (MS-ASHTTP, DeviceType)
  std::string device_type_base64;     ///< base64 query
  std::string device_id_form;         ///< "hex32": 32 upper-case hexadecimal digits; "appl": Appl + serial; "android"
  std::vector<std::string> versions;  ///< MS-ASProtocolVersion values, highest first
  std::string base64_since;           ///< lowest version that uses the base64 query; empty: never
  std::vector<std::string> query_order;  ///< parameter names of the plain query, in the device's order
  bool options_query = false;            ///< OPTIONS carries User, DeviceId and DeviceType
  std::uint16_t locale = 0x0409;         ///< LCID for the base64 query
  std::string content_type;              ///< for WBXML bodies
  std::string password_charset;          ///< of Basic credentials: "windows-1252" or "utf-8"
  std::vector<ProfileHeader> headers;
  std::string roots;                ///< id of a root store in profiles/roots, empty if none is known
  TlsOffer session_offer;           ///< for the sessions that easel itself holds
  std::optional<XmlElement> tls;    ///< the <tls> element: the emulated hello (client/tls)
  std::optional<XmlElement> trust;  ///< the <trust> element: store and certificate rules
  std::vector<ProfileFact> facts;
};

/// Reads one profile. `file` names it in complaints.
std::expected<DeviceProfile, Diagnostics> parse_device_profile(std::string_view text, std::string_view file);

/// Finds "profiles/devices/ID.xml". An unknown id is a complaint that names the nearest known one.
std::expected<DeviceProfile, Diagnostics> load_device_profile(const DataFiles& data, std::string_view id);

/// Ids of every known profile, sorted.
std::vector<std::string> device_profile_ids(const DataFiles& data);

/// -1, 0, 1 for "2.5" against "12.1": protocol versions compare by number, not by text.
int compare_versions(std::string_view a, std::string_view b);

}  // namespace easel

#pragma once
// What one pass through a plan needs to know of the run around it, and what its devices remember.

#include <cstdint>
#include <optional>
#include <string>

#include "client/profile/device_profile.h"
#include "client/protocol/session.h"
#include "client/run/logon_ledger.h"
#include "client/run/redact.h"
#include "client/scenario/site.h"
#include "client/transport/resolver.h"
#include "client/transport/transport.h"

namespace easel {

struct RunContext {
  const Site* site = nullptr;
  const Redactor* redactor = nullptr;
  std::string run_id = "00000000";  ///< eight digits, new for every run
  std::string lane = "0";           ///< part of the DeviceId: checks that change server state share one
  std::string heartbeat = "60";     ///< seconds
  Session known;                    ///< what the auth control learned: version, commands, product
  std::string address_label;        ///< not empty: this pass goes to one address of several
  std::optional<Route> route;       ///< instead of the site's
  bool legacy_sessions = false;     ///< the server has only RC4 or 3DES in common with the device: see legacy_offer()
  std::string* ticket = nullptr;    ///< SecurID ticket of the run: a passcode is good for one log-on
  LogonLedger* logons = nullptr;    ///< shared by the Runs of one drive; nullptr: not counted
  const Resolutions* names = nullptr;  ///< what was looked up at the start of the run
  bool only_names = false;             ///< a name that was not found is not asked for in another way (--dns)
  std::int64_t (*now)() = nullptr;     ///< seconds since 1970
};

/// One device of a pass.
struct DeviceState {
  const DeviceProfile* profile = nullptr;
  std::string id;  ///< DeviceId
  Session session;
};

}  // namespace easel

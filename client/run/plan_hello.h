#pragma once
// The hello of a <hello> step: a device's, read from its profile, or one made from versions and suites.

#include <string_view>

#include "client/run/plan.h"
#include "client/xml/xml_tree.h"

namespace easel {

/// Table that every scenario has: for-each="fleet" gives a row with ${fleet.device} for each device of the site's
/// fleet, or for the run's own device where the site names none.
inline constexpr std::string_view kFleetTable = "fleet";
DataTable fleet_table(const Site& site, std::string_view own_device);

/// Complains at the step's place about what cannot be made. `own` is the device of the scenario; ${…} in the step has
/// been replaced as far as `rows` knows.
PlannedHello plan_hello(const Step& step, const DeviceProfile& own, const DataFiles& data, const Variables& rows,
                        XmlChecker& checker);

}  // namespace easel

#pragma once
// What a run would do, without doing it.

#include <string>

#include "client/run/verify.h"

namespace easel {

/// Every request with its host and kind of credential, the refusals and failed log-ons it will cause, and what it will
/// leave behind. No secret stands in it.
std::string render_dry_run(const Schedule& schedule, const DeviceProfile& device, const Site& site,
                           const VerifyOptions& options);

}  // namespace easel

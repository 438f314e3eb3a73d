#pragma once
// Which names a run needs, looked up once before it begins.

#include <expected>
#include <memory>
#include <span>
#include <string>

#include "client/run/plan.h"
#include "client/run/run_context.h"
#include "client/transport/resolver.h"

namespace easel {

/// Looks up what `plans` ask for in <resolve> steps and the hosts that they are sent to, as far as the site's route
/// does not say where to connect. `context` gives the site and the variables in host names.
std::expected<Resolutions, std::string> resolve_for(std::span<const std::shared_ptr<const Plan>> plans,
                                                    const RunContext& context, const ResolverOptions& options);

}  // namespace easel

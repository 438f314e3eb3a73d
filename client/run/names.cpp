#include "client/run/names.h"

#include <vector>

#include "client/run/run.h"

namespace easel {

std::expected<Resolutions, std::string> resolve_for(std::span<const std::shared_ptr<const Plan>> plans,
                                                    const RunContext& context, const ResolverOptions& options) {
  const Site& site = *context.site;
  const Variables variables = site_variables(context);
  const bool routed = !site.route.connect_to_host.empty() || !site.route.addresses.empty() || !site.route.proxy.empty();
  std::vector<std::string> names;
  if (!routed) names.push_back(site.host);
  for (const auto& plan : plans) {
    for (const auto* steps : {&plan->steps, &plan->cleanup}) {
      for (const PlannedStep& s : *steps) {
        const std::string host = s.step.host.empty() ? site.host : expand(s.step.host, variables);
        const bool looks_up = s.step.kind == Step::Kind::Resolve;
        const bool connects = !options.server.empty() && !(routed && site.owns(host)) && site.route.proxy.empty();
        if ((looks_up || connects) && host.find("${") == std::string::npos) names.push_back(host);
      }
    }
  }
  return resolve_names(names, options);
}

}  // namespace easel

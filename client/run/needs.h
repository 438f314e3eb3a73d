#pragma once
// Whether a check applies to a site at all: the <needs> of its file, decided before or during the run.

#include <optional>
#include <string>
#include <vector>

#include "client/check/verdict.h"
#include "client/protocol/session.h"
#include "client/scenario/scenario.h"
#include "client/scenario/site.h"

namespace easel {

/// The verdict that the site's own description fixes: skip with its reason, or none. Nothing of the server is needed.
std::optional<Verdict> fixed_by_site(const Scenario& check, const Site& site);

/// As above for what only the server can tell: version and command lists.
std::optional<Verdict> fixed_by_server(const Scenario& check, const Session& known, std::string_view version);

}  // namespace easel

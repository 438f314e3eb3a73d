#pragma once
// Reads the steps of a scenario file: <step>, <http>, <connect>, <resolve>, … and what stands inside them.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/scenario/scenario.h"

namespace easel {

/// Reads one step below `parent` and appends it to `into`. `scenario` gives the libraries and the background steps so
/// far; `known` are the elements that may stand here, for complaints.
void parse_step(XmlChecker& checker, const Scenario& scenario, const XmlElement& parent, const XmlElement& element,
                std::vector<Step>& into, std::span<const std::string_view> known);

/// Complains about a reason that is not in skip_reasons() or block_reasons().
void check_reason(XmlChecker& checker, const XmlElement& element, bool blocks, const std::string& text);

}  // namespace easel

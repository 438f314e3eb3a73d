#pragma once
// The fault table (faults.inc) and the persona table (personas.inc) as code: look-up by id, application to a Behaviour.

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "lab/behaviour.h"

namespace easel::lab {

/// The behaviour of that persona with those faults applied in order.
/// The error names what is unknown and the nearest known id.
[[nodiscard]] std::expected<Behaviour, std::string> behaviour_of(std::string_view persona,
                                                                 const std::vector<std::string>& faults);

}  // namespace easel::lab

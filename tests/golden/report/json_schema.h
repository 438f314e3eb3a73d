#pragma once
// As much of JSON Schema (draft 2020-12) as client/report/report.schema.json uses.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace easel {

/// What in `value` the schema does not allow, each with its path; empty: valid. A keyword of the schema that is not
/// understood is a complaint, too, so that nothing is passed over.
std::vector<std::string> schema_complaints(const nlohmann::json& schema, const nlohmann::json& value);

}  // namespace easel

#pragma once
// The catalogue of checks, the controls and the plans, as the data files hold them.

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "client/data/data_files.h"
#include "client/diagnostic.h"
#include "client/scenario/scenario.h"

namespace easel {

/// A plan is a list of checks: by id, by area ("tls.*"), or everything that is not opt-in.
struct CheckPlan {
  std::string id;
  std::string title;
  std::vector<std::string> patterns;  ///< ids, "area.*" or "*"
  bool opt_in = false;                ///< opt-in checks take part
};

struct Catalogue {
  std::vector<ParsedScenario> checks;    ///< sorted by id, complaints included
  std::vector<ParsedScenario> controls;  ///< in the order of the layers
  std::vector<CheckPlan> plans;

  [[nodiscard]] const Scenario* find(std::string_view id) const;
  [[nodiscard]] std::vector<std::string_view> ids() const;
};

/// Reads all of it. The error holds the complaints of every file that has a mistake.
std::expected<Catalogue, Diagnostics> load_catalogue(const DataFiles& data);

/// Indexes of the checks that a plan or a list of ids and patterns selects, in catalogue order. A name that matches
/// nothing is a complaint with the nearest known id: a run that tests nothing must never look green.
std::expected<std::vector<std::size_t>, Diagnostics> select_checks(const Catalogue& catalogue,
                                                                   const std::vector<std::string>& patterns,
                                                                   bool opt_in, std::string_view option);

/// Does "tls.*" or "tls.chain.trusted" name this id?
bool matches_pattern(std::string_view pattern, std::string_view id);

}  // namespace easel

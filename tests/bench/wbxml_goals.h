// The ratios that the benchmark prints, with the floor that must hold and the goal to show.
#pragma once

#include <span>
#include <string_view>

namespace easel::bench {

struct Goal {
  std::string_view document;  ///< prefix of the document's name
  std::string_view ours;      ///< cell of the codec
  std::string_view anchor;    ///< cell it is compared with; empty: nanoseconds per unit
  bool anchor_over_ours;      ///< true: anchor / ours, more is better; false: ours / anchor, less is better
  double floor, goal;
};

[[nodiscard]] std::span<const Goal> goals();

}  // namespace easel::bench

// What the benchmark prints of its ratios.
#pragma once

#include <span>
#include <string>

#include "tests/bench/wbxml_goals.h"

namespace easel::bench {

/// A ratio that was measured, beside its goal.
struct Row {
  const Goal* goal;
  std::string document;
  double value;
  double slack = 1;  ///< by which the goal may be missed
  [[nodiscard]] bool holds(double bound, double within = 1) const {
    return goal->anchor_over_ours ? value >= bound / within : value <= bound * within;
  }
};

/// Below its floor by more than 10 %. Documents of other shapes have none.
[[nodiscard]] bool fails(const Row& row);

/// One line a ratio, and how many reach their goal.
void print_ratios(std::span<const Row> rows);
/// One line a document, one column a ratio that more than two documents have; what reaches its goal is bold.
void print_table(std::span<const Row> rows);
/// True when none fails.
bool print_gate(std::span<const Row> rows);

}  // namespace easel::bench

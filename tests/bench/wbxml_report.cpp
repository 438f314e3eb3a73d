#include "tests/bench/wbxml_report.h"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <vector>

namespace easel::bench {
namespace {

std::string ratio_of(const Goal& goal) {
  const std::string ours(goal.ours), anchor(goal.anchor);
  return goal.anchor_over_ours ? anchor + " / " + ours : ours + " / " + anchor;
}

}  // namespace

bool fails(const Row& row) {
  constexpr double kTolerance = 1.1;
  const bool of_the_machine = row.goal->anchor.starts_with("per-");  // nanoseconds
  return row.slack == 1 && !of_the_machine && !row.holds(row.goal->floor, kTolerance);
}

void print_ratios(std::span<const Row> rows) {
  int reached[2] = {0, 0}, all[2] = {0, 0};  // of the goals' own documents, of other shapes
  std::printf("\n| document | ratio | here | floor | goal | |\n| --- | --- | ---: | ---: | ---: | --- |\n");
  for (const Row& row : rows) {
    const Goal& goal = *row.goal;
    const bool other = row.slack != 1, good = row.holds(goal.goal, row.slack);
    const char* verdict = row.holds(goal.floor) ? "floor" : "BELOW";
    if (good) verdict = other ? "goal, within 25 %" : "goal";
    ++all[other];
    if (good) ++reached[other];
    std::printf("| %s | %s | %.4g | %s %.4g | %.4g | %s |\n", row.document.c_str(), ratio_of(goal).c_str(), row.value,
                goal.anchor_over_ours ? ">=" : "<=", goal.floor, goal.goal, verdict);
  }
  std::printf("\n%d of %d reach the goal; of other shapes, within 25 %%, %d of %d\n", reached[0], all[0], reached[1],
              all[1]);
}

void print_table(std::span<const Row> rows) {
  std::vector<std::string> columns, documents;
  const auto add = [](std::vector<std::string>& names, const std::string& name) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  for (const Row& row : rows) {
    const auto like_it = [&](const Row& other) { return ratio_of(*other.goal) == ratio_of(*row.goal); };
    if (std::ranges::count_if(rows, like_it) > 2) add(columns, ratio_of(*row.goal));
    add(documents, row.document);
  }
  std::string head = "| document |", line = "| --- |";
  for (const std::string& column : columns) {
    head += " " + column + " |";
    line += " ---: |";
  }
  std::printf("\n%s\n%s\n", head.c_str(), line.c_str());
  for (const std::string& document : documents) {
    std::printf("| %s |", document.c_str());
    for (const std::string& column : columns) {
      const auto row = std::ranges::find_if(
          rows, [&](const Row& each) { return each.document == document && ratio_of(*each.goal) == column; });
      if (row == rows.end()) {
        std::printf(" |");
        continue;
      }
      const char* const mark = row->holds(row->goal->goal, row->slack) ? "**" : "";
      std::printf(" %s%.4g%s |", mark, row->value, mark);
    }
    std::printf("\n");
  }
}

bool print_gate(std::span<const Row> rows) {
  const auto below = std::ranges::count_if(rows, fails);
  std::printf("\ngate: %td ratio(s) below their floor by more than 10 %%\n", below);
  return below == 0;
}

}  // namespace easel::bench

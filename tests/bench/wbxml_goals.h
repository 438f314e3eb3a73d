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

/// A document of another shape than those that the goals are for: it is held to theirs within kLikenessSlack.
struct Likeness {
  std::string_view document;  ///< its name
  std::string_view like;      ///< a name to look its goals up by
};
inline constexpr double kLikenessSlack = 1.25;

[[nodiscard]] std::span<const Likeness> likenesses();

}  // namespace easel::bench

// Times alternatives side by side: all of them in every round, in one process; the median of the rounds counts.
// A shared machine changes its clock from one millisecond to the next, by half and more; so each batch is counted in
// cycles of the clock as it was just before and after it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace easel::bench {

/// Allocations by operator new since the program started.
[[nodiscard]] std::uint64_t allocations();

struct Cell {
  std::string name;
  std::function<void()> run;  ///< one execution
  double cycles = 0;          ///< median of the rounds, one execution
  double nanoseconds = 0;     ///< the same at the clock at the end of the measurement
  double allocations = 0;     ///< of one warm execution
  std::size_t repeats = 1;
};

/// Measures all cells; each batch takes at least `batch_ms`, a cell that takes longer runs once a round.
void measure(std::vector<Cell>& cells, int rounds, double batch_ms);

/// Keeps a value alive for the optimiser.
template <class T>
inline void keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

}  // namespace easel::bench

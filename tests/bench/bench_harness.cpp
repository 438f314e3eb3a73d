#include "tests/bench/bench_harness.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <new>

namespace {
std::uint64_t count = 0;
}

void* operator new(std::size_t size) {
  ++count;
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }

namespace easel::bench {
namespace {

using Clock = std::chrono::steady_clock;

double batch(const Cell& cell, std::size_t repeats) {
  const auto start = Clock::now();
  for (std::size_t i = 0; i < repeats; ++i) cell.run();
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

}  // namespace

std::uint64_t allocations() { return count; }

void measure(std::vector<Cell>& cells, int rounds, double batch_ms) {
  for (Cell& cell : cells) {
    cell.run();
    const double once = batch(cell, 1);
    const double fitting = batch_ms * 1e6 / std::max(once, 1.0);
    cell.repeats = static_cast<std::size_t>(std::clamp(fitting, 1.0, 1e6));
    const std::uint64_t before = count;
    cell.run();
    cell.allocations = static_cast<double>(count - before);
  }
  std::vector<std::vector<double>> times(cells.size());
  for (int round = 0; round < rounds; ++round)
    for (std::size_t i = 0; i < cells.size(); ++i)
      times[i].push_back(batch(cells[i], cells[i].repeats) / static_cast<double>(cells[i].repeats));
  for (std::size_t i = 0; i < cells.size(); ++i) {
    std::nth_element(times[i].begin(), times[i].begin() + rounds / 2, times[i].end());
    cells[i].nanoseconds = times[i][static_cast<std::size_t>(rounds / 2)];
  }
}

}  // namespace easel::bench

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

double since(Clock::time_point start) { return std::chrono::duration<double, std::nano>(Clock::now() - start).count(); }

double batch(const Cell& cell, std::size_t repeats) {
  const auto start = Clock::now();
  for (std::size_t i = 0; i < repeats; ++i) cell.run();
  return since(start);
}

// Nanoseconds of a clock cycle, from additions that wait for each other: one a cycle on every processor in use.
// The shortest of some short ones, so that an interruption does not count.
double cycle_now() {
  constexpr int kAdditions = 8192, kTries = 4;
  double shortest = 1e9;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    const auto start = Clock::now();
    std::uint64_t sum = 0;
    for (int i = 0; i < kAdditions / 8; ++i) {
      for (int j = 0; j < 8; ++j) {
        asm volatile("" : "+r"(sum));
        ++sum;
      }
    }
    keep(sum);
    shortest = std::min(shortest, since(start));
  }
  return shortest / kAdditions;
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
  std::vector<std::vector<double>> cycles(cells.size());
  for (int round = 0; round < rounds; ++round) {
    double before = cycle_now();
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const double time = batch(cells[i], cells[i].repeats) / static_cast<double>(cells[i].repeats);
      const double after = cycle_now();
      cycles[i].push_back(time * 2 / (before + after));
      before = after;
    }
  }
  const double cycle = cycle_now();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    std::nth_element(cycles[i].begin(), cycles[i].begin() + rounds / 2, cycles[i].end());
    cells[i].cycles = cycles[i][static_cast<std::size_t>(rounds / 2)];
    cells[i].nanoseconds = cells[i].cycles * cycle;
  }
}

}  // namespace easel::bench

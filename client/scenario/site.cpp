#include "client/scenario/site.h"

#include <algorithm>

namespace easel {

bool Site::owns(std::string_view wanted) const {
  const auto same = [](std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20) || x == y; });
  };
  if (same(wanted, host)) return true;
  return std::ranges::any_of(other_hosts, [&](const std::string& other) { return same(wanted, other); });
}

}  // namespace easel

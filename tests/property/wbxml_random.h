// Random documents over all code pages, from a seed.
#pragma once

#include <cstdint>
#include <random>

#include "wbxml/tokens.h"

namespace easel::wbxml::test {

struct RandomShape {
  std::size_t most_nodes = 60;
  unsigned most_depth = 12;
  std::size_t longest_text = 100;
  bool unlisted_tags = false;  ///< tokens and pages that the tables lack: for tolerant reading
  bool mixed = false;          ///< text and OPAQUE beside elements
};

[[nodiscard]] Bytes random_document(std::mt19937_64& random, const RandomShape& shape);

}  // namespace easel::wbxml::test

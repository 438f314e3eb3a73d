// Documents of other shapes and seeds than the corpus: made from a seed, so that no speed rests on ten known files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wbxml/tokens.h"

namespace easel::bench {

struct Shape {
  std::string name;
  wbxml::Bytes octets;
};

/// Sync of Cyrillic and of CJK bodies, sparse contacts, header-only mails, a search with pictures, folders, tiny
/// fields.
[[nodiscard]] std::vector<Shape> make_shapes(std::uint64_t seed);
/// A FolderSync response with `folders` siblings; time per element must not grow with their number.
[[nodiscard]] wbxml::Bytes make_folders(std::size_t folders, std::uint64_t seed);

}  // namespace easel::bench

#pragma once
// Golden files: a text compared with what stands in a file. EASEL_UPDATE_GOLDEN=1 writes them anew; review the diff.

#include <string>
#include <string_view>

namespace easel {

/// Content of a file beside the tests; empty if it cannot be read.
std::string read_golden(const std::string& name);

/// Empty if `text` is the file's content. Otherwise the first line that differs, both ways. Where
/// EASEL_UPDATE_GOLDEN is 1 the file is written instead.
std::string differs_from_golden(const std::string& name, std::string_view text);

/// Content of a file by its path in the tree.
std::string read_from_tree(const std::string& path);

}  // namespace easel

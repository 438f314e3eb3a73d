#include "tests/golden/report/golden_file.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace easel {
namespace {

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

std::string read_golden(const std::string& name) { return read(std::string(EASEL_GOLDEN_DIR) + "/" + name); }

std::string read_from_tree(const std::string& path) { return read(std::string(EASEL_SOURCE_DIR) + "/" + path); }

std::string differs_from_golden(const std::string& name, std::string_view text) {
  const char* update = std::getenv("EASEL_UPDATE_GOLDEN");
  if (update && std::string_view(update) == "1") {
    std::ofstream out(std::string(EASEL_GOLDEN_DIR) + "/" + name, std::ios::binary | std::ios::trunc);
    out << text;
    return out.flush() ? "" : name + " cannot be written";
  }
  const std::string golden = read_golden(name);
  if (golden == text) return {};
  std::string_view wanted = golden;
  for (int line = 1;; ++line) {
    const std::string_view a = take_line(wanted), b = take_line(text);
    if (a == b && !(wanted.empty() && text.empty())) continue;
    return name + ":" + std::to_string(line) + "\n  golden: " + std::string(a) + "\n  now:    " + std::string(b) +
           "\nEASEL_UPDATE_GOLDEN=1 writes it anew";
  }
}

}  // namespace easel

// Stands in for libFuzzer: runs the target once over each file of the folders and files given.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::size_t replay(const std::filesystem::path& path) {
  if (std::filesystem::is_directory(path)) {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
      if (entry.is_regular_file()) files += replay(entry.path());
    return files;
  }
  std::ifstream file(path, std::ios::binary);
  std::vector<std::uint8_t> content{std::istreambuf_iterator<char>(file), {}};
  content.shrink_to_fit();
  LLVMFuzzerTestOneInput(content.data(), content.size());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t files = 0;
  for (int i = 1; i < argc; ++i) files += replay(argv[i]);
  std::printf("%zu inputs replayed\n", files);
  return files == 0 ? 1 : 0;
}

#include "client/data/data_files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace easel {
namespace fs = std::filesystem;

namespace {

const EmbeddedFile* find_embedded(std::string_view path) {
  const auto files = embedded_files();
  const auto it = std::ranges::lower_bound(files, path, {}, &EmbeddedFile::path);
  return it != files.end() && it->path == path ? &*it : nullptr;
}

}  // namespace

std::expected<std::string, std::string> read_user_file(const std::string& path, std::size_t limit) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return std::unexpected(path + ": no such file");
  if (fs::is_directory(status)) return std::unexpected(path + ": is a directory, a file is needed");
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::unexpected(path + ": cannot be read: " + std::strerror(errno));
  std::string content;
  char buffer[65536];
  while (in.read(buffer, sizeof buffer) || in.gcount() > 0) {
    content.append(buffer, static_cast<std::size_t>(in.gcount()));
    if (content.size() > limit) {
      return std::unexpected(path + ": larger than " + std::to_string(limit) + " octets");
    }
  }
  if (in.bad()) return std::unexpected(path + ": cannot be read: " + std::strerror(errno));
  return content;
}

std::expected<std::string, std::string> DataFiles::read(std::string_view path) const {
  if (!folder_.empty()) {
    const fs::path own = fs::path(folder_) / path;
    std::error_code error;
    if (fs::exists(own, error)) return read_user_file(own.string());
  }
  if (const EmbeddedFile* file = find_embedded(path)) return std::string(file->content);
  return std::unexpected(std::string(path) + ": no such file among easel's own" +
                         (folder_.empty() ? "" : " nor under " + folder_));
}

std::vector<std::string> DataFiles::list(std::string_view prefix, std::string_view suffix) const {
  std::vector<std::string> paths;
  const auto wanted = [&](std::string_view path) { return path.starts_with(prefix) && path.ends_with(suffix); };
  for (const EmbeddedFile& file : embedded_files()) {
    if (wanted(file.path)) paths.emplace_back(file.path);
  }
  if (!folder_.empty()) {
    std::error_code error;
    for (fs::recursive_directory_iterator it(folder_, fs::directory_options::skip_permission_denied, error), end;
         !error && it != end; it.increment(error)) {
      if (!it->is_regular_file(error)) continue;
      const std::string path = fs::relative(it->path(), folder_, error).generic_string();
      if (wanted(path)) paths.push_back(path);
    }
  }
  std::ranges::sort(paths);
  const auto twice = std::ranges::unique(paths);
  paths.erase(twice.begin(), twice.end());
  return paths;
}

std::string DataFiles::display_name(std::string_view path) const {
  if (!folder_.empty()) {
    const fs::path own = fs::path(folder_) / path;
    std::error_code error;
    if (fs::exists(own, error)) return own.string();
  }
  return (find_embedded(path) ? "builtin:" : "") + std::string(path);
}

}  // namespace easel

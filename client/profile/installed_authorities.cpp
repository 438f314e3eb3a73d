#include "client/profile/installed_authorities.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "client/data/data_files.h"

namespace easel {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 1000;
constexpr std::size_t kMostBytes = 1U << 20;

std::string_view folder_of(DeviceStoreName store) { return store == DeviceStoreName::Root ? "root" : "ca"; }

std::expected<std::vector<fs::path>, std::string> files_in(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".pem") out.push_back(it->path());
    if (out.size() > kMostFiles) return std::unexpected(folder.string() + " holds more than 1000 certificates");
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return std::unexpected(folder.string() + " cannot be read: " + error.message());
  }
  std::ranges::sort(out);
  return out;
}

std::expected<std::vector<Certificate>, std::string> certificates_in(const fs::path& folder) {
  const auto files = files_in(folder);
  if (!files) return std::unexpected(files.error());
  std::vector<Certificate> out;
  for (const fs::path& file : *files) {
    const auto bytes = read_user_file(file.string(), kMostBytes);
    if (!bytes) return std::unexpected(bytes.error());
    auto certificates = parse_certificates(*bytes, file.string());
    if (!certificates) return std::unexpected(certificates.error());
    out.insert(out.end(), certificates->begin(), certificates->end());
  }
  return out;
}

}  // namespace

std::expected<InstalledAuthorities, std::string> InstalledStore::read(std::string_view device) const {
  InstalledAuthorities out;
  if (folder_.empty()) return out;
  const fs::path base = fs::path(folder_) / device;
  for (const auto& [store, into] : {std::pair{DeviceStoreName::Root, &out.root}, {DeviceStoreName::Ca, &out.ca}}) {
    auto certificates = certificates_in(base / folder_of(store));
    if (!certificates) return std::unexpected(certificates.error());
    *into = std::move(*certificates);
  }
  return out;
}

std::expected<std::vector<std::string>, std::string> InstalledStore::add(
    std::string_view device, DeviceStoreName store, const std::vector<Certificate>& certificates) const {
  if (folder_.empty())
    return std::unexpected("there is no folder for what devices hold: set HOME or use --devices DIR");
  const fs::path folder = fs::path(folder_) / device / folder_of(store);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return std::unexpected(folder.string() + " cannot be made: " + error.message());
  std::vector<std::string> out;
  for (const Certificate& certificate : certificates) {
    const fs::path file = folder / (certificate.sha1 + ".pem");
    std::ofstream stream(file, std::ios::binary | std::ios::trunc);
    stream << to_pem({certificate});
    stream.flush();
    if (!stream) return std::unexpected(file.string() + " cannot be written");
    out.push_back(file.string());
  }
  return out;
}

std::expected<std::string, std::string> InstalledStore::remove(std::string_view device,
                                                               std::string_view fingerprint) const {
  std::vector<fs::path> found;
  for (const DeviceStoreName store : {DeviceStoreName::Root, DeviceStoreName::Ca}) {
    const auto files = files_in(fs::path(folder_) / device / folder_of(store));
    if (!files) return std::unexpected(files.error());
    for (const fs::path& file : *files) {
      if (file.stem().string().starts_with(fingerprint)) found.push_back(file);
    }
  }
  const std::string what = "'" + std::string(fingerprint) + "' on " + std::string(device);
  if (found.empty()) return std::unexpected("no certificate begins with " + what);
  if (found.size() > 1) return std::unexpected(std::to_string(found.size()) + " certificates begin with " + what);
  std::error_code error;
  fs::remove(found.front(), error);
  if (error) return std::unexpected(found.front().string() + " cannot be removed: " + error.message());
  return found.front().string();
}

std::string default_device_folder() {
  const auto from = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  if (std::string own = from("EASEL_DEVICES"); !own.empty()) return own;
  if (const std::string data = from("XDG_DATA_HOME"); !data.empty()) return data + "/easel/devices";
  if (const std::string home = from("HOME"); !home.empty()) return home + "/.local/share/easel/devices";
  return {};
}

}  // namespace easel

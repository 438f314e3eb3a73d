// easel device ca: which authorities are installed on which emulated device.
#include "client/cli/device_ca_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <ostream>

#include "client/cli/command.h"
#include "client/profile/device_profile.h"
#include "client/profile/installed_authorities.h"

namespace easel {
namespace {

struct CaOptions {
  std::string action = "list";
  std::string argument;
  std::string device;
  std::string store = "root";
  std::string folder = default_device_folder();
  std::string data_folder;
};

std::string day(std::int64_t seconds) {
  const std::chrono::year_month_day date{
      std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(seconds)))};
  const auto two = [](unsigned n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return std::to_string(static_cast<int>(date.year())) + "-" + two(static_cast<unsigned>(date.month())) + "-" +
         two(static_cast<unsigned>(date.day()));
}

void print(const std::vector<Certificate>& certificates, std::string_view store, std::ostream& out) {
  for (const Certificate& c : certificates) {
    out << "  " << store << (store == "ca" ? "    " : "  ") << c.sha1 << "  until " << day(c.not_after) << "  "
        << c.subject << (store == "root" && !c.is_ca && !c.self_issued ? "  (no authority: of no use there)" : "")
        << "\n";
  }
}

int list(const CaOptions& o, const DataFiles& data, std::ostream& out, std::ostream& err) {
  const InstalledStore store(o.folder);
  bool any = false;
  for (const std::string& id : o.device.empty() ? device_profile_ids(data) : std::vector<std::string>{o.device}) {
    const auto installed = store.read(id);
    if (!installed) return usage_error({{"", 0, 0, installed.error(), ""}}, err);
    if (installed->empty()) continue;
    any = true;
    out << id << "\n";
    print(installed->root, "root", out);
    print(installed->ca, "ca", out);
  }
  if (!any) out << "nothing is installed" << (o.device.empty() ? "" : " on " + o.device) << "\n";
  return 0;
}

int add(const CaOptions& o, std::ostream& out, std::ostream& err) {
  const auto bytes = read_user_file(o.argument, 1U << 20);
  if (!bytes) return usage_error({{"FILE", 0, 0, bytes.error(), ""}}, err);
  const auto certificates = parse_certificates(*bytes, o.argument);
  if (!certificates) {
    return usage_error({{"FILE", 0, 0, certificates.error(), "PEM, DER and PKCS#7 files are read"}}, err);
  }
  const bool root = o.store == "root";
  const auto files =
      InstalledStore(o.folder).add(o.device, root ? DeviceStoreName::Root : DeviceStoreName::Ca, *certificates);
  if (!files) return usage_error({{"", 0, 0, files.error(), ""}}, err);
  out << "installed on " << o.device << ", in " << o.folder << ":\n";
  print(*certificates, o.store, out);
  out << (root ? "`easel tls` counts it among the device's roots, and `easel verify --trust device` does.\n"
               : "It helps the device to build a chain; it is no anchor. The root must be in the root store.\n");
  return 0;
}

int remove(const CaOptions& o, std::ostream& out, std::ostream& err) {
  std::string fingerprint = o.argument;
  std::erase(fingerprint, ':');
  std::ranges::transform(fingerprint, fingerprint.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto file = InstalledStore(o.folder).remove(o.device, fingerprint);
  if (!file) return usage_error({{"SHA1", 0, 0, file.error(), "easel device ca list names them"}}, err);
  out << "removed " << *file << "\n";
  return 0;
}

}  // namespace

int device_ca_main(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
  CaOptions o;
  CLI::App app("Authorities installed on a device: trusted roots, or intermediates that complete a chain.",
               "easel device ca");
  app.footer("Example: easel device ca add company-root.cer --device wm6.1");
  app.add_option("ACTION", o.action, "list, add FILE or remove SHA1")
      ->check(CLI::IsMember({"list", "add", "remove"}))
      ->type_name("");
  app.add_option("FILE|SHA1", o.argument, "certificates (PEM, DER, PKCS#7), or the beginning of a fingerprint")
      ->type_name("");
  app.add_option("--device,-d", o.device, "on which device (easel device list)")->type_name("ID");
  app.add_option("--store", o.store, "root: trusted; ca: intermediates, which are not")
      ->check(CLI::IsMember({"root", "ca"}))
      ->capture_default_str()
      ->type_name("STORE");
  app.add_option("--devices", o.folder, "folder of what devices hold ($EASEL_DEVICES)")->type_name("DIR");
  app.add_option("--data", o.data_folder, "folder with own profiles")->type_name("DIR");
  if (const ParseOutcome parsed = parse_words(app, args, out, err); parsed.done) return parsed.code;
  const DataFiles data(o.data_folder);
  if (!o.device.empty()) {
    if (const auto profile = load_device_profile(data, o.device); !profile) return usage_error(profile.error(), err);
  }
  if (o.action == "list") return list(o, data, out, err);
  Diagnostics problems;
  if (o.device.empty()) problems.push_back({"--device", 0, 0, "on which device?", "easel device list names them"});
  if (o.argument.empty()) {
    const bool adds = o.action == "add";
    problems.push_back(
        {adds ? "FILE" : "SHA1", 0, 0, adds ? "which file?" : "which certificate?",
         adds ? "easel device ca add company-root.cer --device wm6.1" : "easel device ca list names them"});
  }
  if (!problems.empty()) return usage_error(problems, err);
  return o.action == "add" ? add(o, out, err) : remove(o, out, err);
}

}  // namespace easel

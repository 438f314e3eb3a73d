// easel device: the profiles and every fact in them.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "client/cli/command.h"
#include "client/cli/device_ca_command.h"
#include "client/profile/device_profile.h"
#include "client/report/report.h"

namespace easel {
namespace {

int list(const DataFiles& data, std::ostream& out, std::ostream& err) {
  for (const std::string& id : device_profile_ids(data)) {
    auto profile = load_device_profile(data, id);
    if (!profile) return usage_error(profile.error(), err);
    std::string versions;
    for (const std::string& v : profile->versions) versions += (versions.empty() ? "" : " ") + v;
    std::string name = id, list = versions;
    name.resize(std::max<std::size_t>(14, name.size() + 1), ' ');
    list.resize(std::max<std::size_t>(22, list.size() + 1), ' ');
    out << name << list << profile->title << "\n";
  }
  return 0;
}

int show(const DataFiles& data, const std::string& id, std::ostream& out, std::ostream& err) {
  auto profile = load_device_profile(data, id);
  if (!profile) return usage_error(profile.error(), err);
  out << profile->id << ": " << profile->title << "\n\n";
  for (const ProfileFact& f : profile->facts) {
    std::string subject = f.subject;
    subject.resize(std::max<std::size_t>(26, subject.size() + 1), ' ');
    out << "  " << subject << wrapped(f.value, 28, 100) << "\n";
    out << std::string(28, ' ')
        << wrapped("[" + f.confidence + ", source " + f.source + "]" + (f.note.empty() ? "" : " " + f.note), 28, 100)
        << "\n";
  }
  out << "\n  headers, in order (Host comes first)\n";
  for (const ProfileHeader& h : profile->headers) out << "    " << h.name << ": " << h.value << "\n";
  return 0;
}

}  // namespace

int device_main(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
  if (!args.empty() && args.front() == "ca") return device_ca_main(args.subspan(1), out, err);
  CLI::App app("Device profiles: whom easel can be.", "easel device");
  app.footer("Example: easel device show wm6.1\nInstalled authorities: easel device ca --help");
  std::string action = "list", id, folder;
  app.add_option("ACTION", action, "list or show")->check(CLI::IsMember({"list", "show"}))->type_name("");
  app.add_option("ID", id, "profile to show")->type_name("");
  app.add_option("--data", folder, "folder with own profiles")->type_name("DIR");
  if (const ParseOutcome parsed = parse_words(app, args, out, err); parsed.done) return parsed.code;
  const DataFiles data(folder);
  if (action == "list") return list(data, out, err);
  if (id.empty()) return usage_error({{"ID", 0, 0, "which profile?", "easel device list names them"}}, err);
  return show(data, id, out, err);
}

}  // namespace easel

// easel: an emulated Exchange ActiveSync device that judges servers. Each command is a file in client/cli.

#include <algorithm>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "client/cli/command.h"
#include "client/cli/wbxml_command.h"

namespace {

using easel::CliCommand;

constexpr CliCommand kCommands[] = {
    {"verify", "judge a server: does it accept only secure, authenticated sessions?", easel::verify_main},
    {"check", "single checks, with every round trip", easel::check_main},
    {"run", "scripted scenarios", easel::run_main},
    {"scenario", "lint, explain or begin scenario files", easel::scenario_main},
    {"checks", "the catalogue of checks; one in full; coverage of the guide", easel::checks_main},
    {"tls", "which devices could shake hands, and why the others cannot", easel::tls_main},
    {"explain", "what a support code or a status means, and what to do about it", easel::explain_main},
    {"site", "write a site file from what a server shows: site init URL", easel::site_main},
    {"device", "device profiles: list, show; ca: what is installed on them", easel::device_main},
    {"server", "what server products do differently from the documents", easel::server_main},
    {"wbxml", "decode, encode, diff and explain ActiveSync's WBXML", easel::wbxml_main},
    {"demo", "start easel-lab and verify it: the first command to try", easel::demo_main},
};

void help(std::ostream& out) {
  out << "easel " EASEL_VERSION
         ": be the device, and say whether the server is safe for it\n\n"
         "  easel verify https://mail.example.com --user 'CORP\\alice'\n\n";
  for (const CliCommand& c : kCommands) {
    out << "  easel " << c.name << std::string(10 - std::min<std::size_t>(9, c.name.size()), ' ') << c.summary << "\n";
  }
  out << "\neasel COMMAND --help says more. Exit: 0 all held · 1 findings · 2 usage · 3 not judged · 4 nothing ran\n";
}

int dispatch(const std::vector<std::string>& args) {
  if (args.empty() || args.front() == "--help" || args.front() == "-h" || args.front() == "help") {
    help(args.empty() ? std::cerr : std::cout);
    return args.empty() ? easel::kExitUsage : 0;
  }
  if (args.front() == "--version") {
    std::cout << "easel " EASEL_VERSION "\n";
    return 0;
  }
  const auto* command = std::ranges::find(kCommands, args.front(), &CliCommand::name);
  if (command == std::end(kCommands)) {
    std::vector<std::string_view> known;
    for (const CliCommand& c : kCommands) known.push_back(c.name);
    std::cerr << "easel: no command '" << args.front() << "'; " << easel::suggest(args.front(), known)
              << "\nsee: easel --help\n";
    return easel::kExitUsage;
  }
  return command->run(std::span(args).subspan(1), std::cout, std::cerr);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return dispatch({argv + 1, argv + argc});
  } catch (const std::exception& e) {  // no memory, no threads: nothing that a command could have foreseen
    std::cerr << "easel: " << e.what() << "\n";
    return easel::kExitUsage;
  }
}

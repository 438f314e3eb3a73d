// easel-lab: runs a Lab until Ctrl-C, and first of all prints the line that tries it.

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "lab/lab.h"

namespace {

namespace fs = std::filesystem;
using easel::lab::Lab;
using easel::lab::LabFacts;

struct Arguments {
  easel::lab::LabOptions options;
  std::string directory;
  int seconds = 0;
  bool list_faults = false;
  bool list_personas = false;
};

void print_faults() {
  std::string_view area;
  for (const auto& fault : easel::lab::faults()) {
    if (fault.area != area) std::cout << (area.empty() ? "" : "\n") << fault.area << '\n';
    area = fault.area;
    std::cout << "  " << std::left << std::setw(30) << fault.id << ' ' << fault.sentence << '\n';
    if (!fault.checks.empty()) std::cout << std::string(33, ' ') << "proves " << fault.checks << '\n';
  }
}

/// The files that the printed line names. What did not exist before is removed in the end.
class Folder {
 public:
  explicit Folder(std::string wanted) : path_(std::move(wanted)) {
    if (path_.empty()) {
      std::string pattern = (fs::temp_directory_path() / "easel-lab-XXXXXX").string();
      if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
      made_ = true;
    } else {
      std::error_code error;
      made_ = fs::create_directories(path_, error);
    }
  }
  ~Folder() {
    std::error_code ignored;
    for (const fs::path& file : files_) fs::remove(file, ignored);
    if (made_) fs::remove(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  bool write(const std::string& name, std::string_view text, ::mode_t mode) {
    const fs::path file = fs::path(path_) / name;
    const ::mode_t before = ::umask(0777 & ~mode);
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    ::umask(before);
    out << text;
    if (!out.flush()) return false;
    files_.push_back(file);
    std::error_code error;
    fs::permissions(file, static_cast<fs::perms>(mode), error);
    return !error;
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool made_ = false;
  std::vector<fs::path> files_;
};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') out += "&amp;";
    if (c == '<') out += "&lt;";
    if (c == '"') out += "&quot;";
    if (c != '&' && c != '<' && c != '"') out += c;
  }
  return out;
}

/// A site file that names every certificate of the folder.
std::string site_file(const LabFacts& facts, const std::string& folder) {
  const bool asked = std::ranges::find(facts.notes, std::pair<std::string, std::string>("site.client-certificate",
                                                                                        "yes")) != facts.notes.end();
  std::string out = "<site version=\"1\" name=\"the lab\">\n  <host name=\"" + escaped(facts.host) + "\" port=\"" +
                    std::to_string(facts.https_port) + "\" plain=\"" + std::to_string(facts.http_port) +
                    "\"/>\n  <trust><ca file=\"ca.pem\"/></trust>\n  <account user=\"" +
                    escaped(facts.accounts.front().domain_user) +
                    "\" password=\"file:" + escaped(fs::absolute(folder).string()) +
                    "/password\"/>\n  <account id=\"other\" user=\"" + escaped(facts.account("other").domain_user) +
                    "\" password=\"file:" + escaped(fs::absolute(folder).string()) +
                    "/password-other\"/>\n  <options client-certificate=\"" + (asked ? "yes" : "optional") + "\"/>\n";
  for (const auto& certificate : facts.client_certificates) {
    const std::string name = certificate.name == "valid" ? "" : " name=\"" + certificate.name + "\"";
    out += "  <client-certificate" + name + " file=\"client-" + certificate.name + ".pem\"/>\n";
  }
  return out + "</site>\n";
}

bool write_files(Folder& folder, const LabFacts& facts) {
  bool good = folder.write("ca.pem", facts.ca_pem, 0644) &&
              folder.write("password", facts.accounts.front().password + "\n", 0600);
  for (const auto& [name, pem] : facts.pem) good = good && folder.write(name + ".pem", pem, 0644);
  for (const auto& certificate : facts.client_certificates)
    good =
        good &&
        folder.write("client-" + certificate.name + ".pem", certificate.certificate_pem + certificate.key_pem, 0600) &&
        folder.write("client-" + certificate.name + ".p12", certificate.pkcs12, 0600);
  if (!facts.client_certificates.empty())
    good = good && folder.write("password-other", facts.account("other").password + "\n", 0600) &&
           folder.write("site.xml", site_file(facts, folder.path()), 0644);
  return good;
}

void print_line_to_try(const LabFacts& facts, const std::string& folder) {
  const std::string port = std::to_string(facts.https_port);
  if (!facts.client_certificates.empty()) {
    std::cout << "easel verify --site " << folder << "/site.xml --connect-to 127.0.0.1:" << port << '\n';
    return;
  }
  std::cout << "easel verify https://" << facts.host << ':' << port << " --connect-to 127.0.0.1:" << port
            << " --plain-port " << facts.http_port << " --trust-ca " << folder << "/ca.pem --user '"
            << facts.accounts.front().domain_user << "' --password file:" << folder << "/password\n";
}

void print_situation(const Arguments& arguments, const LabFacts& facts) {
  std::cout << "\npersona " << arguments.options.persona;
  for (const std::string& fault : arguments.options.faults) std::cout << ", fault " << fault;
  std::cout << '\n';
  for (const auto& [name, port] : facts.listeners)
    std::cout << "  " << std::left << std::setw(12) << name << " 127.0.0.1:" << port << '\n';
  if (!facts.http_open)
    std::cout << "  " << std::left << std::setw(12) << "http" << " 127.0.0.1:" << facts.http_port << " (closed)\n";
  std::cout << (arguments.seconds > 0 ? "Ends by itself in " + std::to_string(arguments.seconds) + " s, or with Ctrl-C."
                                      : "Ctrl-C ends it.")
            << std::endl;
}

/// Waits for Ctrl-C, a termination signal, or the end of the time.
void wait_for_end(int seconds) {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGINT);
  ::sigaddset(&signals, SIGTERM);
  const timespec limit{.tv_sec = seconds, .tv_nsec = 0};
  if (seconds > 0)
    ::sigtimedwait(&signals, nullptr, &limit);
  else
    ::sigwaitinfo(&signals, nullptr);
}

int serve(const Arguments& arguments) {
  auto lab = Lab::start(arguments.options);
  if (!lab) {
    std::cerr << "easel-lab: " << lab.error() << '\n';
    return 2;
  }
  const LabFacts& facts = (*lab)->facts();
  Folder folder(arguments.directory);
  if (!write_files(folder, facts)) {
    std::cerr << "easel-lab: cannot write into '" << folder.path() << "': name another folder with --write\n";
    return 2;
  }
  print_line_to_try(facts, folder.path());
  print_situation(arguments, facts);
  wait_for_end(arguments.seconds);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  // Blocked before the first thread starts, so that every thread leaves them to wait_for_end().
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGINT);
  ::sigaddset(&signals, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  Arguments arguments;
  CLI::App app("A loopback ActiveSync server that can be told to misbehave.", "easel-lab");
  app.footer("Example: easel-lab --fault cert-expired");
  app.add_option("--persona", arguments.options.persona, "what kind of server it is (see --list-personas)")
      ->capture_default_str();
  app.add_option("--fault", arguments.options.faults, "what is wrong with it; may be given more than once")->take_all();
  app.add_option("--port", arguments.options.https_port, "HTTPS port; 0 = any that is free")->capture_default_str();
  app.add_option("--plain-port", arguments.options.http_port, "plain HTTP port; 0 = any that is free")
      ->capture_default_str();
  app.add_option("--host", arguments.options.host, "the name that the certificate is for")->capture_default_str();
  app.add_option("--write", arguments.directory, "folder for ca.pem and the password; default: a temporary one");
  app.add_option("--for", arguments.seconds, "end after that many seconds")->check(CLI::Range(1, 86400));
  app.add_flag("--client-certificates", arguments.options.client_certificates,
               "write good and bad client certificates into the folder too");
  app.add_flag("--list-faults", arguments.list_faults, "print the table of faults");
  app.add_flag("--list-personas", arguments.list_personas, "print the table of personas");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (arguments.list_faults) print_faults();
  if (arguments.list_personas)
    for (const auto& persona : easel::lab::personas())
      std::cout << std::left << std::setw(18) << persona.id << ' ' << persona.sentence << '\n';
  if (arguments.list_faults || arguments.list_personas) return 0;
  return serve(arguments);
}

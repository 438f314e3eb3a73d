// easel demo: starts easel-lab and verifies it, the first command of a newcomer.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstring>
#include <filesystem>
#include <ostream>

#include "client/cli/command.h"

namespace easel {
namespace {

// The words of the line that easel-lab prints: blanks part them, single quotes hold them together.
std::vector<std::string> shell_words(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false, open = false;
  for (const char c : line) {
    if (c == '\'') {
      quoted = !quoted;
      open = true;
    } else if (c == ' ' && !quoted) {
      if (open) words.push_back(word);
      word.clear();
      open = false;
    } else {
      word += c;
      open = true;
    }
  }
  if (open) words.push_back(word);
  return words;
}

std::string lab_program() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  for (const std::filesystem::path& beside :
       {self.parent_path() / "easel-lab", self.parent_path().parent_path() / "lab" / "easel-lab"}) {
    if (!error && std::filesystem::exists(beside, error)) return beside.string();
  }
  return "easel-lab";
}

class LabProcess {
 public:
  LabProcess() = default;
  LabProcess(const LabProcess&) = delete;
  LabProcess& operator=(const LabProcess&) = delete;
  ~LabProcess() {
    if (pid_ > 0) {
      kill(pid_, SIGTERM);
      waitpid(pid_, nullptr, 0);
    }
    if (out_ >= 0) close(out_);
  }

  bool start(std::vector<std::string> words) {
    std::array<int, 2> pipe_ends{};
    if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) return false;
    out_ = pipe_ends[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
    std::vector<char*> argv;
    for (std::string& w : words) argv.push_back(w.data());
    argv.push_back(nullptr);
    const int failed = posix_spawnp(&pid_, argv.front(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(pipe_ends[1]);
    if (failed != 0) pid_ = -1;
    return failed == 0;
  }

  // Its first line within `seconds`; empty if none came.
  std::string first_line(int seconds) {
    std::string line;
    for (pollfd p{out_, POLLIN, 0}; poll(&p, 1, seconds * 1000) > 0;) {
      char c = 0;
      if (read(out_, &c, 1) != 1 || c == '\n') break;
      line += c;
      if (line.size() > 4096) break;
    }
    return line;
  }

 private:
  pid_t pid_ = -1;
  int out_ = -1;
};

}  // namespace

int demo_main(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
  CLI::App app("Starts easel-lab on the loopback address and verifies it.", "easel demo");
  app.footer("Example: easel demo --fault cert-expired\nFurther words go to easel verify: easel demo -- --plan first");
  std::vector<std::string> faults;
  std::string persona;
  app.add_option("--fault", faults, "let the lab misbehave (easel-lab --list-faults)")->type_name("ID");
  app.add_option("--persona", persona, "which kind of server the lab is")->type_name("ID");
  app.prefix_command();
  if (const ParseOutcome parsed = parse_words(app, args, out, err); parsed.done) return parsed.code;
  std::vector<std::string> words = {lab_program(), "--for", "600"};
  for (const std::string& f : faults) words.insert(words.end(), {"--fault", f});
  if (!persona.empty()) words.insert(words.end(), {"--persona", persona});
  LabProcess lab;
  if (!lab.start(words))
    return usage_error({{"easel-lab", 0, 0, "cannot be started: " + std::string(std::strerror(errno)),
                         "it is built and installed beside easel"}},
                       err);
  const std::string line = lab.first_line(20);
  std::vector<std::string> verify = shell_words(line);
  if (verify.size() < 3 || verify[0] != "easel" || verify[1] != "verify") {
    return usage_error({{"easel-lab", 0, 0, "did not start", line.empty() ? "its own words stand above" : line}}, err);
  }
  out << "$ " << line << "\n\n" << std::flush;
  verify.erase(verify.begin(), verify.begin() + 2);
  for (const std::string& w : app.remaining()) {
    if (w != "--") verify.push_back(w);
  }
  return verify_main(verify, out, err);
}

}  // namespace easel

// What easel says to somebody who makes a mistake, word for word, and that --help fits a screen.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "client/cli/command.h"

using namespace easel;

namespace {

using Command = int (*)(std::span<const std::string>, std::ostream&, std::ostream&);
const std::map<std::string, Command> kCommands = {
    {"verify", verify_main},     {"check", check_main},  {"run", run_main},         {"checks", checks_main},
    {"scenario", scenario_main}, {"site", site_main},    {"explain", explain_main}, {"device", device_main},
    {"tls", tls_main},           {"server", server_main}};

struct Case {
  std::string name;
  std::vector<std::string> words;
};

const std::string kUrl = "https://mail.example.com";

const std::vector<Case>& cases() {
  static const std::vector<Case> kCases = {
      {"no-target", {"verify"}},
      {"plain-http-target", {"verify", "http://mail.example.com"}},
      {"credentials-in-target", {"verify", "https://alice:Sesame3@mail.example.com"}},
      {"bad-port", {"verify", "https://mail.example.com:99999"}},
      {"query-in-target", {"verify", "https://mail.example.com/x?Cmd=Sync"}},
      {"unknown-option", {"verify", kUrl, "--trust-caa", "ca.pem"}},
      {"unknown-plan", {"verify", kUrl, "--plan", "frist"}},
      {"unknown-check", {"verify", kUrl, "--check", "tls.chain.trustd"}},
      {"unknown-device", {"verify", kUrl, "--device", "wm61"}},
      {"password-on-command-line", {"verify", kUrl, "--user", "alice", "--password", "Sesame4"}},
      {"password-variable-missing", {"verify", kUrl, "--user", "alice", "--password", "env:EASEL_NO_SUCH_VARIABLE"}},
      {"password-file-open-to-all", {"verify", kUrl, "--user", "alice", "--password", "file:files/open.password"}},
      {"password-file-missing", {"verify", kUrl, "--user", "alice", "--password", "file:files/none.password"}},
      {"password-without-terminal", {"verify", kUrl, "--user", "alice"}},
      {"password-without-user", {"verify", kUrl, "--password", "env:HOME"}},
      {"colon-in-user", {"verify", kUrl, "--user", "a:b", "--password", "env:HOME"}},
      {"unknown-report", {"verify", kUrl, "--report", "pdf=x.pdf"}},
      {"report-without-file", {"verify", kUrl, "--report", "json"}},
      {"report-into-no-folder", {"verify", kUrl, "--report", "json=no/such/folder/x.json"}},
      {"bad-pin", {"verify", kUrl, "--pin", "sha256//abc"}},
      {"ca-missing", {"verify", kUrl, "--trust-ca", "files/none.pem"}},
      {"ca-not-a-certificate", {"verify", kUrl, "--trust-ca", "files/scenario-good.xml"}},
      {"resolve-other-host", {"verify", kUrl, "--resolve", "other.example.com:443:192.0.2.1"}},
      {"bad-plain-port", {"verify", kUrl, "--plain-port", "eighty"}},
      {"bad-axis", {"verify", kUrl, "--axis", "gide"}},
      {"bad-order", {"verify", kUrl, "--order", "randm"}},
      {"bad-dns", {"verify", kUrl, "--dns", "not a server"}},
      {"proxy-with-credentials", {"verify", kUrl, "--proxy", "http://u:Sesame5@proxy.example.com:3128"}},
      {"several-at-once",
       {"verify", kUrl, "--axis", "gide", "--plain-port", "x", "--role", "backend", "--pin", "abc", "--connect-to",
        "a:b:c"}},
      {"site-file-mistakes", {"verify", "--site", "files/site-mistakes.xml"}},
      {"site-file-without-host", {"verify", "--site", "files/site-without-host.xml"}},
      {"site-file-missing", {"verify", "--site", "files/none.xml"}},
      {"waiver-unknown-check", {"verify", kUrl, "--waivers", "files/waivers-mistakes.xml"}},
      {"waiver-incomplete", {"verify", kUrl, "--waivers", "files/waivers-incomplete.xml"}},
      {"check-without-id", {"check", kUrl}},
      {"run-without-file", {"run", kUrl}},
      {"run-file-missing", {"run", "files/none.xml", kUrl}},
      {"run-scenario-mistakes", {"run", "files/scenario-mistakes.xml", kUrl}},
      {"run-unknown-parameter", {"run", "files/scenario-good.xml", kUrl, "-D", "subjct=x"}},
      {"run-parameter-without-value", {"run", "files/scenario-good.xml", kUrl, "-D", "subject"}},
      {"lint-mistakes", {"scenario", "lint", "files/scenario-mistakes.xml"}},
      {"lint-good", {"scenario", "lint", "files/scenario-good.xml"}},
      {"scenario-unknown-action", {"scenario", "lnit", "files/scenario-good.xml"}},
      {"trust-unknown-store", {"verify", kUrl, "--trust", "devise"}},
      {"trust-of-a-device-without-table",
       {"verify", kUrl, "--trust", "device", "--device", "wp7.5", "--devices", "files/none"}},
      {"device-ca-without-device", {"device", "ca", "add", "files/none.pem"}},
      {"device-ca-file-missing",
       {"device", "ca", "add", "files/none.pem", "--device", "wm6.1", "--devices", "files/none"}},
      {"device-ca-unknown-store", {"device", "ca", "add", "x.pem", "--device", "wm6.1", "--store", "rot"}},
      {"device-ca-nothing-to-remove",
       {"device", "ca", "remove", "AB:CD", "--device", "wm6.1", "--devices", "files/none"}},
      {"tls-no-host", {"tls", "https://"}},
      {"tls-unknown-device", {"tls", "mail.example.com", "--address", "192.0.2.1", "--device", "wm61"}},
      {"server-unknown", {"server", "show", "soggo"}},
      {"explain-unknown-http-status", {"explain", "HTTP", "299"}},
      {"explain-unknown-status", {"explain", "FolderSync", "77"}},
      {"explain-status-of-a-command", {"explain", "FolderSync 9"}},
      {"explain-unknown-server", {"explain", "HTTP 500", "--server", "ngnix"}},
      {"explain-unknown-code", {"explain", "0x80072F0"}},
      {"site-without-init", {"site", "inti", kUrl}},
  };
  return kCases;
}

std::string transcript(const Case& c) {
  std::ostringstream out, err;
  const std::vector<std::string> words(c.words.begin() + 1, c.words.end());
  const int code = kCommands.at(c.words.front())(words, out, err);
  std::string text = "$ easel";
  for (const std::string& w : c.words) text += " " + (w.find(' ') == std::string::npos ? w : "'" + w + "'");
  return text + "\n" + out.str() + err.str() + "exit " + std::to_string(code) + "\n";
}

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string help_of(const std::string& command, const std::string& option) {
  std::ostringstream out, err;
  const std::vector<std::string> words = {option};
  CHECK(kCommands.at(command)(words, out, err) == 0);
  CHECK(err.str().empty());
  return out.str();
}

}  // namespace

TEST_CASE("every mistake has its golden words") {
  chmod("files/open.password", 0644);
  for (const Case& c : cases()) {
    const std::string text = transcript(c);
    const std::filesystem::path golden = "expected/" + c.name + ".txt";
    if (std::getenv("EASEL_UPDATE_GOLDEN")) {
      std::filesystem::create_directories("expected");
      std::ofstream(golden, std::ios::binary) << text;
    }
    INFO(c.name);
    CHECK(text == read(golden));
    // What was typed stands in the first line only; no message repeats it.
    CHECK(text.find("Sesame", text.find('\n')) == std::string::npos);
  }
}

TEST_CASE("no golden file is left over") {
  std::vector<std::string> names;
  for (const Case& c : cases()) names.push_back(c.name + ".txt");
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator("expected")) {
    ++files;
    CHECK_MESSAGE(std::ranges::find(names, entry.path().filename().string()) != names.end(), entry.path().string());
  }
  CHECK(files == names.size());
}

TEST_CASE("--help fits a screen and begins with what to type; --help-all shows the rest") {
  for (const std::string command : {"verify", "check", "run"}) {
    const std::string help = help_of(command, "--help"), all = help_of(command, "--help-all");
    INFO(command);
    CHECK(std::ranges::count(help, '\n') <= 50);
    CHECK(help.find("Example: easel " + command) != std::string::npos);
    CHECK(help.find("--help-all") != std::string::npos);
    CHECK(help.find("--max-headers") == std::string::npos);
    CHECK(all.find("--max-headers") != std::string::npos);
    CHECK(all.find("--dns") != std::string::npos);
    CHECK(all.size() > help.size());
    CHECK(help.find("--user") != std::string::npos);
    CHECK(help.find("--trust-ca") != std::string::npos);
  }
}

TEST_CASE("a new scenario is one that lint likes") {
  std::ostringstream out, err;
  const std::vector<std::string> words = {"new", "my-own"};
  REQUIRE(scenario_main(words, out, err) == 0);
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("easel-new-" + std::to_string(getpid()) + ".xml");
  std::ofstream(file) << out.str();
  std::ostringstream lint_out, lint_err;
  const std::vector<std::string> lint = {"lint", file.string()};
  CHECK(scenario_main(lint, lint_out, lint_err) == 0);
  CHECK(lint_err.str().empty());
  std::ostringstream words_out;
  const std::vector<std::string> explain = {"explain", file.string()};
  CHECK(scenario_main(explain, words_out, lint_err) == 0);
  CHECK(words_out.str().find("my-own: ") == 0);
  CHECK(words_out.str().find("must hold: like") != std::string::npos);
  std::filesystem::remove(file);
}

int main(int argc, char** argv) {
  // In a session without a terminal, so that nobody can be asked for a password.
  const pid_t child = fork();
  if (child == 0) {
    setsid();
    std::filesystem::current_path(EASEL_USAGE_DIR);
    doctest::Context context(argc, argv);
    const int code = context.run();
    std::fflush(nullptr);
    _exit(code);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

TEST_CASE("explain goes from a code or a status to what to do on each kind of server") {
  const auto said = [](std::vector<std::string> words) {
    std::ostringstream out, err;
    REQUIRE(explain_main(words, out, err) == 0);
    return out.str();
  };
  const std::string all = said({"85010014"});
  for (const char* const wanted :
       {"E_HTTP_SERVER_ERROR", "HTTP 500", "backend.iwa", "iis6: ", "exchange: ", "z-push: "})
    CHECK_MESSAGE(all.find(wanted) != std::string::npos, wanted);
  const std::string nginx = said({"0x80072F0D", "--server", "nginx"});
  CHECK(nginx.find("nginx: ") != std::string::npos);
  CHECK(nginx.find("iis6: ") == std::string::npos);
  CHECK(said({"HTTP", "449"}).find("E_HTTP_RETRY_WITH") != std::string::npos);
  CHECK(said({"142"}).find("0x86000C29") != std::string::npos);
}

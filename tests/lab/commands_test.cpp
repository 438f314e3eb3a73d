// The commands themselves, against a lab: what is printed, written, sent and left alone.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "client/cli/command.h"
#include "client/scenario/site_file.h"
#include "client_lab.h"

using namespace easel;
using namespace easel::testing;

namespace {

using Command = int (*)(std::span<const std::string>, std::ostream&, std::ostream&);

struct Said {
  int code = -1;
  std::string out, err;
};

class Desk {
 public:
  explicit Desk(const LabRun& run = {}) : lab(start_lab(run)) {
    folder = std::filesystem::temp_directory_path() / ("easel-desk-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "ca.pem") << lab->facts().ca_pem;
    setenv("EASEL_DESK_PASSWORD", lab->facts().accounts.front().password.c_str(), 1);
  }
  ~Desk() { std::filesystem::remove_all(folder); }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  [[nodiscard]] std::vector<std::string> words(std::vector<std::string> first,
                                               const std::vector<std::string>& more = {}) const {
    const lab::LabFacts& f = lab->facts();
    for (const std::string& w :
         {"https://" + f.host + ":" + std::to_string(f.https_port), std::string("--connect-to"),
          "127.0.0.1:" + std::to_string(f.https_port), std::string("--plain-port"), std::to_string(f.http_port),
          std::string("--trust-ca"), (folder / "ca.pem").string(), std::string("--user"),
          f.accounts.front().domain_user, std::string("--password"), std::string("env:EASEL_DESK_PASSWORD")})
      first.push_back(w);
    first.insert(first.end(), more.begin(), more.end());
    return first;
  }

  [[nodiscard]] Said say(Command command, std::vector<std::string> first,
                         const std::vector<std::string>& more = {}) const {
    Said said;
    std::ostringstream out, err;
    said.code = command(words(std::move(first), more), out, err);
    said.out = out.str();
    said.err = err.str();
    CHECK(said.out.find(lab->facts().accounts.front().password) == std::string::npos);
    CHECK(said.err.find(lab->facts().accounts.front().password) == std::string::npos);
    return said;
  }

  std::unique_ptr<lab::Lab> lab;
  std::filesystem::path folder;
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("verify: who, whom, which axis in line one; the plan first holds on a sound lab") {
  const Desk desk;
  const Said said = desk.say(verify_main, {}, {"--plan", "first"});
  INFO(said.out, said.err);
  CHECK(said.code == 0);
  CHECK(has(said.out, "HOLDS"));
  CHECK(has(said.out, "6 pass"));
  CHECK(said.out.starts_with("easel  as wm6.1"));
  CHECK(has(said.out, "axis guide"));
  CHECK(has(said.out, "a device partnership of"));
}

TEST_CASE("--dry-run sends nothing") {
  const Desk desk;
  const Said said = desk.say(verify_main, {}, {"--plan", "first", "--dry-run"});
  CHECK(said.code == 0);
  CHECK(desk.lab->transcript().empty());
  CHECK(has(said.out, "Cmd=FolderSync"));
  CHECK(has(said.out, "failed log-ons of a real account: 0 or fewer"));
  CHECK(has(said.out, "left behind: a device partnership"));
}

TEST_CASE("-q is short, --ci writes JUnit and JSON") {
  const Desk desk;
  const Said said = desk.say(verify_main, {}, {"--plan", "first", "-q", "--ci", (desk.folder / "ci").string()});
  CHECK(said.code == 0);
  CHECK(!has(said.out, "tls.chain.trusted"));
  CHECK(std::filesystem::exists(desk.folder / "ci" / "junit.xml"));
  CHECK(std::filesystem::exists(desk.folder / "ci" / "easel.json"));
}

TEST_CASE("both axes are printed, one gates") {
  const Desk desk(LabRun{.faults = {"plain-http-open"}});
  const Said guide = desk.say(verify_main, {}, {"--check", "http.plain.refused"});
  CHECK(guide.code == 1);
  const Said today = desk.say(verify_main, {}, {"--check", "http.plain.refused", "--axis", "today"});
  INFO(today.out);
  CHECK(today.code == 0);
  CHECK(has(today.out, "does not gate"));
  CHECK(has(today.out, "the other axis has 1"));
}

TEST_CASE("waivers: in force, for another finding, not needed") {
  const Desk desk(LabRun{.faults = {"plain-http-open"}});
  const auto with = [&](std::string_view evidence, std::string_view check, std::string_view until) {
    std::ofstream(desk.folder / "w.xml") << "<waivers version=\"1\"><waive check=\"" << check << "\" target=\""
                                         << desk.lab->facts().host << "\" until=\"" << until
                                         << "\" owner=\"Ann\" reason=\"soon\" evidence=\"" << evidence
                                         << "\"/></waivers>";
    return desk.say(verify_main, {},
                    {"--check", "http.plain.refused", "--check", "tls.chain.trusted", "--waivers",
                     (desk.folder / "w.xml").string()});
  };
  const Said waived = with("401", "http.plain.refused", "2999-01-01");
  INFO(waived.out);
  CHECK(waived.code == 0);
  CHECK(has(waived.out, "1 waived"));
  const Said other = with("a text that nobody finds", "http.plain.refused", "2999-01-01");
  CHECK(other.code == 1);
  CHECK(has(other.out, "is about another finding"));
  const Said ended = with("401", "http.plain.refused", "2020-01-01");
  CHECK(ended.code == 1);
  CHECK(has(ended.out, "has ended"));
  const Said needless = with("x", "tls.chain.trusted", "2999-01-01");
  CHECK(needless.code == 1);
  CHECK(has(needless.out, "1 xpass"));
}

TEST_CASE("check prints the whole transcript of the check") {
  const Desk desk;
  const Said said = desk.say(check_main, {"eas.foldersync.key0"});
  INFO(said.out);
  CHECK(said.code == 0);
  CHECK(has(said.out, "> POST /Microsoft-Server-ActiveSync"));
  CHECK(has(said.out, "> Authorization: Basic •••"));
  CHECK(has(said.out, "< HTTP/1.1 200"));
  CHECK(has(said.out, "<FolderSync"));
  CHECK(has(said.out, "* certificate 0: "));
}

TEST_CASE("site init writes a site file that verify takes") {
  const Desk desk;
  const std::string file = (desk.folder / "site.xml").string();
  const Said said = desk.say(site_main, {"init"}, {"-o", file});
  INFO(said.out, said.err);
  REQUIRE(said.code == 0);
  const auto site = load_site_file(file);
  REQUIRE_MESSAGE(site.has_value(), (site ? "" : to_text(site.error())));
  CHECK(site->site.host == desk.lab->facts().host);
  CHECK(site->site.port == desk.lab->facts().https_port);
  CHECK(site->site.plain_port == desk.lab->facts().http_port);
  CHECK(site->site.policy == "required");
  CHECK(site->site.schemes == std::vector<std::string>{"Basic"});
  CHECK(site->site.accounts.front().user == desk.lab->facts().accounts.front().domain_user);
  CHECK(site->password_source == "prompt");
  const Said again = desk.say(site_main, {"init"}, {"-o", file});
  CHECK(again.code == 2);
  CHECK(has(again.err, "is there already"));
  const Said verified = desk.say(verify_main, {}, {"--plan", "first", "--site", file});
  CHECK(verified.code == 0);
}

TEST_CASE("client certificates of the site file: what is missing is named, what can be forged is forged") {
  const Desk desk(LabRun{.faults = {"ccert-trusts-anybody"}});
  const lab::LabClientCertificate* own = desk.lab->facts().client_certificate("valid");
  REQUIRE(own != nullptr);
  std::ofstream(desk.folder / "alice.pem") << own->certificate_pem << own->key_pem;
  const std::string file = (desk.folder / "site.xml").string();
  std::ofstream(file) << "<site version=\"1\"><host name=\"mail.contoso.test\"/><options client-certificate=\"yes\"/>"
                      << "<client-certificate file=\"alice.pem\"/></site>";
  const Said said = desk.say(verify_main, {},
                             {"--site", file, "--check", "ccert.valid.accepted", "--check", "ccert.expired.refused",
                              "--check", "ccert.untrusted.refused", "--check", "ccert.no-basic-fallback"});
  INFO(said.out, said.err);
  CHECK(said.code == 1);
  CHECK(has(said.out, "1 pass"));
  CHECK(has(said.out, "FAIL  ccert.untrusted.refused"));
  CHECK(has(said.out, "no-test-certificate"));
  std::ofstream(file) << "<site version=\"1\"><host name=\"mail.contoso.test\"/>"
                      << "<client-certificate name=\"expired\" file=\"none.pem\"/></site>";
  const Said broken = desk.say(verify_main, {}, {"--site", file, "--plan", "first"});
  CHECK(broken.code == 2);
  CHECK(has(broken.err, "none.pem"));
  CHECK(has(broken.err, "site.xml"));
}

TEST_CASE("--baseline: an earlier report, a fingerprint, and what is neither") {
  const Desk desk;
  const std::string report = (desk.folder / "before.json").string();
  CHECK(desk.say(verify_main, {}, {"--plan", "first", "--report", "json=" + report}).code == 0);
  const Said same = desk.say(verify_main, {}, {"--check", "tls.cert.unchanged", "--baseline", report});
  INFO(same.out, same.err);
  CHECK(same.code == 0);
  CHECK(has(same.out, "1 pass"));
  const Said changed = desk.say(verify_main, {}, {"--check", "tls.cert.unchanged", "--baseline", std::string(64, '0')});
  CHECK(changed.code == 1);
  CHECK(has(changed.out, "another certificate"));
  const Said neither = desk.say(verify_main, {}, {"--plan", "first", "--baseline", (desk.folder / "ca.pem").string()});
  CHECK(neither.code == 2);
  CHECK(has(neither.err, "is no JSON"));
}

TEST_CASE("a revocation list is asked for only when wanted, and --dry-run says so") {
  const Desk desk(LabRun{.faults = {"cert-revoked"}});
  const auto asked = [&] {
    const auto entries = desk.lab->transcript();
    return std::ranges::count_if(
        entries, [](const lab::TranscriptEntry& e) { return e.listener == "pki" && e.event == lab::Event::request; });
  };
  const Said dry = desk.say(verify_main, {}, {"--check", "tls.cert.revoked", "--dry-run"});
  CHECK(has(dry.out, "GET ${list}, an address that the server's certificate names: any host, by plain http only"));
  CHECK(desk.say(verify_main, {}, {"--check", "tls.cert.*"}).code != kExitUsage);
  CHECK(asked() == 0);
  const Said wanted = desk.say(verify_main, {}, {"--check", "tls.cert.revoked", "--axis", "today"});
  INFO(wanted.out);
  CHECK(wanted.code == 1);
  CHECK(has(wanted.out, "was revoked on"));
  CHECK(asked() == 1);
}

TEST_CASE("run takes scenario files and parameters") {
  const Desk desk;
  const std::string file = std::string(EASEL_SOURCE_DIR) + "/scenarios/examples/first-sync.xml";
  const Said said = desk.say(run_main, {file}, {"--param", "items=999"});
  CHECK(said.code == 1);
  CHECK(has(said.out, "step 'again'"));
}

TEST_CASE("Ctrl-C in a terminal: cleanup runs, the report is printed, the exit code says not judged") {
  const Desk desk;
  const std::size_t inbox = desk.lab->item_count("alice", "Inbox");
  std::vector<std::string> words = {EASEL_PROGRAM, "run"};
  for (const std::string& w :
       desk.words({std::string(EASEL_SOURCE_DIR) + "/scenarios/examples/push-works.xml"}, {"--heartbeat", "30"}))
    words.push_back(w);
  std::vector<char*> argv;
  for (std::string& w : words) argv.push_back(w.data());
  argv.push_back(nullptr);
  const std::string out = (desk.folder / "out.txt").string();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t pid = -1;
  REQUIRE(posix_spawn(&pid, EASEL_PROGRAM, &actions, nullptr, argv.data(), environ) == 0);
  posix_spawn_file_actions_destroy(&actions);
  CHECK(desk.lab->wait_for_ping("alice", std::chrono::seconds(20)));
  kill(pid, SIGINT);
  int status = 0;
  waitpid(pid, &status, 0);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 3);
  std::ifstream in(out);
  std::stringstream text;
  text << in.rdbuf();
  CHECK(has(text.str(), "interrupted"));
  CHECK(desk.lab->item_count("alice", "Inbox") == inbox);
}

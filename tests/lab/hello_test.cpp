// Hellos as steps of a scenario, and sessions of suites that OpenSSL 3 lacks, against labs in this process.
#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "client_lab.h"

using namespace easel;
using namespace easel::testing;

namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

const CheckResult& check(const RunResult& result, std::string_view id) {
  for (const CheckResult& c : result.checks) {
    if (c.id == id) return c;
  }
  FAIL("no check ", id);
  return result.checks.front();
}

// A scenario file with these steps.
class ScenarioFile {
 public:
  explicit ScenarioFile(const std::string& steps)
      : path_(std::filesystem::temp_directory_path() / ("easel-hello-" + std::to_string(getpid()) + ".xml")) {
    std::ofstream(path_) << "<scenario id=\"hellos\" version=\"1\" title=\"Hellos\">" << steps << "</scenario>";
  }
  ~ScenarioFile() { std::filesystem::remove(path_); }
  ScenarioFile(const ScenarioFile&) = delete;
  ScenarioFile& operator=(const ScenarioFile&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

const std::vector<std::string> kSmoke = {
    "net.tcp.443",        "tls.handshake",       "tls.cert.name.match",    "tls.cert.time.valid",
    "tls.chain.trusted",  "http.plain.refused",  "auth.anonymous.refused", "auth.basic.only",
    "auth.basic.success", "eas.options.headers", "eas.foldersync.key0",    "prov.policy-key.required"};

}  // namespace

TEST_CASE("the smoke plan passes through a front that has only RC4, and one that has only 3DES") {
  for (const auto& [fault, cipher] : {std::pair{"tls-rc4-only", "ARCFOUR"}, {"tls-3des-only", "3DES"}}) {
    CAPTURE(fault);
    LabRun run;
    run.device = "wm5-msfp";
    run.faults = {fault};
    const auto lab = start_lab(run);
    const RunResult result = verify_lab(*lab, kSmoke, run);
    INFO(all_reports(result));
    for (const CheckResult& c : result.checks) {
      CAPTURE(c.id);
      CHECK(c.verdict.kind == VerdictKind::Pass);
    }
    const auto& trips = check(result, "eas.foldersync.key0").round_trips;
    REQUIRE_FALSE(trips.empty());
    REQUIRE(trips.front().round_trip.tls.has_value());
    CHECK(has(trips.front().round_trip.tls->cipher, cipher));
    CHECK(has(all_reports(result), "GnuTLS"));
  }
}

TEST_CASE("an untrusted front that has only RC4 gets no password") {
  LabRun run;
  run.device = "wm5-msfp";
  run.faults = {"tls-rc4-only"};
  run.site = [](Site& site) { site.trust.authorities.clear(); };
  const auto lab = start_lab(run);
  const RunResult result = verify_lab(*lab, {"tls.chain.trusted", "auth.basic.success"}, run);
  CHECK(check(result, "tls.chain.trusted").verdict.kind == VerdictKind::Fail);
  CHECK(check(result, "auth.basic.success").verdict.reason == "trust");
  for (const lab::TranscriptEntry& e : lab->transcript()) {
    for (const auto& [name, value] : e.headers) CHECK(name != "Authorization");
  }
}

TEST_CASE("a device of today does not fall back to a session that it could not hold") {
  LabRun run;
  run.device = "android12";
  run.faults = {"tls-rc4-only"};
  const auto lab = start_lab(run);
  const RunResult result = verify_lab(*lab, {"tls.handshake", "auth.basic.success"}, run);
  CHECK(check(result, "tls.handshake").verdict.kind == VerdictKind::Fail);
  CHECK(check(result, "auth.basic.success").verdict.kind == VerdictKind::Blocked);
}

TEST_CASE("a device's own hello, a device without a capture, and one of another profile") {
  LabRun run;
  run.device = "wm6.1";
  run.persona = "exchange2003";
  const auto lab = start_lab(run);
  const ScenarioFile file(R"(
    <hello id="own"><server-hello answered="yes" suite="in-offer" version-at-least="TLSv1.0"/><chain trusted="yes"/></hello>
    <hello id="unknown" device="wp7.5"><server-hello answered="yes"/></hello>
    <hello id="other" device="android12"><server-hello answered="yes" suite="in-offer"/></hello>
    <hello id="today" version="TLSv1.3" lowest="TLSv1.2" suites="usual"><server-hello answered="no"/></hello>)");
  const RunResult result = run_files(*lab, {file.path()}, run);
  const std::string reports = all_reports(result);
  INFO(reports);
  CHECK(result.checks.front().verdict.kind == VerdictKind::Pass);
  CHECK(has(reports, "ClientHello of wm6.1"));
  CHECK(has(reports, "wp7.5: no capture of Windows Phone 7 was found"));
  CHECK(has(reports, "predicted"));
  CHECK(has(reports, "protocol_version"));
  CHECK(result.checks.front().round_trips.size() == 3);
}

TEST_CASE("only hellos that nobody has captured: skip(no-capture)") {
  const auto lab = start_lab({});
  const ScenarioFile file(R"(<hello id="unknown" device="wp7.5"><server-hello answered="yes"/></hello>)");
  const RunResult result = run_files(*lab, {file.path()}, {});
  CHECK(result.checks.front().verdict.kind == VerdictKind::Skip);
  CHECK(result.checks.front().verdict.reason == "no-capture");
}

TEST_CASE("the fleet is the site's, and a refused device is named") {
  LabRun run;
  run.site = [](Site& site) { site.fleet = {"android12", "wm5"}; };
  const auto lab = start_lab(run);
  const RunResult result = verify_lab(*lab, {"tls.version.device", "tls.cipher.device"}, run);
  const Verdict& verdict = check(result, "tls.version.device").verdict;
  CHECK(verdict.kind == VerdictKind::Fail);
  CHECK(verdict.actual == "wm5 is refused with the alert protocol_version");
  CHECK(verdict.where == "step 'device [wm5]'");
  run.site = [](Site& site) {
    site.fleet = {"android12", "wm5"};
    site.axis = "today";
  };
  const RunResult today = verify_lab(*lab, {"tls.version.device", "tls.cipher.device"}, run);
  CHECK(check(today, "tls.version.device").verdict.kind == VerdictKind::Pass);
  CHECK(check(today, "tls.cipher.device").verdict.kind == VerdictKind::Pass);
}

TEST_CASE("mistakes in a hello are told with their place, before anything is sent") {
  const auto mistakes = [](const std::string& steps) {
    const ScenarioFile file(steps);
    const DataFiles data;
    const auto device = load_device_profile(data, "wm6.1");
    REQUIRE(device.has_value());
    Site site;
    site.host = "mail.example.com";
    const auto plan = compile(load_scenario(data, file.path()), {data, *device, site, {}, false});
    REQUIRE_FALSE(plan.has_value());
    return to_text(plan.error());
  };
  CHECK(has(mistakes(R"(<hello version="TLSv1.2" suites="strong"/>)"), "'strong' is neither a class"));
  CHECK(has(mistakes(R"(<hello version="TLSv9" suites="usual"/>)"), "\"TLSv9\" is no version of TLS"));
  CHECK(has(mistakes(R"(<hello version="TLSv1.0" lowest="TLSv1.2" suites="usual"/>)"), "is above the highest"));
  CHECK(has(mistakes(R"(<hello suites="usual"/>)"), "go together"));
  CHECK(has(mistakes(R"(<hello device="wm6.1" version="TLSv1.2" suites="usual"/>)"), "not both"));
  CHECK(has(mistakes(R"(<hello device="wm7"/>)"), "wm7"));
  CHECK(has(mistakes(R"(<hello device="${run.id}"/>)"), "must be known before anything is sent"));
  CHECK(has(mistakes(R"(<hello version="SSLv3" suites="tls1.3"/>)"), "neither"));
}

TEST_CASE("hellos to a server that never answers end within the bound") {
  LabRun run;
  run.faults = {"silent-on-accept"};
  const auto lab = start_lab(run);
  const ScenarioFile file(R"(
    <hello id="a" version="TLSv1.2" suites="usual"><server-hello answered="no"/></hello>
    <hello id="b" version="SSLv2" suites="any"><server-hello answered="no"/></hello>)");
  const auto started = std::chrono::steady_clock::now();
  const RunResult result = run_files(*lab, {file.path()}, run);
  CHECK(result.checks.front().verdict.kind == VerdictKind::Pass);
  CHECK(has(all_reports(result), "no answer at all"));
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(10));
}

// A whole verify against a transport that answers by hand: budgets, controls, prerequisites, a server that shuts us
// out.
#include <doctest/doctest.h>

#include "client/run/verify.h"
#include "client_testing.h"

using namespace easel;
using namespace easel::testing;

namespace {

std::string check_xml(const std::string& id, const std::string& attributes, const std::string& inside) {
  return "<check id='" + id + "' version='1' " + attributes +
         "><why>w</why><remedy server='any'>r</remedy><proof self='s'/>" + inside + "</check>";
}

// Controls that need no TLS, and the checks of the test.
Catalogue catalogue(const std::vector<std::string>& checks) {
  const DataFiles data;
  Catalogue c;
  for (const std::string& text : checks) c.checks.push_back(parse_scenario(text, "c.xml", data));
  for (const std::string layer : {"tcp", "tls", "trust", "http", "auth"}) {
    const std::string step = layer == "auth" ? "<step id='o' cmd='OPTIONS'><status is='200'/></step>"
                                             : "<http id='" + layer + "' method='OPTIONS'><answered/></http>";
    c.controls.push_back(
        parse_scenario("<control id='control." + layer + "' version='1'>" + step + "</control>", "k.xml", data));
  }
  return c;
}

struct Judged {
  RunResult result;
  std::vector<SendRequest> requests;
};

Judged judge(const std::vector<std::string>& checks, const Server& server,
             const std::function<void(VerifyOptions&)>& change = {}) {
  Judged out;
  const DataFiles data;
  const Catalogue all = catalogue(checks);
  const DeviceProfile profile = device();
  Site where = site();
  where.route.connect_to_host = "127.0.0.1";
  VerifyOptions options;
  options.patterns = {"*"};
  options.run_id = "12345678";
  options.jobs = 1;
  options.now = testing::now;
  if (change) change(options);
  const auto codes = SupportCodes::load(data);
  REQUIRE(codes.has_value());
  auto plan = schedule(all, data, profile, where, options);
  REQUIRE_MESSAGE(plan.has_value(), (plan ? "" : to_text(plan.error())));
  CannedTransport transport([&](const SendRequest& r) {
    out.requests.push_back(r);
    return server(r);
  });
  out.result = verify(*plan, data, profile, where, *codes, options, transport, nullptr);
  return out;
}

RoundTrip fine(const SendRequest&) { return answer(200, "", {{"MS-ASProtocolVersions", "12.1"}}); }
const std::string kGet = "<http id='a' method='GET' path='/a'><status is='200'/></http>";

}  // namespace

TEST_CASE("failed log-ons are reserved before anything is sent, in the order of the catalogue") {
  const std::string wrong = "<step id='a' cmd='OPTIONS' auth='wrong-password'><status in='200 401'/></step>";
  const Judged j = judge({check_xml("a.one.x", "", wrong), check_xml("b.two.x", "", wrong),
                          check_xml("c.three.x", "", wrong), check_xml("d.four.x", "", kGet)},
                         fine);
  CHECK(j.result.checks[0].verdict.kind == VerdictKind::Pass);
  CHECK(j.result.checks[1].verdict.kind == VerdictKind::Pass);
  CHECK(j.result.checks[2].verdict.kind == VerdictKind::Skip);
  CHECK(j.result.checks[2].verdict.reason == "logon-budget");
  CHECK(j.result.checks[3].verdict.kind == VerdictKind::Pass);
}

TEST_CASE("--refusals caps the noise, --read-only what changes the mailbox") {
  const Judged j = judge({check_xml("a.one.x", "refusals='3'", kGet), check_xml("b.two.x", "refusals='3'", kGet),
                          check_xml("c.three.x", "writes='yes'", kGet)},
                         fine, [](VerifyOptions& o) {
                           o.refusals = 4;
                           o.read_only = true;
                         });
  CHECK(j.result.checks[0].verdict.kind == VerdictKind::Pass);
  CHECK(j.result.checks[1].verdict.reason == "refusal-budget");
  CHECK(j.result.checks[2].verdict.reason == "read-only");
}

TEST_CASE("what rests on a layer that does not hold is blocked, and what does not is judged") {
  const Judged j = judge(
      {check_xml("a.one.x", "rests-on='tcp http auth'", kGet), check_xml("b.two.x", "rests-on='tcp http'", kGet)},
      [](const SendRequest& r) { return find_header(r.request.headers, "Authorization") ? answer(401) : answer(200); });
  CHECK(j.result.checks[0].verdict.kind == VerdictKind::Blocked);
  CHECK(j.result.checks[0].verdict.reason == "auth");
  CHECK(j.result.checks[1].verdict.kind == VerdictKind::Pass);
  CHECK(exit_code(j.result) == 3);
  int refused = 0;
  for (const SendRequest& r : j.requests) refused += find_header(r.request.headers, "Authorization") ? 1 : 0;
  CHECK(refused == 1);
}

TEST_CASE("a check that needs another waits for it, through any number of rounds") {
  const auto server = [](int status) {
    return [status](const SendRequest& r) { return r.request.target == "/a" ? answer(status) : answer(200); };
  };
  const std::vector<std::string> checks = {
      check_xml("a.last.x", "", "<needs check='b.middle.x' else='blocked'/><http id='c' method='GET' path='/c'/>"),
      check_xml("b.middle.x", "",
                "<needs check='c.first.x' reason='prerequisite'/><http id='b' method='GET' path='/b'/>"),
      check_xml("c.first.x", "", kGet)};
  const Judged good = judge(checks, server(200));
  for (const CheckResult& c : good.result.checks) CHECK(c.verdict.kind == VerdictKind::Pass);
  const Judged bad = judge(checks, server(500));
  CHECK(bad.result.checks[2].verdict.kind == VerdictKind::Fail);
  CHECK(bad.result.checks[1].verdict.kind == VerdictKind::Skip);
  CHECK(bad.result.checks[0].verdict.kind == VerdictKind::Blocked);
  CHECK(bad.result.checks[0].verdict.actual == "b.middle.x is skip");
  const Judged circle = judge({check_xml("a.one.x", "", "<needs check='b.two.x'/>" + kGet),
                               check_xml("b.two.x", "", "<needs check='a.one.x'/>" + kGet)},
                              fine);
  CHECK(circle.result.checks[0].verdict.reason == "prerequisite");
}

TEST_CASE("a server that shuts us out makes worthless what was judged since its last good answer") {
  for (const bool tcp : {true, false}) {
    int asked = 0;
    bool shut = false;
    const Judged j = judge({check_xml("a.one.x", "rests-on='tcp http'", kGet),
                            check_xml("b.two.x", "rests-on='tcp http' refusals='1'",
                                      "<http id='b' method='GET' path='/b'><status in='403'/></http>"),
                            check_xml("c.three.x", "rests-on='tcp http' refusals='2'",
                                      "<http id='c' method='GET' path='/c'><fails/></http>")},
                           [&](const SendRequest& r) {
                             ++asked;
                             shut = shut || r.request.target == "/b" || r.request.target == "/c";
                             if (!shut) return answer(200);
                             return tcp ? failure(NetworkFailure::Kind::Refused) : answer(403);
                           });
    INFO(tcp);
    CHECK(j.result.checks[0].verdict.kind == VerdictKind::Pass);
    CHECK(j.result.checks[1].verdict.reason == "banned-during-run");
    CHECK(j.result.checks[2].verdict.reason == "banned-during-run");
    CHECK(!j.result.controls.back().holds);
    CHECK(exit_code(j.result) == 3);
    CHECK(j.result.notes.at(0).starts_with("blocked(banned-during-run)"));
  }
  const Judged well = judge({check_xml("a.one.x", "rests-on='tcp http'", kGet)}, fine);
  CHECK(well.result.notes.empty());
  CHECK(exit_code(well.result) == 0);
}

TEST_CASE("an interrupted run keeps what it earned") {
  std::atomic<int> interrupts = 0;
  const Judged j = judge(
      {check_xml("a.one.x", "", kGet), check_xml("b.two.x", "",
                                                 "<http id='b' method='GET' path='/b'/>"
                                                 "<http id='b2' method='GET' path='/b2'/>"
                                                 "<cleanup><http id='d' method='DELETE'/></cleanup>")},
      [&](const SendRequest& r) {
        if (r.request.target == "/b") interrupts = 1;
        return answer(200);
      },
      [&](VerifyOptions& o) { o.interrupts = &interrupts; });
  CHECK(j.result.interrupted);
  CHECK(j.result.checks[0].verdict.kind == VerdictKind::Pass);
  CHECK(j.result.checks[1].verdict.kind == VerdictKind::Blocked);
  CHECK(j.result.checks[1].verdict.reason == "interrupted");
  CHECK(j.requests.back().request.method == "DELETE");
  CHECK(exit_code(j.result) == 3);
}

TEST_CASE("a waiver in force makes a finding waived in the whole run") {
  const auto red = [](const SendRequest& r) { return r.request.target == "/a" ? answer(500) : answer(200); };
  const Judged j =
      judge({check_xml("a.one.x", "", kGet), check_xml("b.two.x", "", "<http id='b' method='GET'/>")}, red,
            [](VerifyOptions& o) {
              o.waivers = {{"a.one.x", "mail.example.com", kNow + 1, "2026-11-25", "Ann", "soon", "500", "w.xml", {}}};
            });
  CHECK(j.result.checks[0].verdict.kind == VerdictKind::Waived);
  CHECK(exit_code(j.result) == 0);
}

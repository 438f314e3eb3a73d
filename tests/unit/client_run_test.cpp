// The state machine of a Run, driven with answers made by hand.
#include <doctest/doctest.h>

#include "client_testing.h"

using namespace easel;
using namespace easel::testing;

namespace {

const Headers kOptions = {{"MS-ASProtocolVersions", "2.5,12.0,12.1"},
                          {"MS-ASProtocolCommands", "Sync,FolderSync,Ping"}};
constexpr std::string_view kFolders =
    "<FolderSync xmlns='FolderHierarchy'><Status>1</Status><SyncKey>h1</SyncKey><Changes><Count>1</Count>"
    "<Add><ServerId>5</ServerId><ParentId>0</ParentId><DisplayName>Inbox</DisplayName><Type>2</Type></Add></Changes>"
    "</FolderSync>";
constexpr std::string_view kAskFolders =
    "<step id='folders' cmd='FolderSync'><request><FolderSync xmlns='FolderHierarchy'><SyncKey>0</SyncKey></FolderSync>"
    "</request><like><FolderSync xmlns='FolderHierarchy'><SyncKey>${?key}</SyncKey></FolderSync></like></step>";

std::string scenario(std::string_view inside) {
  return "<scenario id='t' version='1'>" + std::string(inside) + "</scenario>";
}

std::vector<std::string> commands_of(const Played& played) {
  std::vector<std::string> out;
  for (const SendRequest& r : played.requests) out.push_back(testing::command_of(r));
  return out;
}

RoundTrip sound(const SendRequest& r) {
  return testing::command_of(r) == "OPTIONS" ? answer(200, "", kOptions) : answer(200, kFolders);
}

}  // namespace

TEST_CASE("a device asks OPTIONS before its first command, once") {
  const Played p = play(scenario(std::string(kAskFolders) + "<step id='again' cmd='FolderSync'/>"), sound);
  CHECK(p.outcome.verdict.kind == VerdictKind::Pass);
  CHECK(commands_of(p) == std::vector<std::string>{"OPTIONS", "FolderSync", "FolderSync"});
  CHECK(p.outcome.session.version == "12.1");
  CHECK(p.outcome.variables.at("key") == "h1");
  CHECK(p.outcome.variables.at("inbox") == "5");
  REQUIRE(p.outcome.steps.size() == 2);
  CHECK(p.outcome.steps[0].label == "folders");
}

TEST_CASE("a refused log-on at OPTIONS is what the device shows; the command is not sent") {
  const Played p = play(scenario(kAskFolders), [](const SendRequest&) { return answer(401); });
  CHECK(commands_of(p) == std::vector<std::string>{"OPTIONS"});
  CHECK(p.outcome.verdict.kind == VerdictKind::Fail);
  CHECK(p.outcome.verdict.cause == "http.401");
}

TEST_CASE("a refused log-on is never tried again, whatever <retry> says") {
  int asked = 0;
  const Played p = play(scenario("<step id='a' cmd='OPTIONS'><retry times='5' every='1s'/><status is='200'/></step>"),
                        [&](const SendRequest&) {
                          ++asked;
                          return answer(401);
                        });
  CHECK(asked == 1);
  CHECK(p.outcome.verdict.kind == VerdictKind::Fail);
}

TEST_CASE("an account whose password was refused too often is left alone") {
  LogonLedger ledger;
  ledger.refused("main");
  ledger.refused("main");
  const Played p = play(scenario("<step id='a' cmd='OPTIONS'><status is='200'/></step>"), sound, {},
                        [&](RunContext& c) { c.logons = &ledger; });
  CHECK(p.requests.empty());
  CHECK(p.outcome.verdict.kind == VerdictKind::Blocked);
  CHECK(p.outcome.verdict.reason == "auth");
  LogonLedger fresh;
  const Played counted = play(
      scenario("<step id='a' cmd='OPTIONS'/>"), [](const SendRequest&) { return answer(401); }, {},
      [&](RunContext& c) { c.logons = &fresh; });
  CHECK(fresh.refusals("main") == 1);
  CHECK(counted.outcome.verdict.kind == VerdictKind::Fail);
}

TEST_CASE("a pass after a retry is flaky; after a poll it is a pass") {
  for (const bool poll : {false, true}) {
    int asked = 0;
    const std::string word = poll ? "poll" : "retry";
    const Played p =
        play(scenario("<http id='a' method='GET'><" + word + " times='3' every='5s'/><status is='200'/></http>"),
             [&](const SendRequest&) { return answer(++asked < 3 ? 503 : 200); });
    CHECK(p.outcome.verdict.kind == (poll ? VerdictKind::Pass : VerdictKind::Flaky));
    CHECK(asked == 3);
    CHECK(p.pauses == 2);
    CHECK(p.outcome.steps.front().attempts == 3);
  }
  int asked = 0;
  const Played p = play(scenario("<http id='a' method='GET'><retry times='2' every='1s'/><status is='200'/></http>"),
                        [&](const SendRequest&) {
                          ++asked;
                          return answer(503);
                        });
  CHECK(asked == 3);
  CHECK(p.outcome.verdict.kind == VerdictKind::Fail);
  CHECK(p.outcome.verdict.actual == "503");
  CHECK(p.outcome.verdict.expected == "HTTP 200");
  CHECK(p.outcome.verdict.where == "step 'a', status line");
}

TEST_CASE("only the statuses of on-status are tried again") {
  int asked = 0;
  play(scenario("<http id='a' method='GET'><retry times='3' every='1s' on-status='503'/><status is='200'/></http>"),
       [&](const SendRequest&) {
         ++asked;
         return answer(asked == 1 ? 503 : 500);
       });
  CHECK(asked == 2);
}

TEST_CASE("a stale kept connection is tried again once, on a fresh one, and both round trips are kept") {
  int asked = 0;
  const Played p = play(scenario("<http id='a' method='GET'><status is='200'/></http>"), [&](const SendRequest& r) {
    CHECK(r.fresh_connection == (asked > 0));
    return ++asked == 1 ? failure(NetworkFailure::Kind::Closed, true) : answer(200);
  });
  CHECK(p.outcome.verdict.kind == VerdictKind::Pass);
  CHECK(p.outcome.round_trips.size() == 2);
  const Played never = play(scenario("<http id='a' method='GET'><status is='200'/></http>"),
                            [](const SendRequest&) { return failure(NetworkFailure::Kind::Closed, true); });
  CHECK(never.requests.size() == 2);
  CHECK(never.outcome.verdict.cause == "net.closed");
  const Played fresh = play(scenario("<http id='a' method='GET'><status is='200'/></http>"),
                            [](const SendRequest&) { return failure(NetworkFailure::Kind::Closed, false); });
  CHECK(fresh.requests.size() == 1);
}

TEST_CASE("repeat goes on while its XPath holds, and has an end") {
  int asked = 0;
  const std::string more =
      "<Sync xmlns='AirSync'><Collections><Collection><SyncKey>k</SyncKey><MoreAvailable/>"
      "</Collection></Collections></Sync>";
  const std::string done =
      "<Sync xmlns='AirSync'><Collections><Collection><SyncKey>k</SyncKey></Collection>"
      "</Collections></Sync>";
  const std::string text = scenario(
      "<step id='s' cmd='Sync' version='12.1'><repeat while='//MoreAvailable' at-most='4'/>"
      "<status is='200'/></step>");
  const Played p = play(text, [&](const SendRequest&) { return answer(200, ++asked < 3 ? more : done); });
  CHECK(asked == 3);
  CHECK(p.outcome.verdict.kind == VerdictKind::Pass);
  const Played endless = play(text, [&](const SendRequest&) { return answer(200, more); });
  CHECK(endless.requests.size() == 4);
  CHECK(endless.outcome.verdict.kind == VerdictKind::Fail);
  CHECK(endless.outcome.verdict.actual == "it goes on");
}

TEST_CASE("a background step is judged when it answers, and <wait> looks at its answer") {
  // The server answers the Ping only after the mail was sent; play() answers at once, so the order is made here.
  const std::string text = scenario(
      "<step id='ping' cmd='Ping' version='12.1' background='yes'><status is='200'/></step>"
      "<http id='mail' method='GET'><status is='200'/></http>"
      "<wait for='ping' within='5s'><eas-status in='2'/></wait>");
  const Site where = site();
  Redactor redactor;
  RunContext context;
  context.site = &where;
  context.redactor = &redactor;
  context.now = testing::now;
  const auto ping_answer = [](std::string_view status) {
    return answer(200, "<Ping xmlns='Ping'><Status>" + std::string(status) + "</Status></Ping>");
  };
  SUBCASE("the answer comes while it waits") {
    Run run(plan(text), context);
    const auto ping = run.next();
    const auto mail = run.next();
    REQUIRE((ping && mail));
    CHECK(testing::command_of(std::get<SendAction>(*ping).request) == "Ping");
    run.on(std::get<SendAction>(*mail).ticket, answer(200));
    const auto limit = run.next();
    REQUIRE(limit);
    CHECK(std::get<PauseAction>(*limit).duration == std::chrono::milliseconds(5000));
    CHECK(!run.next());
    CHECK(!run.done());
    run.on(std::get<SendAction>(*ping).ticket, ping_answer("2"));
    CHECK(!run.next());
    CHECK(run.done());
    CHECK(run.take().verdict.kind == VerdictKind::Pass);
  }
  SUBCASE("the answer came before it waits, and is not the right one") {
    Run run(plan(text), context);
    const auto ping = run.next();
    const auto mail = run.next();
    REQUIRE((ping && mail));
    run.on(std::get<SendAction>(*ping).ticket, ping_answer("1"));
    run.on(std::get<SendAction>(*mail).ticket, answer(200));
    CHECK(!run.next());
    CHECK(run.done());
    const RunOutcome outcome = run.take();
    CHECK(outcome.verdict.kind == VerdictKind::Fail);
    CHECK(outcome.verdict.actual == "Status 1");
  }
  SUBCASE("no answer comes") {
    Run run(plan(text), context);
    const auto ping = run.next();
    const auto mail = run.next();
    REQUIRE((ping && mail));
    run.on(std::get<SendAction>(*mail).ticket, answer(200));
    const auto limit = run.next();
    REQUIRE(limit);
    run.on_pause(std::get<PauseAction>(*limit).ticket);
    CHECK(!run.next());
    CHECK(run.done());
    const RunOutcome outcome = run.take();
    CHECK(outcome.verdict.kind == VerdictKind::Fail);
    CHECK(outcome.verdict.cause == "net.timeout");
    CHECK(outcome.verdict.expected == "an answer to 'ping' within 5000 ms");
  }
}

TEST_CASE("cleanup runs after success, failure and interruption, and knows what was never made") {
  const std::string text = scenario(
      "<http id='make' method='POST' path='/make'><header name='Location' present='yes'/><status is='200'/></http>" +
      std::string(kAskFolders) +
      "<cleanup><http id='remove' method='DELETE' path='/thing'/><http id='drop' method='DELETE' path='/${key}'/>"
      "</cleanup>");
  const auto server = [](int status) {
    return [status](const SendRequest& r) {
      if (r.request.target == "/make") return answer(status, "", {{"Location", "/x"}});
      return sound(r);
    };
  };
  CHECK(commands_of(play(text, server(200))) ==
        std::vector<std::string>{"POST /make", "OPTIONS", "FolderSync", "DELETE /thing", "DELETE /h1"});
  const Played failed = play(text, server(500));
  CHECK(commands_of(failed) == std::vector<std::string>{"POST /make", "DELETE /thing"});
  CHECK(failed.outcome.verdict.kind == VerdictKind::Fail);
  CHECK(failed.outcome.left_behind.empty());

  const Site where = site();
  Redactor redactor;
  RunContext context;
  context.site = &where;
  context.redactor = &redactor;
  context.now = testing::now;
  Run run(plan(text), context);
  REQUIRE(run.next());
  run.stop("interrupted", "interrupted by the user");
  CHECK(run.cleaning_up());
  const auto cleanup = run.next();
  REQUIRE(cleanup);
  CHECK(testing::command_of(std::get<SendAction>(*cleanup).request) == "DELETE /thing");
  run.abandon("interrupted by the user");
  CHECK(run.done());
  const RunOutcome outcome = run.take();
  CHECK(outcome.verdict.kind == VerdictKind::Blocked);
  CHECK(outcome.verdict.reason == "interrupted");
  CHECK(outcome.left_behind == std::vector<std::string>{"cleanup step 'remove' did not run: interrupted by the user"});
  Run untouched(plan(text), context);
  untouched.stop("interrupted", "interrupted by the user");
  CHECK(untouched.done());
}

TEST_CASE("a cleanup that fails is told, and is no verdict on the server") {
  const Played p = play(scenario("<http id='a' method='GET'><status is='200'/></http>"
                                 "<cleanup><http id='b' method='DELETE'><status is='204'/></http>"
                                 "<http id='c' method='PUT'><when verdict='skip' reason='absent'><status is='404'/>"
                                 "</when></http></cleanup>"),
                        [](const SendRequest& r) { return answer(r.request.method == "GET" ? 200 : 404); });
  CHECK(p.outcome.verdict.kind == VerdictKind::Pass);
  CHECK(p.outcome.left_behind == std::vector<std::string>{"cleanup step 'b' failed: 404"});
  CHECK(p.requests.size() == 3);
}

TEST_CASE("when: skip and blocked end the run with their reason, note goes on") {
  const std::string text = scenario(
      "<http id='a' method='GET'><when verdict='note' note='port ${site.port}'><status in='4xx'/></when>"
      "<when verdict='blocked' reason='clock' note='look'><status is='400'/></when>"
      "<when verdict='skip' reason='absent'><status is='404'/></when><status is='403'/></http>");
  const auto at = [](int status) { return [status](const SendRequest&) { return answer(status); }; };
  const Played blocked = play(text, at(400));
  CHECK(blocked.outcome.verdict.kind == VerdictKind::Blocked);
  CHECK(blocked.outcome.verdict.reason == "clock");
  CHECK(blocked.outcome.verdict.notes.back() == "look");
  const Played skipped = play(text, at(404));
  CHECK(skipped.outcome.verdict.kind == VerdictKind::Skip);
  CHECK(skipped.outcome.verdict.reason == "absent");
  const Played passed = play(text, at(403));
  CHECK(passed.outcome.verdict.kind == VerdictKind::Pass);
  CHECK(passed.outcome.verdict.notes == std::vector<std::string>{"port 443"});
}

TEST_CASE("for-each: a step a row, in order; calls bring steps of a library with its own variables") {
  const Played p =
      play(scenario("<data name='dir'>path,word\n/a,one\n/b,two</data>"
                    "<http id='x' method='GET' path='${dir.path}?${dir.word}&amp;${dir.row}' for-each='dir'>"
                    "<status is='200'/></http>"),
           [](const SendRequest&) { return answer(200); });
  CHECK(commands_of(p) == std::vector<std::string>{"GET /a?one&1", "GET /b?two&2"});
  CHECK(p.outcome.steps[1].label == "x [/b]");
}

TEST_CASE("same-as and challenge refer to earlier steps, also to rows of data") {
  const Played p = play(scenario("<data name='d'>p\n/a\n/b</data><http id='x' method='GET' path='${d.p}' for-each='d'/>"
                                 "<http id='y' method='GET' path='/c'><same-as step='x' what='status'/></http>"),
                        [](const SendRequest& r) { return answer(r.request.target == "/a" ? 500 : 404); });
  CHECK(p.outcome.verdict.kind == VerdictKind::Pass);
}

TEST_CASE("errors of ours are errors, and a step whose variable was never bound is one") {
  const Played p = play(scenario("<http id='a' method='GET'><any-of><status is='200'/><header name='X' present='yes'/>"
                                 "</any-of></http><http id='b' method='GET' path='/${inbox}'/>"),
                        [](const SendRequest&) { return answer(200); });
  CHECK(p.outcome.verdict.kind == VerdictKind::Error);
  CHECK(p.outcome.verdict.actual.starts_with("${inbox} has no value yet"));
  const Played ours = play(scenario("<http id='a' method='GET'/>"),
                           [](const SendRequest&) { return failure(NetworkFailure::Kind::Ours); });
  CHECK(ours.outcome.verdict.kind == VerdictKind::Error);
}

TEST_CASE("two devices on one mailbox have ids, sessions and folders of their own") {
  const std::string first(kAskFolders);
  std::string second = first;
  second.replace(second.find("id='folders'"), 12, "id='second' device='b'");
  second.replace(second.find("${?key}"), 7, "${!key}");
  const Played p = play(scenario(first + second), sound);
  CHECK(p.outcome.verdict.kind == VerdictKind::Pass);
  REQUIRE(p.requests.size() == 4);
  CHECK(p.requests[1].identity->device != p.requests[3].identity->device);
  CHECK(commands_of(p) == std::vector<std::string>{"OPTIONS", "FolderSync", "OPTIONS", "FolderSync"});
}

TEST_CASE("a name that --dns does not know is not asked for in another way") {
  const Resolutions names = {{"mail.example.com", {}, {}, {}, "mail.example.com: Domain name not found"}};
  const Played p = play(scenario("<resolve id='r'><resolves at-least='1'/></resolve>"), sound, {}, [&](RunContext& c) {
    c.names = &names;
    c.only_names = true;
  });
  CHECK(p.outcome.verdict.kind == VerdictKind::Fail);
  CHECK(p.outcome.verdict.cause == "dns.none");
  CHECK(p.outcome.verdict.actual == "mail.example.com: Domain name not found");
  const Played http = play(scenario("<http id='a' method='GET'><answered/></http>"), sound, {}, [&](RunContext& c) {
    c.names = &names;
    c.only_names = true;
  });
  CHECK(http.requests.empty());
  CHECK(http.outcome.verdict.cause == "dns.none");
  const Resolutions good = {{"mail.example.com", {"192.0.2.7"}, {}, {}, ""}};
  const Played found = play(scenario("<resolve id='r'><resolves at-least='1' private='no' is='192.0.2.7'/></resolve>"
                                     "<http id='a' method='GET'><answered/></http>"),
                            sound, {}, [&](RunContext& c) { c.names = &good; });
  CHECK(found.outcome.verdict.kind == VerdictKind::Pass);
  CHECK(found.requests.front().route.addresses == std::vector<std::string>{"192.0.2.7"});
}

TEST_CASE("real passwords go only to the site's hosts; the site's route leads only to them") {
  const Played foreign = play(scenario("<http id='a' method='GET' host='evil.example' auth='basic'/>"), sound);
  CHECK(foreign.requests.empty());
  CHECK(foreign.outcome.verdict.kind == VerdictKind::Error);
  CHECK(foreign.outcome.verdict.actual == "credentials would have gone to evil.example, which is no host of the site");
}

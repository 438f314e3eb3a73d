// What a device learns from answers, and the policy handshake at each version.
#include <doctest/doctest.h>

#include "client/protocol/provision.h"
#include "client/protocol/session.h"
#include "client_testing.h"
#include "wbxml/decoder.h"

using namespace easel;
using namespace easel::testing;

namespace {

Session learned(Session session, std::string_view cmd, std::string_view xml, Headers headers = {}) {
  const RoundTrip t = answer(200, xml, std::move(headers));
  if (xml.empty()) return learn(std::move(session), cmd, t, nullptr);
  const auto document = wbxml::decode(wbxml::as_bytes(t.response()->body));
  REQUIRE(document.has_value());
  return learn(std::move(session), cmd, t, &*document);
}

std::string policies(std::string_view status, std::string_view key, std::string_view root_status = "1") {
  return "<Provision xmlns='Provision'><Status>" + std::string(root_status) +
         "</Status><Policies><Policy><PolicyType>MS-EAS-Provisioning-WBXML</PolicyType><Status>" + std::string(status) +
         "</Status><PolicyKey>" + std::string(key) + "</PolicyKey></Policy></Policies></Provision>";
}

}  // namespace

TEST_CASE("OPTIONS tells versions and commands; a refusal tells nothing") {
  const Session s =
      learned({}, "", "", {{"MS-ASProtocolVersions", "2.5, 12.0,12.1"}, {"MS-ASProtocolCommands", "Sync,Ping"}});
  CHECK(s.versions == std::vector<std::string>{"2.5", "12.0", "12.1"});
  CHECK(s.commands == std::vector<std::string>{"Sync", "Ping"});
  CHECK(negotiate_version({"12.1", "2.5"}, s.versions) == "12.1");
  CHECK(negotiate_version({"12.1", "2.5"}, {"2.5", "14.1"}) == "2.5");
  CHECK(negotiate_version({"12.1", "2.5"}, {}) == "12.1");
  const Session none = learn({}, "", answer(401, "", {{"MS-ASProtocolVersions", "2.5"}}), nullptr);
  CHECK(none.versions.empty());
}

TEST_CASE("folders, keys and items") {
  Session s = learned({}, "FolderSync",
                      "<FolderSync xmlns='FolderHierarchy'><Status>1</Status><SyncKey>h1</SyncKey><Changes><Add>"
                      "<ServerId>5</ServerId><ParentId>0</ParentId><DisplayName>Inbox</DisplayName><Type>2</Type></Add>"
                      "</Changes></FolderSync>");
  CHECK(s.hierarchy_key == "h1");
  REQUIRE(s.folders.size() == 1);
  CHECK(s.folders[0].type == "2");
  s = learned(s, "FolderSync",
              "<FolderSync xmlns='FolderHierarchy'><Status>9</Status><SyncKey>bad</SyncKey></FolderSync>");
  CHECK(s.hierarchy_key == "h1");
  s = learned(s, "Sync",
              "<Sync xmlns='AirSync'><Collections><Collection><SyncKey>k1</SyncKey><CollectionId>5</CollectionId>"
              "<Status>1</Status><Commands><Add><ServerId>5:1</ServerId></Add><Add><ServerId>5:2</ServerId></Add>"
              "</Commands></Collection></Collections></Sync>");
  CHECK(s.sync_keys.at("5") == "k1");
  CHECK(s.item_count("5") == 2);
  s = learned(s, "Sync",
              "<Sync xmlns='AirSync'><Collections><Collection><SyncKey>k2</SyncKey><CollectionId>5</CollectionId>"
              "<Status>1</Status><Commands><Delete><ServerId>5:1</ServerId></Delete></Commands></Collection>"
              "</Collections></Sync>");
  CHECK(s.item_count("5") == 1);
  s = learned(s, "FolderSync",
              "<FolderSync xmlns='FolderHierarchy'><Status>1</Status><SyncKey>h2</SyncKey><Changes><Delete>"
              "<ServerId>5</ServerId></Delete></Changes></FolderSync>");
  CHECK(s.folders.empty());
}

TEST_CASE("the policy request by version: type, and device information from 14.1 on") {
  const DeviceProfile d = device();
  const auto xml = [](const std::string& body) {
    SendRequest r;
    r.request.body = body;
    return testing::body_of(r);
  };
  CHECK(xml(provision_request(d, "2.5")).find("MS-WAP-Provisioning-XML") != std::string::npos);
  CHECK(xml(provision_request(d, "12.1")).find("MS-EAS-Provisioning-WBXML") != std::string::npos);
  CHECK(xml(provision_request(d, "12.1")).find("DeviceInformation") == std::string::npos);
  CHECK(xml(provision_request(d, "14.1")).find("DeviceInformation") != std::string::npos);
  const std::string ack = xml(provision_acknowledgement("12.1", "17", "1"));
  CHECK(ack.find("<PolicyKey>17</PolicyKey>") != std::string::npos);
  CHECK(ack.find("<Status>1</Status>") != std::string::npos);
}

TEST_CASE("provisioning on the way: ask, acknowledge, the command again with the new key") {
  for (const std::string version : {"2.5", "12.1", "14.1"}) {
    std::vector<std::string> seen;
    const Played p = play(
        "<scenario id='t' version='1'><step id='f' cmd='FolderSync' version='" + version +
            "' query='plain'>"
            "<request><FolderSync xmlns='FolderHierarchy'><SyncKey>0</SyncKey></FolderSync></request><status is='200'/>"
            "<eas-status in='1'/></step></scenario>",
        [&](const SendRequest& r) {
          const std::string* key = find_header(r.request.headers, "X-MS-PolicyKey");
          seen.push_back(testing::command_of(r) + " " + (key ? *key : "-"));
          if (seen.back() == "FolderSync 0")
            return version == "14.1"
                       ? answer(200, "<FolderSync xmlns='FolderHierarchy'><Status>142</Status></FolderSync>")
                       : answer(449);
          if (seen.back() == "Provision 0") return answer(200, policies("1", "111"));
          if (seen.back() == "Provision 111") return answer(200, policies("1", "222"));
          return answer(200, "<FolderSync xmlns='FolderHierarchy'><Status>1</Status><SyncKey>1</SyncKey></FolderSync>");
        });
    INFO(version);
    CHECK(seen == std::vector<std::string>{"FolderSync 0", "Provision 0", "Provision 111", "FolderSync 222"});
    CHECK(p.outcome.verdict.kind == VerdictKind::Pass);
    CHECK(p.outcome.session.policy_key == "222");
    REQUIRE(p.outcome.round_trips.size() == 4);
    CHECK(p.outcome.round_trips[1].what == "Provision (ask)");
  }
}

TEST_CASE("provisioning that does not work out ends the step, and never goes in a circle") {
  const std::string text =
      "<scenario id='t' version='1'><step id='f' cmd='FolderSync' version='12.1'><status is='200'/></step></scenario>";
  const Played circle = play(text, [](const SendRequest& r) {
    return testing::command_of(r) == "Provision" ? answer(200, policies("1", "1")) : answer(449);
  });
  CHECK(circle.requests.size() == 4);
  CHECK(circle.outcome.verdict.kind == VerdictKind::Fail);
  CHECK(circle.outcome.verdict.actual == "449");
  const Played none = play(text, [](const SendRequest& r) {
    return testing::command_of(r) == "Provision" ? answer(200, policies("2", "")) : answer(449);
  });
  CHECK(none.requests.size() == 3);  // no policy: the command again, without a key
  const Played wipe = play(text, [](const SendRequest& r) {
    return testing::command_of(r) == "Provision"
               ? answer(200, "<Provision xmlns='Provision'><Status>1</Status><RemoteWipe/></Provision>")
               : answer(449);
  });
  CHECK(wipe.requests.size() == 2);  // nothing is acknowledged
  CHECK(wipe.outcome.verdict.actual == "RemoteWipe");
  CHECK(wipe.outcome.session.wipe_ordered);
  const Played no_key = play(text, [](const SendRequest& r) {
    return testing::command_of(r) == "Provision" ? answer(200, policies("1", "")) : answer(449);
  });
  CHECK(no_key.outcome.verdict.actual == "Provision Status 1, Policy Status 1, no PolicyKey");
}

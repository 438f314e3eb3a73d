// Faults of ActiveSync itself: each is shown beside a sound lab, which must not do the same.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/lab/lab_device.h"

using namespace easel::lab;
using namespace easel::lab::test;

namespace {

/// Runs `shows` against a sound lab and against one with the fault: it must be false, then true.
void only_with(const std::string& fault, const std::function<bool(Lab&)>& shows) {
  INFO(fault);
  const auto sound = started();
  CHECK_FALSE(shows(*sound));
  const auto broken = started({.faults = {fault}});
  CHECK(shows(*broken));
}

std::string acknowledgement(const std::string& key, const std::string& status) {
  WbxmlWriter w;
  w.open(pv::Provision);
  w.open(pv::Policies);
  w.open(pv::Policy);
  w.text(pv::PolicyType, "MS-EAS-Provisioning-WBXML");
  if (!key.empty()) w.text(pv::PolicyKey, key);
  if (!status.empty()) w.text(pv::Status, status);
  w.close();
  w.close();
  w.close();
  return w.take();
}

/// The Policy of the answer to one Provision; an empty node if there is none.
Node policy_of(const Device& device, const std::string& body) {
  const Answer answer = device.send("Provision", 20, body);
  const auto document = read_wbxml(answer.body);
  const Node* policies = document ? document->find(pv::Policies) : nullptr;
  return policies != nullptr ? policies->children.at(0) : Node{};
}

bool gets_folders(const Device& device) {
  const auto document = read_wbxml(device.send("FolderSync", 9, Device::folder_sync_body("0")).body);
  return document && document->text_of(fh::Status) == "1";
}

Device provisioned(Lab& lab, const std::string& version = "12.1") {
  Device device{.facts = lab.facts(), .version = version};
  device.provision();
  device.folder_sync();
  return device;
}

}  // namespace

TEST_CASE("a policy key that is not one does not open a sound server") {
  only_with("policy-not-enforced", [](Lab& lab) { return gets_folders({.facts = lab.facts()}); });
  only_with("any-policy-key-passes", [](Lab& lab) { return gets_folders({.facts = lab.facts(), .key = "4711"}); });
  only_with("temporary-key-passes", [](Lab& lab) {
    Device device{.facts = lab.facts()};
    device.key = policy_of(device, acknowledgement("", "")).text_of(pv::PolicyKey);
    return gets_folders(device);
  });
  only_with("absent-key-passes", [](Lab& lab) {
    Call call = Device{.facts = lab.facts()}.request("FolderSync", 9, Device::folder_sync_body("0"));
    std::erase_if(call.headers, [](const auto& header) { return header.first == "X-MS-PolicyKey"; });
    return ask(lab.facts(), call).status == 200;
  });
}

TEST_CASE("the two phases of Provision are what they are") {
  only_with("policy-key-repeated", [](Lab& lab) {
    const Device device{.facts = lab.facts()};
    const std::string first(policy_of(device, acknowledgement("", "")).text_of(pv::PolicyKey));
    return policy_of(device, acknowledgement(first, "1")).text_of(pv::PolicyKey) == first;
  });
  only_with("stale-acknowledgement", [](Lab& lab) {
    const Device device{.facts = lab.facts()};
    policy_of(device, acknowledgement("", ""));
    return policy_of(device, acknowledgement("4711", "1")).text_of(pv::Status) == "1";
  });
  only_with("refusing-client-served", [](Lab& lab) {
    const Device device{.facts = lab.facts()};
    const std::string first(policy_of(device, acknowledgement("", "")).text_of(pv::PolicyKey));
    return !policy_of(device, acknowledgement(first, "3")).text_of(pv::PolicyKey).empty();
  });
  only_with("wipes-unasked", [](Lab& lab) {
    const Device device = provisioned(lab);
    const auto again = read_wbxml(device.send("Provision", 20, acknowledgement("", "")).body);
    return again && again->has(pv::RemoteWipe);
  });
  only_with("no-policy", [](Lab& lab) {
    return policy_of({.facts = lab.facts()}, acknowledgement("", "")).text_of(pv::Status) == "2";
  });
}

TEST_CASE("keys advance, what was lost comes again, and the mailbox is not empty") {
  only_with("synckey-stuck", [](Lab& lab) {
    const Device device = provisioned(lab);
    const std::string key(device.sync("0").text_of(as::SyncKey));
    return device.sync(key).text_of(as::SyncKey) == key;
  });
  only_with("replay-forgotten", [](Lab& lab) {
    const Device device = provisioned(lab);
    const std::string key(device.sync("0").text_of(as::SyncKey));
    const auto lost = added(device.sync(key));
    return added(device.sync(key)) != lost;
  });
  only_with("quarantined", [](Lab& lab) {
    const Device device = provisioned(lab);
    return device.send("Sync", 0, device.sync_body(std::string(device.sync("0").text_of(as::SyncKey)), "5", 10))
        .body.empty();
  });
  only_with("hierarchy-key-500", [](Lab& lab) {
    return provisioned(lab).send("FolderSync", 9, Device::folder_sync_body("4711")).status == 500;
  });
}

TEST_CASE("versions, queries and blocked devices") {
  only_with("version-121-broken", [](Lab& lab) {
    return Device{.facts = lab.facts()}.send("FolderSync", 9, Device::folder_sync_body("0")).status == 500;
  });
  only_with("base64-query-refused", [](Lab& lab) {
    return Device{.facts = lab.facts(), .base64_query = true}
               .send("FolderSync", 9, Device::folder_sync_body("0"))
               .status == 400;
  });
  only_with("device-blocked", [](Lab& lab) {
    return Device{.facts = lab.facts()}.send("FolderSync", 9, Device::folder_sync_body("0")).status == 403;
  });
  only_with("device-blocked-silently", [](Lab& lab) {
    const Answer answer = Device{.facts = lab.facts()}.send("FolderSync", 9, Device::folder_sync_body("0"));
    return answer.status == 200 && answer.body.empty();
  });
  only_with("version-unknown-accepted", [](Lab& lab) {
    return Device{.facts = lab.facts(), .version = "19.1"}
               .send("FolderSync", 9, Device::folder_sync_body("0"))
               .status == 200;
  });
  only_with("malformed-hangs", [](Lab& lab) {
    Device device{.facts = lab.facts()};
    device.provision();
    return device.send("FolderSync", 9, "\x03\x01", 1500).status == 0;
  });
}

TEST_CASE("a name in the query does not open another's mailbox") {
  for (const bool broken : {false, true}) {
    const auto lab =
        broken ? started({.faults = {"no-policy", "named-user-served"}}) : started({.faults = {"no-policy"}});
    Call call = Device{.facts = lab->facts()}.request("FolderSync", 9, Device::folder_sync_body("0"));
    call.target.replace(call.target.find("User=alice"), 10, "User=bob");
    const std::string body = ask(lab->facts(), call).body;
    CHECK(body.find(broken ? "Projects of bob" : "Projects of alice") != std::string::npos);
  }
}

TEST_CASE("Pings that end too early, never, or beyond their limits") {
  only_with("ping-early", [](Lab& lab) {
    const Device device = provisioned(lab);
    device.sync(std::string(device.sync("0").text_of(as::SyncKey)), "5", 100);
    return device.send("Ping", 18, ping_body(30), 300).status == 200;
  });
  only_with("ping-deaf", [](Lab& lab) {
    const Device device = provisioned(lab);
    device.sync(std::string(device.sync("0").text_of(as::SyncKey)), "5", 100);
    lab.deliver_mail("alice", "News");
    return device.send("Ping", 18, ping_body(30), 1500).status == 0;
  });
  only_with("ping-limitless", [](Lab& lab) {
    const Device device = provisioned(lab);
    device.sync(std::string(device.sync("0").text_of(as::SyncKey)), "5", 100);
    return device.send("Ping", 18, ping_body(36000), 1500).status == 0;
  });
  only_with("dropped-ping-locks", [](Lab& lab) {
    const Device device = provisioned(lab);
    const std::string key(
        device.sync(std::string(device.sync("0").text_of(as::SyncKey)), "5", 100).text_of(as::SyncKey));
    device.send("Ping", 18, ping_body(30), 200);
    for (int i = 0; i < 100; ++i) {
      if (device.send("Sync", 0, device.sync_body(key, "5", 10)).status == 503) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return false;
  });
}

namespace {

/// Waits until so many Pings have come in, as the transcript tells. False after ten seconds.
bool pings_came(const Lab& lab, std::ptrdiff_t wanted) {
  const auto is_ping = [](const TranscriptEntry& entry) {
    return entry.event == Event::request && entry.text.find("Cmd=Ping") != std::string::npos;
  };
  for (int i = 0; i < 1000; ++i) {
    const auto entries = lab.transcript();
    if (std::count_if(entries.begin(), entries.end(), is_ping) >= wanted) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace

TEST_CASE("a server with sixteen workers has none left when sixteen Pings wait") {
  only_with("sixteen-workers", [](Lab& lab) {
    const Device device = provisioned(lab);
    device.sync(std::string(device.sync("0").text_of(as::SyncKey)), "5", 100);
    std::vector<std::jthread> waiting;
    for (int i = 0; i < 16; ++i) waiting.emplace_back([&] { device.send("Ping", 18, ping_body(30), 20000); });
    REQUIRE(pings_came(lab, 16));
    const LabAccount& alice = lab.facts().accounts[0];
    const Call call{.method = "OPTIONS", .headers = {basic(alice.user, alice.password)}, .limit_ms = 1500};
    bool starved = false;
    for (int i = 0; i < 10 && !starved; ++i) starved = ask(lab.facts(), call).status == 0;
    lab.deliver_mail("alice", "Ends the Pings");
    return starved;
  });
}

TEST_CASE("Autodiscover leads from the mail address to the server") {
  const auto lab = started();
  const LabAccount& alice = lab->facts().account("main");
  const auto asked = [&](const std::string& address, const std::string& schema) {
    Call call{.target = "/autodiscover/autodiscover.xml",
              .headers = {basic(alice.upn, alice.password), {"Content-Type", "text/xml"}}};
    call.body = "<Autodiscover><Request><EMailAddress>" + address + "</EMailAddress><AcceptableResponseSchema>" +
                schema + "</AcceptableResponseSchema></Request></Autodiscover>";
    return ask(lab->facts(), call).body;
  };
  const std::string schema = "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006";
  CHECK(asked(alice.upn, schema).find("<Url>https://mail.contoso.test/Microsoft-Server-ActiveSync</Url>") !=
        std::string::npos);
  CHECK(asked(alice.upn, "other").find("<ErrorCode>601<") != std::string::npos);
  CHECK(asked("bob@contoso.test", schema) == asked("nobody@contoso.test", schema));
}

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <thread>

#include "tests/lab/lab_device.h"

using namespace easel::lab;
using namespace easel::lab::test;

TEST_CASE("a device without a policy key is sent to Provision, in the way of its version") {
  const auto lab = started();
  for (const char* version : {"2.5", "12.1"}) {
    const Device device{.facts = lab->facts(), .version = version};
    const Answer answer = device.send("FolderSync", 9, Device::folder_sync_body("0"));
    CHECK(answer.status == 449);
    CHECK(answer.body.empty());
  }
  const Device device{.facts = lab->facts(), .version = "14.1"};
  CHECK(device.folder_sync().text_of(fh::Status) == "142");
}

TEST_CASE("every version provisions and lists the folders, with either query") {
  const auto lab = started();
  int n = 0;
  for (const auto& [version, query] :
       {std::pair{"2.5", false}, {"12.0", false}, {"12.1", false}, {"12.1", true}, {"14.0", false}, {"14.1", true}}) {
    CAPTURE(version);
    Device device{
        .facts = lab->facts(), .version = version, .base64_query = query, .id = "device" + std::to_string(++n)};
    device.provision();
    const Node answer = device.folder_sync();
    CHECK(answer.text_of(fh::Status) == "1");
    const Node& changes = *answer.find(fh::Changes);
    CHECK(changes.text_of(fh::Count) == "8");
    std::set<std::string> types;
    for (const Node& folder : changes.children)
      if (folder.tag == fh::Add) types.insert(std::string(folder.text_of(fh::Type)));
    CHECK(types == std::set<std::string>{"2", "3", "4", "5", "7", "8", "9", "12"});
    CHECK(device.folder_sync(std::string(answer.text_of(fh::SyncKey))).find(fh::Changes)->text_of(fh::Count) == "0");
    CHECK(device.folder_sync("4711").text_of(fh::Status) == "9");
  }
}

TEST_CASE("a policy key is good for one device, and a temporary one is not enough") {
  const auto lab = started();
  Device device{.facts = lab->facts()};
  device.provision();
  Device other{.facts = lab->facts(), .id = "other", .key = device.key};
  CHECK(other.send("FolderSync", 9, Device::folder_sync_body("0")).status == 449);
  device.key = "12345";
  CHECK(device.send("FolderSync", 9, Device::folder_sync_body("0")).status == 449);
}

TEST_CASE("Sync brings all mails in windows, once each, and repeats a lost answer") {
  const auto lab = started();
  for (const char* version : {"2.5", "12.1", "14.1"}) {
    CAPTURE(version);
    Device device{.facts = lab->facts(), .version = version, .id = std::string("d") + version[0] + version[1]};
    if (version[1] == '.') device.id = "d25";
    device.provision();
    device.folder_sync();
    Node answer = device.sync("0");
    CHECK(answer.text_of(as::Status) == "1");
    CHECK(added(answer).empty());
    std::set<std::string> all;
    std::size_t rounds = 0;
    do {
      const std::string key(answer.text_of(as::SyncKey));
      const Node lost = device.sync(key);
      answer = device.sync(key);
      CHECK(added(answer) == added(lost));
      CHECK(answer.text_of(as::SyncKey) != key);
      for (const std::string& id : added(answer)) CHECK(all.insert(id).second);
      ++rounds;
    } while (answer.has(as::MoreAvailable) && rounds < 10);
    CHECK(rounds == 3);
    CHECK(all.size() == 25);
    CHECK(device.sync("999").text_of(as::Status) == "3");
  }
}

TEST_CASE("a body comes truncated or whole, as the version asks for it") {
  const auto lab = started();
  Device device{.facts = lab->facts(), .version = "2.5"};
  device.provision();
  device.folder_sync();
  std::string key(device.sync("0").text_of(as::SyncKey));
  const Node answer = device.sync(key, "5", 100);
  key = answer.text_of(as::SyncKey);
  const Node fetched = device.sync(key, "5", 100, added(answer).at(3));
  const Node& item = *fetched.find(as::Responses)->find(as::Fetch)->find(as::ApplicationData);
  CHECK(item.text_of(tags::Email::BodyTruncated) == "0");
  CHECK(item.text_of(tags::Email::Body).size() > 20000);
  CHECK(item.text_of(tags::Email::DateReceived).ends_with(".000Z"));
}

TEST_CASE("contacts and calendar synchronise, and nothing new is an empty answer from 12.1 on") {
  const auto lab = started();
  Device device{.facts = lab->facts()};
  device.provision();
  device.folder_sync();
  for (const auto& [folder, count] : {std::pair{"10", 3U}, {"9", 2U}}) {
    std::string key(device.sync("0", folder).text_of(as::SyncKey));
    const Node answer = device.sync(key, folder);
    CHECK(added(answer).size() == count);
    key = answer.text_of(as::SyncKey);
    const Answer quiet = device.send("Sync", 0, device.sync_body(key, folder, 10));
    CHECK(quiet.status == 200);
    CHECK(quiet.body.empty());
  }
}

TEST_CASE("what one device adds, the other one sees, and two users never do") {
  const auto lab = started();
  Device one{.facts = lab->facts(), .id = "one"};
  Device two{.facts = lab->facts(), .id = "two"};
  Device bobs{.facts = lab->facts(), .id = "bobs", .account = &lab->facts().account("other")};
  std::string keys[3];
  int i = 0;
  for (Device* device : {&one, &two, &bobs}) {
    device->provision();
    device->folder_sync();
    keys[i] = device->sync("0", "10").text_of(as::SyncKey);
    keys[i] = device->sync(keys[i], "10").text_of(as::SyncKey);
    ++i;
  }
  WbxmlWriter w;
  w.open(as::Sync);
  w.open(as::Collections);
  w.open(as::Collection);
  w.text(as::SyncKey, keys[0]);
  w.text(as::CollectionId, "10");
  w.open(as::Commands);
  w.open(as::Add);
  w.text(as::ClientId, "c1");
  w.open(as::ApplicationData);
  w.text(tags::Contacts::FileAs, "Doe, Jane");
  w.close();
  w.close();
  w.close();
  w.close();
  w.close();
  w.close();
  const Node stored = one.get("Sync", 0, w.take());
  const Node& add = *stored.find(as::Collections)->children[0].find(as::Responses)->find(as::Add);
  CHECK(add.text_of(as::Status) == "1");
  const Node seen = two.sync(keys[1], "10");
  REQUIRE(added(seen).size() == 1);
  CHECK(added(seen)[0] == add.text_of(as::ServerId));
  CHECK(seen.find(as::Commands)->children[0].find(as::ApplicationData)->text_of(tags::Contacts::FileAs) == "Doe, Jane");
  CHECK(bobs.send("Sync", 0, bobs.sync_body(keys[2], "10", 10)).body.empty());
}

TEST_CASE("GetItemEstimate counts what Sync would bring") {
  namespace ge = tags::GetItemEstimate;
  const auto lab = started();
  Device device{.facts = lab->facts()};
  device.provision();
  device.folder_sync();
  const auto estimate = [&](const std::string& key) {
    WbxmlWriter w;
    w.open(ge::GetItemEstimate);
    w.open(ge::Collections);
    w.open(ge::Collection);
    w.text(ge::Class, "Email");
    w.text(ge::CollectionId, "5");
    w.text(as::FilterType, "0");
    w.text(as::SyncKey, key);
    w.close();
    w.close();
    w.close();
    return device.get("GetItemEstimate", 14, w.take()).children.at(0);
  };
  CHECK(estimate("0").text_of(ge::Status) == "3");
  const std::string key(device.sync("0").text_of(as::SyncKey));
  CHECK(estimate(key).find(ge::Collection)->text_of(ge::Estimate) == "25");
  CHECK(estimate("77").text_of(ge::Status) == "4");
}

TEST_CASE("a Ping ends with its heartbeat, or with a mail, and knows its limits") {
  const auto lab = started({.ping_min_seconds = 1, .ping_max_seconds = 100});
  Device device{.facts = lab->facts()};
  device.provision();
  device.folder_sync();
  device.sync(std::string(device.sync("0").text_of(as::SyncKey)), "5", 100);
  CHECK(device.get("Ping", 18, ping_body(1)).text_of(pg::Status) == "1");
  CHECK(device.get("Ping", 18, ping_body(0)).text_of(pg::HeartbeatInterval) == "1");
  const Node much = device.get("Ping", 18, ping_body(5000));
  CHECK(much.text_of(pg::Status) == "5");
  CHECK(much.text_of(pg::HeartbeatInterval) == "100");

  Answer answer;
  std::jthread waiting([&] { answer = device.send("Ping", 18, ping_body(60), 10000); });
  REQUIRE(lab->wait_for_ping("alice", std::chrono::seconds(5)));
  CHECK_FALSE(lab->deliver_mail("alice", "News").empty());
  waiting.join();
  const auto document = read_wbxml(answer.body);
  REQUIRE(document.has_value());
  CHECK(document->text_of(pg::Status) == "2");
  CHECK(document->find(pg::Folders)->text_of(pg::Folder) == "5");
  CHECK(lab->deliver_mail("nobody", "x").empty());
}

TEST_CASE("SendMail puts the mail into the other's inbox and a copy into Sent Items") {
  const auto lab = started();
  Device device{.facts = lab->facts()};
  device.provision();
  const std::string mime = "From: x\r\nTo: bob@contoso.test\r\nSubject: Hi\r\n\r\nBody\r\n";
  Call call = device.request("SendMail", 1, mime, "&SaveInSent=T");
  call.headers[1].second = "message/rfc822";
  CHECK(ask(lab->facts(), call).status == 200);
  CHECK(lab->item_count("bob", "Inbox") == 26);
  CHECK(lab->item_count("alice", "Sent Items") == 1);
  CHECK(lab->item_count("alice", "Inbox") == 25);
}

TEST_CASE("malformed requests are refused within their version's means, and the next one works") {
  const auto lab = started();
  Device device{.facts = lab->facts()};
  device.provision();
  CHECK(device.send("FolderSync", 9, "\x03\x01\x6A").status == 400);
  CHECK(device.send("NoSuchCommand", 9, "").status == 501);
  CHECK(device.send("FolderSync", 9, std::string("\x03\x01\x6A\x00\x45", 5)).status == 400);
  Call call = device.request("FolderSync", 9, Device::folder_sync_body("0"));
  call.headers[2].second = "19.1";
  CHECK(ask(lab->facts(), call).status == 400);
  call.target = "/Microsoft-Server-ActiveSync?Cmd=FolderSync&User=alice";
  CHECK(ask(lab->facts(), call).status == 400);
  call.target = "/Microsoft-Server-ActiveSync?%%%";
  CHECK(ask(lab->facts(), call).status == 400);
  CHECK(device.folder_sync().text_of(fh::Status) == "1");
}

TEST_CASE("a queued wipe comes with Provision once and forgets the device") {
  const auto lab = started();
  Device device{.facts = lab->facts()};
  device.provision();
  lab->queue_wipe("alice");
  CHECK(device.send("FolderSync", 9, Device::folder_sync_body("0")).status == 449);
  WbxmlWriter ask_again;
  ask_again.empty(pv::Provision);
  CHECK(device.get("Provision", 20, ask_again.take()).has(pv::RemoteWipe));
  WbxmlWriter done;
  done.open(pv::Provision);
  done.open(pv::RemoteWipe);
  done.number(pv::Status, 1);
  done.close();
  done.close();
  CHECK(device.get("Provision", 20, done.take()).text_of(pv::Status) == "1");
  device.provision();
  CHECK(device.folder_sync().text_of(fh::Status) == "1");
}

TEST_CASE("every command that OPTIONS lists is answered, but for the three that no server has") {
  const auto lab = started();
  Device device{.facts = lab->facts()};
  device.provision();
  const Answer options =
      ask(lab->facts(),
          {.method = "OPTIONS", .headers = {basic(lab->facts().accounts[0].user, lab->facts().accounts[0].password)}});
  std::string rest = options.header("MS-ASProtocolCommands") + ",";
  while (!rest.empty()) {
    const std::string command = rest.substr(0, rest.find(','));
    rest.erase(0, command.size() + 1);
    INFO(command);
    const bool legacy = command.ends_with("Collection");
    CHECK((device.send(command, 0, "").status == 501) == legacy);
  }
}

TEST_CASE("Search finds people and mails, and GetHierarchy lists the mail folders") {
  namespace se = tags::Search;
  const auto lab = started();
  Device device{.facts = lab->facts()};
  device.provision();
  WbxmlWriter people;
  people.open(se::Search);
  people.open(se::Store);
  people.text(se::Name, "GAL");
  people.text(se::Query, "BOB");
  people.close();
  people.close();
  const Node found = device.get("Search", 16, people.take());
  const Node& store = *found.find(se::Response)->find(se::Store);
  CHECK(store.text_of(se::Status) == "1");
  CHECK(store.find(se::Result)->find(se::Properties)->text_of(tags::Gal::EmailAddress) == "bob@contoso.test");
  CHECK(store.text_of(se::Total) == "1");

  WbxmlWriter mails;
  mails.open(se::Search);
  mails.open(se::Store);
  mails.text(se::Name, "Mailbox");
  mails.open(se::Query);
  mails.open(se::And);
  mails.text(se::FreeText, "quarterly");
  mails.close();
  mails.close();
  mails.close();
  mails.close();
  CHECK(device.get("Search", 16, mails.take()).find(se::Response)->find(se::Store)->text_of(se::Total) == "5");
  CHECK(device.get("GetHierarchy", 5, "").children.size() == 5);
}

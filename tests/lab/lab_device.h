#pragma once
// An emulated device of the lab's own tests: keeps its policy key, writes its WBXML with the lab's writer.

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lab/raw_wbxml.h"
#include "tests/lab/lab_client.h"

namespace easel::lab::test {

namespace as = tags::AirSync;
namespace fh = tags::FolderHierarchy;
namespace pv = tags::Provision;
namespace pg = tags::Ping;

inline std::unique_ptr<Lab> started(const LabOptions& options = {}) {
  auto lab = Lab::start(options);
  REQUIRE_MESSAGE(lab.has_value(), (lab ? "" : lab.error()));
  return std::move(*lab);
}

inline std::string base64(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j)
      group = (group << 8U) | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j)
      out += i + j > bytes.size() ? '=' : kAlphabet[(group >> (18U - 6U * static_cast<unsigned>(j))) & 0x3FU];
  }
  return out;
}

/// A device of one version that keeps its policy key.
struct Device {
  const LabFacts& facts;
  std::string version = "12.1";
  bool base64_query = false;
  std::string id = "BAD73E6E02156460E800185977C03182";
  std::string key = "0";
  const LabAccount* account = &facts.accounts.front();

  [[nodiscard]] Call request(const std::string& command, int code, std::string body,
                             const std::string& more = "") const {
    Call call;
    call.headers = {basic(account->domain_user, account->password)};
    if (!body.empty()) call.headers.emplace_back("Content-Type", "application/vnd.ms-sync.wbxml");
    if (base64_query) {
      std::string query;
      query += static_cast<char>((version[0] - '0') * 100 + (version[1] - '0') * 10 + (version[3] - '0'));
      query += static_cast<char>(code);
      query += "\x09\x04";
      query += static_cast<char>(id.size());
      query += id;
      query += '\x04';
      const auto number = static_cast<std::uint32_t>(std::stoul(key));
      for (unsigned shift = 0; shift < 32; shift += 8) query += static_cast<char>((number >> shift) & 0xFFU);
      query += "\x08PocketPC";
      call.target += "?" + base64(query);
    } else {
      call.target += "?Cmd=" + command + "&User=alice&DeviceId=" + id + "&DeviceType=PocketPC" + more;
      call.headers.emplace_back("MS-ASProtocolVersion", version);
      call.headers.emplace_back("X-MS-PolicyKey", key);
    }
    call.body = std::move(body);
    return call;
  }

  Answer send(const std::string& command, int code, std::string body, int limit_ms = 3000) const {
    Call call = request(command, code, std::move(body));
    call.limit_ms = limit_ms;
    return ask(facts, call);
  }

  [[nodiscard]] bool modern() const { return version != "2.5"; }

  /// Both phases of Provision. The new key is kept.
  void provision() {
    const auto policy = [&](const std::string& old_key) {
      WbxmlWriter w;
      w.open(pv::Provision);
      if (version == "14.1" && old_key.empty()) {
        w.open(tags::Settings::DeviceInformation);
        w.open(tags::Settings::Set);
        w.text(tags::Settings::Model, "Test");
        w.close();
        w.close();
      }
      w.open(pv::Policies);
      w.open(pv::Policy);
      w.text(pv::PolicyType, modern() ? "MS-EAS-Provisioning-WBXML" : "MS-WAP-Provisioning-XML");
      if (!old_key.empty()) {
        w.text(pv::PolicyKey, old_key);
        w.number(pv::Status, 1);
      }
      w.close();
      w.close();
      w.close();
      return w.take();
    };
    const auto answered = [&](const std::string& body) {
      const Answer answer = send("Provision", 20, body);
      REQUIRE(answer.status == 200);
      const auto document = read_wbxml(answer.body);
      REQUIRE(document.has_value());
      CHECK(document->text_of(pv::Status) == "1");
      const Node* one = document->find(pv::Policies)->find(pv::Policy);
      CHECK(one->text_of(pv::Status) == "1");
      return *one;
    };
    const Node first = answered(policy(""));
    CHECK(first.has(pv::Data));
    if (modern()) CHECK(first.find(pv::Data)->find(pv::EASProvisionDoc)->text_of(pv::MinDevicePasswordLength) == "4");
    if (!modern()) CHECK(first.text_of(pv::Data).find("name=\"4131\" value=\"0\"") != std::string::npos);
    const std::string temporary(first.text_of(pv::PolicyKey));
    const Node second = answered(policy(temporary));
    key = second.text_of(pv::PolicyKey);
    CHECK(key != temporary);
    CHECK_FALSE(second.has(pv::Data));
  }

  Node get(const std::string& command, int code, std::string body) const {
    const Answer answer = send(command, code, std::move(body));
    CHECK(answer.status == 200);
    CHECK(answer.header("Content-Type") == "application/vnd.ms-sync.wbxml");
    auto document = read_wbxml(answer.body);
    REQUIRE_MESSAGE(document.has_value(), (document ? "" : document.error()));
    return *document;
  }

  Node folder_sync(const std::string& sync_key = "0") const { return get("FolderSync", 9, folder_sync_body(sync_key)); }

  static std::string folder_sync_body(const std::string& sync_key) {
    WbxmlWriter w;
    w.open(fh::FolderSync);
    w.text(fh::SyncKey, sync_key);
    w.close();
    return w.take();
  }

  [[nodiscard]] std::string sync_body(const std::string& sync_key, const std::string& folder, int window,
                                      const std::string& fetch = "") const {
    WbxmlWriter w;
    w.open(as::Sync);
    w.open(as::Collections);
    w.open(as::Collection);
    if (!modern()) w.text(as::Class, folder == "5" ? "Email" : "Contacts");
    w.text(as::SyncKey, sync_key);
    w.text(as::CollectionId, folder);
    if (sync_key != "0" && fetch.empty()) {
      if (!version.starts_with("14")) w.empty(as::GetChanges);
      w.number(as::WindowSize, window);
    }
    if (!fetch.empty()) {
      w.open(as::Commands);
      w.open(as::Fetch);
      w.text(as::ServerId, fetch);
      w.close();
      w.close();
    }
    w.close();
    w.close();
    w.close();
    return w.take();
  }

  /// The Collection of the answer.
  Node sync(const std::string& sync_key, const std::string& folder = "5", int window = 10,
            const std::string& fetch = "") const {
    const Node document = get("Sync", 0, sync_body(sync_key, folder, window, fetch));
    const Node* collections = document.find(as::Collections);
    REQUIRE(collections != nullptr);
    return collections->children.at(0);
  }
};

inline std::vector<std::string> added(const Node& collection) {
  std::vector<std::string> out;
  if (const Node* commands = collection.find(as::Commands); commands != nullptr)
    for (const Node& command : commands->children)
      if (command.tag == as::Add) out.emplace_back(command.text_of(as::ServerId));
  return out;
}

inline std::string ping_body(int seconds) {
  WbxmlWriter w;
  w.open(pg::Ping);
  w.number(pg::HeartbeatInterval, seconds);
  w.open(pg::Folders);
  w.open(pg::Folder);
  w.text(pg::Id, "5");
  w.text(pg::Class, "Email");
  w.close();
  w.close();
  w.close();
  return w.take();
}

}  // namespace easel::lab::test

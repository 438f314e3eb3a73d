#include "client/protocol/session.h"

#include <algorithm>

#include "client/profile/device_profile.h"
#include "wbxml/code_pages.h"

namespace easel {
namespace {

namespace tags = wbxml::tags;

void learn_folders(Session& session, wbxml::Element root) {
  if (root.child_text(tags::FolderHierarchy::Status) != "1") return;
  if (const std::string_view key = root.child_text(tags::FolderHierarchy::SyncKey); !key.empty())
    session.hierarchy_key = key;
  for (wbxml::Element change : root.child(tags::FolderHierarchy::Changes).children()) {
    const std::string id(change.child_text(tags::FolderHierarchy::ServerId));
    std::erase_if(session.folders, [&](const Folder& f) { return f.server_id == id; });
    if (change.is(tags::FolderHierarchy::Delete)) continue;
    if (!change.is(tags::FolderHierarchy::Add) && !change.is(tags::FolderHierarchy::Update)) continue;
    session.folders.push_back({id, std::string(change.child_text(tags::FolderHierarchy::ParentId)),
                               std::string(change.child_text(tags::FolderHierarchy::DisplayName)),
                               std::string(change.child_text(tags::FolderHierarchy::Type))});
  }
}

void learn_collection(Session& session, wbxml::Element collection) {
  namespace as = tags::AirSync;
  const std::string id(collection.child_text(as::CollectionId));
  const std::string key(collection.child_text(as::SyncKey));
  const std::string_view status = collection.child_text(as::Status);
  if (id.empty() || (!status.empty() && status != "1")) return;
  if (!key.empty()) session.sync_keys[id] = key;
  auto& items = session.items[id];
  for (wbxml::Element command : collection.child(as::Commands).children()) {
    const std::string server_id(command.child_text(as::ServerId));
    if (command.is(as::Add) || command.is(as::Change)) items.insert(server_id);
    if (command.is(as::Delete) || command.is(as::SoftDelete)) items.erase(server_id);
  }
  for (wbxml::Element response : collection.child(as::Responses).children()) {
    if (response.is(as::Add) && response.child_text(as::Status) == "1")
      items.insert(std::string(response.child_text(as::ServerId)));
  }
}

void learn_policy(Session& session, wbxml::Element root) {
  namespace prov = tags::Provision;
  if (root.child(prov::RemoteWipe)) session.wipe_ordered = true;
  const wbxml::Element policy = root.child(prov::Policies).child(prov::Policy);
  if (!policy) return;
  session.policy_status = policy.child_text(prov::Status);
  if (session.policy_status != "1") return;
  if (const std::string_view key = policy.child_text(prov::PolicyKey); !key.empty()) session.policy_key = key;
}

}  // namespace

std::vector<std::string> list_header(std::string_view value) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while ((at = value.find_first_not_of(", \t", at)) != std::string_view::npos) {
    const std::size_t end = std::min(value.find_first_of(", \t", at), value.size());
    out.emplace_back(value.substr(at, end - at));
    at = end;
  }
  return out;
}

std::string negotiate_version(const std::vector<std::string>& device, const std::vector<std::string>& server) {
  std::string best;
  for (const std::string& version : device) {
    if (std::ranges::find(server, version) == server.end()) continue;
    if (best.empty() || compare_versions(version, best) > 0) best = version;
  }
  if (best.empty() && !device.empty()) best = device.front();
  return best;
}

std::size_t Session::item_count(std::string_view collection) const {
  const auto it = items.find(collection);
  return it == items.end() ? 0 : it->second.size();
}

std::size_t Session::new_items(std::string_view collection, const wbxml::Document& sync_answer) const {
  if (sync_answer.empty() || !sync_answer.root().is(tags::AirSync::Sync)) return 0;
  Session after;
  if (const auto it = items.find(collection); it != items.end()) after.items.emplace(it->first, it->second);
  const std::size_t before = after.item_count(collection);
  for (wbxml::Element c : sync_answer.root().child(tags::AirSync::Collections).children()) learn_collection(after, c);
  const std::size_t now = after.item_count(collection);
  return now > before ? now - before : 0;
}

Session learn(Session session, std::string_view cmd, const RoundTrip& round_trip, const wbxml::Document* answer) {
  const HttpResponse* response = round_trip.response();
  if (!response || response->status != 200) return session;
  for (const std::string_view name : {"Server", "MS-Server-ActiveSync", "X-Z-Push-Version", "X-AspNet-Version"}) {
    if (const std::string* value = find_header(response->headers, name);
        value && session.server.find(*value) == std::string::npos) {
      session.server += (session.server.empty() ? "" : "; ") + std::string(name) + ": " + *value;
    }
  }
  if (cmd.empty()) {
    if (const std::string* value = find_header(response->headers, "MS-ASProtocolVersions"))
      session.versions = list_header(*value);
    if (const std::string* value = find_header(response->headers, "MS-ASProtocolCommands"))
      session.commands = list_header(*value);
    return session;
  }
  if (!answer || answer->empty()) return session;
  const wbxml::Element root = answer->root();
  if (root.is(tags::FolderHierarchy::FolderSync)) learn_folders(session, root);
  if (root.is(tags::Provision::Provision)) learn_policy(session, root);
  if (root.is(tags::AirSync::Sync)) {
    for (wbxml::Element c : root.child(tags::AirSync::Collections).children()) learn_collection(session, c);
  }
  return session;
}

}  // namespace easel

// FolderSync, FolderCreate, FolderDelete and FolderUpdate ([MS-ASCMD]).

#include <charconv>
#include <map>
#include <string>

#include "lab/eas.h"

namespace easel::lab {

namespace {

namespace f = tags::FolderHierarchy;

HttpResponse answer(Tag root, int status, const std::string& key = {}, const std::string& server_id = {}) {
  WbxmlWriter out;
  out.open(root);
  out.number(f::Status, status);
  if (!key.empty()) out.text(f::SyncKey, key);
  if (!server_id.empty()) out.text(f::ServerId, server_id);
  out.close();
  return wbxml_response(out.take());
}

void write_folder(WbxmlWriter& out, Tag tag, const Folder& folder) {
  out.open(tag);
  out.text(f::ServerId, folder.id);
  out.text(f::ParentId, folder.parent);
  out.text(f::DisplayName, folder.name);
  out.number(f::Type, folder.type);
  out.close();
}

std::map<std::string, std::string> told(const Mailbox& box) {
  std::map<std::string, std::string> out;
  for (const Folder& folder : box.folders) out[folder.id] = folder.parent + "/" + folder.name;
  return out;
}

struct HierarchyChanges {
  std::vector<const Folder*> updated, added;
  std::vector<std::string> deleted;
  [[nodiscard]] std::size_t count() const { return updated.size() + added.size() + deleted.size(); }
};

HierarchyChanges compare(const std::map<std::string, std::string>& before, const Mailbox& box, bool hide_inbox) {
  HierarchyChanges changes;
  const auto now = told(box);
  for (const auto& [id, name] : before)
    if (!now.contains(id)) changes.deleted.push_back(id);
  for (const Folder& folder : box.folders) {
    if (hide_inbox && folder.type == kInbox) continue;
    const auto known = before.find(folder.id);
    if (known == before.end())
      changes.added.push_back(&folder);
    else if (known->second != now.at(folder.id))
      changes.updated.push_back(&folder);
  }
  return changes;
}

/// FolderCreate. Returns the status; `made` gets the new ServerId.
int create_folder(const Node& body, Mailbox& box, Store& store, std::string& made) {
  const std::string name(body.text_of(f::DisplayName));
  const std::string parent(body.text_of(f::ParentId));
  const std::string_view text = body.text_of(f::Type);
  int type = 0;
  std::from_chars(text.data(), text.data() + text.size(), type);
  if (name.empty() || (type != 1 && (type < 12 || type > 17))) return 10;
  if (box.folder_named(name) != nullptr) return 2;
  if (parent != "0" && box.folder(parent) == nullptr) return 5;
  made = "20" + store.new_key();
  box.folders.push_back({.id = made, .parent = parent, .name = name, .type = type, .items = {}});
  return 1;
}

/// FolderDelete and FolderUpdate. Returns the status.
int change_folder(const Node& body, Mailbox& box) {
  const bool deletes = body.tag == f::FolderDelete;
  Folder* folder = box.folder(body.text_of(f::ServerId));
  if (folder == nullptr) return 4;
  if (folder->type != 1 && folder->type < kUserMail) return deletes ? 3 : 2;
  if (deletes) {
    std::erase_if(box.folders, [id = folder->id](const Folder& one) { return one.id == id; });
    return 1;
  }
  const std::string name(body.text_of(f::DisplayName));
  const std::string parent(body.text_of(f::ParentId));
  if (name.empty()) return 10;
  if (parent != "0" && box.folder(parent) == nullptr) return 5;
  folder->name = name;
  folder->parent = parent;
  return 1;
}

}  // namespace

HttpResponse eas_folder_sync(const EasRequest& request, const Node* body, const EasContext& context) {
  const EasShape& shape = context.behaviour.eas;
  if (shape.foldersync_status != 0) return answer(f::FolderSync, shape.foldersync_status);
  const auto held = context.store.lock();
  Device& device = device_of(request, context);
  const Mailbox& box = *context.store.mailbox(context.user);
  const std::string_view key = body->text_of(f::SyncKey);
  if (key.empty()) return answer(f::FolderSync, 10);
  if (key == "0") {
    device.hierarchy.clear();
    device.collections.clear();
  } else if (key != device.hierarchy_key) {
    if (shape.bad_key_is_500) return http_error(500, "Internal Server Error");
    return answer(f::FolderSync, 9);
  }
  const HierarchyChanges changes = compare(device.hierarchy, box, shape.hide_inbox);
  device.hierarchy = told(box);
  if (changes.count() != 0 || key == "0") device.hierarchy_key = context.store.new_key();
  WbxmlWriter out;
  out.open(f::FolderSync);
  out.number(f::Status, 1);
  out.text(f::SyncKey, device.hierarchy_key);
  out.open(f::Changes);
  out.number(f::Count, static_cast<long long>(changes.count()));
  for (const Folder* folder : changes.updated) write_folder(out, f::Update, *folder);
  for (const std::string& id : changes.deleted) {
    out.open(f::Delete);
    out.text(f::ServerId, id);
    out.close();
  }
  for (const Folder* folder : changes.added) write_folder(out, f::Add, *folder);
  out.close();
  out.close();
  return wbxml_response(out.take());
}

HttpResponse eas_folder_change(const EasRequest& request, const Node* body, const EasContext& context) {
  const auto held = context.store.lock();
  Device& device = device_of(request, context);
  Mailbox& box = *context.store.mailbox(context.user);
  const Tag root = body->tag;
  if (body->text_of(f::SyncKey).empty()) return answer(root, 10);
  if (body->text_of(f::SyncKey) != device.hierarchy_key) return answer(root, 9);
  std::string made;
  const int status =
      root == f::FolderCreate ? create_folder(*body, box, context.store, made) : change_folder(*body, box);
  if (status != 1) return answer(root, status);
  device.hierarchy = told(box);
  device.hierarchy_key = context.store.new_key();
  return answer(root, 1, device.hierarchy_key, made);
}

}  // namespace easel::lab

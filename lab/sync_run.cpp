// One pass over the collections of a Sync: keys and their replay, windows, changes both ways.

#include "lab/sync_run.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lab/item_rendering.h"

namespace easel::lab {

namespace {

namespace as = tags::AirSync;

/// An element that stands for true when it is empty.
bool flag(const Node& parent, Tag tag, bool otherwise) {
  const Node* node = parent.find(tag);
  return node == nullptr ? otherwise : node->text != "0";
}

struct ServerChanges {
  std::vector<const Item*> added{}, changed{};
  std::vector<std::string> deleted{}, filtered{};
  [[nodiscard]] std::size_t count() const { return added.size() + changed.size() + deleted.size() + filtered.size(); }
};

ServerChanges pending_changes(const Folder& folder, const CollectionState& state) {
  ServerChanges out;
  const auto item_class = folder.item_class();
  for (const auto& [id, version] : state.known) {
    const auto item = std::ranges::find(folder.items, id, &Item::server_id);
    if (item == folder.items.end())
      out.deleted.push_back(id);
    else if (!passes_filter(*item, item_class, state.options.filter))
      out.filtered.push_back(id);
    else if (item->version != version)
      out.changed.push_back(&*item);
  }
  for (const Item& item : folder.items)
    if (!state.known.contains(item.server_id) && passes_filter(item, item_class, state.options.filter))
      out.added.push_back(&item);
  return out;
}

/// One collection of one request on its way to an answer.
struct Collection {
  std::string id{}, request_class{}, key{};
  int status = 1;
  bool has_class = false;
  bool primed = false;  ///< key 0: a new key and nothing else
  bool more = false;
  bool touched = false;  ///< the device sent changes or gets some
  std::map<std::string, std::uint64_t> known_before{};
  WbxmlWriter responses = WbxmlWriter::begin_fragment();
  WbxmlWriter commands = WbxmlWriter::begin_fragment();
};

class SyncRun {
 public:
  SyncRun(const EasRequest& request, const EasContext& context)
      : request_(request),
        context_(context),
        device_(device_of(request, context)),
        box_(*context.store.mailbox(context.user)) {}

  void take(const Node& node, int& window_left) {
    Collection c{.id = std::string(node.text_of(as::CollectionId)),
                 .request_class = std::string(node.text_of(as::Class))};
    c.has_class = node.has(as::Class);
    c.status = run(node, c, window_left);
    if (c.status == 3) c.key.assign(1, '0');  // a key of 0: begin again
    collections_.push_back(std::move(c));
  }

  [[nodiscard]] bool nothing_to_say() const {
    return std::ranges::none_of(collections_,
                                [](const Collection& c) { return c.touched || c.primed || c.status != 1; });
  }

  [[nodiscard]] std::string document() const {
    WbxmlWriter out;
    out.open(as::Sync);
    out.open(as::Collections);
    for (const Collection& c : collections_) write(out, c);
    out.close();
    out.close();
    return out.take();
  }

  /// New keys for what was answered; the old ones stay good for one replay.
  void commit() {
    for (Collection& c : collections_) {
      if (c.status != 1 || c.primed) continue;
      CollectionState& state = device_.collections[c.id];
      state.previous_key = state.key;
      state.previous_known = std::move(c.known_before);
      if (!context_.behaviour.eas.synckey_stuck) state.key = context_.store.new_key();
      c.key = state.key;
    }
  }

 private:
  int run(const Node& node, Collection& c, int& window_left) {
    Folder* folder = box_.folder(c.id);
    if (c.id.empty() || node.text_of(as::SyncKey).empty()) return 4;
    if (folder == nullptr) return 12;
    const std::string key(node.text_of(as::SyncKey));
    if (key == "0") return prime(node, c);
    CollectionState& state = device_.collections[c.id];
    if (state.key.empty() || (key != state.key && key != state.previous_key)) return 3;
    if (key != state.key && context_.behaviour.eas.forgets_last_answer) {
      state.key = key;
    } else if (key != state.key) {  // the last answer was lost: go back to what the device holds
      state.known = state.previous_known;
      state.key = key;
    }
    c.key = key;
    if (const Node* options = node.find(as::Options); options != nullptr) read_options(*options, state.options);
    c.known_before = state.known;
    if (const Node* commands = node.find(as::Commands); commands != nullptr)
      take_commands(*commands, c, *folder, state);
    const bool wants = flag(node, as::GetChanges, request_.version >= 121) && !context_.behaviour.eas.quarantine;
    if (wants) {
      int window = number_of(node.text_of(as::WindowSize), 100);
      if (window <= 0 || window > 512) window = 512;
      window_left -= give_changes(c, *folder, state, std::min(window, window_left));
    }
    return 1;
  }

  int prime(const Node& node, Collection& c) {
    if (request_.version >= 121 && node.has(as::GetChanges) && flag(node, as::GetChanges, false)) return 4;
    CollectionState& state = device_.collections[c.id];
    state = CollectionState{};
    if (const Node* options = node.find(as::Options); options != nullptr) read_options(*options, state.options);
    state.key = context_.store.new_key();
    c.key = state.key;
    c.primed = true;
    return 1;
  }

  /// Returns how many changes were given.
  int give_changes(Collection& c, const Folder& folder, CollectionState& state, int window) {
    const ServerChanges all = pending_changes(folder, state);
    WbxmlWriter& out = c.commands;
    int left = window;
    const auto removal = [&](Tag tag, const std::string& id) {
      if (left == 0) return;
      --left;
      out.open(tag);
      out.text(as::ServerId, id);
      out.close();
      state.known.erase(id);
    };
    const auto item = [&](Tag tag, const Item& one) {
      if (left == 0) return;
      --left;
      out.open(tag);
      out.text(as::ServerId, one.server_id);
      out.open(as::ApplicationData);
      write_item(out, one, folder.item_class(), request_.version, state.options);
      out.close();
      out.close();
      state.known[one.server_id] = one.version;
    };
    for (const std::string& id : all.deleted) removal(as::Delete, id);
    for (const std::string& id : all.filtered) removal(as::SoftDelete, id);
    for (const Item* one : all.changed) item(as::Change, *one);
    for (const Item* one : all.added) item(as::Add, *one);
    c.more = all.count() > static_cast<std::size_t>(window);
    c.touched = c.touched || all.count() != 0;
    return window - left;
  }

  void take_commands(const Node& commands, Collection& c, Folder& folder, CollectionState& state) {
    WbxmlWriter& out = c.responses;
    for (const Node& command : commands.children) {
      c.touched = true;
      if (command.tag == as::Add) add(command, out, folder, state);
      if (command.tag == as::Change) change(command, out, folder, state);
      if (command.tag == as::Delete) remove(command, folder, state);
      if (command.tag == as::Fetch) fetch(command, out, folder, state);
    }
  }

  void add(const Node& command, WbxmlWriter& out, Folder& folder, CollectionState& state) {
    const std::string client_id(command.text_of(as::ClientId));
    const Node* data = command.find(as::ApplicationData);
    const bool allowed = folder.item_class() != "Email" && data != nullptr;
    auto known = state.added.find(client_id);
    if (allowed && (known == state.added.end() || folder.find(known->second) == nullptr)) {
      Item item;
      item.date = seconds_now();
      item.properties = data->children;
      state.added[client_id] = context_.store.add(folder, std::move(item));
      known = state.added.find(client_id);
    }
    if (allowed) state.known[known->second] = folder.find(known->second)->version;
    out.open(as::Add);
    out.text(as::ClientId, client_id);
    if (allowed) out.text(as::ServerId, known->second);
    out.number(as::Status, allowed ? 1 : 6);
    out.close();
  }

  void change(const Node& command, WbxmlWriter& out, Folder& folder, CollectionState& state) {
    const std::string id(command.text_of(as::ServerId));
    Item* item = folder.find(id);
    const Node* data = command.find(as::ApplicationData);
    if (item == nullptr || data == nullptr) {
      out.open(as::Change);
      out.text(as::ServerId, id);
      out.number(as::Status, item == nullptr ? 8 : 6);
      out.close();
      return;
    }
    if (const Node* read = data->find(tags::Email::Read); read != nullptr) item->read = read->text == "1";
    if (folder.item_class() != "Email") {
      for (const Node& property : data->children) {
        std::erase_if(item->properties, [&](const Node& old) { return old.tag == property.tag; });
        item->properties.push_back(property);
      }
    }
    item->version = context_.store.new_version();
    state.known[id] = item->version;
  }

  void remove(const Node& command, Folder& folder, CollectionState& state) {
    const std::string id(command.text_of(as::ServerId));
    Item* item = folder.find(id);
    state.known.erase(id);
    if (item == nullptr) return;
    Item moved = std::move(*item);
    std::erase_if(folder.items, [&](const Item& one) { return one.server_id == id || one.server_id.empty(); });
    Folder* trash = box_.folder_of_type(kDeleted);
    if (folder.item_class() == "Email" && trash != nullptr && trash != &folder)
      context_.store.add(*trash, std::move(moved));
  }

  void fetch(const Node& command, WbxmlWriter& out, Folder& folder, CollectionState& state) {
    const std::string id(command.text_of(as::ServerId));
    const Item* item = folder.find(id);
    out.open(as::Fetch);
    out.text(as::ServerId, id);
    out.number(as::Status, item != nullptr ? 1 : 8);
    if (item != nullptr) {
      SyncOptions whole = state.options;
      whole.truncation = 9;
      whole.truncation_size.reset();
      out.open(as::ApplicationData);
      write_item(out, *item, folder.item_class(), request_.version, whole);
      out.close();
    }
    out.close();
  }

  void write(WbxmlWriter& out, const Collection& c) const {
    out.open(as::Collection);
    if (request_.version <= 120 || c.has_class) {
      const Folder* folder = box_.folder(c.id);
      out.text(as::Class, folder != nullptr ? folder->item_class() : std::string_view(c.request_class));
    }
    if (!c.key.empty()) out.text(as::SyncKey, c.key);
    out.text(as::CollectionId, c.id);
    out.number(as::Status, c.status);
    if (c.status == 1) {
      if (c.more) out.empty(as::MoreAvailable);  // before Commands: Windows Mobile wants it there
      if (!c.responses.blank()) part(out, as::Responses, c.responses);
      if (!c.commands.blank()) part(out, as::Commands, c.commands);
    }
    out.close();
  }

  static void part(WbxmlWriter& out, Tag tag, const WbxmlWriter& fragment) {
    out.open(tag);
    out.fragment(fragment);
    out.close();
  }

  const EasRequest& request_;
  const EasContext& context_;
  Device& device_;
  Mailbox& box_;
  std::vector<Collection> collections_{};
};

}  // namespace

std::size_t pending_count(const Folder& folder, const CollectionState& state) {
  return pending_changes(folder, state).count();
}

std::optional<HttpResponse> sync_once(const Node& sync, const EasRequest& request, const EasContext& context,
                                      bool last) {
  SyncRun run(request, context);
  int window = number_of(sync.text_of(as::WindowSize), 512);
  if (window <= 0 || window > 512) window = 512;
  for (const Node& collection : sync.find(as::Collections)->children) run.take(collection, window);
  if (run.nothing_to_say()) {
    if (!last) return std::nullopt;
    if (request.version >= 121 && context.behaviour.eas.empty_sync) return HttpResponse{};
  }
  run.commit();
  return wbxml_response(run.document());
}

}  // namespace easel::lab

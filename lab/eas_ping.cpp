// Ping ([MS-ASCMD] Ping): the answer waits until something arrives or the heartbeat is over.

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "lab/eas.h"
#include "lab/item_rendering.h"

namespace easel::lab {

namespace {

namespace p = tags::Ping;
constexpr std::size_t kMaxFolders = 200;

HttpResponse answer(int status, const std::vector<std::string>& folders = {}, int interval = 0, int max_folders = 0) {
  WbxmlWriter out;
  out.open(p::Ping);
  out.number(p::Status, status);
  if (!folders.empty()) {
    out.open(p::Folders);
    for (const std::string& folder : folders) out.text(p::Folder, folder);
    out.close();
  }
  if (interval != 0) out.number(p::HeartbeatInterval, interval);
  if (max_folders != 0) out.number(p::MaxFolders, max_folders);
  out.close();
  return wbxml_response(out.take());
}

/// Takes over what the request says; the rest stays as the device said it last. False if the folders are malformed.
bool remember(const Node& body, Device& device) {
  if (const Node* beat = body.find(p::HeartbeatInterval); beat != nullptr) {
    int seconds = 0;
    std::from_chars(beat->text.data(), beat->text.data() + beat->text.size(), seconds);
    device.ping_seconds = seconds;
  }
  if (const Node* folders = body.find(p::Folders); folders != nullptr) {
    device.ping_folders.clear();
    for (const Node& folder : folders->children) {
      std::string id(folder.text_of(p::Id));
      if (id.empty() || std::ranges::find(device.ping_folders, id) != device.ping_folders.end()) return false;
      device.ping_folders.push_back(std::move(id));
    }
  }
  return true;
}

/// Items that the device does not hold yet. A folder that it never synchronised counts from the Ping's begin on.
bool has_news(const Folder& folder, Device& device, std::uint64_t versions_at_begin) {
  const auto state = device.collections.find(folder.id);
  if (state == device.collections.end() || state->second.known.empty())
    return std::ranges::any_of(folder.items, [&](const Item& item) { return item.version > versions_at_begin; });
  const auto& told = state->second;
  return std::ranges::any_of(folder.items, [&](const Item& item) {
    return !told.known.contains(item.server_id) && passes_filter(item, folder.item_class(), told.options.filter);
  });
}

std::vector<std::string> changed_folders(const EasRequest& request, const EasContext& context, std::uint64_t begin) {
  std::vector<std::string> out;
  Device& device = device_of(request, context);
  for (const std::string& id : device.ping_folders) {
    const Folder* folder = context.store.mailbox(context.user)->folder(id);
    if (folder != nullptr && has_news(*folder, device, begin)) out.push_back(id);
  }
  return out;
}

/// What is wrong with the Ping as the device stands; status 0 = nothing. Hold the store's lock.
HttpResponse complaint(const Node* body, Device& device, const EasContext& context) {
  if (body != nullptr && !remember(*body, device)) return answer(4);
  if (!device.ping_seconds || device.ping_folders.empty()) return answer(3);
  if (!context.behaviour.eas.ping_limitless) {
    if (*device.ping_seconds < context.ping_min_seconds) return answer(5, {}, context.ping_min_seconds);
    if (*device.ping_seconds > context.ping_max_seconds) return answer(5, {}, context.ping_max_seconds);
    if (device.ping_folders.size() > kMaxFolders) return answer(6, {}, 0, static_cast<int>(kMaxFolders));
  }
  for (const std::string& id : device.ping_folders)
    if (context.store.mailbox(context.user)->folder(id) == nullptr) return answer(7);
  return HttpResponse{.status = 0};
}

}  // namespace

HttpResponse eas_ping(const EasRequest& request, const Node* body, const EasContext& context) {
  const EasShape& shape = context.behaviour.eas;
  std::uint64_t begin = 0;
  std::chrono::milliseconds heartbeat{0};
  {
    const auto held = context.store.lock();
    Device& device = device_of(request, context);
    if (HttpResponse wrong = complaint(body, device, context); wrong.status != 0) return wrong;
    heartbeat = std::chrono::seconds(*device.ping_seconds);
    begin = context.store.new_version();
  }
  if (shape.ping_early) return answer(1);
  if (shape.ping_cut_ms != 0) heartbeat = std::chrono::milliseconds(shape.ping_cut_ms);
  const auto until = std::chrono::steady_clock::now() + heartbeat;
  while (true) {
    int wake = -1;
    {
      const auto held = context.store.lock();
      const auto folders = shape.ping_deaf ? std::vector<std::string>() : changed_folders(request, context, begin);
      if (!folders.empty()) return answer(2, folders);
      wake = context.store.begin_wait(context.user);
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    const Io io = left.count() > 0 ? context.wait(left, wake) : Io::timeout;
    const auto held = context.store.lock();
    context.store.end_wait(wake);
    if (io == Io::timeout && shape.ping_cut_ms == 0) return answer(1);
    if (io == Io::ok) continue;
    if (shape.drop_locks_mailbox) device_of(request, context).locked = true;
    return HttpResponse{.status = 0, .close = true};
  }
}

}  // namespace easel::lab

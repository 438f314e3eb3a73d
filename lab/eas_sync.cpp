// Sync and GetItemEstimate ([MS-ASCMD]): the forms of the request, and the Sync that waits.

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "lab/eas.h"
#include "lab/item_rendering.h"
#include "lab/sync_run.h"

namespace easel::lab {

namespace {

namespace as = tags::AirSync;

HttpResponse global_status(int status, int limit = 0) {
  WbxmlWriter out;
  out.open(as::Sync);
  out.number(as::Status, status);
  if (limit != 0) out.number(as::Limit, limit);
  out.close();
  return wbxml_response(out.take());
}

/// The collections of a Partial request over those of the cached one.
Node merged(Node base, const Node& over) {
  for (const Node& child : over.children) {
    if (child.tag == as::Partial) continue;
    std::erase_if(base.children, [&](const Node& old) { return old.tag == child.tag && child.tag != as::Collections; });
    const auto old = std::ranges::find(base.children, child.tag, &Node::tag);
    if (old == base.children.end()) {
      base.children.push_back(child);
      continue;
    }
    for (const Node& collection : child.children) {
      std::erase_if(old->children, [&](const Node& one) {
        return one.text_of(as::CollectionId) == collection.text_of(as::CollectionId);
      });
      old->children.push_back(collection);
    }
  }
  return base;
}

/// How long the request may wait for a change, in seconds; the Limit to answer with if it is out of range.
struct Waiting {
  int seconds = 0;
  int limit = 0;
  bool both = false;
};
Waiting waiting_of(const Node& sync, const EasRequest& request, const EasContext& context) {
  Waiting out;
  if (request.version < 121) return out;
  out.both = sync.has(as::Wait) && sync.has(as::HeartbeatInterval);
  if (const Node* wait = sync.find(as::Wait); wait != nullptr) {
    const int minutes = number_of(wait->text, -1);
    if (minutes < 1) out.limit = 1;
    if (minutes > 59) out.limit = 59;
    out.seconds = minutes * 60;
  }
  if (const Node* beat = sync.find(as::HeartbeatInterval); beat != nullptr && request.version >= 140) {
    out.seconds = number_of(beat->text, -1);
    if (out.seconds < context.ping_min_seconds) out.limit = context.ping_min_seconds;
    if (out.seconds > context.ping_max_seconds) out.limit = context.ping_max_seconds;
  }
  return out;
}

bool class_is_misplaced(const Node& collections, int version) {
  return version >= 140 &&
         std::ranges::any_of(collections.children, [](const Node& one) { return one.has(as::Class); });
}

}  // namespace

HttpResponse eas_sync(const EasRequest& request, const Node* body, const EasContext& context) {
  Node sync{};
  {
    const auto held = context.store.lock();
    Device& device = device_of(request, context);
    if (device.locked) return http_error(503, "Service Unavailable");
    const bool needs_cache = body == nullptr || body->has(as::Partial);
    if (needs_cache && (request.version < 121 || !device.cached_sync))
      return global_status(request.version < 121 ? 4 : 13);
    sync = body == nullptr ? *device.cached_sync : body->has(as::Partial) ? merged(*device.cached_sync, *body) : *body;
  }
  const Node* collections = sync.find(as::Collections);
  if (collections == nullptr || collections->children.empty()) return global_status(4);
  if (class_is_misplaced(*collections, request.version)) return global_status(4);
  const Waiting waiting = waiting_of(sync, request, context);
  if (waiting.both) return global_status(4);
  if (waiting.limit != 0) return global_status(14, waiting.limit);

  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(waiting.seconds);
  while (true) {
    int wake = -1;
    {
      const auto held = context.store.lock();
      const bool last = std::chrono::steady_clock::now() >= until;
      device_of(request, context).cached_sync = sync;
      if (auto answer = sync_once(sync, request, context, last); answer) return std::move(*answer);
      wake = context.store.begin_wait(context.user);
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    const Io io = context.wait(left, wake);
    const auto held = context.store.lock();
    context.store.end_wait(wake);
    if (io != Io::ok && io != Io::timeout) return HttpResponse{.status = 0, .close = true};
  }
}

HttpResponse eas_get_item_estimate(const EasRequest& request, const Node* body, const EasContext& context) {
  namespace g = tags::GetItemEstimate;
  const auto held = context.store.lock();
  Device& device = device_of(request, context);
  Mailbox& box = *context.store.mailbox(context.user);
  const Node* collections = body->find(g::Collections);
  if (collections == nullptr) return common_status(request, 103);
  WbxmlWriter out;
  out.open(g::GetItemEstimate);
  for (const Node& one : collections->children) {
    const std::string id(one.text_of(g::CollectionId));
    const Folder* folder = box.folder(id);
    const auto state = device.collections.find(id);
    const std::string_view key = one.text_of(as::SyncKey);
    int status = 1;
    if (folder == nullptr)
      status = 2;
    else if (state == device.collections.end() || key == "0")
      status = 3;
    else if (key != state->second.key && key != state->second.previous_key)
      status = 4;
    out.open(g::Response);
    out.number(g::Status, status);
    if (status == 1) {
      CollectionState asked = state->second;
      if (one.has(as::FilterType)) asked.options.filter = number_of(one.text_of(as::FilterType), 0);
      if (const Node* options = one.find(as::Options); options != nullptr) read_options(*options, asked.options);
      out.open(g::Collection);
      if (request.version <= 121) out.text(g::Class, folder->item_class());
      out.text(g::CollectionId, id);
      const auto count = context.behaviour.eas.quarantine ? std::size_t{0} : pending_count(*folder, asked);
      out.number(g::Estimate, static_cast<long long>(count));
      out.close();
    }
    out.close();
  }
  out.close();
  return wbxml_response(out.take());
}

}  // namespace easel::lab

#include "lab/mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace easel::lab {

namespace {

std::string date_as(std::int64_t seconds, const char* format) {
  const auto when = static_cast<std::time_t>(seconds);
  std::tm parts{};
  ::gmtime_r(&when, &parts);
  std::array<char, 40> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

}  // namespace

std::int64_t seconds_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}
std::string iso_date(std::int64_t seconds) { return date_as(seconds, "%Y-%m-%dT%H:%M:%S.000Z"); }
std::string compact_date(std::int64_t seconds) { return date_as(seconds, "%Y%m%dT%H%M%SZ"); }

std::string_view Folder::item_class() const {
  switch (type) {
    case kTasks:
      return "Tasks";
    case kCalendar:
      return "Calendar";
    case kContacts:
      return "Contacts";
    default:
      return "Email";
  }
}

Item* Folder::find(std::string_view server_id) {
  const auto found = std::ranges::find(items, server_id, &Item::server_id);
  return found == items.end() ? nullptr : &*found;
}

Folder* Mailbox::folder(std::string_view id) {
  const auto found = std::ranges::find(folders, id, &Folder::id);
  return found == folders.end() ? nullptr : &*found;
}

Folder* Mailbox::folder_named(std::string_view name) {
  const auto found = std::ranges::find(folders, name, &Folder::name);
  return found == folders.end() ? nullptr : &*found;
}

Folder* Mailbox::folder_of_type(int type) {
  const auto found = std::ranges::find(folders, type, &Folder::type);
  return found == folders.end() ? nullptr : &*found;
}

Mailbox* Store::mailbox(std::string_view user) {
  const auto found = mailboxes_.find(user);
  return found == mailboxes_.end() ? nullptr : &found->second;
}

std::vector<std::string> Store::users() const {
  std::vector<std::string> out;
  for (const auto& [user, box] : mailboxes_) out.push_back(user);
  return out;
}

std::string Store::new_key() {
  // An odd multiplier makes this a permutation: no two alike, and a client that counts keys up by itself is found out.
  std::uint32_t key = ++keys_ * 2654435761U;
  if (key == 0) key = ++keys_ * 2654435761U;
  return std::to_string(key);
}

std::string Store::add(Folder& folder, Item item) {
  item.server_id = folder.id + ":" + std::to_string(++items_);
  item.version = new_version();
  folder.items.push_back(std::move(item));
  return folder.items.back().server_id;
}

void Store::notify(std::string_view user) {
  const auto [first, last] = waits_.equal_range(user);
  for (auto wait = first; wait != last; ++wait) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wait->second, &one, sizeof one);
  }
}

int Store::begin_wait(std::string_view user) {
  const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd >= 0) waits_.emplace(user, fd);
  return fd;
}

void Store::end_wait(int fd) {
  if (fd < 0) return;
  std::erase_if(waits_, [fd](const auto& wait) { return wait.second == fd; });
  ::close(fd);
}

std::size_t Store::waiting(std::string_view user) const { return waits_.count(user); }

}  // namespace easel::lab

#pragma once
// The mailboxes of the lab: folders, items, and what each device was told of them ([MS-ASCMD] SyncKey, PolicyKey).
// One Store holds all accounts' mailboxes behind one mutex; whoever touches a Mailbox holds lock().

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lab/raw_wbxml.h"

namespace easel::lab {

/// A mail, or the property tree of something else. Dates are seconds since 1970.
struct Item {
  std::string server_id{};
  std::uint64_t version = 0;  ///< rises with each change
  std::int64_t date = 0;
  bool read = false;
  std::string from{}, to{}, subject{}, body{};
  std::string attachment_name{}, attachment{};  ///< at most one; no name = none
  std::vector<Node> properties{};               ///< children of ApplicationData; empty for a mail
};

/// [MS-ASCMD] Type (FolderSync)
enum FolderType : int {
  kInbox = 2,
  kDrafts = 3,
  kDeleted = 4,
  kSent = 5,
  kTasks = 7,
  kCalendar = 8,
  kContacts = 9,
  kUserMail = 12
};

struct Folder {
  std::string id{}, parent = "0", name{};
  int type = kUserMail;
  std::vector<Item> items{};
  [[nodiscard]] std::string_view item_class() const;  ///< "Email", "Calendar", "Contacts" or "Tasks"
  [[nodiscard]] Item* find(std::string_view server_id);
};

/// What a device asked for with Options; it holds until it asks for something else.
struct SyncOptions {
  int filter = 0;
  int truncation = 9;                              ///< 2.5: 0 to 9
  int body_type = 1;                               ///< 12.0 and later
  std::optional<std::uint32_t> truncation_size{};  ///< 12.0 and later; none = whole
};

/// What a device holds of one folder, and what it held before the last answer (which may have been lost).
struct CollectionState {
  std::string key{}, previous_key{};
  std::map<std::string, std::uint64_t> known{}, previous_known{};  ///< ServerId → version
  std::map<std::string, std::string> added{};                      ///< ClientId → ServerId
  SyncOptions options{};
};

struct Device {
  std::string temporary_policy_key{}, policy_key{};
  std::string hierarchy_key{};
  std::map<std::string, std::string> hierarchy{};  ///< folder id → name, as told
  std::map<std::string, CollectionState> collections{};
  std::optional<int> ping_seconds{};
  std::vector<std::string> ping_folders{};
  std::optional<Node> cached_sync{};  ///< the last waiting Sync, for an empty one after it
  std::string information{};          ///< Model that it reported
  bool wipe = false;
  bool locked = false;  ///< by a fault, after its Ping was cut off
};

struct Mailbox {
  std::vector<Folder> folders{};
  std::map<std::string, Device> devices{};  ///< by device id in lower case
  std::vector<std::string> sent_client_ids{};
  [[nodiscard]] Folder* folder(std::string_view id);
  [[nodiscard]] Folder* folder_named(std::string_view name);
  [[nodiscard]] Folder* folder_of_type(int type);
};

class Store {
 public:
  /// Fills the mailbox of `user` with the usual folders and items, dated backwards from now.
  void seed(std::string_view user);

  [[nodiscard]] std::unique_lock<std::mutex> lock() const { return std::unique_lock(mutex_); }
  /// Null if there is no such user. Hold lock().
  [[nodiscard]] Mailbox* mailbox(std::string_view user);
  /// All users. Hold lock().
  [[nodiscard]] std::vector<std::string> users() const;

  /// A new opaque key: decimal, never "0", no two alike. Hold lock().
  [[nodiscard]] std::string new_key();
  [[nodiscard]] std::uint64_t new_version() { return ++versions_; }
  /// Puts the item into the folder under a new ServerId, which it returns. Hold lock().
  std::string add(Folder& folder, Item item);

  /// Wakes those who wait for `user`. Hold lock().
  void notify(std::string_view user);
  /// Registers a wait: returns a file descriptor that becomes readable at the next notify(). Hold lock().
  [[nodiscard]] int begin_wait(std::string_view user);
  void end_wait(int fd);                                           ///< Closes it. Hold lock().
  [[nodiscard]] std::size_t waiting(std::string_view user) const;  ///< Hold lock().

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Mailbox, std::less<>> mailboxes_{};
  std::multimap<std::string, int, std::less<>> waits_;
  std::uint32_t keys_ = 0;
  std::uint64_t versions_ = 0;
  std::uint64_t items_ = 0;
};

[[nodiscard]] std::int64_t seconds_now();
/// "2026-11-25T07:00:00.000Z"
[[nodiscard]] std::string iso_date(std::int64_t seconds);
/// "20261125T070000Z"
[[nodiscard]] std::string compact_date(std::int64_t seconds);

}  // namespace easel::lab

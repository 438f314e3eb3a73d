#pragma once
// libcurl's multi socket interface over epoll: cost grows with what happens, not with how much waits.

#include <chrono>
#include <optional>
#include <set>
#include <vector>

namespace easel {

/// One curl multi and one epoll. Handles are libcurl's easy handles, which stay the caller's.
class CurlLoop {
 public:
  using Clock = std::chrono::steady_clock;

  /// An easy handle that has ended, with its CURLcode.
  struct Ended {
    void* easy = nullptr;
    int code = 0;
  };

  explicit CurlLoop(long idle_connections);
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;
  ~CurlLoop();

  /// False: this process has no descriptor or memory left.
  [[nodiscard]] bool usable() const { return multi_ != nullptr && epoll_ >= 0; }
  bool add(void* easy);
  void remove(void* easy);
  /// Waits for a socket that is not libcurl's, too, until unwatch(): it is among take_ready() after a turn.
  bool watch(int socket, bool write);
  void unwatch(int socket);
  /// Watched sockets on which something happened.
  std::vector<int> take_ready();
  /// Waits until something happens, but not past `until`, lets libcurl work, and returns what has ended.
  std::vector<Ended> turn(Clock::time_point until);

 private:
  static int on_socket(void* easy, int socket, int what, void* self, void* known);
  static int on_timer(void* multi, long milliseconds, void* self);

  void* multi_ = nullptr;
  int epoll_ = -1;
  std::optional<Clock::time_point> timer_;
  std::set<int> watched_;
  std::vector<int> ready_;
};

}  // namespace easel

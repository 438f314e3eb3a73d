#pragma once
// A listening socket on 127.0.0.1 with the thread that accepts on it and the threads that serve.

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "lab/stop_signal.h"

namespace easel::lab {

/// A TCP port of the loopback address that belongs to us from the start; it accepts once listen() was called.
class Port {
 public:
  /// `number` 0 = one that the system picks. The error names the port.
  [[nodiscard]] static std::expected<Port, std::string> reserve(std::uint16_t number);
  Port(Port&& other) noexcept;
  Port& operator=(Port&& other) noexcept;
  ~Port();

  [[nodiscard]] std::uint16_t number() const { return number_; }
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool listen() const;

 private:
  Port(int fd, std::uint16_t number) : fd_(fd), number_(number) {}
  int fd_ = -1;
  std::uint16_t number_ = 0;
};

/// Counts the threads that serve connections, so that they can be waited for.
class Crew {
 public:
  explicit Crew(std::size_t limit) : limit_(limit) {}
  void limit(std::size_t limit) { limit_ = limit; }  ///< before the first run()
  /// Runs `work` on a thread of its own. False when there are too many already.
  bool run(std::function<void()> work);
  void wait_until_gone();

 private:
  std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t count_ = 0;
};

/// Accepts until `stop` is raised and hands each socket to `accepted`, which must not block.
[[nodiscard]] std::jthread accept_on(const Port& port, const StopSignal& stop, std::function<void(int)> accepted);

}  // namespace easel::lab

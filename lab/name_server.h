#pragma once
// A name server for the lab's own names ([RFC 1035]), so that resolving can be tested without the world's DNS.

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "lab/stop_signal.h"

namespace easel::lab {

/// What the name server knows. Names in lower case without the last dot.
struct Zone {
  bool nothing_exists = false;                             ///< NXDOMAIN to every question
  bool silent = false;                                     ///< no answer to any question
  std::map<std::string, std::vector<std::string>> a{};     ///< name → IPv4 addresses
  std::map<std::string, std::vector<std::string>> aaaa{};  ///< name → IPv6 addresses
  struct Service {
    std::uint16_t priority = 0, weight = 0, port = 0;
    std::string target{};
  };
  std::map<std::string, std::vector<Service>> srv{};
};

/// The answer to one question in UDP form; empty if the bytes are no question or the zone is silent.
[[nodiscard]] std::string name_server_answer(std::string_view question, const Zone& zone);

/// A UDP socket on 127.0.0.1 with the thread that answers on it until `stop` is raised.
class NameServer {
 public:
  [[nodiscard]] static std::expected<NameServer, std::string> start(Zone zone, const StopSignal& stop);
  NameServer(NameServer&& other) noexcept;
  NameServer& operator=(NameServer&& other) noexcept = delete;
  ~NameServer();
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  NameServer() = default;
  int fd_ = -1;
  std::uint16_t port_ = 0;
  std::jthread thread_;
};

}  // namespace easel::lab

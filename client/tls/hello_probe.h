#pragma once
// Sends emulated ClientHellos over raw sockets, many at once, and reads the answers.

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "client/tls/hello.h"
#include "client/tls/hello_answer.h"

namespace easel {

struct HelloProbe {
  Hello hello;
  HelloSecrets secrets;
  std::string server_name;  ///< for SNI, where the hello has it
  std::string address;      ///< numeric IPv4 or IPv6 address
  std::uint16_t port = 443;
};

/// New random octets for a hello, from the system.
HelloSecrets fresh_secrets();

/// Sends every probe on a connection of its own, all at the same time, and waits at most `bound` for all of them.
/// Answers stand in the order of the probes. No octet but the hello is ever sent.
std::vector<HelloAnswer> probe_hellos(std::span<const HelloProbe> probes, std::chrono::milliseconds bound);

}  // namespace easel

#pragma once
// Looks names up: A and AAAA records, and SRV where a name begins with '_' (RFC 1035, RFC 3596, RFC 2782). Once, at the
// start of a run; the transport then connects to what was found, so that what was judged is what was spoken to.

#include <chrono>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace easel {

struct ServiceRecord {
  std::string target;
  std::uint16_t port = 0;
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  friend bool operator==(const ServiceRecord&, const ServiceRecord&) = default;
};

/// What one name led to. Addresses are numeric, IPv4 and IPv6 apart, each list sorted.
struct Resolution {
  std::string name;
  std::vector<std::string> ipv4;
  std::vector<std::string> ipv6;
  std::vector<ServiceRecord> services;  ///< by priority, then weight (the greater first)
  std::string problem;                  ///< one sentence why nothing was found; empty if something was
  [[nodiscard]] bool empty() const { return ipv4.empty() && ipv6.empty() && services.empty(); }
  friend bool operator==(const Resolution&, const Resolution&) = default;
};
using Resolutions = std::vector<Resolution>;

/// The resolution of a name, compared without case; nullptr if it was not looked up.
const Resolution* find_resolution(const Resolutions& resolutions, std::string_view name);

struct ResolverOptions {
  std::string server;  ///< "HOST:PORT" with a numeric host; empty: the system's, and its hosts file
  std::chrono::milliseconds bound{10'000};  ///< for all names together
};

/// Looks all names up side by side. A numeric address is its own answer. Never throws; what could not be found carries
/// its reason. The error is about `options.server` alone.
std::expected<Resolutions, std::string> resolve_names(std::span<const std::string> names,
                                                      const ResolverOptions& options);

/// Is the address one that the public net does not route: RFC 1918, RFC 6598, loopback, link-local, RFC 4193?
bool is_private_address(std::string_view address);

}  // namespace easel

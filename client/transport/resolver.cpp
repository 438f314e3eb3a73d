#include "client/transport/resolver.h"

#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <memory>

namespace easel {
namespace {

using Clock = std::chrono::steady_clock;

struct Lookup {
  Resolution* into = nullptr;
  int pending = 0;
};

std::string numeric(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address->sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, address, sizeof in);
    inet_ntop(AF_INET, &in.sin_addr, text.data(), text.size());
  } else if (address->sa_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, address, sizeof in);
    inet_ntop(AF_INET6, &in.sin6_addr, text.data(), text.size());
  }
  return text.data();
}

void note_problem(Lookup& lookup, int status) {
  if (status == ARES_EDESTRUCTION || status == ARES_ECANCELLED) return;  // our own bound; told below
  lookup.into->problem = lookup.into->name + ": " + ares_strerror(status);
}

void on_addresses(void* arg, int status, int, ares_addrinfo* result) {
  auto& lookup = *static_cast<Lookup*>(arg);
  --lookup.pending;
  if (status != ARES_SUCCESS) {
    note_problem(lookup, status);
    return;
  }
  for (const ares_addrinfo_node* node = result->nodes; node; node = node->ai_next) {
    std::string text = numeric(node->ai_addr);
    auto& list = node->ai_family == AF_INET6 ? lookup.into->ipv6 : lookup.into->ipv4;
    if (!text.empty() && std::ranges::find(list, text) == list.end()) list.push_back(std::move(text));
  }
  ares_freeaddrinfo(result);
}

void on_services(void* arg, int status, int, unsigned char* answer, int length) {
  auto& lookup = *static_cast<Lookup*>(arg);
  --lookup.pending;
  ares_srv_reply* first = nullptr;
  if (status == ARES_SUCCESS) status = ares_parse_srv_reply(answer, length, &first);
  if (status != ARES_SUCCESS) {
    note_problem(lookup, status);
    return;
  }
  for (const ares_srv_reply* r = first; r; r = r->next)
    lookup.into->services.push_back({r->host, r->port, r->priority, r->weight});
  ares_free_data(first);
}

class Channel {
 public:
  explicit Channel(const ResolverOptions& options) : bound_(options.bound) {
    ares_options settings{};
    settings.timeout = static_cast<int>(std::clamp<long>(options.bound.count() / 3, 200, 3000));
    settings.tries = 2;
    std::array<char, 2> lookups{'b', '\0'};  // only the name server: the hosts file of this machine says nothing
    settings.lookups = lookups.data();
    int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES;
    if (!options.server.empty()) mask |= ARES_OPT_LOOKUPS;
    if (ares_init_options(&channel_, &settings, mask) != ARES_SUCCESS) {
      channel_ = nullptr;
      return;
    }
    if (!options.server.empty() && ares_set_servers_ports_csv(channel_, options.server.c_str()) != ARES_SUCCESS)
      close();
  }
  ~Channel() { close(); }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  [[nodiscard]] bool good() const { return channel_ != nullptr; }

  void start(Lookup& lookup) {
    ++lookup.pending;
    if (lookup.into->name.starts_with('_')) {
      ares_query(channel_, lookup.into->name.c_str(), 1 /* IN */, 33 /* SRV */, on_services, &lookup);
      return;
    }
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_flags = ARES_AI_NOSORT;
    ares_getaddrinfo(channel_, lookup.into->name.c_str(), nullptr, &hints, on_addresses, &lookup);
  }

  void run(const std::vector<Lookup>& lookups) {
    const auto deadline = Clock::now() + bound_;
    while (std::ranges::any_of(lookups, [](const Lookup& l) { return l.pending > 0; }) && Clock::now() < deadline) {
      std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
      const int bits = ares_getsock(channel_, sockets.data(), static_cast<int>(sockets.size()));
      std::vector<pollfd> polled;
      for (std::size_t i = 0; i < sockets.size(); ++i) {
        const auto at = static_cast<int>(i);
        short events = 0;
        if (ARES_GETSOCK_READABLE(bits, at)) events = POLLIN;
        if (ARES_GETSOCK_WRITABLE(bits, at)) events = static_cast<short>(events | POLLOUT);
        if (events != 0) polled.push_back({sockets[i], events, 0});
      }
      timeval longest{0, 200'000}, wait{};
      ares_timeout(channel_, &longest, &wait);
      const int ms = static_cast<int>(wait.tv_sec * 1000 + wait.tv_usec / 1000) + 1;
      poll(polled.data(), polled.size(), ms);
      for (const pollfd& p : polled) {
        const bool reads = (p.revents & (POLLIN | POLLERR | POLLHUP)) != 0, writes = (p.revents & POLLOUT) != 0;
        ares_process_fd(channel_, reads ? p.fd : ARES_SOCKET_BAD, writes ? p.fd : ARES_SOCKET_BAD);
      }
      ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // time-outs
    }
  }

 private:
  void close() {
    if (channel_) ares_destroy(channel_);  // ends what is under way: each call-back is called once more
    channel_ = nullptr;
  }

  ares_channel channel_ = nullptr;
  std::chrono::milliseconds bound_;
};

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool take_numeric(Resolution& r) {
  std::array<unsigned char, 16> octets{};
  const bool bracketed = r.name.starts_with('[') && r.name.ends_with(']');
  const std::string bare = bracketed ? r.name.substr(1, r.name.size() - 2) : r.name;
  if (inet_pton(AF_INET, bare.c_str(), octets.data()) == 1) {
    r.ipv4 = {bare};
  } else if (inet_pton(AF_INET6, bare.c_str(), octets.data()) == 1) {
    r.ipv6 = {bare};
  }
  return !r.empty();
}

}  // namespace

const Resolution* find_resolution(const Resolutions& resolutions, std::string_view name) {
  const auto it = std::ranges::find_if(resolutions, [&](const Resolution& r) { return same_name(r.name, name); });
  return it == resolutions.end() ? nullptr : &*it;
}

std::expected<Resolutions, std::string> resolve_names(std::span<const std::string> names,
                                                      const ResolverOptions& options) {
  Resolutions out;
  for (const std::string& name : names) {
    if (!name.empty() && !find_resolution(out, name)) out.push_back({name, {}, {}, {}, ""});
  }
  std::vector<Lookup> lookups;
  for (Resolution& r : out) {
    if (!take_numeric(r)) lookups.push_back({&r, 0});
  }
  if (lookups.empty() && options.server.empty()) return out;
  {
    Channel channel(options);
    if (!channel.good() && options.server.empty()) {
      for (const Lookup& l : lookups) l.into->problem = l.into->name + ": the resolver could not be started";
      return out;
    }
    if (!channel.good()) return std::unexpected("'" + options.server + "' is not the HOST:PORT of a name server");
    for (Lookup& l : lookups) channel.start(l);
    channel.run(lookups);
  }
  for (Resolution& r : out) {
    std::ranges::sort(r.ipv4);
    std::ranges::sort(r.ipv6);
    std::ranges::sort(r.services, [](const ServiceRecord& a, const ServiceRecord& b) {
      return a.priority != b.priority ? a.priority < b.priority : a.weight > b.weight;
    });
    if (r.empty() && r.problem.empty()) r.problem = r.name + ": no answer from the name server";
    if (!r.empty()) r.problem.clear();
  }
  return out;
}

bool is_private_address(std::string_view address) {
  const std::string text(address);
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) {
    const std::uint32_t a = ntohl(v4.s_addr);
    struct Net {
      std::uint32_t base, mask;
    };
    static constexpr Net kNets[] = {{0x0A000000, 0xFF000000}, {0xAC100000, 0xFFF00000}, {0xC0A80000, 0xFFFF0000},
                                    {0x64400000, 0xFFC00000}, {0x7F000000, 0xFF000000}, {0xA9FE0000, 0xFFFF0000},
                                    {0x00000000, 0xFF000000}};
    return std::ranges::any_of(kNets, [&](const Net& n) { return (a & n.mask) == n.base; });
  }
  std::array<unsigned char, 16> v6{};
  if (inet_pton(AF_INET6, text.c_str(), v6.data()) != 1) return false;
  const bool loopback = std::all_of(v6.begin(), v6.end() - 1, [](unsigned char o) { return o == 0; }) && v6[15] <= 1;
  return loopback || (v6[0] & 0xFE) == 0xFC || (v6[0] == 0xFE && (v6[1] & 0xC0) == 0x80);
}

}  // namespace easel

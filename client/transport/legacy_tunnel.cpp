#include "client/transport/legacy_tunnel.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <openssl/rand.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "client/transport/bound_options.h"

namespace easel {
namespace {

using Clock = std::chrono::steady_clock;

class Socket {
 public:
  explicit Socket(int descriptor = -1) : descriptor_(descriptor) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] bool good() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

std::string random_name() {
  std::array<unsigned char, 16> octets{};
  RAND_bytes(octets.data(), static_cast<int>(octets.size()));
  std::string out = "easel-";
  for (const unsigned char octet : octets) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += kDigits[octet >> 4];
    out += kDigits[octet & 15];
  }
  return out;
}

Socket listen_on(const std::string& name) {
  Socket out(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path + 1, name.data(), name.size());  // a NUL in front: abstract, no file
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
  if (!out.good() || ::bind(out.get(), generic, size) != 0 || ::listen(out.get(), 1) != 0) return Socket();
  return out;
}

/// Only this process may speak through the tunnel.
bool is_ours(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 && credentials.pid == getpid();
}

int milliseconds_until(Clock::time_point until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  return static_cast<int>(std::max<long long>(left, 0));
}

std::string printed(const sockaddr* address, socklen_t size) {
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  getnameinfo(address, size, host.data(), host.size(), port.data(), port.size(), NI_NUMERICHOST | NI_NUMERICSERV);
  const std::string text = host.data();
  return (text.find(':') == std::string::npos ? text : "[" + text + "]") + ":" + port.data();
}

NetworkFailure connect_failure(int error, std::chrono::milliseconds bound) {
  NetworkFailure out;
  if (error == ECONNREFUSED) return {NetworkFailure::Kind::Refused, "the connection was refused", false, 0};
  if (error == ETIMEDOUT) {
    return {NetworkFailure::Kind::ConnectTimeout,
            "no TCP connection within " + std::to_string(bound.count()) + " ms (" + std::string(kConnectTimeoutOption) +
                ")",
            false, 0};
  }
  out.kind = NetworkFailure::Kind::Unreachable;
  out.text = "no way to the host: " + std::generic_category().message(error);
  return out;
}

}  // namespace

struct LegacyTunnel::State {
  LegacyTunnelOptions options;
  std::string name;
  Socket listener;
  std::array<Socket, 2> stop;  ///< closing the second ends the thread
  mutable std::mutex mutex;
  Report report;
  bool ending = false;
  std::vector<int> blocking;  ///< sockets on which the thread may wait; the destructor shuts them down
  std::thread worker;

  void run();
  void may_block_on(int socket);
  void carry(int inside, int outside);
  Socket accept_ours();
  Socket connect_out();
  Socket connect_to(const addrinfo& address, int& error);
  void pump(LegacySession& session, int inside, int outside);
  void set_failure(std::variant<std::monostate, TlsFailure, NetworkFailure> failure);
  void set_session(const TlsSession& session);
  bool wait_for(int socket, short events, Clock::time_point until) const;
};

void LegacyTunnel::State::set_failure(std::variant<std::monostate, TlsFailure, NetworkFailure> failure) {
  const std::scoped_lock lock(mutex);
  report.failure = std::move(failure);
}

void LegacyTunnel::State::set_session(const TlsSession& session) {
  const std::scoped_lock lock(mutex);
  report.session = session;
}

/// False: the time is up or the tunnel is to end.
bool LegacyTunnel::State::wait_for(int socket, short events, Clock::time_point until) const {
  std::array<pollfd, 2> wanted = {pollfd{socket, events, 0}, pollfd{stop[0].get(), POLLIN, 0}};
  if (poll(wanted.data(), wanted.size(), milliseconds_until(until)) <= 0) return false;
  return wanted[1].revents == 0;
}

Socket LegacyTunnel::State::accept_ours() {
  const Clock::time_point until = Clock::now() + options.connect;
  while (wait_for(listener.get(), POLLIN, until)) {
    Socket peer(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (peer.good() && is_ours(peer.get())) return peer;
  }
  return Socket();
}

Socket LegacyTunnel::State::connect_to(const addrinfo& address, int& error) {
  Socket out(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  error = 0;
  if (::connect(out.get(), address.ai_addr, address.ai_addrlen) != 0 && errno != EINPROGRESS) error = errno;
  if (error == 0 && !wait_for(out.get(), POLLOUT, Clock::now() + options.connect)) error = ETIMEDOUT;
  socklen_t size = sizeof error;
  if (error == 0) getsockopt(out.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return Socket();
  const std::scoped_lock lock(mutex);
  report.peer = printed(address.ai_addr, address.ai_addrlen);
  return out;
}

Socket LegacyTunnel::State::connect_out() {
  std::vector<std::string> names = options.addresses;
  if (names.empty()) names.push_back(options.connect_host);
  for (const std::string& host : names) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = options.addresses.empty() ? 0 : AI_NUMERICHOST;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), std::to_string(options.port).c_str(), &hints, &found) != 0) {
      set_failure(NetworkFailure{NetworkFailure::Kind::NameNotFound, "DNS has no address for " + host, false, 0});
      continue;
    }
    int error = 0;
    Socket out;
    for (const addrinfo* at = found; at != nullptr && !out.good(); at = at->ai_next) out = connect_to(*at, error);
    freeaddrinfo(found);
    if (out.good()) {
      set_failure(std::monostate{});
      return out;
    }
    set_failure(connect_failure(error, options.connect));
  }
  return Socket();
}

void LegacyTunnel::State::may_block_on(int socket) {
  fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) & ~O_NONBLOCK);
  const std::scoped_lock lock(mutex);
  blocking.push_back(socket);
  if (ending) ::shutdown(socket, SHUT_RDWR);
}

void LegacyTunnel::State::run() {
  const Socket inside = accept_ours();
  if (!inside.good()) return;
  const Socket outside = connect_out();
  if (!outside.good()) return;
  may_block_on(inside.get());
  may_block_on(outside.get());
  carry(inside.get(), outside.get());
  const std::scoped_lock lock(mutex);
  blocking.clear();
}

void LegacyTunnel::State::carry(int inside, int outside) {
  LegacySession session(
      {options.identity, options.judge, options.host, options.allow_untrusted, options.kept, options.clock}, outside);
  const bool stands = session.handshake(options.connect);
  set_session(session.session());
  if (!stands) return set_failure(session.failure());
  pump(session, inside, outside);
  set_session(session.session());
}

void LegacyTunnel::State::pump(LegacySession& session, int inside, int outside) {
  std::string part;
  bool sending = true;
  for (;;) {
    std::array<pollfd, 3> wanted = {pollfd{sending ? inside : -1, POLLIN, 0}, pollfd{outside, POLLIN, 0},
                                    pollfd{stop[0].get(), POLLIN, 0}};
    if (!session.has_pending() && poll(wanted.data(), wanted.size(), -1) < 0 && errno != EINTR) return;
    if (wanted[2].revents != 0) return;
    if (wanted[0].revents != 0) {
      part.resize(16384);
      const ssize_t size = ::recv(inside, part.data(), part.size(), 0);
      if (size <= 0) return session.close_notify();  // libcurl has what it wants: nobody is left to answer to
      sending = session.write({part.data(), static_cast<std::size_t>(size)});
    }
    if (!session.has_pending() && wanted[1].revents == 0) continue;
    switch (session.read(part)) {
      case LegacySession::Read::Data: {
        std::string_view left = part;
        while (!left.empty()) {
          const ssize_t size = ::send(inside, left.data(), left.size(), MSG_NOSIGNAL);
          if (size <= 0) return;
          left.remove_prefix(static_cast<std::size_t>(size));
        }
        break;
      }
      case LegacySession::Read::Nothing:
        set_session(session.session());
        break;
      case LegacySession::Read::End:
        return;
      case LegacySession::Read::Failed:
        return set_failure(session.failure());
    }
  }
}

LegacyTunnel::LegacyTunnel(std::unique_ptr<State> state) : state_(std::move(state)) {}

std::unique_ptr<LegacyTunnel> LegacyTunnel::open(LegacyTunnelOptions options) {
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  state->name = random_name();
  state->listener = listen_on(state->name);
  std::array<int, 2> ends{-1, -1};
  if (!state->listener.good() || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return nullptr;
  state->stop = {Socket(ends[0]), Socket(ends[1])};
  try {
    state->worker = std::thread([raw = state.get()] { raw->run(); });
  } catch (const std::system_error&) {
    return nullptr;
  }
  return std::unique_ptr<LegacyTunnel>(new LegacyTunnel(std::move(state)));
}

LegacyTunnel::~LegacyTunnel() {
  state_->stop[1] = Socket();
  {
    const std::scoped_lock lock(state_->mutex);
    state_->ending = true;
    for (const int socket : state_->blocking) ::shutdown(socket, SHUT_RDWR);
  }
  state_->worker.join();
}

const std::string& LegacyTunnel::socket_name() const { return state_->name; }

LegacyTunnel::Report LegacyTunnel::report() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->report;
}

}  // namespace easel

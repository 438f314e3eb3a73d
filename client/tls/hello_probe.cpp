#include "client/tls/hello_probe.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/rand.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "client/tls/hello_talk.h"

namespace easel {
namespace {

using Clock = std::chrono::steady_clock;

/// One probe under way.
class Attempt {
 public:
  explicit Attempt(const HelloProbe& probe)
      : started_(Clock::now()), talk_(probe.hello, probe.secrets, probe.server_name) {
    connect_to(probe.address, probe.port);
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;
  Attempt(Attempt&& other) noexcept
      : started_(other.started_),
        talk_(std::move(other.talk_)),
        connected_(other.connected_),
        answer_(std::move(other.answer_)),
        socket_(std::exchange(other.socket_, -1)) {}
  Attempt& operator=(Attempt&&) = delete;
  ~Attempt() { hang_up(); }

  [[nodiscard]] int socket() const { return socket_; }
  [[nodiscard]] bool over() const { return socket_ < 0; }
  [[nodiscard]] short wanted() const { return connected_ && !talk_.wants_write() ? POLLIN : POLLIN | POLLOUT; }
  [[nodiscard]] HelloAnswer take() { return std::move(answer_); }

  void on_event() {
    if (!connected_) {
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error != 0) return no_tcp(error);
      connected_ = true;
    }
    if (talk_.on_event(socket_)) end();
  }

  void time_is_up() {
    if (!connected_) return no_tcp(ETIMEDOUT);
    talk_.time_is_up();
    end();
  }

 private:
  void connect_to(const std::string& address, std::uint16_t port) {
    sockaddr_storage storage{};
    socklen_t size = 0;
    auto* v4 = static_cast<sockaddr_in*>(static_cast<void*>(&storage));
    auto* v6 = static_cast<sockaddr_in6*>(static_cast<void*>(&storage));
    if (inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
      v4->sin_family = AF_INET;
      v4->sin_port = htons(port);
      size = sizeof(sockaddr_in);
    } else if (inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1) {
      v6->sin6_family = AF_INET6;
      v6->sin6_port = htons(port);
      size = sizeof(sockaddr_in6);
    } else {
      return no_tcp(EADDRNOTAVAIL);
    }
    socket_ = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket_ < 0) return no_tcp(errno);
    const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&storage));
    if (::connect(socket_, generic, size) != 0 && errno != EINPROGRESS) no_tcp(errno);
  }

  void end() {
    answer_ = talk_.take();
    hang_up();
  }

  void no_tcp(int error) {
    answer_.kind = HelloAnswer::Kind::NoTcp;
    answer_.system_error = error;
    answer_.text = "no TCP connection: " + std::generic_category().message(error);
    hang_up();
  }

  void hang_up() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
    answer_.took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started_);
  }

  Clock::time_point started_;
  HelloTalk talk_;
  bool connected_ = false;
  HelloAnswer answer_;
  int socket_ = -1;
};

}  // namespace

HelloSecrets fresh_secrets() {
  HelloSecrets out;
  RAND_bytes(out.random.data(), static_cast<int>(out.random.size()));
  RAND_bytes(out.session_id.data(), static_cast<int>(out.session_id.size()));
  return out;
}

std::vector<HelloAnswer> probe_hellos(std::span<const HelloProbe> probes, std::chrono::milliseconds bound) {
  const Clock::time_point until = Clock::now() + bound;
  std::vector<Attempt> attempts;
  attempts.reserve(probes.size());
  for (const HelloProbe& probe : probes) attempts.emplace_back(probe);
  for (;;) {
    std::vector<pollfd> wanted;
    std::vector<Attempt*> waiting;
    for (Attempt& attempt : attempts) {
      if (attempt.over()) continue;
      wanted.push_back({attempt.socket(), attempt.wanted(), 0});
      waiting.push_back(&attempt);
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    if (waiting.empty() || left <= 0) break;
    if (poll(wanted.data(), wanted.size(), static_cast<int>(left)) < 0 && errno != EINTR) break;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (wanted[i].revents != 0) waiting[i]->on_event();
    }
  }
  std::vector<HelloAnswer> out;
  for (Attempt& attempt : attempts) {
    if (!attempt.over()) attempt.time_is_up();
    out.push_back(attempt.take());
  }
  return out;
}

}  // namespace easel

#include "lab/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace easel::lab {

std::expected<Port, std::string> Port::reserve(std::uint16_t number) {
  const auto failed = [&](const char* what) {
    return std::unexpected("port " + std::to_string(number) + " of 127.0.0.1: " + what + ": " +
                           std::generic_category().message(errno));
  };
  Port port(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), number);
  if (port.fd_ < 0) return failed("no socket");
  const int on = 1;
  ::setsockopt(port.fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(number);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(port.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return failed("cannot be bound");
  socklen_t size = sizeof address;
  if (::getsockname(port.fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0) return failed("has no name");
  port.number_ = ntohs(address.sin_port);
  return port;
}

Port::Port(Port&& other) noexcept : fd_(std::exchange(other.fd_, -1)), number_(other.number_) {}
Port& Port::operator=(Port&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(number_, other.number_);
  return *this;
}
Port::~Port() {
  if (fd_ >= 0) ::close(fd_);
}
bool Port::listen() const { return ::listen(fd_, 4096) == 0; }

bool Crew::run(std::function<void()> work) {
  {
    const std::scoped_lock lock(mutex_);
    if (count_ >= limit_) return false;
    ++count_;
  }
  const auto leave = [this] {
    const std::scoped_lock lock(mutex_);
    --count_;
    changed_.notify_all();
  };
  try {
    std::thread([work = std::move(work), leave] {
      work();
      leave();
    }).detach();
  } catch (const std::system_error&) {  // the system has no thread left
    leave();
    return false;
  }
  return true;
}

void Crew::wait_until_gone() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return count_ == 0; });
}

std::jthread accept_on(const Port& port, const StopSignal& stop, std::function<void(int)> accepted) {
  return std::jthread([fd = port.fd(), stop_fd = stop.fd(), accepted = std::move(accepted)] {
    std::array<pollfd, 2> fds{{{fd, POLLIN, 0}, {stop_fd, POLLIN, 0}}};
    while (::poll(fds.data(), fds.size(), -1) >= 0 || errno == EINTR) {
      if (fds[1].revents != 0) return;
      while (true) {
        const int socket = ::accept4(fd, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (socket < 0) {
          // Without a free descriptor the port stays readable; waiting is better than asking again at once.
          if (errno == EMFILE || errno == ENFILE) ::poll(&fds[1], 1, 20);
          break;
        }
        const int on = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        accepted(socket);
      }
    }
  });
}

}  // namespace easel::lab

#include "client/tls/hello_talk.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace easel {

HelloTalk::HelloTalk(const Hello& hello, const HelloSecrets& secrets, std::string_view server_name)
    : parser_(hello, secrets), unsent_(encode_hello(hello, server_name, secrets)) {}

bool HelloTalk::end(HelloAnswer::Kind how) {
  answer_ = parser_.finish(how);
  return true;
}

void HelloTalk::time_is_up() { end(HelloAnswer::Kind::Silence); }

void HelloTalk::send_some(int socket) {
  const ssize_t sent = ::send(socket, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
  if (sent > 0)
    unsent_.erase(0, static_cast<std::size_t>(sent));
  else if (sent < 0 && errno != EAGAIN && errno != EINTR)
    unsent_.clear();  // what the server said may be readable
}

bool HelloTalk::on_event(int socket) {
  if (!unsent_.empty()) send_some(socket);
  std::array<char, 16384> part{};
  for (;;) {
    const ssize_t size = ::recv(socket, part.data(), part.size(), MSG_DONTWAIT);
    if (size == 0) return end(HelloAnswer::Kind::Closed);
    if (size < 0) {
      if (errno == EAGAIN || errno == EINTR) return false;
      return end(errno == ECONNRESET ? HelloAnswer::Kind::Reset : HelloAnswer::Kind::Closed);
    }
    if (parser_.feed({part.data(), static_cast<std::size_t>(size)})) return end(HelloAnswer::Kind::Closed);
  }
}

}  // namespace easel

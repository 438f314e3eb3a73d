#include "lab/stream.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "lab/tls_impl.h"

namespace easel::lab {

namespace {

using Clock = std::chrono::steady_clock;

std::string describe(gnutls_session_t session) {
  std::string text;
  if (char* description = gnutls_session_get_desc(session); description != nullptr) {
    text = description;
    gnutls_free(description);
  }
  std::array<char, 256> name{};
  std::size_t size = name.size();
  unsigned type = 0;
  if (gnutls_server_name_get(session, name.data(), &size, &type, 0) == 0) text += " SNI " + std::string(name.data());
  return text;
}

std::string failure(gnutls_session_t session, int rc) {
  if (rc == GNUTLS_E_FATAL_ALERT_RECEIVED || rc == GNUTLS_E_WARNING_ALERT_RECEIVED) {
    const auto alert = gnutls_alert_get(session);
    const char* name = gnutls_alert_get_name(alert);
    return "alert received: " + std::to_string(static_cast<int>(alert)) + " " + (name != nullptr ? name : "?");
  }
  int level = 0;
  const int sent = gnutls_error_to_alert(rc, &level);
  return std::string(gnutls_strerror(rc)) + (sent >= 0 ? ", alert sent: " + std::to_string(sent) : "");
}

}  // namespace

struct Stream::Session {
  gnutls_session_t handle = nullptr;
  const TlsServer::Impl* server = nullptr;
  Session() = default;
  ~Session() {
    if (handle != nullptr) gnutls_deinit(handle);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
};

Stream::Stream(int fd, const StopSignal& stop) : fd_(fd), stop_(stop) {}
Stream::~Stream() {
  session_.reset();
  if (fd_ >= 0) ::close(fd_);
}

Io Stream::wait(short events, Clock::time_point until, int wake_fd) const {
  std::array<pollfd, 3> fds{{{fd_, events, 0}, {stop_.fd(), POLLIN, 0}, {wake_fd, POLLIN, 0}}};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    const int ready = ::poll(fds.data(), fds.size(), static_cast<int>(std::clamp<long>(left, 0, 3'600'000)));
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return Io::failed;
    if (fds[1].revents != 0) return Io::stopped;
    if (fds[2].revents != 0) return Io::ok;
    if (fds[0].revents != 0) return (fds[0].revents & (POLLERR | POLLNVAL)) != 0 ? Io::failed : Io::ok;
    if (left <= 0) return Io::timeout;
  }
}

HandshakeResult Stream::handshake(Clock::time_point until, int (*step)(Session&)) {
  while (true) {
    const int rc = step(*session_);
    if (rc == 0) return {true, describe(session_->handle)};
    if (gnutls_error_is_fatal(rc) != 0 || rc == GNUTLS_E_WARNING_ALERT_RECEIVED) {
      const std::string why = failure(session_->handle, rc);
      if (gnutls_error_is_fatal(rc) != 0 && rc != GNUTLS_E_FATAL_ALERT_RECEIVED)
        gnutls_alert_send_appropriate(session_->handle, rc);
      if (gnutls_error_is_fatal(rc) != 0 || gnutls_alert_get(session_->handle) == GNUTLS_A_NO_RENEGOTIATION)
        return {false, why};
    }
    if (rc != GNUTLS_E_AGAIN && rc != GNUTLS_E_INTERRUPTED) continue;
    const short events = gnutls_record_get_direction(session_->handle) == 0 ? POLLIN : POLLOUT;
    if (const Io io = wait(events, until); io != Io::ok)
      return {false, io == Io::timeout ? "the handshake took too long" : "the connection ended"};
  }
}

HandshakeResult Stream::start_tls(const TlsServer& server, Limit limit) {
  auto session = std::make_unique<Session>();
  const unsigned flags = GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL | GNUTLS_POST_HANDSHAKE_AUTH;
  if (gnutls_init(&session->handle, flags) != 0) return {false, "TLS session cannot be set up"};
  const TlsServer::Impl& impl = server.impl();
  session->server = &impl;
  gnutls_session_set_ptr(session->handle, const_cast<TlsServer::Impl*>(&impl));
  gnutls_priority_set(session->handle, impl.priority);
  gnutls_credentials_set(session->handle, GNUTLS_CRD_CERTIFICATE, impl.credentials);
  // A client that resumes at the renegotiation would not be asked for its certificate.
  const bool late = impl.shape.client_certificates.mode == ClientCertificateShape::Mode::after_request;
  if (impl.ticket_key.data != nullptr && !late) gnutls_session_ticket_enable_server(session->handle, &impl.ticket_key);
  const ClientCertificateShape& wanted = impl.shape.client_certificates;
  if (wanted.mode == ClientCertificateShape::Mode::handshake)
    gnutls_certificate_server_set_request(session->handle, wanted.alert ? GNUTLS_CERT_REQUIRE : GNUTLS_CERT_REQUEST);
  gnutls_transport_set_int(session->handle, fd_);
  session_ = std::move(session);
  return handshake(Clock::now() + limit, [](Session& s) { return gnutls_handshake(s.handle); });
}

HandshakeResult Stream::ask_for_certificate(Limit limit) {
  if (!session_) return {false, "there is no TLS"};
  const auto until = Clock::now() + limit;
  gnutls_certificate_server_set_request(session_->handle, GNUTLS_CERT_REQUEST);
  if (gnutls_protocol_get_version(session_->handle) >= GNUTLS_TLS1_3)
    return handshake(until, [](Session& s) { return gnutls_reauth(s.handle, 0); });
  const HandshakeResult asked = handshake(until, [](Session& s) { return gnutls_rehandshake(s.handle); });
  return asked.done ? handshake(until, [](Session& s) { return gnutls_handshake(s.handle); }) : asked;
}

bool Stream::resumed() const { return session_ && gnutls_session_is_resumed(session_->handle) != 0; }

std::string Stream::master_secret() const {
  gnutls_datum_t secret{};
  if (session_) gnutls_session_get_master_secret(session_->handle, &secret);
  return secret.data == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(secret.data), secret.size);
}

std::vector<std::string> Stream::peer_certificates() const {
  std::vector<std::string> out;
  unsigned size = 0;
  const gnutls_datum_t* chain = session_ ? gnutls_certificate_get_peers(session_->handle, &size) : nullptr;
  for (unsigned i = 0; chain != nullptr && i < size; ++i)
    out.emplace_back(reinterpret_cast<const char*>(chain[i].data), chain[i].size);
  return out;
}

std::string Stream::peek(Limit limit) const {
  if (wait(POLLIN, Clock::now() + limit) != Io::ok) return {};
  std::string out(4096, '\0');
  const auto got = ::recv(fd_, out.data(), out.size(), MSG_DONTWAIT | MSG_PEEK);
  out.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return out;
}

/// A client that asks for a renegotiation of its own accord is refused, unless the fault is that it is not.
Io Stream::renegotiation_wanted(Clock::time_point until) {
  if (!session_->server->shape.endless_renegotiation) {
    gnutls_alert_send(session_->handle, GNUTLS_AL_WARNING, GNUTLS_A_NO_RENEGOTIATION);
    return Io::ok;
  }
  return handshake(until, [](Session& s) { return gnutls_handshake(s.handle); }).done ? Io::ok : Io::failed;
}

Io Stream::after_tls_error(int rc, Clock::time_point until) {
  if (rc == GNUTLS_E_AGAIN || rc == GNUTLS_E_INTERRUPTED)
    return wait(gnutls_record_get_direction(session_->handle) == 0 ? POLLIN : POLLOUT, until);
  if (rc == GNUTLS_E_REHANDSHAKE) return renegotiation_wanted(until);
  if (rc == GNUTLS_E_PREMATURE_TERMINATION) return Io::closed;
  return gnutls_error_is_fatal(rc) != 0 ? Io::failed : Io::ok;
}

Io Stream::read(std::string& into, Limit limit) {
  const auto until = Clock::now() + limit;
  std::array<char, 16384> buffer;  // NOLINT: filled by the read
  while (true) {
    if (session_) {
      const auto got = gnutls_record_recv(session_->handle, buffer.data(), buffer.size());
      if (got > 0) {
        into.append(buffer.data(), static_cast<std::size_t>(got));
        return Io::ok;
      }
      if (got == 0) return Io::closed;
      if (const Io io = after_tls_error(static_cast<int>(got), until); io != Io::ok) return io;
      continue;
    }
    const auto got = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got > 0) {
      into.append(buffer.data(), static_cast<std::size_t>(got));
      return Io::ok;
    }
    if (got == 0) return Io::closed;
    if (errno != EAGAIN && errno != EINTR) return Io::failed;
    if (const Io io = wait(POLLIN, until); io != Io::ok) return io;
  }
}

Io Stream::write(std::string_view bytes, Limit limit) {
  const auto until = Clock::now() + limit;
  while (!bytes.empty()) {
    if (session_) {
      const auto sent = gnutls_record_send(session_->handle, bytes.data(), bytes.size());
      if (sent > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      } else if (const Io io = after_tls_error(static_cast<int>(sent), until); io != Io::ok) {
        return io;
      }
      continue;
    }
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN && errno != EINTR) {
      return Io::failed;
    } else if (const Io io = wait(POLLOUT, until); io != Io::ok) {
      return io;
    }
  }
  return Io::ok;
}

Io Stream::wait_for_peer_close(Limit limit, int wake_fd) {
  const auto until = Clock::now() + limit;
  const Io io = wait(POLLRDHUP, until, wake_fd);
  if (io != Io::ok) return io;
  pollfd wake{wake_fd, POLLIN, 0};
  return wake_fd >= 0 && ::poll(&wake, 1, 0) == 1 ? Io::ok : Io::closed;
}

void Stream::send_alert(int number) {
  if (session_) gnutls_alert_send(session_->handle, GNUTLS_AL_FATAL, static_cast<gnutls_alert_description_t>(number));
}

void Stream::close() {
  if (fd_ < 0) return;
  if (session_) gnutls_bye(session_->handle, GNUTLS_SHUT_WR);
  cut();
}

void Stream::cut() {
  if (fd_ < 0) return;
  ::shutdown(fd_, SHUT_WR);
  // Bytes of the peer that nobody read would turn the close into a reset that may overtake our last answer.
  std::array<char, 4096> rest;  // NOLINT: filled by the read
  const auto until = Clock::now() + std::chrono::milliseconds(200);
  while (wait(POLLIN, until) == Io::ok && ::recv(fd_, rest.data(), rest.size(), MSG_DONTWAIT) > 0) {
  }
  session_.reset();
  ::close(fd_);
  fd_ = -1;
}

void Stream::reset() {
  if (fd_ < 0) return;
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  session_.reset();
  ::close(fd_);
  fd_ = -1;
}

}  // namespace easel::lab

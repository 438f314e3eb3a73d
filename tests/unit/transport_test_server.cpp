#include "tests/unit/transport_test_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "client/tls/openssl_handles.h"

namespace easel::testing {
namespace {

X509Ptr read_x509(const Certificate& certificate) {
  const void* data = certificate.der.data();
  const auto* cursor = static_cast<const unsigned char*>(data);
  return X509Ptr(d2i_X509(nullptr, &cursor, static_cast<long>(certificate.der.size())));
}

SSL_CTX* make_context(const ServerOptions& options) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_cipher_list(context, options.ciphers.c_str());
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  const int version = options.max_version == "TLSv1.0"   ? TLS1_VERSION
                      : options.max_version == "TLSv1.2" ? TLS1_2_VERSION
                                                         : TLS1_3_VERSION;
  SSL_CTX_set_max_proto_version(context, version);
  SSL_CTX_set_dh_auto(context, 1);
  SSL_CTX_set_options(context, SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION);
  constexpr unsigned char kSessionContext = 1;
  SSL_CTX_set_session_id_context(context, &kSessionContext, 1);
  const X509Ptr leaf = read_x509(options.identity->certificate);
  const BioPtr bio(
      BIO_new_mem_buf(options.identity->key_pem.data(), static_cast<int>(options.identity->key_pem.size())));
  const KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  SSL_CTX_use_certificate(context, leaf.get());
  SSL_CTX_use_PrivateKey(context, key.get());
  for (const Certificate& certificate : options.chain) SSL_CTX_add1_chain_cert(context, read_x509(certificate).get());
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  for (const Certificate& root : options.client_roots) {
    const X509Ptr x509 = read_x509(root);
    X509_STORE_add_cert(store, x509.get());
    SSL_CTX_add_client_CA(context, x509.get());
  }
  if (!options.client_roots.empty() && !options.asks_later) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (options.require_client ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                       nullptr);
  }
  return context;
}

}  // namespace

struct TestServer::State {
  ServerOptions options;
  Handler handler;
  SSL_CTX* context = nullptr;
  int listener = -1;
  std::array<int, 2> stop{-1, -1};
  std::uint16_t port = 0;
  mutable std::mutex mutex;
  mutable std::condition_variable noted;
  std::vector<std::string> transcript;
  std::vector<int> sockets;
  int connections = 0;
  std::vector<std::thread> workers;
  std::thread acceptor;

  void note(std::string text) {
    const std::scoped_lock lock(mutex);
    transcript.push_back(std::move(text));
    noted.notify_all();
  }
  void accept_loop();
  void serve(int socket, int number);
};

namespace {

class Connection : public TestConnection {
 public:
  Connection(int socket, SSL* ssl, int number, std::function<void(std::string)> note)
      : socket_(socket), ssl_(ssl), number_(number), note_(std::move(note)) {}

  [[nodiscard]] int number() const override { return number_; }

  std::string read_some() override {
    std::array<char, 16384> part{};
    const auto size = ssl_ == nullptr ? ::read(socket_, part.data(), part.size())
                                      : SSL_read(ssl_, part.data(), static_cast<int>(part.size()));
    ERR_clear_error();
    return size > 0 ? std::string(part.data(), static_cast<std::size_t>(size)) : std::string();
  }

  std::string read_request() override {
    std::size_t end = std::string::npos;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
      const std::string more = read_some();
      if (more.empty()) return {};
      pending_ += more;
    }
    std::size_t size = end + 4;
    const std::size_t length = pending_.find("Content-Length: ");
    if (length < end) size += std::strtoul(pending_.c_str() + length + 16, nullptr, 10);
    while (pending_.size() < size) {
      const std::string more = read_some();
      if (more.empty()) break;
      pending_ += more;
    }
    std::string request = pending_.substr(0, size);
    pending_.erase(0, request.size());
    note_(std::to_string(number_) + " " + client_name() + ": " + request);
    return request;
  }

  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto size = ssl_ == nullptr ? ::write(socket_, bytes.data(), bytes.size())
                                        : SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
      ERR_clear_error();
      if (size <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
  }

  void reset() override {
    const linger now{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    reset_ = true;
  }

  bool ask_certificate(bool require) override {
    SSL_set_verify(ssl_, SSL_VERIFY_PEER | (require ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
    finished_ = false;
    SSL_set_msg_callback(ssl_, &Connection::on_message);
    SSL_set_msg_callback_arg(ssl_, this);
    const bool modern = SSL_version(ssl_) == TLS1_3_VERSION;
    const bool asked = modern ? SSL_verify_client_post_handshake(ssl_) == 1 : SSL_renegotiate(ssl_) == 1;
    bool ok = asked && SSL_do_handshake(ssl_) == 1;
    // Either way only the asking has been written. The client's part comes with the next read, which the test does
    // not expect to bring data: the request has been read already, and the answer not been given.
    if (ok) ok = await_certificate();
    if (!ok) note_(std::to_string(number_) + " asking failed: " + take_openssl_reason());
    return ok;
  }

  [[nodiscard]] std::string client_name() const override {
    if (ssl_ == nullptr) return {};
    const X509* x509 = SSL_get0_peer_certificate(ssl_);
    return x509 == nullptr ? std::string() : name_text(X509_get_subject_name(x509)).substr(3);
  }

  [[nodiscard]] std::string sni() const override {
    const char* name = ssl_ == nullptr ? nullptr : SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name);
    return name == nullptr ? "" : name;
  }

  [[nodiscard]] bool was_reset() const { return reset_; }

 private:
  static void on_message(int sent, int, int type, const void* data, std::size_t size, SSL*, void* self) {
    constexpr unsigned char kFinished = 20;
    const bool finished = size > 0 && *static_cast<const unsigned char*>(data) == kFinished;
    if (sent == 0 && type == SSL3_RT_HANDSHAKE && finished) static_cast<Connection*>(self)->finished_ = true;
  }

  /// Reading drives the client's part. The peek never gets data: the request has been read, the answer not been given.
  bool await_certificate() {
    const timeval brief{0, 20'000};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &brief, sizeof brief);
    int error = SSL_ERROR_WANT_READ;
    for (int round = 0; round < 500 && error == SSL_ERROR_WANT_READ && !finished_; ++round) {
      char octet = 0;
      error = SSL_get_error(ssl_, SSL_peek(ssl_, &octet, 1));
    }
    const timeval forever{0, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &forever, sizeof forever);
    return finished_ && error == SSL_ERROR_WANT_READ;
  }

  bool finished_ = false;
  int socket_;
  SSL* ssl_;
  int number_;
  std::function<void(std::string)> note_;
  std::string pending_;
  bool reset_ = false;
};

}  // namespace

void TestServer::State::serve(int socket, int number) {
  SSL* ssl = nullptr;
  const auto write_note = [this](std::string text) { note(std::move(text)); };
  bool reset = false;
  bool stands = true;
  if (context != nullptr) {
    ssl = SSL_new(context);
    SSL_set_fd(ssl, socket);
    stands = SSL_accept(ssl) == 1;
    if (!stands) note(std::to_string(number) + " handshake failed: " + take_openssl_reason());
  }
  if (stands) {
    Connection connection(socket, ssl, number, write_note);
    handler(connection);
    reset = connection.was_reset();
    if (ssl != nullptr && !reset) SSL_shutdown(ssl);
  }
  SSL_free(ssl);
  ERR_clear_error();
  const std::scoped_lock lock(mutex);
  std::erase(sockets, socket);
  close(socket);
}

void TestServer::State::accept_loop() {
  for (;;) {
    std::array<pollfd, 2> wanted = {pollfd{listener, POLLIN, 0}, pollfd{stop[0], POLLIN, 0}};
    poll(wanted.data(), wanted.size(), -1);
    if (wanted[1].revents != 0) return;
    const int socket = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    const std::scoped_lock lock(mutex);
    sockets.push_back(socket);
    const int number = ++connections;
    workers.emplace_back([this, socket, number] { serve(socket, number); });
  }
}

TestServer::TestServer(ServerOptions options, Handler handler) : state_(std::make_unique<State>()) {
  std::signal(SIGPIPE, SIG_IGN);
  State& state = *state_;
  state.options = std::move(options);
  state.handler = std::move(handler);
  if (state.options.identity) state.context = make_context(state.options);
  state.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = static_cast<sockaddr*>(static_cast<void*>(&address));
  if (bind(state.listener, generic, size) != 0 || listen(state.listener, 100) != 0) std::abort();
  getsockname(state.listener, generic, &size);
  state.port = ntohs(address.sin_port);
  if (pipe(state.stop.data()) != 0) std::abort();
  state.acceptor = std::thread([&state] { state.accept_loop(); });
}

TestServer::~TestServer() {
  State& state = *state_;
  if (::write(state.stop[1], "x", 1) != 1) std::abort();
  state.acceptor.join();
  {
    const std::scoped_lock lock(state.mutex);
    for (const int socket : state.sockets) shutdown(socket, SHUT_RDWR);
  }
  for (std::thread& worker : state.workers) worker.join();
  close(state.listener);
  close(state.stop[0]);
  close(state.stop[1]);
  SSL_CTX_free(state.context);
}

std::uint16_t TestServer::port() const { return state_->port; }

std::vector<std::string> TestServer::transcript() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->transcript;
}

std::vector<std::string> TestServer::transcript_of(std::size_t lines) const {
  std::unique_lock lock(state_->mutex);
  state_->noted.wait_for(lock, std::chrono::seconds(10), [&] { return state_->transcript.size() >= lines; });
  return state_->transcript;
}

int TestServer::connections() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->connections;
}

TestServer::Handler answer_always(std::string body) {
  return [body = std::move(body)](TestConnection& connection) {
    while (!connection.read_request().empty()) {
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    }
  };
}

TestServer::Handler answer_once(std::string bytes) {
  return [bytes = std::move(bytes)](TestConnection& connection) {
    if (!connection.read_request().empty()) connection.write(bytes);
  };
}

std::uint16_t closed_port() {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = static_cast<sockaddr*>(static_cast<void*>(&address));
  if (bind(probe, generic, size) != 0) std::abort();
  getsockname(probe, generic, &size);
  close(probe);
  return ntohs(address.sin_port);
}

}  // namespace easel::testing

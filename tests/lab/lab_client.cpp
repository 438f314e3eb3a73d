#include "tests/lab/lab_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>

#include "lab/http_message.h"

namespace easel::lab::test {

struct Client::Handles {
  SSL_CTX* context = nullptr;
  SSL* ssl = nullptr;
  int fd = -1;
  ~Handles() {
    SSL_free(ssl);
    SSL_CTX_free(context);
    if (fd >= 0) ::close(fd);
  }
};

std::string Answer::header(std::string_view name) const {
  std::string_view rest = head;
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 2);
    const auto colon = line.find(": ");
    if (colon != std::string_view::npos && equal_ignoring_case(line.substr(0, colon), name))
      return std::string(line.substr(colon + 2));
  }
  return {};
}

namespace {

void use_certificate(SSL_CTX* context, const LabClientCertificate& certificate) {
  BIO* bio = BIO_new_mem_buf(certificate.certificate_pem.data(), static_cast<int>(certificate.certificate_pem.size()));
  X509* leaf = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  bio = BIO_new_mem_buf(certificate.key_pem.data(), static_cast<int>(certificate.key_pem.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  SSL_CTX_use_certificate(context, leaf);
  SSL_CTX_use_PrivateKey(context, key);
  X509_free(leaf);
  EVP_PKEY_free(key);
}

}  // namespace

Client::Client(const LabFacts& facts, bool tls, bool sni, const TlsWishes& wishes)
    : handles_(std::make_unique<Handles>()) {
  handles_->fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(tls ? facts.https_port : facts.http_port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connection_.connected = ::connect(handles_->fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  const int on = 1;
  ::setsockopt(handles_->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (!tls || !connection_.connected) return;

  const timeval limit{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(handles_->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  handles_->context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_security_level(handles_->context, 0);
  SSL_CTX_set_min_proto_version(handles_->context, TLS1_VERSION);
  SSL_CTX_set_cipher_list(handles_->context, "ALL:@SECLEVEL=0");
  BIO* bio = BIO_new_mem_buf(facts.ca_pem.data(), static_cast<int>(facts.ca_pem.size()));
  X509* root = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(handles_->context), root);
  X509_free(root);
  if (wishes.tls_max == 12) SSL_CTX_set_max_proto_version(handles_->context, TLS1_2_VERSION);
  SSL_CTX_set_post_handshake_auth(handles_->context, 1);
  if (wishes.certificate != nullptr) use_certificate(handles_->context, *wishes.certificate);
  handles_->ssl = SSL_new(handles_->context);
  SSL_set1_host(handles_->ssl, facts.host.c_str());
  std::string server_name = facts.host;
  if (sni) SSL_ctrl(handles_->ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, server_name.data());
  SSL_set_fd(handles_->ssl, handles_->fd);
  connection_.handshake = SSL_connect(handles_->ssl) == 1;
  ERR_clear_error();
  if (!connection_.handshake) return;
  connection_.verify_error = static_cast<int>(SSL_get_verify_result(handles_->ssl));
  connection_.tls_version = SSL_get_version(handles_->ssl);
  const auto* chain = SSL_get_peer_cert_chain(handles_->ssl);
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    std::array<char, 256> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(sk_X509_value(chain, i)), NID_commonName, name.data(), name.size());
    connection_.subjects.emplace_back(name.data());
  }
}

Client::~Client() = default;

bool Client::send(std::string_view bytes) {
  if (handles_->ssl != nullptr)
    return SSL_write(handles_->ssl, bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
  return ::send(handles_->fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

/// -1 when the time is over, 0 when the peer has closed.
int Client::read_once(char* into, int size, int limit_ms) {
  if (handles_->ssl == nullptr || SSL_pending(handles_->ssl) == 0) {
    pollfd one{handles_->fd, POLLIN, 0};
    if (::poll(&one, 1, limit_ms) <= 0) return -1;
  }
  const int got = handles_->ssl != nullptr
                      ? SSL_read(handles_->ssl, into, size)
                      : static_cast<int>(::recv(handles_->fd, into, static_cast<std::size_t>(size), 0));
  if (got <= 0 && handles_->ssl != nullptr && SSL_get_error(handles_->ssl, got) == SSL_ERROR_WANT_READ) return -2;
  ERR_clear_error();
  return std::max(got, 0);
}

std::string Client::read_some(int limit_ms, std::size_t enough) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(limit_ms);
  std::string out;
  std::array<char, 16384> buffer{};
  while (out.size() < enough) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) break;
    const int got = read_once(buffer.data(), static_cast<int>(buffer.size()), static_cast<int>(left.count()));
    if (got == -2) continue;
    if (got <= 0) break;
    out.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return out;
}

Answer Client::call(const Call& call) {
  Answer answer = connection_;
  std::string request = call.method + " " + call.target + " HTTP/1.1\r\nHost: mail.contoso.test\r\n";
  for (const auto& [name, value] : call.headers) request.append(name).append(": ").append(value).append("\r\n");
  if (!call.body.empty() || call.method == "POST")
    request += "Content-Length: " + std::to_string(call.body.size()) + "\r\n";
  if (!send(request + "\r\n" + call.body)) return answer;
  std::string bytes;
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(call.limit_ms);
  std::array<char, 16384> buffer{};
  std::size_t wanted = SIZE_MAX;
  while (bytes.size() < wanted && bytes.size() < (32U << 20U)) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) break;
    const int got = read_once(buffer.data(), static_cast<int>(buffer.size()), static_cast<int>(left.count()));
    if (got == -2) continue;
    if (got <= 0) break;
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
    const auto end = bytes.find("\r\n\r\n");
    if (wanted != SIZE_MAX || end == std::string::npos) continue;
    answer.head = bytes.substr(0, end);
    answer.status = std::atoi(answer.head.substr(std::min(answer.head.size(), std::size_t{9})).c_str());
    const bool bodiless = call.method == "HEAD" || answer.status == 304;
    wanted = end + 4 + (bodiless ? 0 : std::strtoul(answer.header("Content-Length").c_str(), nullptr, 10));
  }
  if (!answer.head.empty()) answer.body = bytes.substr(answer.head.size() + 4);
  answer.complete = bytes.size() == wanted;
  return answer;
}

Answer ask(const LabFacts& facts, const Call& call, bool tls) {
  Client client(facts, tls);
  if (!client.connection().connected || (tls && !client.connection().handshake)) return client.connection();
  return client.call(call);
}

std::pair<std::string, std::string> basic(std::string_view user, std::string_view password) {
  const std::string pair = std::string(user) + ":" + std::string(password);
  std::string out(4 * (pair.size() / 3 + 1) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(pair.data()), static_cast<int>(pair.size()));
  out.resize(static_cast<std::size_t>(size));
  return {"Authorization", "Basic " + out};
}

}  // namespace easel::lab::test

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "client/transport/connection_key.h"
#include "client/transport/curl_transfer.h"

namespace easel {

void CurlFree::operator()(void* easy) const noexcept { curl_easy_cleanup(easy); }
void CurlFree::operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }

namespace {

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::strchr("!#$%&'*+-.^_`|~", c) != nullptr;
  });
}

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 253 + 2 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == ':' || c == '[' || c == ']' || static_cast<unsigned char>(c) >= 0x80;
  });
}

std::string bracketed(const std::string& host) {
  return host.find(':') != std::string::npos && host.front() != '[' ? "[" + host + "]" : host;
}

/// What would make another request of this one, or none at all.
std::string validate(const HttpRequest& request) {
  if (!is_token(request.method)) return "the method is not an HTTP token";
  if (request.scheme != "http" && request.scheme != "https") return "the scheme is neither http nor https";
  if (!is_host(request.host)) return "the host has characters that no host name has";
  if (request.port == 0) return "the port is 0";
  const bool bad_target = request.target.empty() || std::ranges::any_of(request.target, [](char c) {
                            return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
                          });
  if (bad_target) return "the request target is empty or has a space or control character";
  for (const Header& header : request.headers) {
    if (!is_token(header.name)) return "a header name is not an HTTP token";
    const bool breaks = std::ranges::any_of(header.value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
    if (breaks) return "the value of header " + header.name + " has a line break";
  }
  return {};
}

bool has_body(const HttpRequest& request) { return !request.body.empty() || request.method == "POST"; }

void append(std::unique_ptr<curl_slist, CurlFree>& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return;
  static_cast<void>(list.release());  // it begins the longer one
  list.reset(longer);
}

/// Our headers in our order; libcurl's own are named with nothing after the colon, which keeps them away.
void set_headers(CurlTransfer& transfer) {
  const HttpRequest& request = transfer.request.request;
  if (transfer.tunnel && find_header(request.headers, "Host") == nullptr) {
    const std::string port = request.port == 443 ? std::string() : ":" + std::to_string(request.port);
    append(transfer.header_lines, "Host: " + bracketed(request.host) + port);
  }
  for (const Header& header : request.headers) {
    if (header.name == "Host" && header.value.empty()) {  // HTTP/1.0, which need not name a host
      append(transfer.header_lines, "Host:");
      curl_easy_setopt(transfer.easy.get(), CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_0);
      continue;
    }
    append(transfer.header_lines, header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
  }
  for (const char* own : {"Accept", "Expect", "Content-Type", "User-Agent", "Proxy-Connection"}) {
    if (find_header(request.headers, own) == nullptr) append(transfer.header_lines, std::string(own) + ":");
  }
  curl_easy_setopt(transfer.easy.get(), CURLOPT_HTTPHEADER, transfer.header_lines.get());
  curl_easy_setopt(transfer.easy.get(), CURLOPT_HEADEROPT, CURLHEADER_SEPARATE);
}

std::size_t on_read(char* buffer, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const std::string& body = transfer.request.request.body;
  const std::size_t part = std::min(size * count, body.size() - transfer.body_sent);
  std::memcpy(buffer, body.data() + transfer.body_sent, part);
  transfer.body_sent += part;
  const std::chrono::milliseconds tunnel =
      transfer.tunnel ? 2 * transfer.request.bounds.connect : std::chrono::seconds(0);
  transfer.set_deadline(transfer, transfer.request.bounds.answer + tunnel);
  return part;
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  return transfer.reader->on_header_line({data, size * count}) ? size * count : 0;
}

std::size_t on_write(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  return transfer.reader->on_body({data, size * count}) ? size * count : 0;
}

/// libcurl sends a request again, silently, when a kept connection turns out to be closed. A retry is the Run's
/// decision: the second attempt gets no socket.
curl_socket_t on_open_socket(void* self, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (transfer.begun) {
    transfer.resend_stopped = true;
    return CURL_SOCKET_BAD;
  }
  transfer.new_socket = true;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

CURLcode on_ssl_context(CURL*, void* context, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  transfer.watch = std::make_shared<TlsWatch>();
  transfer.watch->identity = transfer.request.identity;
  transfer.watch->judge = transfer.judge;
  transfer.watch->key = transfer.key;
  transfer.watch->host = transfer.request.request.host;
  transfer.watch->allow_untrusted = transfer.request.allow_untrusted;
  transfer.watch->keep_session = transfer.request.keep_session;
  transfer.watch->clock = transfer.clock;
  transfer.stage = TransferStage::Securing;
  transfer.set_deadline(transfer, transfer.request.bounds.connect);
  transfer.fault = attach_watch(transfer.watch, static_cast<ssl_ctx_st*>(context));
  return transfer.fault.empty() ? CURLE_OK : CURLE_ABORTED_BY_CALLBACK;
}

/// Called when the connection stands and nothing of the request has been sent.
int on_before_request(void* self, char* peer, char*, int port, int) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (transfer.begun) {
    transfer.resend_stopped = true;
    return CURL_PREREQFUNC_ABORT;
  }
  if (!transfer.tunnel) transfer.peer = bracketed(peer) + ":" + std::to_string(port);
  if (transfer.request.request.scheme == "https" && !transfer.tunnel && !is_raw(transfer.request)) {
    const curl_tlssessioninfo* info = nullptr;
    curl_easy_getinfo(transfer.easy.get(), CURLINFO_TLS_SSL_PTR, &info);
    transfer.watch = info == nullptr ? nullptr : watch_of(static_cast<const ssl_st*>(info->internals));
    if (!transfer.watch || transfer.watch->key != transfer.key) {
      transfer.fault = "libcurl offered a connection that belongs to another identity";
      return CURL_PREREQFUNC_ABORT;
    }
  }
  transfer.begun = true;
  transfer.stage = TransferStage::Answering;
  // A tunnel has yet to connect and to shake hands, each within a bound that it keeps itself.
  const std::chrono::milliseconds tunnel =
      transfer.tunnel ? 2 * transfer.request.bounds.connect : std::chrono::seconds(0);
  transfer.set_deadline(transfer, transfer.request.bounds.answer + tunnel);
  return transfer.request.connect_only && !is_raw(transfer.request) ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

void set_connection(CurlTransfer& transfer) {
  CURL* easy = transfer.easy.get();
  const SendRequest& send = transfer.request;
  const bool raw = is_raw(send);
  const bool plain = send.request.scheme == "http" || transfer.tunnel || raw;
  const std::string pem = connection_key_pem(transfer.key);
  curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_COPY};
  curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
  curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);  // the name is part of our verdict, which comes earlier
  curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, send.keep_session ? 1L : 0L);
  if (send.keep_session) curl_easy_setopt(easy, CURLOPT_SHARE, transfer.sessions);
  curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, &on_ssl_context);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &on_open_socket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &on_before_request);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, &transfer);
  // A plain connection has no identity that libcurl could compare: it is used once.
  const bool fresh = plain || send.fresh_connection || send.connect_only || send.keep_session;
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, !raw && (plain || send.connect_only) ? 1L : 0L);
  if (raw) {
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
  }
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(2 * send.bounds.connect.count() + 5000));
  const Route& route = send.route;
  const std::string& target = route.addresses.empty() ? route.connect_to_host : route.addresses[transfer.address];
  const std::string port = route.connect_to_port == 0 ? std::string() : std::to_string(route.connect_to_port);
  if (transfer.tunnel) {
    curl_easy_setopt(easy, CURLOPT_ABSTRACT_UNIX_SOCKET, transfer.tunnel->socket_name().c_str());
  } else if (!target.empty() || !port.empty()) {
    append(transfer.connect_to, "::" + (target.empty() ? target : bracketed(target)) + ":" + port);
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, transfer.connect_to.get());
  }
  curl_easy_setopt(easy, CURLOPT_PROXY, route.proxy.c_str());  // empty: none, whatever the environment says
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (!route.proxy_user.empty()) {
    curl_easy_setopt(easy, CURLOPT_PROXYAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(easy, CURLOPT_PROXYUSERNAME, route.proxy_user.c_str());
    curl_easy_setopt(easy, CURLOPT_PROXYPASSWORD, route.proxy_password.c_str());
  }
}

void set_message(CurlTransfer& transfer) {
  CURL* easy = transfer.easy.get();
  const HttpRequest& request = transfer.request.request;
  // TLS is the tunnel's, or the talk's
  const std::string scheme = transfer.tunnel || is_raw(transfer.request) ? "http" : request.scheme;
  const std::string origin = scheme + "://" + bracketed(request.host) + ":" + std::to_string(request.port);
  const bool absolute = request.scheme == "http" && !transfer.request.route.proxy.empty();  // RFC 9112, 3.2.2
  curl_easy_setopt(easy, CURLOPT_URL, (origin + "/").c_str());
  curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET, ((absolute ? origin : std::string()) + request.target).c_str());
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  if (has_body(request)) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, &on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, &transfer);
  } else if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);  // undone by us, within our bound
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &on_write);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  set_headers(transfer);
}

}  // namespace

namespace {

/// Where the device has nothing in common with OpenSSL 3, GnuTLS holds the session.
std::string open_tunnel(CurlTransfer& transfer) {
  const SendRequest& send = transfer.request;
  transfer.tunnel.reset();
  if (send.request.scheme != "https" || send.identity->offer.legacy_priority.empty() || is_raw(send)) return {};
  if (!send.route.proxy.empty()) return "a legacy session cannot go through a proxy";
  LegacyTunnelOptions options;
  options.identity = send.identity;
  options.judge = transfer.judge;
  options.host = send.request.host;
  options.addresses = send.route.addresses;
  options.connect_host = send.route.connect_to_host.empty() ? send.request.host : send.route.connect_to_host;
  options.port = send.route.connect_to_port == 0 ? send.request.port : send.route.connect_to_port;
  options.allow_untrusted = send.allow_untrusted;
  options.kept = transfer.kept;
  options.connect = send.bounds.connect;
  options.clock = transfer.clock;
  transfer.tunnel = LegacyTunnel::open(std::move(options));
  return transfer.tunnel ? std::string() : "no socket or thread is left for a legacy session";
}

}  // namespace

std::string prepare(CurlTransfer& transfer) {
  if (std::string problem = validate(transfer.request.request); !problem.empty()) return problem;
  if (!transfer.request.identity) return "the request has no connection identity";
  if (std::string problem = open_tunnel(transfer); !problem.empty()) return problem;
  transfer.easy.reset(curl_easy_init());
  transfer.header_lines.reset();
  transfer.connect_to.reset();
  if (!transfer.easy) return "libcurl has no memory";
  curl_easy_setopt(transfer.easy.get(), CURLOPT_PRIVATE, &transfer);
  curl_easy_setopt(transfer.easy.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(transfer.easy.get(), CURLOPT_ERRORBUFFER, transfer.error.data());
  set_connection(transfer);
  set_message(transfer);
  return {};
}

}  // namespace easel

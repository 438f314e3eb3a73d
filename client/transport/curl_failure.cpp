#include <curl/curl.h>

#include <cerrno>
#include <string_view>
#include <system_error>

#include "client/transport/bound_options.h"
#include "client/transport/curl_transfer.h"

namespace easel {

using Outcome = std::variant<HttpResponse, TlsFailure, NetworkFailure>;

namespace {

std::string seconds(std::chrono::milliseconds time) {
  if (time.count() % 1000 == 0) return std::to_string(time.count() / 1000) + " s";
  return std::to_string(time.count()) + " ms";
}

NetworkFailure network(const CurlTransfer& transfer, NetworkFailure::Kind kind, std::string text) {
  return {kind, std::move(text), transfer.stage != TransferStage::Connecting, transfer.reader->received()};
}

bool says(const CurlTransfer& transfer, std::string_view words) {
  return std::string_view(transfer.error.data()).find(words) != std::string_view::npos;
}

/// OpenSSL's reason out of libcurl's "error:0A000152:SSL routines:function:reason"; empty if there is none.
std::string tls_reason(const CurlTransfer& transfer) {
  std::string_view text = transfer.error.data();
  const std::size_t routines = text.find("SSL routines:");
  if (routines == std::string_view::npos) return {};
  text.remove_prefix(text.find(':', routines + 13) + 1);
  return std::string(text.substr(0, text.find_first_of(",:\n")));
}

bool is_end_of_file(const CurlTransfer& transfer) {
  return says(transfer, "unexpected eof") || says(transfer, "SSL_ERROR_SYSCALL") || says(transfer, "errno 0");
}

bool is_reset(const CurlTransfer& transfer) {
  return says(transfer, "reset by peer") || says(transfer, "errno 104") || says(transfer, "Broken pipe") ||
         says(transfer, "errno 32");
}

std::string printable(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += c >= 0x20 && c < 0x7f ? c : '.';
  return out;
}

TlsFailure handshake_failure(const CurlTransfer& transfer, TlsFailure::Phase phase) {
  TlsFailure failure;
  failure.phase = phase;
  const TlsWatch& watch = *transfer.watch;
  const std::string when = phase == TlsFailure::Phase::AfterRequest ? " after the request" : " in the handshake";
  if (watch.stopped_by_verdict) {
    failure.kind = TlsFailure::Kind::Verdict;
    failure.alert = watch.alert_sent;
    failure.text = "we stopped" + when + ": " + watch.session.verdict.complaints.front().text;
  } else if (!watch.alert.empty()) {
    failure.kind = TlsFailure::Kind::Alert;
    failure.alert = watch.alert;
    failure.text = "the server ended TLS" + when + " with the alert " + watch.alert;
  } else if (!watch.not_tls.empty()) {
    failure.kind = TlsFailure::Kind::Protocol;
    failure.text =
        watch.not_tls.starts_with("HTTP")
            ? "the port speaks plain HTTP, not TLS"
            : "the answer to our ClientHello is no TLS record: it begins with \"" + printable(watch.not_tls) + "\"";
  } else if (is_reset(transfer)) {
    failure.kind = TlsFailure::Kind::Closed;
    failure.text = "the server reset the connection" + when;
  } else if (is_end_of_file(transfer)) {
    failure.kind = TlsFailure::Kind::Closed;
    failure.text = "the server closed the connection" + when;
  } else {
    failure.kind = TlsFailure::Kind::Protocol;
    const std::string reason = tls_reason(transfer);
    failure.text = "TLS failed" + when + (reason.empty() ? "" : ": " + reason) +
                   (watch.alert_sent.empty() ? "" : "; we sent the alert " + watch.alert_sent);
  }
  return failure;
}

Outcome connect_failure(CurlTransfer& transfer) {
  long connect_code = 0;
  long os_error = 0;
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_HTTP_CONNECTCODE, &connect_code);
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_OS_ERRNO, &os_error);
  if (connect_code != 0 && connect_code / 100 != 2) {
    return network(transfer, NetworkFailure::Kind::Proxy,
                   "the proxy answered CONNECT with " + std::to_string(connect_code));
  }
  const int error = static_cast<int>(os_error);
  if (error == ECONNREFUSED) return network(transfer, NetworkFailure::Kind::Refused, "the connection was refused");
  if (error == ETIMEDOUT) {
    return network(transfer, NetworkFailure::Kind::ConnectTimeout, "the system gave up connecting: no answer");
  }
  if (error == ECONNRESET) return network(transfer, NetworkFailure::Kind::Refused, "the connection was reset at once");
  if (error == EHOSTUNREACH || error == ENETUNREACH || error == EACCES || error == EPERM) {
    return network(transfer, NetworkFailure::Kind::Unreachable,
                   "no way to the host: " + std::generic_category().message(error));
  }
  return network(transfer, error == 0 ? NetworkFailure::Kind::Unreachable : NetworkFailure::Kind::Ours,
                 "no TCP connection" + (error == 0 ? std::string() : ": " + std::generic_category().message(error)));
}

Outcome closed_or_reset(const CurlTransfer& transfer) {
  if (transfer.watch && transfer.stage == TransferStage::Answering) {
    if (!transfer.watch->alert.empty() || transfer.watch->stopped_by_verdict) {
      return handshake_failure(transfer, TlsFailure::Phase::AfterRequest);
    }
    if (!tls_reason(transfer).empty() && !is_end_of_file(transfer)) {
      return handshake_failure(transfer, TlsFailure::Phase::AfterRequest);
    }
  }
  if (is_reset(transfer)) {
    return network(transfer, NetworkFailure::Kind::Reset, "the server reset the connection after the request");
  }
  const std::uint64_t received = transfer.reader->received();
  return network(transfer, NetworkFailure::Kind::Closed,
                 received == 0 ? "the server closed the connection without an answer"
                               : "the server closed the connection in the middle of its answer, after " +
                                     std::to_string(received) + " octets");
}

Outcome receive_failure(CurlTransfer& transfer) {
  long connect_code = 0;
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_HTTP_CONNECTCODE, &connect_code);
  if (transfer.stage == TransferStage::Connecting && connect_code != 0) return connect_failure(transfer);
  if (says(transfer, "chunk") || says(transfer, "hexadecimal")) {
    return network(transfer, NetworkFailure::Kind::Malformed, "the chunked body is malformed");
  }
  if (says(transfer, "Too large response headers")) {
    return network(transfer, NetworkFailure::Kind::TooLarge, "the header lines passed libcurl's own bound of 300 KiB");
  }
  return closed_or_reset(transfer);
}

Outcome other_failure(const CurlTransfer& transfer, CURLcode code) {
  const std::string text = curl_easy_strerror(code);
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
      return network(transfer, NetworkFailure::Kind::Malformed, "the answer does not begin with an HTTP/1 status line");
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
      return network(transfer, NetworkFailure::Kind::Malformed,
                     says(transfer, "Nul byte")         ? "a header line has a NUL octet"
                     : says(transfer, "Content-Length") ? "Content-Length is not a number"
                                                        : "the answer is not HTTP: " + text);
    case CURLE_FILESIZE_EXCEEDED:
      return network(transfer, NetworkFailure::Kind::Malformed, "Content-Length is larger than any file");
    case CURLE_OUT_OF_MEMORY:
      if (transfer.begun) {
        return network(transfer, NetworkFailure::Kind::TooLarge, "one header line passed libcurl's bound of 100 KiB");
      }
      [[fallthrough]];
    default:
      return network(transfer, NetworkFailure::Kind::Ours, "libcurl: " + text);
  }
}

}  // namespace

Outcome judge_end(CurlTransfer& transfer, int code) {
  if (transfer.tunnel && code != CURLE_OK) {
    const LegacyTunnel::Report report = transfer.tunnel->report();
    if (const auto* failure = std::get_if<TlsFailure>(&report.failure)) return *failure;
    if (const auto* failure = std::get_if<NetworkFailure>(&report.failure)) return *failure;
  }
  if (!transfer.fault.empty()) return network(transfer, NetworkFailure::Kind::Ours, transfer.fault);
  if (transfer.resend_stopped) {
    return network(transfer, NetworkFailure::Kind::Closed,
                   "the kept connection was closed when the request arrived; it was not sent again");
  }
  if (transfer.reader->failure()) return *transfer.reader->failure();
  switch (static_cast<CURLcode>(code)) {
    case CURLE_OK:
      if (!transfer.reader->on_end()) return *transfer.reader->failure();
      return transfer.reader->take();
    case CURLE_ABORTED_BY_CALLBACK:
      if (transfer.request.connect_only && transfer.begun) return HttpResponse{};
      return other_failure(transfer, CURLE_ABORTED_BY_CALLBACK);
    case CURLE_COULDNT_RESOLVE_HOST:
      return network(transfer, NetworkFailure::Kind::NameNotFound,
                     "DNS has no address for " + (transfer.request.route.connect_to_host.empty()
                                                      ? transfer.request.request.host
                                                      : transfer.request.route.connect_to_host));
    case CURLE_COULDNT_RESOLVE_PROXY:
      return network(transfer, NetworkFailure::Kind::Proxy, "DNS has no address for the proxy");
    case CURLE_COULDNT_CONNECT:
      return connect_failure(transfer);
    case CURLE_OPERATION_TIMEDOUT:
      return judge_timeout(transfer);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM:
      if (transfer.watch) return handshake_failure(transfer, TlsFailure::Phase::Handshake);
      return other_failure(transfer, static_cast<CURLcode>(code));
    case CURLE_RECV_ERROR:
      return receive_failure(transfer);
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
      return closed_or_reset(transfer);
    default:
      return other_failure(transfer, static_cast<CURLcode>(code));
  }
}

Outcome judge_timeout(const CurlTransfer& transfer) {
  const Bounds& bounds = transfer.request.bounds;
  switch (transfer.stage) {
    case TransferStage::Connecting:
      return network(
          transfer, NetworkFailure::Kind::ConnectTimeout,
          "no TCP connection within " + seconds(bounds.connect) + " (" + std::string(kConnectTimeoutOption) + ")");
    case TransferStage::Securing:
      return network(transfer, NetworkFailure::Kind::AnswerTimeout,
                     "TCP stood, but the TLS handshake did not end within " + seconds(bounds.connect) + " (" +
                         std::string(kConnectTimeoutOption) + ")");
    case TransferStage::Answering:
      break;
  }
  const std::uint64_t received = transfer.reader->received();
  return network(
      transfer, NetworkFailure::Kind::AnswerTimeout,
      (received == 0 ? "no answer" : "the answer was not complete (" + std::to_string(received) + " octets)") +
          std::string(" within ") + seconds(bounds.answer) + " of the request (" + std::string(kAnswerTimeoutOption) +
          ")");
}

}  // namespace easel

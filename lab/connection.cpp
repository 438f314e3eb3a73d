#include "lab/connection.h"

#include <chrono>
#include <utility>

#include "lab/http_responder.h"
#include "lab/stream.h"
#include "lab/wire_responder.h"

namespace easel::lab {

namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds kHandshakeLimit = 30s;
constexpr std::chrono::milliseconds kIdleLimit = 10min;
constexpr std::chrono::milliseconds kWriteLimit = 60s;

class Connection {
 public:
  Connection(Site& site, int fd, const std::string& listener, bool tls, std::uint64_t number)
      : site_(site), stream_(fd, site.stop), reader_(stream_), log_{site, listener, number}, tls_(tls) {}

  void serve() {
    log_.add(Event::tcp_accepted, "");
    log_.add(Event::closed, run());
  }

 private:
  [[nodiscard]] const WireScript* script(WirePhase phase) const {
    const auto& wire = site_.behaviour.wire;
    return tls_ && wire && wire->phase == phase ? &*wire : nullptr;
  }

  std::string play(const WireScript& script) {
    play_wire_script(script, stream_, reader_, log_);
    return "by the lab, after its script";
  }

  /// Serves to the end; the text says who ended the connection.
  std::string run() {
    if (const WireScript* wire = script(WirePhase::accept); wire != nullptr) return play(*wire);
    if (tls_) {
      const HandshakeResult handshake = stream_.start_tls(*site_.tls, kHandshakeLimit);
      log_.add(handshake.done ? Event::tls_done : Event::tls_failed, handshake.text);
      if (!handshake.done) {
        stream_.cut();
        return "by the lab, after the handshake failed";
      }
    }
    if (const WireScript* wire = script(WirePhase::tls); wire != nullptr) return play(*wire);
    std::string end;
    while (end.empty()) end = one_request();
    return end;
  }

  std::string gone(Io io, const std::string& why) {
    if (!why.empty()) log_.add(Event::broken, why);
    if (io == Io::failed && !why.empty())
      stream_.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 1s);
    stream_.close();
    switch (io) {
      case Io::stopped:
        return "by the lab, which stops";
      case Io::timeout:
        return "by the lab, after a long silence";
      case Io::closed:
        return "by the peer";
      default:
        return "by an error";
    }
  }

  /// Empty when the connection stays open.
  std::string one_request() {
    auto head = reader_.read_head(kIdleLimit);
    if (head.io != Io::ok) return gone(head.io, head.why);
    const bool to_eas = in_eas_directory(head.request.path);
    if (const WireScript* wire = script(WirePhase::headers); wire != nullptr && to_eas) {
      log_.request(head.request);
      return play(*wire);
    }
    auto whole = reader_.read_body(std::move(head.request), kIdleLimit);
    log_.request(whole.request);
    if (whole.io != Io::ok) return gone(whole.io, whole.why.empty() ? "the body is cut short" : whole.why);
    if (const WireScript* wire = script(WirePhase::request); wire != nullptr && to_eas) return play(*wire);
    return answer(whole.request);
  }

  std::string answer(const HttpRequest& request) {
    HttpResponse response =
        respond(request, site_, stream_.encrypted(),
                [this](std::chrono::milliseconds limit, int wake) { return stream_.wait_for_peer_close(limit, wake); });
    if (response.status == 0) {
      stream_.close();
      return "by the peer, or the lab stops, while a request waited";
    }
    finish(response, request, site_);
    log_.response(response);
    if (const Io io = stream_.write(serialized(response, request.method == "HEAD"), kWriteLimit); io != Io::ok)
      return gone(io, "");
    if (!response.close) return {};
    stream_.close();
    return "by the lab, as it said";
  }

  Site& site_;
  Stream stream_;
  RequestReader reader_;
  ConnectionLog log_;
  bool tls_;
};

}  // namespace

void serve_connection(Site& site, int fd, const std::string& listener, bool tls, std::uint64_t number) {
  Connection(site, fd, listener, tls, number).serve();
}

}  // namespace easel::lab

#include "lab/connection.h"

#include <chrono>
#include <optional>
#include <utility>

#include "lab/canned_hello.h"
#include "lab/http_responder.h"
#include "lab/stream.h"
#include "lab/wire_responder.h"

namespace easel::lab {

namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds kHandshakeLimit = 30s;
constexpr std::chrono::milliseconds kIdleLimit = 10min;
constexpr std::chrono::milliseconds kWriteLimit = 60s;
constexpr std::string_view kBadRequest = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

class Connection {
 public:
  Connection(Site& site, int fd, const Door& door, std::uint64_t number)
      : site_(site), door_(door), stream_(fd, site.stop), reader_(stream_), log_{site, door, number} {}

  void serve() {
    log_.add(Event::tcp_accepted, "");
    log_.add(Event::closed, run());
  }

 private:
  [[nodiscard]] const WireScript* script(WirePhase phase) const {
    const auto& wire = door_.behaviour.wire;
    return door_.role == Door::Role::https && wire && wire->phase == phase ? &*wire : nullptr;
  }

  std::string play(const WireScript& script) {
    play_wire_script(script, stream_, reader_, log_);
    return "by the lab, after its script";
  }

  /// Serves to the end; the text says who ended the connection.
  std::string run() {
    if (const WireScript* wire = script(WirePhase::accept); wire != nullptr) return play(*wire);
    if (door_.tls) {
      if (door_.role == Door::Role::https && answered_canned()) return "by the lab, after a canned hello";
      const HandshakeResult handshake = stream_.start_tls(*door_.tls, kHandshakeLimit);
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

  /// Looks at the hello before TLS does, and answers those that this TLS library would refuse.
  bool answered_canned() {
    const CannedShape& canned = door_.behaviour.tls.canned;
    if (!canned.any()) return false;
    const auto hello = read_client_hello(stream_.peek(kHandshakeLimit));
    const std::string answer = hello ? canned_answer(*hello, canned, door_.chain.sent) : std::string();
    if (answer.empty()) return false;
    log_.add(Event::wire, "canned hello");
    stream_.write(answer, kWriteLimit);
    std::string ignored;
    stream_.read(ignored, kHandshakeLimit);
    while (stream_.read(ignored, 1s) == Io::ok) {
    }
    stream_.cut();
    return true;
  }

  std::string gone(Io io, const std::string& why) {
    if (!why.empty()) log_.add(Event::broken, why);
    if (io == Io::failed && !why.empty()) stream_.write(kBadRequest, 1s);
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
    const bool signed_post = whole.request.method == "POST" && has_header(whole.request.headers, "Authorization");
    if (const WireScript* wire = script(WirePhase::post); wire != nullptr && to_eas && signed_post) return play(*wire);
    return answer(whole.request);
  }

  CertificateJudgement judge_certificate() {
    if (judgement_) return *judgement_;
    if (door_.behaviour.tls.client_certificates.mode == ClientCertificateShape::Mode::after_request) {
      const HandshakeResult again = stream_.ask_for_certificate(kHandshakeLimit);
      log_.add(again.done ? Event::tls_done : Event::tls_failed, "after the request: " + again.text);
    }
    judgement_ = judge_client_certificate(stream_.peer_certificates(), site_.client_authority,
                                          door_.behaviour.tls.client_certificates, site_.facts.accounts);
    log_.add(Event::client_certificate, judgement_->subject.empty() ? "none" : judgement_->subject);
    return *judgement_;
  }

  /// Waits for one of the server's workers. False when the peer or the lab did not wait as long.
  bool take_worker() {
    const std::size_t limit = door_.behaviour.http.workers;
    std::size_t busy = site_.workers_busy.load();
    while (limit != 0 && (busy >= limit || !site_.workers_busy.compare_exchange_strong(busy, busy + 1))) {
      if (busy >= limit && stream_.wait_for_peer_close(10ms) != Io::timeout) return false;
      busy = site_.workers_busy.load();
    }
    return true;
  }

  std::string answer(const HttpRequest& request) {
    if (!take_worker()) {
      stream_.close();
      return "by the peer, or the lab stops, while no worker was free";
    }
    std::string end = answer_now(request);
    if (door_.behaviour.http.workers != 0) --site_.workers_busy;
    return end;
  }

  /// What a server would do that takes a TLS session for a log-on.
  void remember_log_on(bool before) {
    if (!door_.behaviour.auth.log_on_resumes) return;
    const std::scoped_lock lock(site_.memory.mutex);
    std::string& user = site_.memory.resumable[stream_.master_secret()];
    if (before && signed_in_.empty()) signed_in_ = user;
    if (!before && !signed_in_.empty()) user = signed_in_;
  }

  std::string answer_now(const HttpRequest& request) {
    remember_log_on(true);
    HttpResponse response = respond(
        request, site_,
        {.door = door_,
         .resumed = stream_.resumed(),
         .signed_in = signed_in_,
         .wait = [this](std::chrono::milliseconds limit, int wake) { return stream_.wait_for_peer_close(limit, wake); },
         .certificate = [this] { return judge_certificate(); }});
    remember_log_on(false);
    if (response.status == 0) {
      stream_.close();
      return "by the peer, or the lab stops, while a request waited";
    }
    finish(response, request, door_.behaviour);
    log_.response(response);
    if (const Io io = stream_.write(serialized(response, request.method == "HEAD"), kWriteLimit); io != Io::ok)
      return gone(io, "");
    if (!response.close) return {};
    stream_.close();
    return "by the lab, as it said";
  }

  Site& site_;
  const Door& door_;
  Stream stream_;
  RequestReader reader_;
  ConnectionLog log_;
  std::optional<CertificateJudgement> judgement_;
  std::string signed_in_;
};

}  // namespace

void serve_connection(Site& site, int fd, const Door& door, std::uint64_t number) {
  Connection(site, fd, door, number).serve();
}

}  // namespace easel::lab

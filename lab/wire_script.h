#pragma once
// The language of the `wire` responder: what it does to a connection, step by step. Scripts stand in faults.inc.

#include <string>
#include <utility>
#include <vector>

namespace easel::lab {

/// One step. `{host}`, `{https_port}` and `{http_port}` in `bytes` are replaced when it is sent.
struct WireStep {
  enum class Op {
    send,          ///< write `bytes`
    send_forever,  ///< write `bytes` again and again until the peer or the lab ends it
    drip,          ///< write `bytes`, one each `number` milliseconds
    pause,         ///< do nothing for `number` milliseconds
    silence,       ///< do nothing until the peer or the lab ends it
    read_some,     ///< wait for bytes and drop them
    read_request,  ///< read a whole HTTP request
    tls,           ///< do the TLS handshake
    alert,         ///< send the fatal TLS alert `number`
    cut,           ///< close the socket without a TLS close
    reset,         ///< close the socket with a TCP reset
    close          ///< close in good order; also what follows the last step
  };
  Op op = Op::close;
  std::string bytes{};
  int number = 0;
};

/// When a script takes the connection over from the `http` responder.
enum class WirePhase {
  accept,   ///< right after TCP accept
  tls,      ///< after the TLS handshake, before a request is read
  headers,  ///< after the headers of a request to the EAS directory, its body unread
  request,  ///< after a whole request to the EAS directory
  post      ///< after a whole POST to the EAS directory that carries credentials
};

struct WireScript {
  WirePhase phase = WirePhase::request;
  std::vector<WireStep> steps{};
};

namespace wire {
inline WireStep send(std::string bytes) { return {WireStep::Op::send, std::move(bytes), 0}; }
/// A whole answer of 200 with that body as WBXML.
inline WireStep wbxml(const std::string& body) {
  return send("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.ms-sync.wbxml\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n\r\n" + body);
}
inline WireStep send_forever(std::string bytes) { return {WireStep::Op::send_forever, std::move(bytes), 0}; }
inline WireStep drip(std::string bytes, int ms) { return {WireStep::Op::drip, std::move(bytes), ms}; }
inline WireStep pause(int ms) { return {WireStep::Op::pause, {}, ms}; }
inline WireStep silence() { return {WireStep::Op::silence, {}, 0}; }
inline WireStep read_some() { return {WireStep::Op::read_some, {}, 0}; }
inline WireStep read_request() { return {WireStep::Op::read_request, {}, 0}; }
inline WireStep tls() { return {WireStep::Op::tls, {}, 0}; }
inline WireStep alert(int number) { return {WireStep::Op::alert, {}, number}; }
inline WireStep cut() { return {WireStep::Op::cut, {}, 0}; }
inline WireStep reset() { return {WireStep::Op::reset, {}, 0}; }
inline WireStep close() { return {WireStep::Op::close, {}, 0}; }
}  // namespace wire

}  // namespace easel::lab

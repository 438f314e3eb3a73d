#include "lab/wire_responder.h"

#include <chrono>
#include <string_view>
#include <utility>

namespace easel::lab {

namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds kForever = 1h;

std::string excerpt(std::string_view bytes) {
  std::string out;
  for (const char c : bytes.substr(0, 60)) out += c >= ' ' && c <= '~' ? c : '.';
  return out;
}

/// As many repetitions as one TLS record holds: a record for each would make the flood a trickle.
std::string block_of(const std::string& bytes) {
  constexpr std::size_t kRecord = 16384;
  std::string block = bytes;
  while (block.size() + bytes.size() <= kRecord) block += bytes;
  return block;
}

/// False when the connection is over.
bool play(const WireStep& step, Stream& stream, RequestReader& reader, const ConnectionLog& log) {
  const std::string bytes = with_facts(step.bytes, log.site.facts);
  std::string ignored;
  using Op = WireStep::Op;
  switch (step.op) {
    case Op::send:
      log.add(Event::wire, "send " + excerpt(bytes));
      return stream.write(bytes, kForever) == Io::ok;
    case Op::send_forever:
      log.add(Event::wire, "send for ever " + excerpt(bytes));
      for (const std::string block = block_of(bytes); stream.write(block, kForever) == Io::ok;) {
      }
      return false;
    case Op::drip:
      log.add(Event::wire, "drip " + excerpt(bytes));
      for (const char& c : bytes) {
        if (stream.write({&c, 1}, kForever) != Io::ok) return false;
        if (stream.wait_for_peer_close(std::chrono::milliseconds(step.number)) != Io::timeout) return false;
      }
      return true;
    case Op::pause:
      log.add(Event::wire, "pause");
      return stream.wait_for_peer_close(std::chrono::milliseconds(step.number)) == Io::timeout;
    case Op::silence:
      log.add(Event::wire, "silence");
      stream.wait_for_peer_close(kForever);
      return false;
    case Op::read_some:
      return stream.read(ignored, kForever) == Io::ok;
    case Op::read_request: {
      auto head = reader.read_head(kForever);
      if (head.io != Io::ok) return false;
      const auto whole = reader.read_body(std::move(head.request), kForever);
      log.request(whole.request);
      return whole.io == Io::ok;
    }
    case Op::tls: {
      const HandshakeResult handshake = stream.start_tls(*log.door.tls, 30s);
      log.add(handshake.done ? Event::tls_done : Event::tls_failed, handshake.text);
      return handshake.done;
    }
    case Op::alert:
      log.add(Event::wire, "alert " + std::to_string(step.number));
      stream.send_alert(step.number);
      return true;
    case Op::cut:
      log.add(Event::wire, "cut");
      stream.cut();
      return false;
    case Op::reset:
      log.add(Event::wire, "reset");
      stream.reset();
      return false;
    case Op::close:
      return false;
  }
  return false;
}

}  // namespace

void ConnectionLog::add(Event event, std::string text) const {
  site.transcript.add({.connection = connection, .listener = door.name, .event = event, .text = std::move(text)});
}

void ConnectionLog::request(const HttpRequest& request) const {
  site.transcript.add({.connection = connection,
                       .listener = door.name,
                       .event = Event::request,
                       .text = request.line,
                       .headers = request.headers,
                       .body = request.body});
}

void ConnectionLog::response(const HttpResponse& response) const {
  site.transcript.add({.connection = connection,
                       .listener = door.name,
                       .event = Event::response,
                       .text = std::to_string(response.status) + " " + response.reason,
                       .headers = response.headers,
                       .body = response.body,
                       .status = response.status});
}

void play_wire_script(const WireScript& script, Stream& stream, RequestReader& reader, const ConnectionLog& log) {
  for (const WireStep& step : script.steps)
    if (!play(step, stream, reader, log)) break;
  stream.close();
}

}  // namespace easel::lab

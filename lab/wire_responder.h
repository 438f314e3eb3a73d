#pragma once
// The `wire` responder: plays a script of faults.inc on a connection.

#include <cstdint>
#include <string>

#include "lab/door.h"
#include "lab/http_message.h"
#include "lab/site.h"
#include "lab/stream.h"

namespace easel::lab {

/// Writes the transcript of one connection.
struct ConnectionLog {
  Site& site;
  const Door& door;
  std::uint64_t connection = 0;

  void add(Event event, std::string text) const;
  void request(const HttpRequest& request) const;
  void response(const HttpResponse& response) const;
};

/// Plays the script to its end and closes the connection.
void play_wire_script(const WireScript& script, Stream& stream, RequestReader& reader, const ConnectionLog& log);

}  // namespace easel::lab

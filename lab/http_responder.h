#pragma once
// The `http` responder: which directory a request falls into, who may enter it, and what stands there.

#include <chrono>
#include <functional>

#include "lab/client_certificates.h"
#include "lab/door.h"
#include "lab/http_message.h"
#include "lab/site.h"

namespace easel::lab {

/// What the responder may learn from, or ask of, the connection that a request came on.
struct Caller {
  const Door& door;
  bool resumed = false;    ///< the TLS session was resumed
  std::string& signed_in;  ///< user of the last request on this connection; empty = nobody yet
  /// As in EasContext.
  std::function<Io(std::chrono::milliseconds, int)> wait{};
  /// The judgement on the client's certificate; asks for one first where the server does that after the request.
  std::function<CertificateJudgement()> certificate{};
};

/// Answers one request.
[[nodiscard]] HttpResponse respond(const HttpRequest& request, Site& site, const Caller& caller);

/// Adds what every answer of the server has: Server, Date, Content-Length, and the persona's own headers.
void finish(HttpResponse& response, const HttpRequest& request, const Behaviour& behaviour);

/// The bytes of the answer. `head_only` leaves the body out (HEAD).
[[nodiscard]] std::string serialized(const HttpResponse& response, bool head_only);

/// Whether the path lies in the ActiveSync directory.
[[nodiscard]] bool in_eas_directory(std::string_view path);

}  // namespace easel::lab

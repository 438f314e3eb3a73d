#pragma once
// The `http` responder: which directory a request falls into, who may enter it, and what stands there.

#include <chrono>
#include <functional>

#include "lab/http_message.h"
#include "lab/site.h"

namespace easel::lab {

/// Answers one request. `encrypted` says on which port it came; `wait` as in EasContext.
[[nodiscard]] HttpResponse respond(const HttpRequest& request, Site& site, bool encrypted,
                                   const std::function<Io(std::chrono::milliseconds, int)>& wait);

/// Adds what every answer of the server has: Server, Date, Content-Length, and the persona's own headers.
void finish(HttpResponse& response, const HttpRequest& request, const Site& site);

/// The bytes of the answer. `head_only` leaves the body out (HEAD).
[[nodiscard]] std::string serialized(const HttpResponse& response, bool head_only);

/// Whether the path lies in the ActiveSync directory.
[[nodiscard]] bool in_eas_directory(std::string_view path);

}  // namespace easel::lab

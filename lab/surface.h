#pragma once
// What a web server shows beside its application: verbs, odd paths, error pages, old extensions; and the proxy in
// front.

#include "lab/http_responder.h"

namespace easel::lab {

/// What the proxy in front makes of the request. It may answer (status not 0) or change what the server gets to see.
[[nodiscard]] HttpResponse pass_front(HttpRequest& request, const Behaviour& b, const Site& site);

/// What the web server answers before it looks for a directory; status 0 = nothing, go on.
[[nodiscard]] HttpResponse before_directories(const HttpRequest& request, const Behaviour& b, Site& site);

/// What it answers for a path in no directory.
[[nodiscard]] HttpResponse outside_directories(const HttpRequest& request, const Behaviour& b);

/// What a signed-in request with an odd verb gets in a directory; status 0 = nothing, go on.
[[nodiscard]] HttpResponse odd_verb(const HttpRequest& request, const Behaviour& b, Site& site);

/// What gets out with the answer that should not: addresses, details.
void leak(HttpResponse& response, const HttpRequest& request, const Behaviour& b);

}  // namespace easel::lab

#pragma once
// Who may enter a directory: by client certificate, by Basic, by ticket, or by one of the ways that ought not to exist.

#include <string>

#include "lab/http_responder.h"

namespace easel::lab {

/// Status of an answer that is none: go on with the next step.
inline constexpr int kGoOn = 0;
[[nodiscard]] inline HttpResponse go_on() { return HttpResponse{.status = kGoOn}; }

struct Entry {
  HttpResponse refusal = go_on();
  const LabAccount* account = nullptr;
  std::string cookie{};  ///< Set-Cookie for the answer; empty = none
};
[[nodiscard]] Entry enter(const HttpRequest& request, const Directory& directory, Site& site, const Caller& caller);

/// 401 with those schemes.
[[nodiscard]] HttpResponse challenge(const std::vector<std::string>& schemes, const Behaviour& b, const Site& site);
[[nodiscard]] HttpResponse redirect_to(std::string location);
/// "https://host:port" of the server under test.
[[nodiscard]] std::string https_base(const Site& site);
/// Value of a cookie of the request; empty if it is not there.
[[nodiscard]] std::string cookie_of(const HttpRequest& request, std::string_view name);

}  // namespace easel::lab

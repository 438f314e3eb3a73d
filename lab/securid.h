#pragma once
// RSA SecurID on the front end: the page that takes a passcode, and the ticket that ActiveSync then wants.

#include "lab/http_responder.h"

namespace easel::lab {

/// Answers a request to the SecurID directory (/WebID).
[[nodiscard]] HttpResponse answer_securid(const HttpRequest& request, Site& site);

/// The redirect to the passcode page when the request carries no ticket that is good for it; status 0 when it does.
[[nodiscard]] HttpResponse ticket_wanted(const HttpRequest& request, const LogOnResult& who, Site& site,
                                         const Caller& caller);

/// The one passcode of this lab.
inline constexpr const char* kPasscode = "12345678";

}  // namespace easel::lab

#pragma once
// Autodiscover for mobile devices ([MS-ASCMD] Autodiscover, [MS-OXDSCLI]): from a mail address to the ActiveSync URL.

#include "lab/http_message.h"
#include "lab/site.h"

namespace easel::lab {

/// Answers a signed-in request to /autodiscover/autodiscover.xml.
[[nodiscard]] HttpResponse answer_autodiscover(const HttpRequest& request, const LabAccount& account,
                                               const Behaviour& b, const Site& site);

}  // namespace easel::lab

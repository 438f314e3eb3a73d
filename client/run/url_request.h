#pragma once
// Requests to an address that was read from the wire, such as where a certificate says that its revocation list lies.

#include <expected>
#include <string>

#include "client/run/run_context.h"
#include "client/run/step_request.h"

namespace easel {

/// A GET (or the step's method) to `url` that carries nothing of the device, the account or a certificate, on a
/// connection of its own. At most 16 MiB are read; redirects are not followed, as nowhere in easel.
std::expected<SendRequest, RequestProblem> build_url_request(const std::string& url, const Step& step,
                                                             const RunContext& context);

}  // namespace easel

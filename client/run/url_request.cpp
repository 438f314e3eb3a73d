#include "client/run/url_request.h"

#include <algorithm>

#include "client/transport/http_url.h"

namespace easel {

std::expected<SendRequest, RequestProblem> build_url_request(const std::string& url, const Step& step,
                                                             const RunContext& context) {
  constexpr std::uint64_t kMaxBody = 16U << 20;
  const auto parsed = parse_http_url(url);
  if (!parsed) return std::unexpected(parsed.error());
  const Site& site = *context.site;
  SendRequest send;
  send.request.method = step.method;
  send.request.scheme = "http";
  send.request.host = parsed->host;
  send.request.port = parsed->port;
  send.request.target = parsed->target;
  send.route = context.route ? *context.route : site.route;
  send.route.addresses.clear();
  send.route.connect_to_port = 0;
  if (!site.owns(parsed->host)) send.route.connect_to_host.clear();
  auto identity = std::make_shared<ConnectionIdentity>();
  identity->trust.store = TrustPolicy::Store::Empty;
  identity->lane = context.lane + "/url";
  send.identity = std::move(identity);
  send.bounds = site.bounds;
  send.bounds.max_body = std::min(send.bounds.max_body, kMaxBody);
  if (step.timeout_ms > 0) send.bounds.answer = std::chrono::milliseconds(step.timeout_ms);
  send.fresh_connection = true;
  return send;
}

}  // namespace easel

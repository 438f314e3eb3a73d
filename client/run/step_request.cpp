#include "client/run/step_request.h"

#include <algorithm>

#include "client/protocol/base64.h"
#include "client/protocol/credentials.h"
#include "client/protocol/eas_request.h"
#include "client/protocol/provision.h"
#include "client/run/plan.h"
#include "client/run/url_request.h"
#include "client/transport/host_port.h"

namespace easel {
namespace {

struct Credentials {
  bool sent = false;
  bool real = false;  // a password that works somewhere
  std::string user;   // as it goes into Basic
  std::string password;
};

std::expected<Credentials, RequestProblem> credentials_of(const PlannedStep& step, const RunContext& context) {
  const std::string& auth = step.step.auth;
  if (auth.empty() || auth == "none") return Credentials{};
  const CanaryCredentials canary = canary_credentials(context.run_id);
  if (auth == "canary" || auth == "canary-user" || auth == "unknown-user")
    return Credentials{true, false, canary.user, canary.password};
  if (auth == "empty") return Credentials{true, false, "", ""};
  const Account* account = context.site->account(step.step.account);
  if (!account) return std::unexpected("the site has no account '" + step.step.account + "'");
  if (auth == "wrong-password") return Credentials{true, false, account->user, canary.password};
  if (auth == "empty-password") return Credentials{true, false, account->user, ""};
  if (context.site->client_certificate == "yes" && account->password.empty()) return Credentials{};
  Credentials c{true, true, account->user, account->password.reveal()};
  const std::string bare = bare_user(account->user);
  if (auth == "bare-user") c.user = bare;
  if (auth == "domain-user" && account->user.find('\\') == std::string::npos) {
    return std::unexpected("the account '" + account->id + "' has no domain: give the user as DOMAIN\\name");
  }
  if (auth == "upn" && account->user.find('@') == std::string::npos) {
    const std::size_t dot = context.site->host.find('.');
    c.user = bare + "@" + (dot == std::string::npos ? context.site->host : context.site->host.substr(dot + 1));
  }
  return c;
}

std::string user_parameter(const Step& step, const Credentials& credentials, const Variables& variables) {
  if (!step.user.empty()) return expand(step.user, variables);
  return credentials.sent ? bare_user(credentials.user) : std::string();
}

// The site's own route leads to the site's own hosts; others are reached by their names, through the same proxy.
Route route_to(const std::string& host, const RunContext& context) {
  const Site& site = *context.site;
  Route route = context.route ? *context.route : site.route;
  if (!site.owns(host)) {
    route.connect_to_host.clear();
    route.connect_to_port = 0;
    route.addresses.clear();
  }
  const Resolution* found = context.names ? find_resolution(*context.names, host) : nullptr;
  if (found && route.connect_to_host.empty() && route.addresses.empty() && route.proxy.empty()) {
    route.addresses = found->ipv4;
    route.addresses.insert(route.addresses.end(), found->ipv6.begin(), found->ipv6.end());
  }
  return route;
}

// The site's policy, or what a check about trust itself puts in its place.
TrustPolicy trust_of(const Step& step, const Site& site, const Variables& variables) {
  if (step.trust.empty()) return site.trust;
  TrustPolicy policy;
  policy.store = TrustPolicy::Store::Empty;
  policy.name = "nobody";
  if (step.trust == "intermediates") {
    policy.name = "nobody, with the site's authorities as mere intermediates";
    policy.intermediates = site.trust.authorities;
  }
  if (step.trust == "pin") {
    policy.pins = {expand(step.pin, variables)};
    policy.name = "the pinned key";
  }
  return policy;
}

std::optional<ClientCertificate> certificate_of(const Step& step, const Site& site) {
  if (step.certificate == "no") return std::nullopt;
  if (step.certificate == "yes") return site.certificate;
  for (const ClientCertificate& c : site.other_certificates) {
    if (c.name == step.certificate) return c;
  }
  return std::nullopt;
}

std::string body_of(const Step& step, const Variables& variables) {
  const std::string once =
      step.body_encoding == "base64" ? base64_decode(step.body).value_or("") : expand(step.body, variables);
  if (step.body_repeat <= 1) return once;
  std::string all;
  all.reserve(once.size() * static_cast<std::size_t>(step.body_repeat));
  for (long i = 0; i < step.body_repeat; ++i) all += once;
  return all;
}

// Host, port, route, identity and bounds, the same for every kind of request.
std::expected<SendRequest, RequestProblem> addressed(const PlannedStep& step, const DeviceState& device,
                                                     const RunContext& context, const Variables& variables,
                                                     const Credentials& credentials) {
  const Site& site = *context.site;
  SendRequest send;
  send.request.scheme = step.step.scheme;
  send.request.host = step.step.host.empty() ? site.host : expand(step.step.host, variables);
  send.route = route_to(send.request.host, context);
  if (step.step.scheme == "http") {
    if (!site.plain_port) return std::unexpected("the plain port is not known: give --plain-port");
    if (credentials.real) return std::unexpected("real credentials never go over plain HTTP");
    send.request.port = *site.plain_port;
    send.route.connect_to_port = 0;
    if (site.plain_route && !context.route) send.route = *site.plain_route;
  } else {
    send.request.port = site.port;
  }
  if (posts_passcode(step.step) && (step.step.scheme == "http" || !site.owns(send.request.host)))
    return std::unexpected("the SecurID form goes to the site by https and nowhere else");
  const std::string address = expand(step.step.address, variables);
  if (!address.empty()) {
    send.route.addresses.clear();
    if (!split_host_port(address, send.route.connect_to_host, send.route.connect_to_port))
      return std::unexpected("'" + address + "' is not HOST or HOST:PORT");
  }
  if (credentials.real && !site.owns(send.request.host)) {
    return std::unexpected("credentials would have gone to " + send.request.host + ", which is no host of the site");
  }
  auto identity = std::make_shared<ConnectionIdentity>();
  identity->device = device.profile->id + "/" + device.id;
  identity->account = credentials.sent ? credentials.user + (credentials.real ? "" : " (made up)") : "";
  identity->trust = trust_of(step.step, site, variables);
  if (step.step.same_connection) {
    if (const Account* account = site.account(step.step.account)) identity->account = account->user;
  }
  identity->offer = device.profile->session_offer;
  if (context.legacy_sessions) {
    const bool sni = identity->offer.sni;
    identity->offer = legacy_offer();
    identity->offer.sni = sni;
  }
  identity->offer.sni = identity->offer.sni && step.step.server_name;
  identity->client_certificate = certificate_of(step.step, site);
  // Without it the request would be refused for a reason that nobody asked about.
  if (!identity->client_certificate && step.step.certificate != "no" && step.step.certificate != "yes")
    return std::unexpected("the site has no client certificate '" + step.step.certificate + "'");
  const bool certified = identity->client_certificate.has_value();
  identity->lane = context.lane + "/" + context.address_label + address;
  send.identity = std::move(identity);
  send.bounds = site.bounds;
  if (step.step.timeout_ms > 0) send.bounds.answer = std::chrono::milliseconds(step.step.timeout_ms);
  send.allow_untrusted = !credentials.real && !certified && !posts_passcode(step.step) && step.step.trust.empty() &&
                         !step.step.same_connection;
  send.fresh_connection = step.step.fresh_connection;
  send.keep_session = step.step.keep_session;
  return send;
}

// What a device keeps it sends with every request, also with those that it makes by itself.
void send_cookies(const PlannedStep& step, const Variables& variables, SendRequest& send) {
  for (const XmlAttribute& h : step.step.headers) {
    if (h.name == "Cookie") send.request.headers.push_back({h.name, expand(h.value, variables)});
  }
}

std::string authorization_of(const Credentials& credentials, const DeviceProfile& profile) {
  if (!credentials.sent) return {};
  return basic_authorization(credentials.user, credentials.password, profile.password_charset);
}

EasRequest eas_parts(const PlannedStep& step, const DeviceState& device, const Credentials& credentials,
                     const Variables& variables) {
  EasRequest eas;
  eas.version = device.session.version.empty() ? device.profile->versions.front() : device.session.version;
  if (!step.step.version.empty()) eas.version = expand(step.step.version, variables);
  eas.policy_key = step.step.policy_key.empty() ? device.session.policy_key : expand(step.step.policy_key, variables);
  eas.query = step.step.query;
  eas.user = user_parameter(step.step, credentials, variables);
  eas.device_id = device.id;
  eas.authorization = authorization_of(credentials, *device.profile);
  for (const XmlAttribute& p : step.step.parameters) eas.parameters.push_back({p.name, expand(p.value, variables)});
  return eas;
}

void put_eas(SendRequest& send, const DeviceProfile& profile, const EasRequest& eas, const Site& site) {
  HttpRequest http = build_eas_request(profile, eas, site.path);
  send.request.method = http.method;
  send.request.target = http.target;
  send.request.headers = std::move(http.headers);
  send.request.body = std::move(http.body);
}

const wbxml::Template* body_for(const PlannedStep& step, std::string_view version) {
  const wbxml::Template* any = nullptr;
  for (const auto& [versions, form] : step.bodies) {
    if (versions.empty()) any = any ? any : &form;
    if ((" " + versions + " ").find(" " + std::string(version) + " ") != std::string::npos) return &form;
  }
  return any;
}

std::expected<SendRequest, RequestProblem> eas_request(const PlannedStep& step, const DeviceState& device,
                                                       const RunContext& context, const Variables& variables,
                                                       const Credentials& credentials) {
  auto send = addressed(step, device, context, variables, credentials);
  if (!send) return send;
  EasRequest eas = eas_parts(step, device, credentials, variables);
  eas.cmd = expand(step.step.cmd, variables);
  if (eas.cmd == "OPTIONS") eas.cmd.clear();
  if (eas.cmd.starts_with("raw:")) eas.cmd.erase(0, 4);
  const wbxml::Template* form = body_for(step, eas.version);
  if (form || (!step.bodies.empty() && step.step.mime.empty())) {
    if (!form) return std::unexpected("the step has no <request> for version " + eas.version);
    auto bytes = wbxml::encode(*form, variables);
    if (!bytes) return std::unexpected("the request cannot be encoded: " + wbxml::describe(bytes.error()));
    eas.body = std::string(wbxml::as_text(*bytes));
  } else if (!step.step.mime.empty()) {
    // Files end their lines with LF; a message on the wire needs CR LF (RFC 5322, 2.1).
    const std::string mime = expand(step.step.mime, variables);
    for (std::size_t i = 0; i < mime.size(); ++i) {
      if (mime[i] == '\n' && (i == 0 || mime[i - 1] != '\r')) eas.body += '\r';
      eas.body += mime[i];
    }
    eas.body.erase(0, eas.body.find_first_not_of(" \t\r\n"));
    eas.content_type = "message/rfc822";
    send->fresh_connection = true;  // a mail that is sent twice cannot be called back
  } else if (!step.step.body.empty()) {
    eas.body = body_of(step.step, variables);
  }
  put_eas(*send, *device.profile, eas, *context.site);
  for (const XmlAttribute& h : step.step.headers) send->request.headers.push_back({h.name, expand(h.value, variables)});
  if (eas.cmd == "SendMail" || eas.cmd == "SmartReply" || eas.cmd == "SmartForward") send->fresh_connection = true;
  if (eas.cmd == "Ping" && step.step.timeout_ms == 0) {
    send->bounds.answer = std::chrono::seconds(std::max(1, std::atoi(context.heartbeat.c_str())) + 30);
  }
  return send;
}

std::expected<SendRequest, RequestProblem> http_request(const PlannedStep& step, const DeviceState& device,
                                                        const RunContext& context, const Variables& variables,
                                                        const Credentials& credentials) {
  auto send = addressed(step, device, context, variables, credentials);
  if (!send) return send;
  send->request.method = expand(step.step.method, variables);
  send->request.target = expand(step.step.path, variables);
  if (!send->request.target.starts_with('/') && send->request.target != "*") send->request.target.insert(0, "/");
  send->request.body = body_of(step.step, variables);
  EasRequest eas = eas_parts(step, device, credentials, variables);
  if (step.step.device_headers) {
    for (Header& h :
         device_headers(*device.profile, eas, !send->request.body.empty(), send->request.method != "POST")) {
      send->request.headers.push_back(std::move(h));
    }
  } else if (!eas.authorization.empty()) {
    send->request.headers.push_back({"Authorization", eas.authorization});
  }
  for (const XmlAttribute& h : step.step.headers) {
    std::erase_if(send->request.headers, [&](const Header& old) { return old.name == h.name; });
    send->request.headers.push_back({h.name, expand(h.value, variables)});
  }
  return send;
}

}  // namespace

std::expected<SendRequest, RequestProblem> build_step_request(const PlannedStep& step, const DeviceState& device,
                                                              const RunContext& context, const Variables& variables) {
  auto credentials = credentials_of(step, context);
  if (!credentials) return std::unexpected(credentials.error());
  if (step.step.kind == Step::Kind::Eas) return eas_request(step, device, context, variables, *credentials);
  if (!step.step.url.empty()) return build_url_request(expand(step.step.url, variables), step.step, context);
  if (step.step.kind == Step::Kind::Http) return http_request(step, device, context, variables, *credentials);
  auto send = addressed(step, device, context, variables, *credentials);
  if (!send) return send;
  send->request.method = "GET";
  send->request.target = "/";
  send->connect_only = true;
  send->fresh_connection = true;
  send->renegotiations = step.step.renegotiations;
  if (step.hello && step.hello->hello) {
    send->request.method = "HELLO";
    send->hello = HelloOffer{step.hello->name, *step.hello->hello};
  }
  return send;
}

std::expected<SendRequest, RequestProblem> build_options_request(const PlannedStep& step, const DeviceState& device,
                                                                 const RunContext& context,
                                                                 const Variables& variables) {
  auto credentials = credentials_of(step, context);
  if (!credentials) return std::unexpected(credentials.error());
  auto send = addressed(step, device, context, variables, *credentials);
  if (!send) return send;
  EasRequest eas = eas_parts(step, device, *credentials, variables);
  eas.parameters.clear();
  put_eas(*send, *device.profile, eas, *context.site);
  send_cookies(step, variables, *send);
  return send;
}

std::expected<SendRequest, RequestProblem> build_provision_request(const PlannedStep& step, const DeviceState& device,
                                                                   const RunContext& context,
                                                                   const Variables& variables,
                                                                   const std::string& temporary_key) {
  auto credentials = credentials_of(step, context);
  if (!credentials) return std::unexpected(credentials.error());
  auto send = addressed(step, device, context, variables, *credentials);
  if (!send) return send;
  EasRequest eas = eas_parts(step, device, *credentials, variables);
  eas.parameters.clear();
  eas.cmd = "Provision";
  eas.policy_key = temporary_key.empty() ? "0" : temporary_key;
  eas.body = temporary_key.empty() ? provision_request(*device.profile, eas.version)
                                   : provision_acknowledgement(eas.version, temporary_key, "1");
  put_eas(*send, *device.profile, eas, *context.site);
  send_cookies(step, variables, *send);
  return send;
}

bool uses_real_password(const Step& step) {
  return step.auth == "basic" || step.auth == "bare-user" || step.auth == "domain-user" || step.auth == "upn";
}

bool names_account(const Step& step) {
  return uses_real_password(step) || step.auth == "wrong-password" || step.auth == "empty-password";
}

bool posts_passcode(const Step& step) { return step.body.find("${securid.form}") != std::string::npos; }

bool provisions_itself(const Step& step) {
  return step.kind == Step::Kind::Eas && step.cmd == "Provision" && step.requests.empty() && step.body.empty();
}

std::string describe_step(const Step& step, const Variables& variables) {
  if (step.kind == Step::Kind::Eas) return step.cmd.empty() ? "OPTIONS" : step.cmd;
  if (step.kind == Step::Kind::Resolve) return "look up " + expand(step.host, variables);
  if (step.kind == Step::Kind::Hello) return "ClientHello";
  if (step.kind == Step::Kind::Connect && step.renegotiations > 0) return "TLS handshake and renegotiation";
  if (step.kind == Step::Kind::Connect) return step.scheme == "http" ? "TCP connect" : "TLS handshake";
  if (!step.url.empty()) return expand(step.method, variables) + " " + expand(step.url, variables);
  return expand(step.method, variables) + " " + (step.scheme == "http" ? "http " : "") + expand(step.path, variables);
}

}  // namespace easel

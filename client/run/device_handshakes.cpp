#include "client/run/device_handshakes.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "client/profile/device_hello.h"
#include "client/profile/device_profile.h"
#include "client/profile/device_trust.h"
#include "client/profile/installed_authorities.h"
#include "client/tls/hello_probe.h"

namespace easel {
namespace {

struct Candidate {
  DeviceHandshake row;
  TrustPolicy trust;
  std::optional<Hello> hello;
};

TrustPolicy trust_of(const DataFiles& data, const DeviceProfile& profile, const std::vector<Certificate>& installed,
                     Diagnostics& problems) {
  if (!profile.roots.empty()) {
    auto policy = device_trust(data, profile, installed);
    if (policy) return std::move(*policy);
    problems.insert(problems.end(), policy.error().begin(), policy.error().end());
  }
  TrustPolicy policy;
  if (installed.empty()) {
    policy.name = "the host's CA store (that of " + profile.id + " is not known)";
    return policy;
  }
  policy.store = TrustPolicy::Store::Authorities;
  policy.name = "only what is installed (the store of " + profile.id + " is not known)";
  policy.authorities = installed;
  return policy;
}

std::vector<Candidate> candidates_of(const DataFiles& data, const DeviceProfile& profile, const HandshakeTarget& target,
                                     Diagnostics& problems) {
  Candidate base;
  base.row.device = profile.id;
  auto own = InstalledStore(target.device_folder).read(profile.id);
  if (!own) {
    problems.push_back({"--devices", 0, 0, own.error(), ""});
    return {};
  }
  own->root.insert(own->root.end(), target.installed.begin(), target.installed.end());
  base.trust = trust_of(data, profile, own->root, problems);
  base.trust.intermediates = std::move(own->ca);
  base.row.trust = base.trust.name;
  std::vector<Candidate> out;
  if (profile.tls) {
    const std::string file = data.display_name("profiles/devices/" + profile.id + ".xml");
    auto hellos = read_device_hellos(*profile.tls, file);
    if (!hellos) {
      problems.insert(problems.end(), hellos.error().begin(), hellos.error().end());
      return out;
    }
    for (DeviceHello& hello : *hellos) {
      out.push_back(base);
      out.back().row.hello = hello.id;
      out.back().row.predicted = hello.hello.predicted();
      out.back().hello = std::move(hello.hello);
    }
    if (const XmlElement* none = profile.tls->child("no-hello")) base.row.reason = none->attribute_or("reason", "");
  }
  if (out.empty()) out.push_back(std::move(base));
  return out;
}

std::string cause_of(const HelloAnswer& answer) {
  switch (answer.kind) {
    case HelloAnswer::Kind::Accepted:
    case HelloAnswer::Kind::Retry:
      return {};
    case HelloAnswer::Kind::NotTls:
      return "net.malformed";
    case HelloAnswer::Kind::Silence:
      return "net.timeout";
    case HelloAnswer::Kind::NoTcp:
      if (answer.system_error == ECONNREFUSED) return "tcp.refused";
      return answer.system_error == ETIMEDOUT ? "tcp.timeout" : "tcp.unreachable";
    case HelloAnswer::Kind::Alert:
    case HelloAnswer::Kind::Malformed:
    case HelloAnswer::Kind::Closed:
    case HelloAnswer::Kind::Reset:
      return "tls.handshake";
  }
  return "tls.handshake";
}

/// The chain as a session of today sees it; nothing but the handshake is done, no credentials are at hand.
std::vector<Certificate> chain_of_session(const HandshakeTarget& target, Transport& transport) {
  auto identity = std::make_shared<ConnectionIdentity>();
  identity->lane = "chain for easel tls";
  identity->trust.store = TrustPolicy::Store::Empty;
  SendRequest send;
  send.request.method = "OPTIONS";
  send.request.host = target.host;
  send.request.port = target.port;
  send.request.target = "/";
  send.identity = std::move(identity);
  send.route.addresses = {target.address};
  send.bounds.connect = target.bound;
  send.bounds.answer = target.bound;
  send.allow_untrusted = true;
  send.fresh_connection = true;
  send.connect_only = true;
  transport.start(0, std::move(send));
  for (;;) {
    for (Completion& done : transport.wait(std::chrono::seconds(60))) {
      return done.round_trip.tls ? std::move(done.round_trip.tls->chain) : std::vector<Certificate>{};
    }
  }
}

void judge(Candidate& candidate, const std::vector<Certificate>& chain, const HandshakeTarget& target) {
  DeviceHandshake& row = candidate.row;
  row.cause = cause_of(row.answer);
  if (chain.empty() || !row.cause.empty()) return;
  row.chain = chain;
  row.verdict = judge_chain(chain, candidate.trust, target.host, target.now);
  row.cause = cause_key(*row.verdict);
  if (row.cause.empty() && row.answer.signature_valid == false) row.cause = "tls.handshake";
}

}  // namespace

std::expected<std::vector<DeviceHandshake>, Diagnostics> shake_hands(const DataFiles& data,
                                                                     const std::vector<std::string>& ids,
                                                                     const HandshakeTarget& target,
                                                                     Transport& transport) {
  Diagnostics problems;
  std::vector<Candidate> candidates;
  for (const std::string& id : ids) {
    auto profile = load_device_profile(data, id);
    if (!profile) {
      problems.insert(problems.end(), profile.error().begin(), profile.error().end());
      continue;
    }
    for (Candidate& candidate : candidates_of(data, *profile, target, problems)) {
      candidates.push_back(std::move(candidate));
    }
  }
  if (!problems.empty()) return std::unexpected(std::move(problems));
  std::vector<HelloProbe> probes;
  for (const Candidate& candidate : candidates) {
    if (!candidate.hello) continue;
    probes.push_back({*candidate.hello, fresh_secrets(), target.host, target.address, target.port});
  }
  std::vector<HelloAnswer> answers = probe_hellos(probes, target.bound);
  std::vector<Certificate> hidden;
  const bool any_hidden = std::ranges::any_of(answers, [](const HelloAnswer& a) {
    return a.chain.empty() && (a.kind == HelloAnswer::Kind::Accepted || a.kind == HelloAnswer::Kind::Retry);
  });
  if (any_hidden) hidden = chain_of_session(target, transport);
  std::vector<DeviceHandshake> out;
  std::size_t next = 0;
  for (Candidate& candidate : candidates) {
    if (candidate.hello) {
      candidate.row.answer = std::move(answers[next++]);
      judge(candidate, candidate.row.answer.chain.empty() ? hidden : candidate.row.answer.chain, target);
    }
    out.push_back(std::move(candidate.row));
  }
  return out;
}

}  // namespace easel

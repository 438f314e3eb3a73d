#include "client/check/dns_predicates.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "client/transport/resolver.h"

namespace easel {
namespace {

PredicateResult result(bool holds, std::string expected, std::string actual) {
  PredicateResult r;
  r.holds = holds;
  r.expected = std::move(expected);
  r.actual = std::move(actual);
  if (!holds) r.cause = "dns.none";
  return r;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& p : parts) out += (out.empty() ? "" : ", ") + p;
  return out;
}

}  // namespace

PredicateResult ask_resolves(const Assertion& a, const Evidence& e) {
  if (!e.resolution) return result(false, "the answer of a <resolve> step", "this step looks nothing up");
  std::vector<std::string> found = e.resolution->ipv4;
  found.insert(found.end(), e.resolution->ipv6.begin(), e.resolution->ipv6.end());
  std::vector<std::string> services;
  for (const ServiceRecord& s : e.resolution->services) services.push_back(s.target + ":" + std::to_string(s.port));
  const std::string actual =
      e.resolution->empty() ? e.resolution->problem : joined(found) + (found.empty() ? joined(services) : "");
  if (a.has("service")) {
    const std::string wanted = a.argument("service", e);
    return result(std::ranges::find(services, wanted) != services.end(), "SRV to " + wanted, actual);
  }
  if (a.has("is")) {
    std::istringstream words(a.argument("is", e));
    for (std::string word; words >> word;) {
      if (std::ranges::find(found, word) == found.end()) return result(false, "the address " + word, actual);
    }
  }
  const long least = a.has("at-least") ? std::atol(a.argument("at-least", e).c_str()) : 1;
  const auto size = static_cast<long>(found.size() + services.size());
  if (size < least)
    return result(false, std::to_string(least) + (least == 1 ? " record or more" : " records or more"), actual);
  if (a.has("private")) {
    const bool wanted = a.argument("private", e) == "yes";
    for (const std::string& address : found) {
      if (is_private_address(address) != wanted)
        return result(false, wanted ? "private addresses only" : "no private address", actual);
    }
  }
  return result(true, "an address", actual);
}

}  // namespace easel

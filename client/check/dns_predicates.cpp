#include "client/check/dns_predicates.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "client/transport/resolver.h"
#include "client/words.h"

namespace easel {
namespace {

PredicateResult judged(bool holds, std::string expected, std::string actual) {
  return result(holds, std::move(expected), std::move(actual), {}, "dns.none");
}

}  // namespace

PredicateResult ask_resolves(const Assertion& a, const Evidence& e) {
  if (!e.resolution) return judged(false, "the answer of a <resolve> step", "this step looks nothing up");
  std::vector<std::string> found = e.resolution->ipv4;
  found.insert(found.end(), e.resolution->ipv6.begin(), e.resolution->ipv6.end());
  std::vector<std::string> services;
  for (const ServiceRecord& s : e.resolution->services) services.push_back(s.target + ":" + std::to_string(s.port));
  const std::string actual =
      e.resolution->empty() ? e.resolution->problem : joined(found) + (found.empty() ? joined(services) : "");
  if (a.has("service")) {
    const std::string wanted = a.argument("service", e);
    return judged(std::ranges::find(services, wanted) != services.end(), "SRV to " + wanted, actual);
  }
  if (a.has("is")) {
    std::istringstream words(a.argument("is", e));
    for (std::string word; words >> word;) {
      if (std::ranges::find(found, word) == found.end()) return judged(false, "the address " + word, actual);
    }
  }
  const long least = a.has("at-least") ? std::atol(a.argument("at-least", e).c_str()) : 1;
  const auto size = static_cast<long>(found.size() + services.size());
  if (size < least)
    return judged(false, std::to_string(least) + (least == 1 ? " record or more" : " records or more"), actual);
  if (a.has("private")) {
    const bool wanted = a.argument("private", e) == "yes";
    for (const std::string& address : found) {
      if (is_private_address(address) != wanted)
        return judged(false, wanted ? "private addresses only" : "no private address", actual);
    }
  }
  return judged(true, "an address", actual);
}

}  // namespace easel

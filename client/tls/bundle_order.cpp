#include "client/tls/bundle_order.h"

#include <algorithm>

namespace easel {

bool BundleOrder::as_sent() const {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].sent != static_cast<int>(i)) return false;
  }
  return superfluous.empty();
}

BundleOrder bundle_order(const std::vector<Certificate>& chain, const TrustVerdict& verdict) {
  BundleOrder out;
  if (chain.empty()) return out;
  std::vector<bool> used(chain.size(), false);
  std::size_t at = 0;
  used[0] = true;
  out.entries.push_back({chain[0].subject, 0, {}});
  while (!chain[at].self_issued) {
    const Certificate& current = chain[at];
    std::size_t issuer = 0;
    while (issuer < chain.size() && (used[issuer] || chain[issuer].subject != current.issuer)) ++issuer;
    if (issuer == chain.size()) {
      const bool held = !verdict.path.empty() && verdict.path.back() == current.issuer;
      if (!held)
        out.entries.push_back({current.issuer, -1, current.issuer_urls.empty() ? "" : current.issuer_urls.front()});
      break;
    }
    used[issuer] = true;
    at = issuer;
    if (chain[at].self_issued)
      out.root = static_cast<int>(at);
    else
      out.entries.push_back({chain[at].subject, static_cast<int>(at), {}});
  }
  for (std::size_t i = 0; i < chain.size(); ++i) {
    if (!used[i]) out.superfluous.push_back(static_cast<int>(i));
  }
  return out;
}

}  // namespace easel

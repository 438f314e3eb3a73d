#pragma once
// What a predicate may look at: one round trip, the documents in it, what went before, and the site.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "client/profile/device_profile.h"
#include "client/scenario/site.h"
#include "client/transport/round_trip.h"
#include "wbxml/document.h"

namespace easel {

using Variables = std::map<std::string, std::string, std::less<>>;

struct Session;
struct Resolution;

struct Evidence {
  const RoundTrip* round_trip = nullptr;
  const wbxml::Document* request = nullptr;   ///< decoded request body, nullptr if it had none
  const wbxml::Document* response = nullptr;  ///< decoded response body; nullptr if it is empty or not WBXML
  std::string decode_problem;                 ///< why the body is not a document; empty if it is, or if there is none
  const Session* session = nullptr;           ///< as it was before this step
  const Site* site = nullptr;
  const DeviceProfile* device = nullptr;
  const Variables* variables = nullptr;
  /// Earlier round trips of the same run by step id, the last one of each.
  const std::map<std::string, RoundTrip, std::less<>>* earlier = nullptr;
  const Resolution* resolution = nullptr;  ///< of a <resolve> step: what the name led to
  std::int64_t now = 0;                    ///< seconds since 1970
};

/// Replaces every ${name} by its value. A name without a value stays as it is: compile refuses unknown names.
std::string expand(std::string_view text, const Variables& variables);

/// Names used as ${name} in `text`; those bound by ${?name} and ${!name} go to `bound`.
void collect_references(std::string_view text, std::vector<std::string>& used, std::vector<std::string>& bound);

}  // namespace easel

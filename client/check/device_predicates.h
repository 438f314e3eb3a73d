#pragma once
// What old devices make of the server's certificates: their names and their root stores, from profiles/.

#include <string_view>

#include "client/check/predicates.h"

namespace easel {

/// Can the devices of the site's fleet (without one: every device of profiles/) match the server's name, each by the
/// rules of its profile? Needs a certificate in the evidence.
PredicateResult name_on_devices(const Evidence& e);

/// Does the chain as sent lead to a root of profiles/roots/TABLE.tsv, or to one that the site installs on its devices
/// (--trust-ca)? What the run merely trusts, the host's store, is on no device. Needs a certificate in the evidence.
PredicateResult root_on_device(const Evidence& e, std::string_view table);

}  // namespace easel

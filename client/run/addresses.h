#pragma once
// Every way to a site: the public name's A and AAAA records, --connect-to, the proxies and front ends of the site file.
// The same checks go to each; the first way whose verdict differs is where to look.

#include <functional>
#include <string>
#include <vector>

#include "client/run/drive.h"
#include "client/run/run_context.h"
#include "client/run/run_result.h"

namespace easel {

struct Hop {
  std::string label;  ///< "public name", "A 192.0.2.10", or the label of the site file
  std::string at;     ///< "192.0.2.10:443": where connections go
  Route route;
  bool ipv6 = false;
};

/// The ways in the order from outside to inside: what the public name leads to (or --connect-to and --resolve, which
/// stand in its place), then the addresses of the site in their order. No endpoint stands there twice.
std::vector<Hop> hops_of(const Site& site, const Resolutions& names);

/// What a comparison needs of the run around it.
struct AddressRuns {
  std::vector<std::shared_ptr<const Plan>> checks;  ///< lowest layer first
  std::function<RunContext(const Scenario& check)> context;
  std::function<DriveOptions()> drive_options;  ///< asked before each drive, since time goes by
  Transport* transport = nullptr;
};

/// Runs the checks at every hop and says whether their verdicts are the same. Checks without credentials go first, side
/// by side; those with a real password one after the other, so that no more of them are refused than the account
/// allows. `results` takes what each hop said.
RunOutcome compare_addresses(const std::vector<Hop>& hops, const AddressRuns& runs,
                             std::vector<AddressResult>& results);

/// The verdict on what the hops said: pass where all agree, fail with the first hop that differs from the first one,
/// the check and both verdicts. Certificates may differ from hop to hop; that is a note.
Verdict judge_addresses(const std::vector<AddressResult>& results);

}  // namespace easel

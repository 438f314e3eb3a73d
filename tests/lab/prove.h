#pragma once
// The catalogue against labs inside this process: each check on sound servers, and each lab fault against every check.
// prove_test.cpp judges what comes out; kill_matrix_test.cpp publishes it.

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "client/profile/support_codes.h"
#include "client/run/catalogue.h"
#include "client/run/run_result.h"
#include "client/words.h"
#include "lab/lab.h"

namespace easel::prove {

/// A persona of the lab as a site: which axes it claims to be sound on. A check that fires there is a defect.
struct Claim {
  std::string_view persona;
  bool guide = false;
  bool today = false;
};
/// The claim of a persona; personas without a row claim nothing ("careless").
Claim claim_of(std::string_view persona);

/// Everything that the proofs need and that never changes.
struct Ground {
  DataFiles data;
  DeviceProfile device;
  SupportCodes codes;
  Catalogue catalogue;
};
/// Loaded once; ends the program with the complaints if a file of the catalogue has a mistake, since nothing can be
/// proved then.
const Ground& ground();

/// The site that an administrator would describe for this lab: host, ports, trust, accounts and, from the facts whose
/// names begin with "site.", role, publisher, SecurID and so on.
Site site_of(const lab::LabFacts& facts);

/// One lab and what the whole catalogue said about it.
struct Trial {
  std::string persona;
  std::string fault;        ///< empty: the persona as it is
  std::string wanted_axis;  ///< that a proof asks for; empty: guide unless the persona claims only today
  std::string problem;      ///< the lab did not start, or the catalogue could not be scheduled
  RunResult result;

  [[nodiscard]] const CheckResult* check(std::string_view id) const;
};

/// A lab to run: what the catalogue's proofs and the persona table ask for.
struct Task {
  std::string persona;
  std::string fault;
  std::string axis;     ///< as Trial::wanted_axis
  bool opt_in = false;  ///< an opt-in check is among those that this lab proves
};
/// Runs `patterns` (empty: every check that is not opt-in) against a lab of that persona with that fault.
Trial run_trial(const Task& task, const std::vector<std::string>& patterns);

/// The catalogue's verdict on a site; over `transport`, or over one of its own if that is nullptr. `name_server`
/// ("127.0.0.1:PORT") is asked for names; empty: no name is looked up. `planned` is the site that the schedule is made
/// for, if it is not the one that the run goes to: a client that does not keep what it should.
std::expected<RunResult, std::string> judge(const Site& site, const std::vector<std::string>& patterns, bool opt_in,
                                            Transport* transport, const std::string& name_server = {},
                                            const Site* planned = nullptr);

/// Every persona as it is, then every pair of persona and fault that a <proof> of the catalogue names, sorted.
std::vector<Task> tasks();

/// The trials of tasks(), run side by side, each once a process.
const std::vector<Trial>& trials();
const Trial* find_trial(std::string_view persona, std::string_view fault, std::string_view axis);

/// Is this check among those to prove? With EASEL_PROVE="tls.cert.* auth.basic.only" in the environment only labs for
/// these are started, which takes a second or two; without it all are.
bool chosen(const Scenario& check);

/// The persona of a proof: "sound" where it names none.
std::string persona_of(const Proof& proof);

/// Ids and patterns of the checks that may fail with this fault: what the lab's table says that it proves, the checks
/// that claim it, and what their proofs allow beside.
std::vector<std::string> related_to(const Trial& trial);

}  // namespace easel::prove

#pragma once
// Everything that the threads of one Lab share.

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "lab/accounts.h"
#include "lab/behaviour.h"
#include "lab/certificates.h"
#include "lab/client_certificates.h"
#include "lab/lab.h"
#include "lab/mailbox.h"
#include "lab/stop_signal.h"
#include "lab/tls.h"
#include "lab/transcript.h"

namespace easel::lab {

struct Site {
  explicit Site(const LabOptions& o) : options(o), transcript(o.record) {}

  const LabOptions options;
  Behaviour behaviour;  ///< constant once the listeners run
  ClientAuthority client_authority;
  std::string revocation_list_der;  ///< of the authority that signs the server's certificate
  LabFacts facts;                   ///< constant once the listeners run
  std::atomic<int> busy_left = 0;   ///< answers that are still to be 503
  Store store;
  Transcript transcript;
  StopSignal stop;
};

/// `text` with {host} and the port of each listener, {https_port}, {foreign_port}, ..., replaced.
[[nodiscard]] std::string with_facts(std::string_view text, const LabFacts& facts);

}  // namespace easel::lab

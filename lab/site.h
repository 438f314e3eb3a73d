#pragma once
// Everything that the threads of one Lab share.

#include <memory>
#include <string>
#include <vector>

#include "lab/accounts.h"
#include "lab/behaviour.h"
#include "lab/certificates.h"
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
  ServerChain chain;
  std::shared_ptr<const TlsServer> tls;
  LabFacts facts;
  Store store;
  Transcript transcript;
  StopSignal stop;
};

/// `text` with {host}, {https_port} and {http_port} replaced.
[[nodiscard]] std::string with_facts(std::string_view text, const LabFacts& facts);

}  // namespace easel::lab

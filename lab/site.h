#pragma once
// Everything that the threads of one Lab share.

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
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
  std::string issuer_der;           ///< certificate of that authority
  LabFacts facts;                   ///< constant once the listeners run
  std::atomic<int> busy_left = 0;   ///< answers that are still to be 503

  /// What the web server remembers from one request to the next.
  struct Memory {
    std::mutex mutex;
    std::map<std::string, std::string> sessions;   ///< cookie → user
    std::map<std::string, std::string> resumable;  ///< master secret → user who signed in on that TLS session
    std::map<std::string, std::string> tickets;    ///< SecurID ticket → user
    std::map<std::string, std::string> uploads;    ///< path → what PUT left there
    std::mutex log_on;                             ///< held while a slow log-on is under way
  };
  Memory memory;
  std::atomic<std::size_t> workers_busy = 0;
  Store store;
  Transcript transcript;
  StopSignal stop;
};

/// `text` with {host} and the port of each listener, {https_port}, {foreign_port}, ..., replaced.
[[nodiscard]] std::string with_facts(std::string_view text, const LabFacts& facts);

}  // namespace easel::lab

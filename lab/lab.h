#pragma once
// The lab: an Exchange ActiveSync server on the loopback address that can be told to misbehave.
// It speaks [MS-ASHTTP], [MS-ASCMD], [MS-ASWBXML] and [MS-ASPROV] with code of its own (nothing is shared with
// the client), mints its certification authority at start and writes down everything a client did to it.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace easel::lab {

/// How to start a Lab. Every default gives a sound server.
struct LabOptions {
  std::string persona = "sound";           ///< id of a row of personas(): what kind of server this is
  std::vector<std::string> faults{};       ///< ids of rows of faults(), applied to the persona in this order
  std::uint16_t https_port = 0;            ///< 0 = one that the system picks
  std::uint16_t http_port = 0;             ///< plain port; 0 = one that the system picks
  std::string host = "mail.contoso.test";  ///< the name that the certificate is for; nothing is bound to it
  std::size_t max_connections = 4096;      ///< what comes beyond is accepted and closed at once
  int ping_min_seconds = 1;                ///< shortest heartbeat that Ping accepts, Status 5 below
  int ping_max_seconds = 3540;             ///< longest heartbeat that Ping accepts, Status 5 above
  bool client_certificates = false;        ///< mint them even where the persona does not ask for one
  bool record = true;                      ///< keep the transcript (off for load tests: it grows with the traffic)
};

/// One account of the lab. Each has a mailbox of its own.
struct LabAccount {
  std::string role{};         ///< "main", "other", "disabled", "expired-password", ... (README lists them)
  std::string user{};         ///< bare name, "alice"
  std::string domain_user{};  ///< "CONTOSO\alice"
  std::string upn{};          ///< "alice@contoso.test"
  std::string password{};
};

/// A client certificate that the lab minted. `name` says what it is good for: "valid" or the defect.
struct LabClientCertificate {
  std::string name{};
  std::string certificate_pem{};  ///< leaf first, then its issuers but not the root
  std::string key_pem{};          ///< PKCS#8, unencrypted
  std::string pkcs12{};           ///< the same as DER, passphrase in `pkcs12_passphrase`
  std::string pkcs12_passphrase{};
};

/// What a client needs to know to talk to the lab. Constant while the Lab lives.
struct LabFacts {
  std::string host{};
  std::uint16_t https_port = 0;
  std::uint16_t http_port = 0;  ///< the plain port, also when it is closed (then nothing listens there)
  bool http_open = false;       ///< whether a TCP connection to http_port is accepted
  std::vector<std::pair<std::string, std::uint16_t>>
      listeners{};       ///< every open listener by name: "https", "http", ...
  std::string ca_pem{};  ///< the root that the lab announces as its own
  std::vector<std::pair<std::string, std::string>>
      pem;                             ///< other material by name: "leaf", "intermediate", "other-root", ...
  std::vector<LabAccount> accounts{};  ///< the first one is the main account
  std::vector<LabClientCertificate> client_certificates{};
  std::vector<std::pair<std::string, std::string>>
      notes{};  ///< facts that a fault added, by name ("foreign-host", ...)

  [[nodiscard]] const LabAccount& account(std::string_view role) const;  ///< asserts that the role exists
  [[nodiscard]] std::uint16_t listener(std::string_view name) const;     ///< 0 if there is none of that name
  [[nodiscard]] std::string_view pem_of(std::string_view name) const;    ///< empty if there is none of that name
  [[nodiscard]] const LabClientCertificate* client_certificate(std::string_view name) const;
};

enum class Event : std::uint8_t {
  tcp_accepted,        ///< a connection came in
  tcp_turned_away,     ///< closed at once: too many connections
  tls_done,            ///< handshake finished; text = version and suite, "SNI <name>" if one was sent
  tls_failed,          ///< handshake failed; text = why, with the alert that came or went
  client_certificate,  ///< text = subject of the client's certificate, "none", or why it was refused
  request,             ///< request complete; text = request line, with headers and body
  response,            ///< the answer was written; text = status line, with headers and body
  wire,                ///< a step of a wire script; text = what was done
  broken,              ///< what came was no HTTP request, or it was cut short; text = why
  closed,              ///< the connection is over; text = by whom
};
[[nodiscard]] std::string_view to_string(Event event);

/// One thing that happened, in the order in which it happened.
struct TranscriptEntry {
  std::uint64_t order = 0;       ///< rises by one from entry to entry
  std::uint64_t connection = 0;  ///< 1 for the first connection of this Lab
  std::string listener{};        ///< "https", "http", or the name of another listener
  Event event = Event::tcp_accepted;
  std::string text{};
  std::vector<std::pair<std::string, std::string>> headers{};  ///< as sent, names in their spelling
  std::string body{};                                          ///< decoded from chunks; bytes past 1 MiB are dropped
  int status = 0;                                              ///< of a response
};

/// A row of the fault table (faults.inc).
struct FaultInfo {
  std::string_view id{};         ///< kebab-case symptom
  std::string_view responder{};  ///< "http" or "wire"
  std::string_view area{};       ///< area of the check catalogue
  std::string_view checks{};    ///< ids of the checks it proves, separated by blanks; empty if it only tests robustness
  std::string_view sentence{};  ///< what the server does wrong
};
[[nodiscard]] std::vector<FaultInfo> faults();

/// A row of the persona table.
struct PersonaInfo {
  std::string_view id{};
  std::string_view sentence{};
};
[[nodiscard]] std::vector<PersonaInfo> personas();

/// A running server. It serves from threads of its own; every member may be called from any thread.
/// The destructor closes every connection and returns when all threads have ended.
class Lab {
 public:
  /// Starts listening on 127.0.0.1 and nowhere else. The error is a sentence that names the option that is wrong
  /// (unknown persona or fault, with the nearest known id; port in use) or the part of the system that failed.
  [[nodiscard]] static std::expected<std::unique_ptr<Lab>, std::string> start(const LabOptions& options);
  ~Lab();
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;

  [[nodiscard]] const LabFacts& facts() const;

  /// All that happened so far, in order.
  [[nodiscard]] std::vector<TranscriptEntry> transcript() const;
  void clear_transcript();

  /// Puts a mail into the inbox of `user` (bare name) and wakes the Pings that wait for it.
  /// Returns its ServerId, or an empty string if there is no such user.
  std::string deliver_mail(std::string_view user, std::string_view subject,
                           std::string_view text = "Delivered by the lab.");
  /// Number of items in a folder ("Inbox", "Sent Items", ...) of `user`; 0 if there is none of that name.
  [[nodiscard]] std::size_t item_count(std::string_view user, std::string_view folder) const;
  /// Ends all partnerships: policy keys and sync states of every device are gone, the mail stays.
  void forget_devices();
  /// Orders a remote wipe of every device of `user`: the next Provision carries RemoteWipe.
  void queue_wipe(std::string_view user);
  /// Waits until a Ping (or a Sync that waits) is pending for `user`. False if none came within `limit`.
  [[nodiscard]] bool wait_for_ping(std::string_view user, std::chrono::milliseconds limit) const;

 private:
  struct Impl;
  explicit Lab(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace easel::lab

#pragma once
// A site: the deployment under test, as the command line and a site file describe it. Nothing secret is ever printed.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/transport/transport.h"

namespace easel {

/// A password or passphrase. It has no way to be printed; `reveal` is called where credentials are put on the wire.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  [[nodiscard]] const std::string& reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }
  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  std::string value_;
};

struct Account {
  std::string id = "main";
  std::string user;  ///< as typed on the device: name, DOMAIN\name or name@domain
  Secret password;
  int failed_logons = 2;  ///< how many refused log-ons a run may cause for this account
  friend bool operator==(const Account&, const Account&) = default;
};

/// The RSA SecurID page in front of ActiveSync, and a log-on at it.
struct SecurIdLogon {
  std::string page = "/WebID/IISWebAgentIF.dll";
  std::string form = "username={user}&passcode={passcode}";  ///< what is posted; {user} and {passcode} are put in
  Secret passcode;                                           ///< PIN and token code; empty: nobody logs on
  friend bool operator==(const SecurIdLogon&, const SecurIdLogon&) = default;
};

/// One address behind the public name: a front end, a proxy, one A or AAAA record.
struct SiteAddress {
  std::string host;
  std::uint16_t port = 0;  ///< 0: the site's
  std::string label;
  friend bool operator==(const SiteAddress&, const SiteAddress&) = default;
};

/// The server's certificate as it was once, so that a change which nobody announced is seen.
struct Baseline {
  std::string certificate;  ///< SHA-256 fingerprint, upper-case hex; empty: only the key is known
  std::string key;          ///< pin of its key (base64 SHA-256 of the SubjectPublicKeyInfo); may be empty
  std::string announced;    ///< fingerprint of the certificate that is to follow; may be empty
  std::string source;       ///< where this comes from, for reports
  friend bool operator==(const Baseline&, const Baseline&) = default;
};

struct Site {
  std::string name;  ///< how reports call it; the host by default
  std::string host;
  std::uint16_t port = 443;
  std::string path = "/Microsoft-Server-ActiveSync";
  std::optional<std::uint16_t> plain_port;  ///< where plain HTTP would listen; unknown if empty
  bool plain_port_none = false;             ///< the site says that it has none
  std::vector<std::string> other_hosts;     ///< further names that may receive credentials or redirects
  std::vector<SiteAddress> addresses;
  std::vector<Account> accounts;
  std::vector<std::string> schemes = {"Basic"};  ///< WWW-Authenticate schemes that are expected
  std::string role = "front-end";                ///< front-end, back-end, single
  std::string publisher = "none";                ///< none, isa, tmg, nginx, apache, other
  std::string vantage = "inside";                ///< inside, outside
  std::string policy = "unknown";                ///< required, none, unknown
  std::string securid = "no";
  SecurIdLogon securid_logon;
  std::string client_certificate = "no";  ///< no, optional, yes
  std::string server;                     ///< product, for remedies; empty: recognised from headers
  std::vector<std::string> fleet;         ///< device profile ids
  std::string axis = "guide";             ///< which axis gates the exit code: guide, today
  std::string autodiscover;
  Route route;
  std::optional<Route> plain_route;  ///< where to connect for the plain port, if not as `route`
  TrustPolicy trust;
  bool trust_of_device = false;  ///< the site asks for the device's own root store (<trust store="device">)
  std::optional<ClientCertificate> certificate;
  std::vector<ClientCertificate> other_certificates;  ///< by name, for checks: "expired", "revoked", "untrusted", …
  std::optional<Baseline> baseline;
  Bounds bounds;

  [[nodiscard]] const Account* account(std::string_view id) const {
    for (const Account& a : accounts) {
      if (a.id == id) return &a;
    }
    return nullptr;
  }
  /// Is `wanted` a host of this site (and may so receive credentials)?
  [[nodiscard]] bool owns(std::string_view wanted) const;
};

}  // namespace easel

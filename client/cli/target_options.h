#pragma once
// The options that verify, check and run share: the target, who asks, whom to trust, the bounds.

#include <expected>
#include <string>
#include <vector>

#include "client/data/data_files.h"
#include "client/diagnostic.h"
#include "client/profile/device_profile.h"
#include "client/scenario/site.h"

namespace CLI {
class App;
}

namespace easel {

struct TargetOptions {
  std::string url;
  std::string site_file;
  std::string user;
  std::string password;  ///< env:NAME, file:PATH, fd:N or prompt; never the password
  std::string device = "wm6.1";
  std::string trust;  ///< host or device: whose root store counts; empty: as the site file says, else the host's
  std::string device_folder;  ///< where `easel device ca` keeps what is installed; empty: its default
  std::vector<std::string> trust_ca;
  std::vector<std::string> pins;
  std::string baseline;  ///< report file, fingerprint or pin
  std::string client_certificate;
  std::string client_key;
  std::string client_key_password;
  std::vector<std::string> resolve;
  std::string dns;                      ///< "HOST:PORT" of the name server to ask; empty: the system's
  std::vector<std::string> connect_to;  ///< [LABEL=]HOST[:PORT]; the first is where the run goes, all are compared
  std::string proxy;
  std::string proxy_user;
  std::string proxy_password;
  std::string plain_port;
  std::string axis;
  std::string role, publisher, vantage, policy, securid, schemes, server;
  std::vector<std::string> other_hosts;
  int failed_logons = -1;
  double connect_timeout = 10;
  double answer_timeout = 30;
  double max_body_mib = 64;
  double max_headers_kib = 256;
  std::string data_folder;
};

/// Adds the options in groups, so that --help fits a screen.
void add_target_options(CLI::App& app, TargetOptions& options);

/// The site that the options and the site file describe. Reads every file and asks for the password; nothing is sent.
/// With `needs_password` false a missing password is no complaint (checks without credentials still run).
std::expected<Site, Diagnostics> build_site(const TargetOptions& options, const DataFiles& data,
                                            const DeviceProfile& device);

/// "https://mail.example.com:8443/Microsoft-Server-ActiveSync" into host, port and path of the site.
std::expected<void, Diagnostic> parse_target(const std::string& url, Site& site);

}  // namespace easel

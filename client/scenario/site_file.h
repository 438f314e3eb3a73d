#pragma once
// The site file: what an administrator writes once about a deployment. Its format stands in scenarios/README.md.

#include <expected>
#include <string>
#include <vector>

#include "client/diagnostic.h"
#include "client/scenario/site.h"

namespace easel {

/// A client certificate of <client-certificate>: the device's own, or one that the site must refuse.
struct SiteCertificate {
  std::string name;        ///< empty: the device's own; else "expired", "revoked", …: how steps name it
  std::string file, key;   ///< paths, relative ones resolved against the site file; `key` may be empty
  std::string passphrase;  ///< env:NAME, file:PATH, fd:N, prompt; may be empty
};

struct SiteFile {
  Site site;
  std::string password_source;        ///< of the first account: env:NAME, file:PATH, fd:N, prompt
  std::vector<std::string> trust_ca;  ///< paths, relative ones resolved against the site file
  std::vector<SiteCertificate> certificates;
  std::string baseline_report;  ///< JSON report that holds the certificate as it was; may be empty
};

/// Reads a site file. Passwords are never in it: an account names where its password comes from, which stands in
/// Account::password (and that of a passcode in SecurIdLogon::passcode) until build_site reads it.
std::expected<SiteFile, Diagnostics> parse_site_file(std::string_view text, const std::string& path);
std::expected<SiteFile, Diagnostics> load_site_file(const std::string& path);

}  // namespace easel

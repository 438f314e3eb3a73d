#pragma once
// The site file: what an administrator writes once about a deployment. Its format stands in scenarios/README.md.

#include <expected>
#include <string>
#include <vector>

#include "client/diagnostic.h"
#include "client/scenario/site.h"

namespace easel {

struct SiteFile {
  Site site;
  std::string password_source;        ///< of the first account: env:NAME, file:PATH, fd:N, prompt
  std::vector<std::string> trust_ca;  ///< paths, relative ones resolved against the site file
};

/// Reads a site file. Passwords are never in it: an account names where its password comes from, which stands in
/// Account::password (and that of a passcode in SecurIdLogon::passcode) until build_site reads it.
std::expected<SiteFile, Diagnostics> parse_site_file(std::string_view text, const std::string& path);
std::expected<SiteFile, Diagnostics> load_site_file(const std::string& path);

}  // namespace easel

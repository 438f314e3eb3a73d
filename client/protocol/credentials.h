#pragma once
// Basic credentials as a device puts them on the wire, and the made-up ones that probes use instead of real ones.

#include <string>
#include <string_view>

namespace easel {

/// "Basic …" (RFC 7617). The password, UTF-8 here, is written in the device's charset: "utf-8" or "windows-1252"
/// (characters that Windows-1252 lacks become '?', as on the device).
std::string basic_authorization(std::string_view user, std::string_view password, std::string_view charset);

/// A user and a password that exist nowhere: what a probe sends where a real password must never go. They are the same
/// in one run, so that a server's log can be searched for them.
struct CanaryCredentials {
  std::string user;
  std::string password;
};
CanaryCredentials canary_credentials(std::string_view run_id);

/// The three spellings of a user: "alice", "CORP\alice", "alice@corp.example". Empty where they cannot be derived.
std::string bare_user(std::string_view user);

/// Octets of `text` (UTF-8) in Windows-1252.
std::string to_windows_1252(std::string_view text);

}  // namespace easel

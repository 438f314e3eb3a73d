#pragma once
// A ClientHello that is no device's: made from versions and classes of cipher suites, to ask a server what it would
// take (RFC 5246, 7.4.1.2; RFC 8446, 4.1.2; SSL 2.0 draft, CLIENT-HELLO).

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "client/tls/hello.h"

namespace easel {

struct HelloRecipe {
  std::uint16_t lowest = kSsl3Version;    ///< lowest answer that counts as one
  std::uint16_t highest = kTls12Version;  ///< SSLv2: a hello in SSL 2.0 form, which offers nothing else
  std::string suites;                     ///< words: classes of suite_classes(), or names of single suites
  bool server_name = false;
};

/// "usual", "weak", "null", "anonymous", … in the order of the table.
std::vector<std::string_view> suite_classes();

/// The hello, with the extensions that its suites and versions need and the signal of RFC 5746. Suites that belong to
/// versions above `highest` are left out. The error is a sentence that names the word which is wrong.
std::expected<Hello, std::string> make_hello(const HelloRecipe& recipe);

}  // namespace easel

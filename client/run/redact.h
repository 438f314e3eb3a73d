#pragma once
// Secrets are masked once: where a round trip enters a result. No report ever sees the original.

#include <string>
#include <string_view>
#include <vector>

#include "client/transport/round_trip.h"

namespace easel {

class Redactor {
 public:
  /// Remembers a password (or passphrase, cookie, …) and how it looks on the wire: base64 (also inside a
  /// longer text), percent-encoded, in Windows-1252, as XML text. Less than four octets are left alone in text.
  void add(std::string_view secret);
  /// Remembers a user and a password: also their Basic credentials in UTF-8 and Windows-1252.
  void add_credentials(std::string_view user, std::string_view password);

  /// The text with every secret replaced by "•••".
  [[nodiscard]] std::string apply(std::string_view text) const;
  /// A round trip without secrets: Authorization, Proxy-Authorization, Cookie and Set-Cookie keep their names only, and
  /// known secrets are replaced wherever a server may have echoed them. Bodies are cut to `max_body` octets.
  [[nodiscard]] RoundTrip apply(RoundTrip round_trip, std::size_t max_body = 256U << 10) const;

 private:
  std::vector<std::string> secrets_;  ///< longest first
};

}  // namespace easel

#pragma once
// Answers to hellos that GnuTLS no longer takes: SSLv2, SSLv3, export and NULL suites. They are bytes, not sessions:
// a ServerHello and the certificate, which is as far as a probe for them looks.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/behaviour.h"

namespace easel::lab {

/// What a ClientHello offers.
struct ClientHello {
  bool ssl2_form = false;
  unsigned version = 0;                 ///< 0x0002 for SSLv2, else 0x0300 to 0x0303
  std::vector<std::uint32_t> suites{};  ///< 16 bits; 24 bits for the cipher kinds of SSLv2
};
/// None if the bytes are no hello. What is cut off at the end is left out.
[[nodiscard]] std::optional<ClientHello> read_client_hello(std::string_view bytes);

/// The bytes to answer with; empty if this hello is not one of those that `shape` answers.
/// `chain` as PEM, in the order in which it is sent.
[[nodiscard]] std::string canned_answer(const ClientHello& hello, const CannedShape& shape,
                                        const std::vector<std::string>& chain);

}  // namespace easel::lab

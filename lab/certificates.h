#pragma once
// The lab's certification authority ([RFC 5280]): mints what a ChainShape asks for, good or bad.

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "lab/behaviour.h"

namespace easel::lab {

struct Minted {
  std::string pem{};      ///< the certificate
  std::string key_pem{};  ///< its private key, PKCS#8
};

/// Mints one certificate. `issuer` null = signed with its own key. `authority` = may sign others.
/// `role` names the key in the key cache. The error says which OpenSSL call failed.
[[nodiscard]] std::expected<Minted, std::string> mint(const CertificateShape& shape, std::string_view role,
                                                      std::string_view host, const Minted* issuer, bool authority);

/// What a TLS listener shows, and the authorities behind it.
struct ServerChain {
  Minted root, intermediate, leaf;
  Minted stranger_root, stranger_intermediate;  ///< a second authority that is never announced as the lab's own
  std::vector<std::string> sent{};              ///< PEM of what goes over the wire, in that order
  std::string key_pem{};                        ///< the key that the handshake uses
};
[[nodiscard]] std::expected<ServerChain, std::string> mint_chain(const ChainShape& shape, std::string_view host);

/// `text` with `{host}` replaced.
[[nodiscard]] std::string with_host(std::string_view text, std::string_view host);

}  // namespace easel::lab

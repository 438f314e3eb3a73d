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
  Minted leaf_before;                           ///< what a baseline would hold, where the fault is that it changed
  Minted stranger_root, stranger_intermediate;  ///< a second authority that is never announced as the lab's own
  std::vector<std::string> sent{};              ///< PEM of what goes over the wire, in that order
  std::string key_pem{};                        ///< the key that the handshake uses
};
/// `below` gives the authorities of an earlier chain to this one; null = new ones.
[[nodiscard]] std::expected<ServerChain, std::string> mint_chain(const ChainShape& shape, std::string_view host,
                                                                 const ServerChain* below = nullptr);

/// The certificate without its PEM armour; empty if it is none.
[[nodiscard]] std::string der_of(std::string_view pem);

/// A revocation list of that authority as DER ([RFC 5280] CRL); empty if OpenSSL failed.
[[nodiscard]] std::string make_revocation_list(const Minted& issuer, const std::vector<std::string>& revoked_pems);

/// `text` with `{host}` replaced.
[[nodiscard]] std::string with_host(std::string_view text, std::string_view host);

}  // namespace easel::lab

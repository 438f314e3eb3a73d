#pragma once
// A device's ClientHello as data, and its bytes (RFC 2246/4346/5246/8446, 7.4.1.2 and 4.1.2; SSL 3.0, RFC
// 6101, 5.6.1.2; SSL 2.0 form, RFC 5246, appendix E.2).

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace easel {

/// Versions as they stand on the wire.
inline constexpr std::uint16_t kSsl2Version = 0x0002;
inline constexpr std::uint16_t kSsl3Version = 0x0300;
inline constexpr std::uint16_t kTls10Version = 0x0301;
inline constexpr std::uint16_t kTls11Version = 0x0302;
inline constexpr std::uint16_t kTls12Version = 0x0303;
inline constexpr std::uint16_t kTls13Version = 0x0304;

/// "TLSv1.0" for 0x0301; "version 0x7F1C" for what no document names.
std::string version_text(std::uint16_t version);
/// "TLSv1.0", "TLSv1", "3.1" or "0x0301"; nullopt for anything else.
std::optional<std::uint16_t> parse_version(std::string_view text);

struct HelloExtension {
  std::uint16_t kind = 0;
  bool server_name = false;  ///< the body is the host asked for (RFC 6066, 3); `body` is not used
  std::string body;
  friend bool operator==(const HelloExtension&, const HelloExtension&) = default;
};

struct Hello {
  enum class Form {
    Tls,   ///< a TLS record
    Ssl2,  ///< SSL 2.0 form, which may offer SSL 3.0 and TLS too
  };
  Form form = Form::Tls;
  std::uint16_t record_version = kTls10Version;
  std::uint16_t version = kTls10Version;        ///< client_version: the highest offered below TLS 1.3
  std::uint16_t lowest_version = kSsl3Version;  ///< lowest answer the device takes
  std::vector<std::uint16_t> suites;
  std::vector<std::uint32_t> ssl2_kinds;           ///< Form::Ssl2: cipher specs in order, three octets each
  std::size_t session_id_size = 0;                 ///< octets of a random session id (TLS 1.3 middlebox form: 32)
  std::string compression = std::string(1, '\0');  ///< methods in order
  /// nullopt: the hello has no extension block at all, as devices before Windows Phone 8.
  std::optional<std::vector<HelloExtension>> extensions;

  std::string source;      ///< where the bytes come from; empty: no capture, and no verdict may be based on them
  std::string confidence;  ///< "high": captured; else reconstructed, and verdicts say "predicted"
  friend bool operator==(const Hello&, const Hello&) = default;

  [[nodiscard]] bool predicted() const { return confidence != "high"; }
  [[nodiscard]] bool sends_server_name() const;
  /// Versions offered, lowest first, from lowest_version, version and supported_versions.
  [[nodiscard]] bool offers_version(std::uint16_t which) const;
};

/// What is new in each hello that is sent.
struct HelloSecrets {
  std::array<unsigned char, 32> random{};
  std::array<unsigned char, 32> session_id{};
};

/// The bytes of the hello towards `host`, whole record included. Deterministic.
std::string encode_hello(const Hello& hello, std::string_view host, const HelloSecrets& secrets);

/// Reads a captured ClientHello record (either form) into a Hello; server_name becomes the host asked for later.
/// Errors name the field and the octet offset.
std::expected<Hello, std::string> parse_client_hello(std::string_view bytes);

/// Hexadecimal digits, white space allowed between octets; nullopt if something else stands there.
std::optional<std::string> parse_hex(std::string_view text);

}  // namespace easel

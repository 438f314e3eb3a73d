#include "client/tls/hello_recipe.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>
#include <sstream>

#include "client/tls/cipher_suites.h"

namespace easel {
namespace {

bool has(const CipherSuite& s, std::string_view part) { return s.name.find(part) != std::string_view::npos; }
bool strong(const CipherSuite& s) { return s.bits >= 112 && s.authentication != Authentication::Anonymous; }
bool is_export(const CipherSuite& s) {
  return s.key_exchange == KeyExchange::RsaExport || s.key_exchange == KeyExchange::DheExport;
}

struct SuiteClass {
  std::string_view name;
  bool (*holds)(const CipherSuite&);
};

// Few suites in "usual": a hello of 256 to 511 octets hangs some load balancers (RFC 7685, 1).
constexpr auto kClasses = std::to_array<SuiteClass>({
    {"usual",
     [](const CipherSuite& s) {
       const bool signs = s.authentication == Authentication::Rsa || s.authentication == Authentication::Ecdsa;
       const bool exchange = s.key_exchange == KeyExchange::Rsa || s.key_exchange == KeyExchange::Dhe ||
                             s.key_exchange == KeyExchange::Ecdhe;
       const bool cipher = has(s, "AES") || has(s, "3DES_EDE_CBC_SHA") || has(s, "RC4_128") || has(s, "CHACHA20");
       const bool usual = signs && exchange && cipher && !has(s, "CCM") && !has(s, "FIPS");
       return strong(s) && (usual || s.key_exchange == KeyExchange::Tls13);
     }},
    {"weak",
     [](const CipherSuite& s) { return s.bits > 0 && s.bits < 112 && s.authentication != Authentication::Anonymous; }},
    {"export", is_export},
    {"null", [](const CipherSuite& s) { return s.bits == 0 && s.code != 0; }},
    {"anonymous", [](const CipherSuite& s) { return s.authentication == Authentication::Anonymous; }},
    {"rc4", [](const CipherSuite& s) { return strong(s) && has(s, "RC4_128"); }},
    {"3des", [](const CipherSuite& s) { return strong(s) && has(s, "3DES"); }},
    {"rsa", [](const CipherSuite& s) { return strong(s) && s.key_exchange == KeyExchange::Rsa; }},
    {"forward-secret",
     [](const CipherSuite& s) {
       return strong(s) && (s.key_exchange == KeyExchange::Dhe || s.key_exchange == KeyExchange::Ecdhe ||
                            s.key_exchange == KeyExchange::Tls13);
     }},
    {"any", [](const CipherSuite& s) { return s.code != 0 && s.name != "-"; }},
});

// The version that brought the suite: what needs a hash of its own, or authenticates as it encrypts, is of TLS 1.2.
std::uint16_t since(const CipherSuite& s) {
  if (s.code > 0xFFFF) return kSsl2Version;
  if (s.key_exchange == KeyExchange::Tls13) return kTls13Version;
  for (const std::string_view mark : {"_SHA256", "_SHA384", "_GCM_", "_CCM", "CHACHA20"}) {
    if (has(s, mark)) return kTls12Version;
  }
  return s.key_exchange == KeyExchange::Ecdhe || s.key_exchange == KeyExchange::EcdhStatic ? kTls10Version
                                                                                           : kSsl3Version;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// Codes of the table's rows that any word of `words` names, in the order of the table.
std::expected<std::vector<std::uint32_t>, std::string> chosen(std::span<const CipherSuite> table,
                                                              std::string_view words, std::uint16_t highest) {
  std::vector<bool> wanted(table.size());
  std::istringstream in{std::string(words)};
  for (std::string word; in >> word;) {
    const auto* known = std::ranges::find(kClasses, word, &SuiteClass::name);
    bool any = known != kClasses.end();
    for (std::size_t i = 0; i < table.size(); ++i) {
      const bool named = known == kClasses.end() ? same_word(table[i].name, word) : known->holds(table[i]);
      any = any || named;
      if (named && since(table[i]) <= highest) wanted[i] = true;
    }
    if (!any) return std::unexpected("'" + word + "' is neither a class of cipher suites nor the name of one");
  }
  std::vector<std::uint32_t> out;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (wanted[i]) out.push_back(table[i].code);
  }
  return out;
}

HelloExtension extension(std::uint16_t kind, std::string body) { return {kind, false, std::move(body)}; }

/// What the suites and versions need to be chosen, and no more.
std::vector<HelloExtension> extensions_of(const Hello& hello, std::uint16_t highest, bool server_name) {
  const bool curves = std::ranges::any_of(hello.suites, [](std::uint16_t code) {
    const CipherSuite* s = find_suite(code);
    return s && (s->key_exchange == KeyExchange::Ecdhe || s->key_exchange == KeyExchange::Tls13);
  });
  std::vector<HelloExtension> out;
  if (server_name) out.push_back({0, true, {}});
  if (curves) {
    out.push_back(extension(10, std::string("\0\x08\0\x1D\0\x17\0\x18\0\x19", 10)));  // X25519, P-256, P-384, P-521
    out.push_back(extension(11, std::string("\1\0", 2)));                             // uncompressed points
  }
  if (highest >= kTls12Version) {
    // ECDSA, RSA-PSS and RSA with SHA-256, SHA-384, SHA-512, then SHA-1
    out.push_back(extension(13, std::string("\0\x16\4\3\5\3\6\3\x08\4\x08\5\x08\6\4\1\5\1\6\1\2\3\2\1", 24)));
  }
  if (highest >= kTls13Version) {
    std::string versions;
    for (std::uint16_t v = highest; v >= hello.lowest_version && v >= kTls10Version; --v) {
      versions += static_cast<char>(v >> 8);
      versions += static_cast<char>(v & 255);
    }
    out.push_back(extension(43, static_cast<char>(versions.size()) + versions));
    out.push_back(extension(51, std::string("\0\0", 2)));  // no key share: HelloRetryRequest is answer enough
  }
  return out;
}

}  // namespace

std::vector<std::string_view> suite_classes() {
  std::vector<std::string_view> out;
  for (const SuiteClass& c : kClasses) out.push_back(c.name);
  return out;
}

std::expected<Hello, std::string> make_hello(const HelloRecipe& recipe) {
  if (recipe.lowest > recipe.highest)
    return std::unexpected("the lowest version, " + version_text(recipe.lowest) + ", is above the highest, " +
                           version_text(recipe.highest));
  Hello out;
  out.source = "made by easel";
  out.confidence = "high";
  out.lowest_version = recipe.lowest;
  out.version = std::min(recipe.highest, kTls12Version);
  if (recipe.highest == kSsl2Version) {
    out.form = Hello::Form::Ssl2;
    out.record_version = kSsl2Version;
    auto kinds = chosen(ssl2_kinds(), recipe.suites, recipe.highest);
    if (!kinds) return std::unexpected(kinds.error());
    out.ssl2_kinds = std::move(*kinds);
    if (out.ssl2_kinds.empty()) return std::unexpected("no SSL 2.0 kind is among the suites '" + recipe.suites + "'");
    return out;
  }
  auto suites = chosen(cipher_suites(), recipe.suites, recipe.highest);
  if (!suites) return std::unexpected(suites.error());
  if (suites->empty())
    return std::unexpected("none of the suites '" + recipe.suites + "' exists at " + version_text(recipe.highest));
  for (const std::uint32_t code : *suites) out.suites.push_back(static_cast<std::uint16_t>(code));
  out.record_version = recipe.highest == kSsl3Version ? kSsl3Version : kTls10Version;
  if (recipe.highest >= kTls13Version) out.session_id_size = 32;
  out.suites.push_back(0x00FF);  // RFC 5746, 3.3
  auto extensions = extensions_of(out, recipe.highest, recipe.server_name);
  if (!extensions.empty()) out.extensions = std::move(extensions);
  return out;
}

}  // namespace easel

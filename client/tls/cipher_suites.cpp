#include "client/tls/cipher_suites.h"

#include <algorithm>
#include <array>

namespace easel {
namespace {

#define EASEL_SUITE(code, name, exchange, authentication, bits) \
  CipherSuite{code, name, KeyExchange::exchange, Authentication::authentication, bits},
#define EASEL_SSL2_KIND(code, name, exchange, authentication, bits)
constexpr auto kSuites = std::to_array<CipherSuite>({
#include "client/tls/cipher_suites.inc"
});
#undef EASEL_SUITE
#undef EASEL_SSL2_KIND

#define EASEL_SUITE(code, name, exchange, authentication, bits)
#define EASEL_SSL2_KIND(code, name, exchange, authentication, bits) \
  CipherSuite{code, name, KeyExchange::exchange, Authentication::authentication, bits},
constexpr auto kSsl2Kinds = std::to_array<CipherSuite>({
#include "client/tls/cipher_suites.inc"
});
#undef EASEL_SUITE
#undef EASEL_SSL2_KIND

constexpr auto ascending = [](const CipherSuite& a, const CipherSuite& b) { return a.code < b.code; };
constexpr auto not_ascending = [](const CipherSuite& a, const CipherSuite& b) { return a.code >= b.code; };
static_assert(std::ranges::adjacent_find(kSuites, not_ascending) == kSuites.end(), "rows in order of their code, once");
static_assert(std::ranges::adjacent_find(kSsl2Kinds, not_ascending) == kSsl2Kinds.end());

template <typename Table>
const CipherSuite* find_in(const Table& table, std::uint32_t code) {
  const auto found = std::ranges::lower_bound(table, CipherSuite{code, {}, {}, {}, 0}, ascending);
  return found != table.end() && found->code == code ? &*found : nullptr;
}

std::string hex(std::uint32_t code, int digits) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out = "0x";
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += kDigits[code >> shift & 15];
  return out;
}

}  // namespace

std::span<const CipherSuite> cipher_suites() { return kSuites; }
std::span<const CipherSuite> ssl2_kinds() { return kSsl2Kinds; }
const CipherSuite* find_suite(std::uint16_t code) { return find_in(kSuites, code); }
const CipherSuite* find_ssl2_kind(std::uint32_t code) { return find_in(kSsl2Kinds, code); }

std::string suite_name(std::uint16_t code) {
  const CipherSuite* suite = find_suite(code);
  return suite == nullptr ? "suite " + hex(code, 4) : std::string(suite->name);
}

std::string ssl2_kind_name(std::uint32_t code) {
  const CipherSuite* kind = find_ssl2_kind(code);
  return kind == nullptr ? "kind " + hex(code, 6) : std::string(kind->name);
}

bool sends_key_exchange(KeyExchange key_exchange) {
  switch (key_exchange) {
    case KeyExchange::RsaExport:
    case KeyExchange::Dhe:
    case KeyExchange::DheExport:
    case KeyExchange::Ecdhe:
      return true;
    case KeyExchange::Rsa:
    case KeyExchange::DhStatic:
    case KeyExchange::EcdhStatic:
    case KeyExchange::Tls13:
      return false;
  }
  return false;
}

}  // namespace easel

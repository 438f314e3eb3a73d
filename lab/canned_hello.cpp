#include "lab/canned_hello.h"

#include <algorithm>
#include <array>

#include "lab/certificates.h"

namespace easel::lab {

namespace {

class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  /// Big endian; 0 past the end, and good() is false from then on.
  unsigned number(std::size_t size) {
    unsigned value = 0;
    for (const char c : take(size)) value = (value << 8U) | static_cast<unsigned char>(c);
    return value;
  }
  std::string_view take(std::size_t size) {
    good_ = good_ && size <= bytes_.size();
    const std::string_view out = bytes_.substr(0, std::min(size, bytes_.size()));
    bytes_.remove_prefix(out.size());
    return out;
  }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool good_ = true;
};

std::string big_endian(std::size_t value, unsigned size) {
  std::string out;
  while (size-- > 0) out += static_cast<char>((value >> (8U * size)) & 0xFFU);
  return out;
}

std::string sized(std::string_view bytes, unsigned size) { return big_endian(bytes.size(), size).append(bytes); }

/// [SSLv2] CLIENT-HELLO
std::optional<ClientHello> read_ssl2(Bytes in) {
  ClientHello hello{.ssl2_form = true};
  in.number(2);
  if (in.number(1) != 1) return std::nullopt;
  hello.version = in.number(2);
  const unsigned suites = in.number(2);
  in.number(4);
  if (!in.good()) return std::nullopt;
  for (unsigned i = 0; i + 3 <= suites && !in.empty(); i += 3) hello.suites.push_back(in.number(3));
  return hello;
}

/// Suites with 40 or 56 bits of key ([RFC 2246] appendix A.5, the 1024-bit export drafts, the old FIPS suites).
constexpr std::array<std::uint32_t, 23> kExport{0x03, 0x06, 0x08, 0x09, 0x0B, 0x0C,   0x0E,  0x0F,
                                                0x11, 0x12, 0x14, 0x15, 0x17, 0x19,   0x1A,  0x60,
                                                0x61, 0x62, 0x63, 0x64, 0x65, 0xFEFE, 0xFFE1};
/// Those of them that need no more than an RSA key of the server's.
constexpr std::array<std::uint32_t, 5> kRsaExport{0x03, 0x06, 0x08, 0x62, 0x64};
/// Suites without encryption.
constexpr std::array<std::uint32_t, 8> kNull{0x01, 0x02, 0x3B, 0xC001, 0xC006, 0xC00B, 0xC010, 0xC015};
/// Suites without a certificate.
constexpr std::array<std::uint32_t, 27> kAnonymous{
    0x17, 0x18, 0x19,   0x1A,   0x1B,   0x34,   0x3A,   0x46,   0x6C,   0x6D,   0x89,   0x9B,   0xA6,  0xA7,
    0xBF, 0xC5, 0xC015, 0xC016, 0xC017, 0xC018, 0xC019, 0xC046, 0xC047, 0xC05A, 0xC05B, 0xC084, 0xC085};

template <class List>
bool only(const ClientHello& hello, const List& list) {
  const auto known = [&](std::uint32_t suite) { return std::ranges::find(list, suite) != list.end(); };
  const auto signal = [](std::uint32_t suite) { return suite == 0xFF || suite == 0x5600; };
  return std::ranges::any_of(hello.suites, known) &&
         std::ranges::all_of(hello.suites, [&](std::uint32_t suite) { return known(suite) || signal(suite); });
}

std::string server_hello(unsigned version, std::uint32_t suite, const std::vector<std::string>& chain) {
  std::string certificates;
  for (const std::string& pem : chain) certificates += sized(der_of(pem), 3);
  const std::string random(32, '\x5A');
  std::string hello = big_endian(version, 2) + random + sized(std::string(32, '\x42'), 1) + big_endian(suite, 2);
  hello += '\0';
  std::string handshake = std::string(1, '\x02') + sized(hello, 3);
  handshake += std::string(1, '\x0B') + sized(sized(certificates, 3), 3);
  handshake += std::string("\x0E\x00\x00\x00", 4);
  return std::string(1, '\x16') + big_endian(version, 2) + sized(handshake, 2);
}

std::string ssl2_server_hello(const std::vector<std::string>& chain) {
  const std::string certificate = der_of(chain.front());
  const std::string ciphers("\x01\x00\x80\x02\x00\x80", 6);
  const std::string id(16, '\x5A');
  std::string message("\x04\x00\x01\x00\x02", 5);
  message += big_endian(certificate.size(), 2) + big_endian(ciphers.size(), 2) + big_endian(id.size(), 2);
  message += certificate + ciphers + id;
  return big_endian(message.size() | 0x8000U, 2) + message;
}

}  // namespace

std::optional<ClientHello> read_client_hello(std::string_view bytes) {
  if (bytes.size() < 11) return std::nullopt;
  if ((static_cast<unsigned char>(bytes[0]) & 0x80U) != 0) return read_ssl2(Bytes(bytes));
  Bytes in(bytes);
  if (in.number(1) != 22) return std::nullopt;
  in.number(4);
  if (in.number(1) != 1) return std::nullopt;
  in.number(3);
  ClientHello hello;
  hello.version = in.number(2);
  in.take(32);
  in.take(in.number(1));
  const unsigned suites = in.number(2);
  if (!in.good()) return std::nullopt;
  for (unsigned i = 0; i + 2 <= suites && !in.empty(); i += 2) hello.suites.push_back(in.number(2));
  return hello;
}

std::string canned_answer(const ClientHello& hello, const CannedShape& shape, const std::vector<std::string>& chain) {
  if (shape.ssl2 && hello.ssl2_form && hello.version == 0x0002) return ssl2_server_hello(chain);
  if (hello.suites.empty() || hello.version < 0x0300) return {};
  std::uint32_t suite = 0;
  for (const std::uint32_t offered : hello.suites)
    if (suite == 0 && offered <= 0xFFFF && offered != 0xFF) suite = offered;
  if (shape.ssl3 && hello.version == 0x0300) return server_hello(0x0300, suite, chain);
  if (shape.export_suites && only(hello, kExport)) return server_hello(std::min(hello.version, 0x0301U), suite, chain);
  if (shape.export_preferred && hello.version >= 0x0301 && !only(hello, kExport)) {
    const auto found = std::ranges::find_if(
        hello.suites, [](std::uint32_t offered) { return std::ranges::find(kRsaExport, offered) != kRsaExport.end(); });
    if (found != hello.suites.end()) return server_hello(std::min(hello.version, 0x0301U), *found, chain);
  }
  if (shape.null_suites && only(hello, kNull)) return server_hello(hello.version, suite, chain);
  if (shape.anonymous_suites && only(hello, kAnonymous)) return server_hello(hello.version, suite, chain);
  return {};
}

}  // namespace easel::lab

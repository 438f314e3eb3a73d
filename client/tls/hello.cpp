#include "client/tls/hello.h"

#include <algorithm>
#include <charconv>

#include "client/tls/byte_cursor.h"

namespace easel {
namespace {

constexpr std::uint16_t kServerNameExtension = 0;
constexpr std::uint16_t kSupportedVersionsExtension = 43;
constexpr char kHandshakeRecord = 22;
constexpr char kClientHello = 1;

void put(std::string& out, std::size_t value, std::size_t size) {
  for (std::size_t i = size; i-- > 0;) out += static_cast<char>(value >> (8 * i) & 0xff);
}

void put_vector(std::string& out, std::string_view body, std::size_t size) {
  put(out, body.size(), size);
  out.append(body);
}

std::string text_of(const std::array<unsigned char, 32>& bytes, std::size_t size) {
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::min(size, bytes.size()))};
}

std::string server_name_body(std::string_view host) {
  std::string name;
  put(name, 0, 1);  // host_name
  put_vector(name, host, 2);
  std::string out;
  put_vector(out, name, 2);
  return out;
}

std::string encode_ssl2(const Hello& hello, const HelloSecrets& secrets) {
  std::string body;
  put(body, static_cast<std::size_t>(kClientHello), 1);
  put(body, hello.version, 2);
  put(body, 3 * hello.ssl2_kinds.size(), 2);
  put(body, 0, 2);
  constexpr std::size_t kChallenge = 16;
  put(body, kChallenge, 2);
  for (const std::uint32_t kind : hello.ssl2_kinds) put(body, kind, 3);
  body += text_of(secrets.random, kChallenge);
  std::string out;
  put(out, 0x8000 | body.size(), 2);
  return out + body;
}

bool is_address(std::string_view host) {
  return host.find(':') != std::string_view::npos || host.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string encode_extensions(const std::vector<HelloExtension>& extensions, std::string_view host) {
  std::string block;
  for (const HelloExtension& extension : extensions) {
    if (extension.server_name && is_address(host)) continue;  // RFC 6066, 3: no literal addresses
    put(block, extension.kind, 2);
    put_vector(block, extension.server_name ? server_name_body(host) : extension.body, 2);
  }
  return block;
}

std::expected<Hello, std::string> refuse(std::string_view field, const ByteCursor& at) {
  return std::unexpected("ClientHello: " + std::string(field) + " at octet " + std::to_string(at.failed_at()));
}

std::expected<Hello, std::string> parse_ssl2(ByteCursor in) {
  Hello out;
  out.form = Hello::Form::Ssl2;
  ByteCursor body(in.take((in.number(2) & 0x7fff)), 2);
  if (!in.ok()) return refuse("record length", in);
  if (body.number(1) != static_cast<unsigned char>(kClientHello)) return refuse("message type", body);
  out.version = static_cast<std::uint16_t>(body.number(2));
  out.record_version = kSsl2Version;
  out.lowest_version = kSsl2Version;
  const std::uint32_t specs = body.number(2);
  const std::uint32_t session = body.number(2);
  const std::uint32_t challenge = body.number(2);
  if (!body.ok() || specs % 3 != 0) return refuse("cipher specs length", body);
  for (std::uint32_t i = 0; body.ok() && i < specs / 3; ++i) out.ssl2_kinds.push_back(body.number(3));
  body.take(session);
  body.take(challenge);
  if (!body.ok() || !body.empty()) return refuse("lengths that do not add up", body);
  for (const std::uint32_t kind : out.ssl2_kinds) {
    if (kind >> 16 == 0) out.suites.push_back(static_cast<std::uint16_t>(kind));
  }
  return out;
}

bool parse_extensions(ByteCursor& body, Hello& out) {
  ByteCursor block = body.nested(2);
  out.extensions.emplace();
  while (block.ok() && !block.empty()) {
    HelloExtension extension;
    extension.kind = static_cast<std::uint16_t>(block.number(2));
    extension.body = block.vector(2);
    extension.server_name = extension.kind == kServerNameExtension;
    if (extension.server_name) extension.body.clear();
    out.extensions->push_back(std::move(extension));
  }
  return block.ok();
}

}  // namespace

std::string version_text(std::uint16_t version) {
  switch (version) {
    case kSsl2Version:
      return "SSLv2";
    case kSsl3Version:
      return "SSLv3";
    case kTls10Version:
      return "TLSv1.0";
    case kTls11Version:
      return "TLSv1.1";
    case kTls12Version:
      return "TLSv1.2";
    case kTls13Version:
      return "TLSv1.3";
    default:
      break;
  }
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out = "version 0x";
  for (int shift = 12; shift >= 0; shift -= 4) out += kDigits[version >> shift & 15];
  return out;
}

std::optional<std::uint16_t> parse_version(std::string_view text) {
  for (const std::uint16_t version :
       {kSsl2Version, kSsl3Version, kTls10Version, kTls11Version, kTls12Version, kTls13Version}) {
    if (version_text(version) == text) return version;
  }
  if (text == "TLSv1") return kTls10Version;
  if (text == "2.0") return kSsl2Version;
  if (text.size() == 3 && text.starts_with("3.") && text[2] >= '0' && text[2] <= '4') {
    return static_cast<std::uint16_t>(kSsl3Version + (text[2] - '0'));
  }
  if (text.size() != 6 || !text.starts_with("0x")) return std::nullopt;
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool Hello::sends_server_name() const {
  return extensions && std::ranges::any_of(*extensions, [](const HelloExtension& e) { return e.server_name; });
}

bool Hello::offers_version(std::uint16_t which) const {
  if (extensions) {
    for (const HelloExtension& extension : *extensions) {
      if (extension.kind != kSupportedVersionsExtension) continue;
      ByteCursor body(extension.body);
      ByteCursor list = body.nested(1);
      while (list.ok() && !list.empty()) {
        if (list.number(2) == which) return true;
      }
      return false;
    }
  }
  if (which == kSsl2Version) return form == Form::Ssl2 && lowest_version == kSsl2Version;
  return which >= std::max(lowest_version, kSsl3Version) && which <= version;
}

std::string encode_hello(const Hello& hello, std::string_view host, const HelloSecrets& secrets) {
  if (hello.form == Hello::Form::Ssl2) return encode_ssl2(hello, secrets);
  std::string body;
  put(body, hello.version, 2);
  body += text_of(secrets.random, 32);
  put_vector(body, text_of(secrets.session_id, hello.session_id_size), 1);
  put(body, 2 * hello.suites.size(), 2);
  for (const std::uint16_t suite : hello.suites) put(body, suite, 2);
  put_vector(body, hello.compression, 1);
  if (hello.extensions) put_vector(body, encode_extensions(*hello.extensions, host), 2);
  std::string message(1, kClientHello);
  put_vector(message, body, 3);
  std::string out(1, kHandshakeRecord);
  put(out, hello.record_version, 2);
  put_vector(out, message, 2);
  return out;
}

std::expected<Hello, std::string> parse_client_hello(std::string_view bytes) {
  if (!bytes.empty() && (static_cast<unsigned char>(bytes.front()) & 0x80) != 0) return parse_ssl2(ByteCursor(bytes));
  ByteCursor in(bytes);
  Hello out;
  if (in.number(1) != static_cast<unsigned char>(kHandshakeRecord)) return refuse("record type", in);
  out.record_version = static_cast<std::uint16_t>(in.number(2));
  ByteCursor record = in.nested(2);
  if (!in.ok() || !in.empty()) return refuse("record length", in);
  if (record.number(1) != static_cast<unsigned char>(kClientHello)) return refuse("message type", record);
  ByteCursor body = record.nested(3);
  if (!record.ok() || !record.empty()) return refuse("message length", record);
  out.version = static_cast<std::uint16_t>(body.number(2));
  body.take(32);
  out.session_id_size = body.vector(1).size();
  if (!body.ok() || out.session_id_size > 32) return refuse("session id", body);
  ByteCursor suites = body.nested(2);
  while (suites.ok() && !suites.empty()) out.suites.push_back(static_cast<std::uint16_t>(suites.number(2)));
  if (!suites.ok()) return refuse("cipher suites", suites);
  out.compression = body.vector(1);
  if (!body.ok()) return refuse("compression methods", body);
  if (!body.empty() && !parse_extensions(body, out)) return refuse("extensions", body);
  if (!body.empty()) return refuse("octets after the extensions", body);
  return out;
}

std::optional<std::string> parse_hex(std::string_view text) {
  std::string out;
  int high = -1;
  for (const char c : text) {
    int digit = 0;
    if (c >= '0' && c <= '9')
      digit = c - '0';
    else if (c >= 'a' && c <= 'f')
      digit = c - 'a' + 10;
    else if (c >= 'A' && c <= 'F')
      digit = c - 'A' + 10;
    else if (high < 0 && (c == ' ' || c == '\n' || c == '\t' || c == '\r'))
      continue;
    else
      return std::nullopt;
    if (high < 0) {
      high = digit;
    } else {
      out += static_cast<char>(high << 4 | digit);
      high = -1;
    }
  }
  if (high >= 0) return std::nullopt;
  return out;
}

}  // namespace easel

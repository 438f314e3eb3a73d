#include "client/tls/hello_parser.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "client/tls/alert.h"
#include "client/tls/byte_cursor.h"
#include "client/tls/cipher_suites.h"
#include "client/tls/key_exchange.h"
#include "client/tls/openssl_handles.h"

namespace easel {
namespace {

constexpr std::size_t kMaxRecord = (1u << 14) + 2048;  // RFC 5246, 6.2.3
constexpr std::size_t kMaxMessage = 256u << 10;
constexpr std::size_t kMaxStream = 1u << 20;
constexpr std::size_t kMaxRecords = 4096;
constexpr std::size_t kMaxChain = 32;
constexpr std::size_t kMaxNames = 1000;
constexpr std::size_t kMaxWarnings = 8;

constexpr std::uint8_t kAlertRecord = 21;
constexpr std::uint8_t kHandshakeRecord = 22;

enum Message : std::uint8_t {
  kHelloRequest = 0,
  kServerHello = 2,
  kCertificate = 11,
  kServerKeyExchange = 12,
  kCertificateRequest = 13,
  kServerHelloDone = 14,
  kCertificateStatus = 22,
};

constexpr std::uint16_t kKeyShare = 51;
constexpr std::uint16_t kSupportedVersions = 43;
constexpr std::uint16_t kCookie = 44;
constexpr std::uint16_t kRenegotiationInfo = 0xff01;
constexpr std::uint16_t kRenegotiationSuite = 0x00ff;  // RFC 5746, 3.3: offers the extension without having one

// SHA-256 of "HelloRetryRequest" (RFC 8446, 4.1.3)
constexpr std::string_view kRetryRandom =
    "\xCF\x21\xAD\x74\xE5\x9A\x61\x11\xBE\x1D\x8C\x02\x1E\x65\xB8\x91"
    "\xC2\xA2\x11\x16\x7A\xBB\x8C\x5E\x07\x9E\x09\xE2\xC8\xA8\x33\x9C";

struct NameFree {
  void operator()(X509_NAME* name) const noexcept { X509_NAME_free(name); }
};

std::string_view message_name(std::uint8_t type) {
  switch (type) {
    case kHelloRequest:
      return "HelloRequest";
    case kServerHello:
      return "ServerHello";
    case kCertificate:
      return "Certificate";
    case kServerKeyExchange:
      return "ServerKeyExchange";
    case kCertificateRequest:
      return "CertificateRequest";
    case kServerHelloDone:
      return "ServerHelloDone";
    case kCertificateStatus:
      return "CertificateStatus";
    default:
      return "handshake message";
  }
}

/// May `next` follow `last` in the first flight (RFC 5246, 7.3)?
bool may_follow(std::uint8_t last, std::uint8_t next) {
  switch (next) {
    case kServerHello:
      return last == 0;
    case kCertificate:
      return last == kServerHello;
    case kCertificateStatus:
      return last == kCertificate;
    case kServerKeyExchange:
      return last == kServerHello || last == kCertificate || last == kCertificateStatus;
    case kCertificateRequest:
      return last == kCertificate || last == kCertificateStatus || last == kServerKeyExchange;
    case kServerHelloDone:
      return last != 0;
    default:
      return false;
  }
}

std::string printable(std::string_view bytes) {
  std::string out;
  for (const char c : bytes.substr(0, 16)) out += c >= 0x20 && c < 0x7f ? c : '.';
  return out;
}

std::string text(std::string_view view) { return std::string(view); }

}  // namespace

std::string_view to_string(HelloAnswer::Kind kind) {
  switch (kind) {
    case HelloAnswer::Kind::Accepted:
      return "accepted";
    case HelloAnswer::Kind::Retry:
      return "retry";
    case HelloAnswer::Kind::Alert:
      return "alert";
    case HelloAnswer::Kind::NotTls:
      return "not-tls";
    case HelloAnswer::Kind::Malformed:
      return "malformed";
    case HelloAnswer::Kind::Closed:
      return "closed";
    case HelloAnswer::Kind::Reset:
      return "reset";
    case HelloAnswer::Kind::Silence:
      return "silence";
    case HelloAnswer::Kind::NoTcp:
      return "no-tcp";
  }
  return "unknown";
}

HelloParser::HelloParser(Hello hello, const HelloSecrets& secrets) : hello_(std::move(hello)), secrets_(secrets) {}

bool HelloParser::stop(HelloAnswer::Kind kind, std::string why) {
  if (!done_) {
    answer_.kind = kind;
    answer_.text = std::move(why);
    done_ = true;
  }
  return false;
}

bool HelloParser::malformed(std::string_view message, std::string_view what, std::size_t offset) {
  return stop(HelloAnswer::Kind::Malformed, text(message) + ": " + text(what) + ", at octet " + std::to_string(offset));
}

bool HelloParser::feed(std::string_view bytes) {
  if (done_) return true;
  stream_.append(bytes);
  if (received_ + stream_.size() > kMaxStream) {
    malformed("record", "the first flight passes 1 MiB", received_);
    return true;
  }
  while (!done_ && read_records()) {
  }
  return done_;
}

HelloAnswer HelloParser::finish(HelloAnswer::Kind how) {
  if (done_) return answer_;
  std::string where = "no octet of an answer came";
  if (!messages_.empty()) {
    where = "in the middle of " + text(message_name(static_cast<std::uint8_t>(messages_.front()))) + ", after octet " +
            std::to_string(messages_.size());
  } else if (!stream_.empty()) {
    where = "in the middle of a record, after octet " + std::to_string(stream_.size());
  } else if (last_message_ != 0) {
    where = "after " + text(message_name(last_message_));
  } else if (received_ > 0) {
    where = "after " + std::to_string(received_) + " octets without a ServerHello";
  }
  const std::string_view verb = how == HelloAnswer::Kind::Reset    ? "reset the connection: "
                                : how == HelloAnswer::Kind::Closed ? "closed the connection: "
                                                                   : "fell silent: ";
  stop(how, "the server " + text(verb) + where);
  return answer_;
}

/// One record. True: look for another.
bool HelloParser::read_records() {
  constexpr std::size_t kHeader = 5;
  if (stream_.empty()) return false;
  const auto type = static_cast<std::uint8_t>(stream_[0]);
  if (received_ == 0 && (type & 0x80) != 0 && hello_.offers_version(kSsl2Version)) return read_ssl2();
  const bool tls = type >= 20 && type <= 23 && (stream_.size() < 2 || stream_[1] == 3);
  if (!tls) {
    if (received_ > 0) return malformed("record", "an unknown content type or version", received_);
    if (stream_.size() < kHeader && std::string_view("HTTP/").starts_with(stream_)) return false;
    return stop(HelloAnswer::Kind::NotTls,
                stream_.starts_with("HTTP/")
                    ? "the port speaks plain HTTP, not TLS"
                    : "the answer is no TLS record: it begins with \"" + printable(stream_) + "\"");
  }
  if (stream_.size() < kHeader) return false;
  ByteCursor in(stream_);
  in.take(1);
  const auto version = static_cast<std::uint16_t>(in.number(2));
  const std::size_t size = in.number(2);
  if (size > kMaxRecord) return malformed("record", "a length of " + std::to_string(size), received_ + 3);
  if (++records_ > kMaxRecords) return malformed("record", "too many records", received_);
  if (record_version_ != 0 && version != record_version_) {
    return malformed("record", "the version changes to " + version_text(version), received_ + 1);
  }
  const std::string_view body = in.take(size);
  if (!in.ok()) return false;
  record_version_ = version;
  bool more = true;
  if (type == kAlertRecord) {
    more = on_alert(body);
  } else if (type == kHandshakeRecord) {
    messages_.append(body);
    more = read_messages();
  } else {
    more = malformed("record", "content type " + std::to_string(type) + " before the first flight is over", received_);
  }
  stream_.erase(0, kHeader + size);
  received_ += kHeader + size;
  return more;
}

bool HelloParser::on_alert(std::string_view body) {
  constexpr char kWarning = 1;
  constexpr char kCloseNotify = 0;
  if (body.size() != 2) return malformed("alert", "a length of " + std::to_string(body.size()), received_ + 3);
  const std::string name = alert_name(static_cast<unsigned char>(body[1]));
  if (!messages_.empty()) return malformed("alert", "inside a handshake message", received_);
  if (body[0] == kWarning && body[1] != kCloseNotify) {
    if (answer_.warnings.size() >= kMaxWarnings) return malformed("alert", "too many warnings", received_);
    answer_.warnings.push_back(name);
    return true;
  }
  answer_.alert = name;
  return stop(HelloAnswer::Kind::Alert, "the server refuses with the alert " + name);
}

bool HelloParser::read_messages() {
  while (!done_) {
    ByteCursor in(messages_);
    const auto type = static_cast<std::uint8_t>(in.number(1));
    const std::size_t size = in.number(3);
    if (!in.ok()) return true;
    if (size > kMaxMessage) return malformed(message_name(type), "a length of " + std::to_string(size), 1);
    const std::string_view body = in.take(size);
    if (!in.ok()) return true;
    if (!on_message(type, body)) return false;
    messages_.erase(0, 4 + size);
  }
  return false;
}

bool HelloParser::on_message(std::uint8_t type, std::string_view body) {
  if (type == kHelloRequest && body.empty()) return true;  // RFC 5246, 7.4.1.1: ignored while a handshake runs
  if (!may_follow(last_message_, type)) {
    return malformed(message_name(type), "message " + std::to_string(type) + " is not expected here", 0);
  }
  last_message_ = type;
  switch (type) {
    case kServerHello:
      return on_server_hello(body);
    case kCertificate:
      return on_certificate(body);
    case kServerKeyExchange:
      return on_key_exchange(body);
    case kCertificateRequest:
      return on_certificate_request(body);
    case kServerHelloDone:
      if (!body.empty()) return malformed("ServerHelloDone", "a body", 4);
      if (const CipherSuite* suite = find_suite(static_cast<std::uint16_t>(answer_.suite))) {
        const bool optional = suite->key_exchange == KeyExchange::RsaExport;
        if (sends_key_exchange(suite->key_exchange) && !optional && answer_.key_exchange.empty()) {
          return malformed("ServerHelloDone", "ServerKeyExchange is missing", 0);
        }
        if (suite->authentication != Authentication::Anonymous && answer_.chain.empty()) {
          return malformed("ServerHelloDone", "Certificate is missing", 0);
        }
      }
      return stop(HelloAnswer::Kind::Accepted, {});
    default:
      return true;
  }
}

bool HelloParser::on_server_hello(std::string_view body) {
  constexpr std::size_t kHeader = 4;
  ByteCursor in(body, kHeader);
  answer_.version = static_cast<std::uint16_t>(in.number(2));
  server_random_ = in.take(32);
  const std::size_t session_at = in.offset();
  const std::string_view session_id = in.vector(1);
  if (!in.ok() || session_id.size() > 32) return malformed("ServerHello", "the session id", session_at);
  answer_.suite = in.number(2);
  answer_.compression = static_cast<int>(in.number(1));
  if (!in.ok()) return malformed("ServerHello", "it ends early", in.failed_at());
  answer_.suite_text = suite_name(static_cast<std::uint16_t>(answer_.suite));
  if (!in.empty()) {
    const std::size_t at = in.offset() + 2;
    const std::string_view block = in.vector(2);
    if (!in.ok() || !in.empty()) return malformed("ServerHello", "the length of the extensions", at - 2);
    if (!on_server_hello_extensions(block, at)) return false;
  }
  return check_choice(session_id, session_id.size());
}

/// The choice must be among what was offered; else no device would go on.
bool HelloParser::check_choice(std::string_view session_id, std::size_t session_id_size) {
  const auto suite = static_cast<std::uint16_t>(answer_.suite);
  if (!hello_.offers_version(answer_.version)) {
    return malformed("ServerHello", "it chooses " + version_text(answer_.version) + ", which was not offered", 4);
  }
  if (std::ranges::find(hello_.suites, suite) == hello_.suites.end() || suite == kRenegotiationSuite) {
    return malformed("ServerHello", "it chooses " + answer_.suite_text + ", which was not offered",
                     39 + session_id_size);
  }
  if (hello_.compression.find(static_cast<char>(answer_.compression)) == std::string::npos) {
    return malformed("ServerHello", "it chooses a compression that was not offered", 41 + session_id_size);
  }
  const std::string_view sent(static_cast<const char*>(static_cast<const void*>(secrets_.session_id.data())),
                              hello_.session_id_size);
  if (answer_.version != kTls13Version) {
    answer_.resumed = !sent.empty() && session_id == sent;
    if (const CipherSuite* known = find_suite(suite); known != nullptr && known->key_exchange == KeyExchange::Tls13) {
      return malformed("ServerHello", "a suite of TLS 1.3 at " + version_text(answer_.version), 39 + session_id_size);
    }
    return true;
  }
  if (session_id != sent) return malformed("ServerHello", "the session id is not echoed", 38);
  const bool retry = server_random_ == kRetryRandom;
  return stop(retry ? HelloAnswer::Kind::Retry : HelloAnswer::Kind::Accepted,
              retry ? "the server asks for a hello with another key share" : "");
}

bool HelloParser::on_server_hello_extensions(std::string_view block, std::size_t offset) {
  ByteCursor in(block, offset);
  while (in.ok() && !in.empty()) {
    const std::size_t at = in.offset();
    const auto kind = static_cast<std::uint16_t>(in.number(2));
    const std::size_t body_at = in.offset() + 2;
    const std::string_view body = in.vector(2);
    if (!in.ok()) break;
    if (std::ranges::find(answer_.extensions, kind) != answer_.extensions.end()) {
      return malformed("ServerHello", "extension " + std::to_string(kind) + " stands twice", at);
    }
    const bool offered =
        (hello_.extensions &&
         std::ranges::any_of(*hello_.extensions, [&](const HelloExtension& e) { return e.kind == kind; })) ||
        (kind == kRenegotiationInfo && std::ranges::find(hello_.suites, kRenegotiationSuite) != hello_.suites.end()) ||
        (kind == kCookie && server_random_ == kRetryRandom);
    if (!offered) return malformed("ServerHello", "extension " + std::to_string(kind) + " was not offered", at);
    answer_.extensions.push_back(kind);
    ByteCursor inside(body, body_at);
    if (kind == kSupportedVersions) {
      answer_.version = static_cast<std::uint16_t>(inside.number(2));
      if (!inside.ok() || !inside.empty() || answer_.version < kTls13Version) {
        return malformed("ServerHello", "supported_versions", body_at);
      }
    }
    if (kind == kKeyShare) {
      answer_.key_exchange = group_name(static_cast<std::uint16_t>(inside.number(2)));
      if (server_random_ != kRetryRandom) inside.vector(2);
      if (!inside.ok() || !inside.empty()) return malformed("ServerHello", "key_share", body_at);
    }
  }
  return in.ok() || malformed("ServerHello", "an extension that passes the end", in.failed_at());
}

bool HelloParser::on_certificate(std::string_view body) {
  ByteCursor in(body, 4);
  ByteCursor list = in.nested(3);
  if (!in.ok() || !in.empty()) return malformed("Certificate", "the length of the list", 4);
  while (!list.empty()) {
    const std::size_t at = list.offset();
    const std::string_view der = list.vector(3);
    if (!list.ok()) return malformed("Certificate", "a certificate that passes the end", list.failed_at());
    if (answer_.chain.size() >= kMaxChain) return malformed("Certificate", "more than 32 certificates", at);
    auto certificate = parse_certificate(der);
    if (!certificate) {
      return malformed(
          "Certificate",
          "certificate " + std::to_string(answer_.chain.size()) + " cannot be read (" + certificate.error() + ")",
          at + 3);
    }
    answer_.chain.push_back(std::move(*certificate));
  }
  if (answer_.chain.empty()) return malformed("Certificate", "no certificate", 4);
  const CipherSuite* suite = find_suite(static_cast<std::uint16_t>(answer_.suite));
  if (suite != nullptr && suite->key_exchange == KeyExchange::Rsa) {
    answer_.key_exchange = "RSA " + std::to_string(answer_.chain.front().key_bits);
  }
  return true;
}

bool HelloParser::on_key_exchange(std::string_view body) {
  const CipherSuite* suite = find_suite(static_cast<std::uint16_t>(answer_.suite));
  if (suite == nullptr) return true;
  const void* random = secrets_.random.data();
  const std::string randoms = std::string(static_cast<const char*>(random), secrets_.random.size()) + server_random_;
  const auto key =
      read_server_key(body, *suite, answer_.version, randoms, answer_.chain.empty() ? nullptr : &answer_.chain.front());
  if (!key) return malformed("ServerKeyExchange", key.error().what, 4 + key.error().offset);
  answer_.key_exchange = key->text;
  answer_.signature_valid = key->signature_valid;
  return true;
}

bool HelloParser::on_certificate_request(std::string_view body) {
  ByteCursor in(body, 4);
  answer_.client_certificate_asked = true;
  const std::string_view types = in.vector(1);
  if (!in.ok() || types.empty()) return malformed("CertificateRequest", "the certificate types", 4);
  if (answer_.version >= kTls12Version) {
    const std::size_t at = in.offset();
    if (in.vector(2).size() % 2 != 0 || !in.ok()) return malformed("CertificateRequest", "the algorithms", at);
  }
  ByteCursor names = in.nested(2);
  if (!in.ok() || !in.empty()) return malformed("CertificateRequest", "the length of the names", in.failed_at());
  while (!names.empty()) {
    const std::size_t at = names.offset();
    const std::string_view der = names.vector(2);
    if (!names.ok() || answer_.client_ca_names.size() >= kMaxNames) {
      return malformed("CertificateRequest", "a name that passes the end, or too many", at);
    }
    const void* data = der.data();
    const auto* cursor = static_cast<const unsigned char*>(data);
    const std::unique_ptr<X509_NAME, NameFree> name(d2i_X509_NAME(nullptr, &cursor, static_cast<long>(der.size())));
    ERR_clear_error();
    if (!name) return malformed("CertificateRequest", "a name that cannot be read", at + 2);
    answer_.client_ca_names.push_back(name_text(name.get()));
  }
  return true;
}

/// SERVER-HELLO of SSL 2.0; ERROR is the only other message that may come.
bool HelloParser::read_ssl2() {
  constexpr std::uint32_t kErrorMessage = 0;
  constexpr std::uint32_t kServerHelloMessage = 4;
  ByteCursor in(stream_);
  const std::size_t size = in.number(2) & 0x7fff;
  ByteCursor body(in.take(size), 2);
  if (!in.ok()) return false;
  const std::uint32_t type = body.number(1);
  if (type == kErrorMessage) return stop(HelloAnswer::Kind::Alert, "the server refuses with an SSL 2.0 error");
  if (type != kServerHelloMessage || !body.ok()) {
    return malformed("SSL 2.0 record", "message " + std::to_string(type) + " is not expected here", 2);
  }
  answer_.resumed = body.number(1) != 0;
  const std::uint32_t certificate_type = body.number(1);
  answer_.version = static_cast<std::uint16_t>(body.number(2));
  const std::size_t certificate_size = body.number(2);
  const std::size_t kinds_size = body.number(2);
  const std::size_t connection_size = body.number(2);
  const std::size_t certificate_at = body.offset();
  const std::string_view der = body.take(certificate_size);
  ByteCursor kinds(body.take(kinds_size), certificate_at + certificate_size);
  body.take(connection_size);
  if (!body.ok() || !body.empty() || kinds_size % 3 != 0) {
    return malformed("SSL 2.0 ServerHello", "lengths that do not add up", 7);
  }
  if (answer_.version != kSsl2Version) return malformed("SSL 2.0 ServerHello", "another version", 5);
  if (certificate_size != 0) {
    auto certificate = parse_certificate(der);
    if (!certificate || certificate_type != 1) {
      return malformed("SSL 2.0 ServerHello", "the certificate cannot be read", certificate_at);
    }
    answer_.chain.push_back(std::move(*certificate));
  }
  while (!kinds.empty()) {
    const std::uint32_t kind = kinds.number(3);
    if (!answer_.suite_text.empty() || std::ranges::find(hello_.ssl2_kinds, kind) == hello_.ssl2_kinds.end()) continue;
    answer_.suite = kind;
    answer_.suite_text = ssl2_kind_name(kind);
  }
  if (answer_.suite_text.empty()) {
    return stop(HelloAnswer::Kind::Alert, "the server speaks SSL 2.0 but shares no cipher kind");
  }
  answer_.key_exchange = "RSA " + std::to_string(answer_.chain.empty() ? 0 : answer_.chain.front().key_bits);
  return stop(HelloAnswer::Kind::Accepted, {});
}

}  // namespace easel

#include "client/tls/hello_parser.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "client/tls/hello_probe.h"
#include "tests/unit/tls_hello_samples.h"
#include "tests/unit/transport_test_server.h"

using namespace easel;
using namespace easel::testing;

namespace {

const Family& family() {
  static const Family made = mint_family("Parser");
  return made;
}

/// A hello with all octets of a server's first flight.
struct Flight {
  Hello hello;
  HelloSecrets secrets;
  std::string bytes;
  [[nodiscard]] HelloParser parser() const { return {hello, secrets}; }
  [[nodiscard]] HelloAnswer read(const std::string& stream) const {
    HelloParser out = parser();
    out.feed(stream);
    return out.finish(HelloAnswer::Kind::Closed);
  }
};

Flight record(const ServerOptions& options, const Hello& hello) {
  Flight out{hello, fresh_secrets(), {}};
  TestServer server(options, answer_always(""));
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(socket, static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof address) == 0);
  const std::string bytes = encode_hello(hello, "localhost", out.secrets);
  REQUIRE(::send(socket, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  HelloParser parser = out.parser();
  std::array<char, 4096> part{};
  while (!parser.done()) {
    const ssize_t size = ::recv(socket, part.data(), part.size(), 0);
    if (size <= 0) break;
    out.bytes.append(part.data(), static_cast<std::size_t>(size));
    parser.feed({part.data(), static_cast<std::size_t>(size)});
  }
  ::close(socket);
  REQUIRE(parser.finish(HelloAnswer::Kind::Closed).kind == HelloAnswer::Kind::Accepted);
  return out;
}

ServerOptions options(const std::string& version, bool client = false) {
  ServerOptions out;
  out.identity = family().server;
  out.chain = {family().intermediate.certificate};
  out.max_version = version;
  out.ciphers = "ALL:@SECLEVEL=0";
  if (client) out.client_roots = {family().root.certificate};
  return out;
}

const std::vector<Flight>& flights() {
  static const std::vector<Flight> made = {record(options("TLSv1.2", true), captured_hello("wp8.1")),
                                           record(options("TLSv1.0"), captured_hello("wp8.0")),
                                           record(options("TLSv1.3"), captured_hello("android12"))};
  return made;
}

/// The handshake octets of the flight, records taken off.
std::string messages_of(const std::string& flight) {
  std::string out;
  for (std::size_t at = 0; at + 5 <= flight.size();) {
    const std::size_t size = static_cast<std::size_t>(static_cast<unsigned char>(flight[at + 3])) << 8 |
                             static_cast<unsigned char>(flight[at + 4]);
    if (flight[at] != 22) break;
    out += flight.substr(at + 5, size);
    at += 5 + size;
  }
  return out;
}

std::string record_of(const std::string& messages, char version = '\x03') {
  std::string out = {'\x16', '\x03', version};
  out += static_cast<char>(messages.size() >> 8);
  out += static_cast<char>(messages.size() & 255);
  return out + messages;
}

HelloAnswer read_ce(const std::string& stream) { return Flight{windows_ce_hello(), {}, {}}.read(stream); }

/// A TLS 1.0 ServerHello for Windows CE with one field changed.
std::string server_hello(const std::string& version = "0301", const std::string& suite = "0004",
                         const std::string& compression = "00", const std::string& extensions = "") {
  const std::string body = parse_hex(version + std::string(64, '7') + "00" + suite + compression + extensions).value();
  std::string message = {'\x02', '\0', '\0', static_cast<char>(body.size())};
  return record_of(message + body, '\x01');
}

}  // namespace

TEST_CASE("a flight cut at any octet is Closed there, never accepted and never malformed") {
  for (const Flight& flight : flights()) {
    for (std::size_t size = 0; size < flight.bytes.size(); ++size) {
      const HelloAnswer answer = flight.read(flight.bytes.substr(0, size));
      if (answer.kind == HelloAnswer::Kind::Accepted) {
        // TLS 1.3 is over with the ServerHello; what follows is encrypted.
        CHECK(flight.hello.offers_version(kTls13Version));
        continue;
      }
      CHECK(answer.kind == HelloAnswer::Kind::Closed);
      CHECK(answer.text.starts_with("the server closed the connection: "));
      if (size > 0)
        CHECK((answer.text.find("octet") != std::string::npos || answer.text.find("after ") != std::string::npos));
    }
  }
}

TEST_CASE("a flight that comes in any two pieces, or octet by octet, reads the same") {
  for (const Flight& flight : flights()) {
    const HelloAnswer whole = flight.read(flight.bytes);
    for (std::size_t at = 1; at < flight.bytes.size(); ++at) {
      HelloParser parser = flight.parser();
      parser.feed(flight.bytes.substr(0, at));
      parser.feed(flight.bytes.substr(at));
      CHECK(parser.finish(HelloAnswer::Kind::Closed) == whole);
    }
    HelloParser parser = flight.parser();
    for (const char octet : flight.bytes) parser.feed({&octet, 1});
    CHECK(parser.finish(HelloAnswer::Kind::Closed) == whole);
  }
}

TEST_CASE("messages fragmented over records at any offset read the same") {
  const Flight& flight = flights().front();
  const HelloAnswer whole = flight.read(flight.bytes);
  const std::string messages = messages_of(flight.bytes);
  for (std::size_t at = 1; at < messages.size(); ++at) {
    CHECK(flight.read(record_of(messages.substr(0, at)) + record_of(messages.substr(at))) == whole);
  }
  std::string tiny;
  for (const char octet : messages) tiny += record_of(std::string(1, octet));
  CHECK(flight.read(tiny) == whole);
}

TEST_CASE("each octet of a flight changed: an answer within bounds, and a changed signature does not hold") {
  for (const Flight& flight : flights()) {
    for (std::size_t at = 0; at < flight.bytes.size(); ++at) {
      std::string changed = flight.bytes;
      changed[at] = static_cast<char>(changed[at] ^ 0x81);
      const HelloAnswer answer = flight.read(changed);
      if (answer.kind == HelloAnswer::Kind::Malformed) CHECK(answer.text.find("at octet ") != std::string::npos);
    }
  }
  const Flight& flight = flights().front();
  HelloAnswer answer = flight.read(flight.bytes);
  CHECK(answer.signature_valid == true);
  Flight other = flight;
  other.secrets.random[0] ^= 1;
  answer = other.read(flight.bytes);
  CHECK(answer.kind == HelloAnswer::Kind::Accepted);
  CHECK(answer.signature_valid == false);
}

TEST_CASE("a choice that was not offered is malformed, and the field is named") {
  const auto text = [](const std::string& stream) {
    const HelloAnswer answer = read_ce(stream);
    CHECK(answer.kind == HelloAnswer::Kind::Malformed);
    return answer.text;
  };
  CHECK(text(server_hello("0302")) == "ServerHello: it chooses TLSv1.1, which was not offered, at octet 4");
  CHECK(text(server_hello("0002")) == "ServerHello: it chooses SSLv2, which was not offered, at octet 4");
  CHECK(text(server_hello("0301", "002F")) ==
        "ServerHello: it chooses TLS_RSA_WITH_AES_128_CBC_SHA, which was not offered, at octet 39");
  CHECK(text(server_hello("0301", "0004", "01")) ==
        "ServerHello: it chooses a compression that was not offered, at octet 41");
  CHECK(text(server_hello("0301", "0004", "00", "0004 ff01 0001 00")) ==
        "ServerHello: the length of the extensions, at octet 42");
  CHECK(text(server_hello("0301", "0004", "00", "0005 ff01 0001 00")) ==
        "ServerHello: extension 65281 was not offered, at octet 44");
  CHECK(text(server_hello() + record_of(parse_hex("0E000000").value(), '\x01')) ==
        "ServerHelloDone: Certificate is missing, at octet 0");
  CHECK(text(record_of(parse_hex("0B000000").value(), '\x01')) ==
        "Certificate: message 11 is not expected here, at octet 0");
}

TEST_CASE("oversized lengths are refused before anything is kept") {
  const auto refused = [](const std::string& hex) {
    const HelloAnswer answer = read_ce(parse_hex(hex).value());
    CHECK(answer.kind == HelloAnswer::Kind::Malformed);
    return answer.text;
  };
  CHECK(refused("16 0301 FFFF 02") == "record: a length of 65535, at octet 3");
  CHECK(refused("16 0301 0004 02 FFFFFF") == "ServerHello: a length of 16777215, at octet 1");
  CHECK(refused("15 0301 0003 02 28 00") == "alert: a length of 3, at octet 3");
  CHECK(refused("16 0301 0001 02 16 0300 0001 00") == "record: the version changes to SSLv3, at octet 7");
  CHECK(refused("17 0301 0001 00") == "record: content type 23 before the first flight is over, at octet 0");
  std::string empty_records;
  for (int i = 0; i < 5000; ++i) empty_records += parse_hex("16 0301 0000").value();
  CHECK(read_ce(empty_records).text.starts_with("record: too many records"));
}

TEST_CASE("alerts: fatal ones end, warnings are noted") {
  const HelloAnswer fatal = read_ce(parse_hex("15 0300 0002 02 46").value());
  CHECK(fatal.kind == HelloAnswer::Kind::Alert);
  CHECK(fatal.alert == "protocol_version");
  const HelloAnswer warned = read_ce(parse_hex("15 0301 0002 01 70").value() + server_hello());
  CHECK(warned.kind == HelloAnswer::Kind::Closed);
  CHECK(warned.warnings == std::vector<std::string>{"unrecognized_name"});
  CHECK(warned.text == "the server closed the connection: after ServerHello");
}

TEST_CASE("SSL 2.0: a whole SERVER-HELLO, an error, and lengths that lie") {
  const Flight ie6{captured_hello("ie6"), {}, {}};
  const std::string& der = family().server.certificate.der;
  const auto hello = [&](std::size_t claimed) {
    std::string body = parse_hex("04 00 01 0002").value();
    body += static_cast<char>(claimed >> 8);
    body += static_cast<char>(claimed & 255);
    body += parse_hex("0006 0010").value() + der + parse_hex("0700C0 010080").value() + std::string(16, 'c');
    std::string out = {static_cast<char>(0x80 | body.size() >> 8), static_cast<char>(body.size() & 255)};
    return out + body;
  };
  const HelloAnswer answer = ie6.read(hello(der.size()));
  REQUIRE(answer.kind == HelloAnswer::Kind::Accepted);
  CHECK(answer.version == kSsl2Version);
  CHECK(answer.suite_text == "SSL_CK_DES_192_EDE3_CBC_WITH_MD5");
  CHECK(answer.chain == std::vector<Certificate>{family().server.certificate});
  CHECK(ie6.read(hello(der.size() + 1)).kind == HelloAnswer::Kind::Malformed);
  CHECK(ie6.read(parse_hex("8003 00 0001").value()).text == "the server refuses with an SSL 2.0 error");
  for (std::size_t size = 1; size < hello(der.size()).size(); ++size) {
    CHECK(ie6.read(hello(der.size()).substr(0, size)).kind == HelloAnswer::Kind::Closed);
  }
  CHECK(read_ce(hello(der.size())).kind == HelloAnswer::Kind::NotTls);
}

#include "client/tls/hello.h"

#include <doctest/doctest.h>

#include "client/tls/cipher_suites.h"
#include "tests/unit/tls_hello_samples.h"

using namespace easel;
using namespace easel::testing;

namespace {

HelloSecrets secrets_of(const std::string& record) {
  HelloSecrets out;
  const std::size_t random_at = 11;
  for (std::size_t i = 0; i < 32; ++i) out.random[i] = static_cast<unsigned char>(record[random_at + i]);
  for (std::size_t i = 0; i < static_cast<unsigned char>(record[43]); ++i) {
    out.session_id[i] = static_cast<unsigned char>(record[44 + i]);
  }
  return out;
}

}  // namespace

TEST_CASE("a captured hello is written again octet for octet") {
  for (const HelloSample& sample : captured_hellos()) {
    CAPTURE(sample.name);
    const auto hello = parse_client_hello(sample.record);
    REQUIRE(hello.has_value());
    HelloSecrets secrets = secrets_of(sample.record);
    if (hello->form == Hello::Form::Ssl2) {
      for (std::size_t i = 0; i < 16; ++i) {
        secrets.random[i] = static_cast<unsigned char>(sample.record[sample.record.size() - 16 + i]);
      }
    }
    // The name asked for is the only thing that follows the host.
    std::string host;
    const std::size_t at = sample.record.find("ssllabs.com");
    if (at != std::string::npos) host = sample.record.substr(at - 4, 15);  // www. or dev.
    if (sample.name == "android12") host = "f-droid.org";
    CHECK(encode_hello(*hello, host, secrets) == sample.record);
  }
}

TEST_CASE("the hello of Windows CE has no extensions and no name") {
  HelloSecrets secrets;
  secrets.random.fill(0x52);
  CHECK(encode_hello(windows_ce_hello(), "mail.example.com", secrets) ==
        parse_hex("16 0301 003B 01 000037 0301 "
                  "5252525252525252525252525252525252525252525252525252525252525252"
                  "00 0010 0004 0005 000A 0009 0064 0062 0003 0006 01 00")
            .value());
  CHECK_FALSE(windows_ce_hello().sends_server_name());
}

TEST_CASE("a name goes only where a name is asked for, never an address") {
  const Hello hello = captured_hello("wp8.0");
  CHECK(hello.sends_server_name());
  CHECK(encode_hello(hello, "mail.example.com", {}).find("mail.example.com") != std::string::npos);
  CHECK(encode_hello(hello, "192.0.2.1", {}).find("192.0.2.1") == std::string::npos);
  CHECK(parse_client_hello(encode_hello(hello, "192.0.2.1", {}))->sends_server_name() == false);
}

TEST_CASE("offered versions are known") {
  const Hello ce = windows_ce_hello();
  CHECK(ce.offers_version(kSsl3Version));
  CHECK(ce.offers_version(kTls10Version));
  CHECK_FALSE(ce.offers_version(kTls11Version));
  CHECK_FALSE(ce.offers_version(kSsl2Version));
  CHECK(captured_hello("ie6").offers_version(kSsl2Version));
  CHECK(captured_hello("android12").offers_version(kTls13Version));
  CHECK_FALSE(captured_hello("android12").offers_version(kSsl3Version));
  CHECK_FALSE(captured_hello("wp8.1").offers_version(kTls13Version));
}

TEST_CASE("versions, hexadecimal text and suites are read and named") {
  CHECK(parse_version("3.1") == kTls10Version);
  CHECK(parse_version("TLSv1") == kTls10Version);
  CHECK(parse_version("TLSv1.2") == kTls12Version);
  CHECK(parse_version("SSLv2") == kSsl2Version);
  CHECK(parse_version("0x0304") == kTls13Version);
  CHECK_FALSE(parse_version("0x03zz").has_value());
  CHECK_FALSE(parse_version("TLS").has_value());
  CHECK(version_text(0x7f1c) == "version 0x7F1C");
  CHECK(parse_hex(" 00 ff\n0A") == std::string("\0\xff\n", 3));
  CHECK_FALSE(parse_hex("0").has_value());
  CHECK_FALSE(parse_hex("0 0").has_value());
  CHECK_FALSE(parse_hex("zz").has_value());
  CHECK(suite_name(0x0004) == "TLS_RSA_WITH_RC4_128_MD5");
  CHECK(suite_name(0xfafa) == "suite 0xFAFA");
  CHECK(ssl2_kind_name(0x010080) == "SSL_CK_RC4_128_WITH_MD5");
  CHECK(find_suite(0x0064)->bits == 56);
}

TEST_CASE("a ClientHello cut anywhere is refused") {
  for (const HelloSample& sample : captured_hellos()) {
    for (std::size_t size = 0; size < sample.record.size(); ++size) {
      CHECK_FALSE(parse_client_hello(sample.record.substr(0, size)).has_value());
    }
  }
}

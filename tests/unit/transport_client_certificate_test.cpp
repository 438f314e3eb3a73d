#include "client/transport/client_certificate.h"

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>

#include <array>

#include "client/tls/openssl_handles.h"
#include "client/transport/forged_certificates.h"
#include "tests/unit/transport_testing.h"

using namespace easel;
using namespace easel::testing;

namespace {

using Kind = ClientCertificateError::Kind;

const Minted& alice() {
  static const Minted made = mint({.common_name = "alice", .extended_key_usage = "clientAuth"}, &family().intermediate);
  return made;
}

KeyPtr key_of(const Minted& minted) {
  const BioPtr bio(BIO_new_mem_buf(minted.key_pem.data(), static_cast<int>(minted.key_pem.size())));
  return KeyPtr(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

X509Ptr x509_of(const Certificate& certificate) {
  const void* data = certificate.der.data();
  const auto* cursor = static_cast<const unsigned char*>(data);
  return X509Ptr(d2i_X509(nullptr, &cursor, static_cast<long>(certificate.der.size())));
}

std::string encrypted_key(const Minted& minted, const std::string& passphrase) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key_of(minted).get(), EVP_aes_128_cbc(), passphrase.data(),
                                static_cast<int>(passphrase.size()), nullptr, nullptr);
  std::array<char, 4096> text{};
  const int size = BIO_read(bio.get(), text.data(), static_cast<int>(text.size()));
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string pkcs12(const std::string& passphrase) {
  STACK_OF(X509)* others = sk_X509_new_null();
  const X509Ptr middle = x509_of(family().intermediate.certificate);
  const X509Ptr root = x509_of(family().root.certificate);
  sk_X509_push(others, root.get());
  sk_X509_push(others, middle.get());
  PKCS12* made = PKCS12_create(passphrase.c_str(), "alice", key_of(alice()).get(), x509_of(alice().certificate).get(),
                               others, 0, 0, 0, 0, 0);
  sk_X509_free(others);
  unsigned char* der = nullptr;
  const int size = i2d_PKCS12(made, &der);
  std::string out(static_cast<const char*>(static_cast<void*>(der)), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  PKCS12_free(made);
  return out;
}

std::vector<Certificate> wanted() { return {alice().certificate, family().intermediate.certificate}; }

}  // namespace

TEST_CASE("PKCS#12 gives certificate, key and intermediates, leaf first, root left out") {
  const auto read = read_client_certificate({"alice.p12", pkcs12("geheim"), "", "", "geheim"});
  REQUIRE(read.has_value());
  CHECK(read->name == "alice.p12");
  CHECK(read->chain == wanted());
  CHECK(read->private_key_pem.starts_with("-----BEGIN PRIVATE KEY-----"));
}

TEST_CASE("PKCS#12 as Windows of the era wrote it, with RC2-40 and 3DES") {
  // openssl pkcs12 -export -legacy -passout pass:geheim, with a key of 1024 bits made for this test
  const std::string file = [] {
    const std::string_view text =
        R"(MIIFqQIBAzCCBW8GCSqGSIb3DQEHAaCCBWAEggVcMIIFWDCCAlcGCSqGSIb3DQEHBqCCAkgwggJEAgEAMIICPQYJKoZIhvcNAQcBMBwGCiqGSIb3DQEMAQYwDgQI0Pihlk3s834CAggAgIICEMeXWGunIekVQ8O4+LCBIW8Oz/ZiCxRZdi2U1Rcc18BLFdOL7LQvtas2CoARbUNKHlxEjdR8y9eTy0fUhrdRDBaOxK4Rv+6ED09qHfEvbQ9+SaOQ2Lr0fzaC0j6GMd+3N02YBWLceW7UCP+s63nGD+PnRfsS4/LcKQhYVWQm77zQ/GYGxPu0+poQ2ss2ohBPSSmROeDu5vANt8zTCvD+0KGOaxpVun/jtiTtXya6rBWI+R2Sm7BriAtbrddPFaqAbTEJYidaPyj/ZwwLVgjE1D4oshj3preXNQN5jnlSXYszOIo+9EXcEkBjPmfeEOpgV4AWdkcN5FLOFU1Cm45nDwStaHXWz3bigXzR5Rfmx7e6eD1HP/L0J/K0fT8FCO6C8CU6pQTiM5AIMIFVa2W5Vi0wPQLNWK9xABLWAgzUaLdl60T2KM3qTDgiXvmf2uCFqKKfquy+q4KIGOoIi8OrzOu1QlY7WkkTfgeQjYpC1h2b3g6T6B8HqrQ7/N2BJpYJ6FK7vNTBBORHxM0s+6yf6nZEbMKXf/amB9f//Yl5Ch+dmaAJeeVFI5TncVjGlpvj2UHgGPAmmmZYyvpQwJVVxFsum9KpcAFY7Opc2eB+zuDVlPWuJtNl70g0AIyBXw1DVCudTb9/bHFRz3pnAiFmCeL6yYv6U3QoMh6JgPk+16dQNn10xHPsYSlLKm4oN1n7tTCCAvkGCSqGSIb3DQEHAaCCAuoEggLmMIIC4jCCAt4GCyqGSIb3DQEMCgECoIICpjCCAqIwHAYKKoZIhvcNAQwBAzAOBAjlHCpKzTBiUAICCAAEggKAzbNcoZqoz4/gRBDQf8Csp94+HnR2SgeIMwP5Li+C/mbjP8FJV1v76yy+xw+bysg/GM7ITQ5Dyei/ckwjJaxYYeA6iQd0GsNLIS2K5D5KD1Lp+pOS8Txi4ynAAC1Uw84Hx5cS2dzp1tu826wcCPAEGFnXNrI2fkg2LkwSVOEWri4/2k6FC3x5f3K/htzsfnOZaYq3FxAPiJNvvDbu3dYTMIiKG7dWUNKG200fICwfLznK7ZjwC7L6fxFhK+IxUR0QhIbgSydwSyPEf3qKGkMsE3ciYqe9vnj2swGIpOplLfkR9EjFJz8bqRceD+syr8QN0dJdWEv4wKxqDPk3iZrRDAvrKIiUrWAR9R+soUIWZvCcVBOOsoxizLgfr3pnDapf7io9hqQaRYzvV89rX5Nc0NSn9WVGhtkPJdYnZY6uNGTNVYZ5emzT5anp61gCnxFwsk8fmAVnwDndUTxx9OOMqDFS9dzOWn5tv/9AU75CkI0oq4hK/Dl/84tyscsVrIv66qoCdBTKd0LXJAYayTgREM7QbEJcw39lcJivjo2MtsJ+JM3kj+oD7N53OYUAUmPKmbKhvNP0E2AqXuyaHM+7/UYpTKZsdsvtZIatW5ZmCD7RyrZlE1k98rpGYh28lzNhDLKY/LQyhtfJ6KMf1tpE6/PkFok+YREq1Vtw75y/8O3j9Szw3xFlzP51H4VI7RNL145xExoywGn1zc8smBBIeVU51FvoDlRqoHbyBL6E92npERAT79tT4uG+42gmM6P+ymaIoj2pSk4LeJ+311EM+HpR3ShHDPZChE7mMqiFh9oQ2StBUzaCvmQsCDj6/htWVFcHNKqNEDYpdVeCwVKU9DElMCMGCSqGSIb3DQEJFTEWBBS+WlRhqJgQcPhut2bQJi4iODjM+zAxMCEwCQYFKw4DAhoFAAQUncBPJu5WyALmF6aUo1GAe2q7ZRgECLklN4fv3Yg+AgIIAA==)";
    std::string out(text.size(), '\0');
    const int size = EVP_DecodeBlock(static_cast<unsigned char*>(static_cast<void*>(out.data())),
                                     static_cast<const unsigned char*>(static_cast<const void*>(text.data())),
                                     static_cast<int>(text.size()));
    out.resize(static_cast<std::size_t>(size) - 2);
    return out;
  }();
  const auto read = read_client_certificate({"old.pfx", file, "", "", "geheim"});
  if (!read) MESSAGE(read.error().text);
  REQUIRE(read.has_value());
  CHECK(read->chain.front().common_name == "old client");
}

TEST_CASE("PEM: key in the same file or its own, clear or encrypted, certificates in any order") {
  const std::string certificates =
      to_pem({family().root.certificate, family().intermediate.certificate, alice().certificate});
  const auto one = read_client_certificate({"alice.pem", certificates + alice().key_pem, "", "", {}});
  REQUIRE(one.has_value());
  CHECK(one->chain == wanted());
  const auto two = read_client_certificate({"alice.pem", certificates, "alice.key", encrypted_key(alice(), "x"), "x"});
  REQUIRE(two.has_value());
  CHECK(two->chain == wanted());
  CHECK(two->private_key_pem == one->private_key_pem);
  const auto der = read_client_certificate({"alice.cer", alice().certificate.der, "alice.key", alice().key_pem, {}});
  REQUIRE(der.has_value());
  CHECK(der->chain.size() == 1);
}

TEST_CASE("what does not fit is named, with its file, and the passphrase never shows") {
  struct Row {
    ClientCertificateFiles files;
    Kind kind;
    std::string text;
  };
  const std::string pem = to_pem({alice().certificate});
  const Minted other = mint({.common_name = "bob"}, &family().root);
  const Row rows[] = {
      {{"a.p12", pkcs12("geheim"), "", "", "falsch"}, Kind::WrongPassphrase, "a.p12: the passphrase is wrong"},
      {{"a.p12", pkcs12("geheim"), "", "", {}},
       Kind::PassphraseNeeded,
       "a.p12 is encrypted and no passphrase was given"},
      {{"a.p12", "not a container", "", "", "x"}, Kind::Unreadable, "a.p12 is neither PKCS#12 nor PEM"},
      {{"a.pem", pem, "", "", {}}, Kind::NoKey, "a.pem: no private key in this file"},
      {{"a.pem", pem, "a.key", encrypted_key(alice(), "geheim"), {}},
       Kind::PassphraseNeeded,
       "the key in a.key is encrypted and no passphrase was given"},
      {{"a.pem", pem, "a.key", encrypted_key(alice(), "geheim"), "falsch"},
       Kind::WrongPassphrase,
       "a.key: the passphrase of the key is wrong"},
      {{"a.pem", pem, "b.key", other.key_pem, {}},
       Kind::KeyMismatch,
       "the key in b.key does not fit the certificate \"CN=alice\" in a.pem"},
      {{"a.pem", alice().key_pem, "", "", {}}, Kind::NoCertificate, "a.pem: no certificate in this file"},
      {{"a.pem", pem, "a.key", "junk", {}}, Kind::NoKey, "a.key: no private key in this file"},
  };
  for (const Row& row : rows) {
    const auto read = read_client_certificate(row.files);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().text == row.text);
    CHECK(read.error().kind == row.kind);
    CHECK(read.error().text.find("falsch") == std::string::npos);
  }
}

TEST_CASE("a client certificate from a PKCS#12 opens a session that demands one") {
  ServerOptions options = secure();
  options.client_roots = {family().root.certificate};
  options.require_client = true;
  TestServer server(options, answer_always("ok"));
  SendRequest send = get(server);
  auto who = identity();
  who->client_certificate = read_client_certificate({"alice.p12", pkcs12("geheim"), "", "", "geheim"}).value();
  send.identity = who;
  CHECK(response(run(send)).status == 200);
  CHECK(server.transcript_of(1).front().starts_with("1 alice: "));
}

TEST_CASE("forged client certificates say what the genuine one says, and only their signatures differ") {
  const ClientCertificate genuine{
      "alice.p12", {alice().certificate, family().intermediate.certificate}, alice().key_pem};
  const auto forged = forge_client_certificates(genuine);
  REQUIRE_MESSAGE(forged.has_value(), (forged ? "" : forged.error()));
  REQUIRE(forged->size() == 2);
  for (const ClientCertificate& c : *forged) {
    CAPTURE(c.name);
    const Certificate& leaf = c.chain.front();
    CHECK(leaf.subject == alice().certificate.subject);
    CHECK(leaf.extended_key_usage == alice().certificate.extended_key_usage);
    CHECK(leaf.spki_pin != alice().certificate.spki_pin);
    CHECK(leaf.issuer != alice().certificate.issuer);
    CHECK(!leaf.is_ca);
    // The key fits, so the handshake itself does not fail for another reason.
    const auto read = read_client_certificate({c.name, to_pem(c.chain) + c.private_key_pem, "", "", std::nullopt});
    CHECK(read.has_value());
  }
  CHECK(forged->front().name == kSelfSigned);
  CHECK(forged->front().chain.front().self_issued);
  CHECK(forged->back().name == kUntrustedIssuer);
  CHECK(!forged->back().chain.front().self_issued);
  CHECK(!forge_client_certificates({}).has_value());
}

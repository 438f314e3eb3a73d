#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>

#include "client/profile/device_hello.h"
#include "client/profile/device_profile.h"
#include "client/profile/device_roots.h"
#include "client/profile/device_trust.h"
#include "client/profile/installed_authorities.h"
#include "client/report/handshake_table.h"
#include "client/run/device_handshakes.h"
#include "client/tls/bundle_order.h"
#include "client/transport/curl_transport.h"
#include "tests/unit/tls_hello_samples.h"
#include "tests/unit/transport_test_server.h"

using namespace easel;
using namespace easel::testing;

namespace {

std::vector<DeviceHello> hellos_of(const std::string& id) {
  const auto profile = load_device_profile(DataFiles(), id);
  REQUIRE(profile.has_value());
  REQUIRE(profile->tls.has_value());
  auto hellos = read_device_hellos(*profile->tls, id);
  if (!hellos) FAIL(to_text(hellos.error()));
  return *hellos;
}

std::string complaint(const std::string& hello) {
  const auto xml = read_xml("<tls>" + hello + "</tls>", "d.xml");
  REQUIRE(xml.has_value());
  const auto read = read_device_hellos(*xml, "d.xml");
  REQUIRE_FALSE(read.has_value());
  return to_text(read.error());
}

HandshakeTarget target_of(const TestServer& server, const std::vector<Certificate>& installed) {
  HandshakeTarget target;
  target.host = "localhost";
  target.address = "127.0.0.1";
  target.port = server.port();
  target.now = std::time(nullptr);
  target.installed = installed;
  return target;
}

std::map<std::string, DeviceHandshake> by_device(const HandshakeTarget& target) {
  CurlTransport transport;
  const DataFiles data;
  auto rows = shake_hands(data, device_profile_ids(data), target, transport);
  REQUIRE(rows.has_value());
  std::map<std::string, DeviceHandshake> out;
  for (DeviceHandshake& row : *rows)
    out.emplace(row.device + (row.hello == "default" || row.hello.empty() ? "" : " " + row.hello), row);
  return out;
}

}  // namespace

TEST_CASE("every profile's hello is there, with its source, or said not to be known") {
  const DataFiles data;
  int with_hello = 0;
  for (const std::string& id : device_profile_ids(data)) {
    CAPTURE(id);
    const auto hellos = hellos_of(id);
    if (hellos.empty()) {
      CHECK(load_device_profile(data, id)->tls->child("no-hello") != nullptr);
      continue;
    }
    ++with_hello;
    CHECK(hellos.front().id == "default");
    for (const DeviceHello& hello : hellos) CHECK_FALSE(hello.hello.source.empty());
  }
  CHECK(with_hello >= 11);
}

TEST_CASE("captured hellos in the profiles are the captures, octet for octet") {
  for (const char* const id : {"wp8.0", "wp8.1", "wp8.1-update", "android2.3", "ios5", "android12"}) {
    CAPTURE(id);
    const Hello hello = hellos_of(id).front().hello;
    CHECK_FALSE(hello.predicted());
    CHECK(encode_hello(hello, "mail.example.com", {}) == encode_hello(captured_hello(id), "mail.example.com", {}));
  }
  const Hello ce = hellos_of("wm6.1").front().hello;
  CHECK(ce.predicted());
  CHECK(encode_hello(ce, "mail.example.com", {}) == encode_hello(windows_ce_hello(), "mail.example.com", {}));
}

TEST_CASE("a mistake in a <hello> is named with its place") {
  const std::string good = "id='default' source='S1' confidence='low'";
  CHECK(complaint("<hello " + good + "/>").find("offers no cipher suite") != std::string::npos);
  CHECK(complaint("<hello " + good + " version='TLS9'><suites>0004</suites></hello>").find("no TLS version") !=
        std::string::npos);
  CHECK(complaint("<hello " + good + "><suites>00045</suites></hello>").find("d.xml:1:") != std::string::npos);
  CHECK(complaint("<hello " + good + "><suites>000405</suites></hello>").find("2 octets") != std::string::npos);
  CHECK(complaint("<helo/>").find("hello") != std::string::npos);
  CHECK_FALSE(complaint("<hello id='default'><suites>0004</suites></hello>").empty());
}

TEST_CASE("a device trusts its table by fingerprint, and what is installed") {
  const DataFiles data;
  const auto profile = load_device_profile(data, "wm5-msfp");
  REQUIRE(profile.has_value());
  const auto policy = device_trust(data, *profile, {});
  REQUIRE(policy.has_value());
  CHECK(policy->store == TrustPolicy::Store::Authorities);
  CHECK(std::ranges::find(policy->fingerprints, "D23209AD23D314232174E40D7F9D62139786633A") !=
        policy->fingerprints.end());
  const Family family = mint_family("Company");
  CHECK(judge_chain(family.chain(), *policy, "localhost", std::time(nullptr)).has(TrustProblem::Untrusted));
  const auto installed = device_trust(data, *profile, {family.root.certificate});
  CHECK(judge_chain(family.chain(), *installed, "localhost", std::time(nullptr)).trusted());
  CHECK_FALSE(device_trust(data, *load_device_profile(data, "wp7.5"), {}).has_value());
  TrustPolicy table = *policy;
  table.fingerprints = {family.root.certificate.sha1};
  std::vector<Certificate> chain = family.chain();
  CHECK(judge_chain(chain, table, "localhost", std::time(nullptr)).has(TrustProblem::Untrusted));
  chain.push_back(family.root.certificate);
  CHECK(judge_chain(chain, table, "localhost", std::time(nullptr)).trusted());
}

TEST_CASE("a root is known by its fingerprint, without one by its name and what the table says of it") {
  const auto rows = read_device_roots(DataFiles(), "wm6");
  REQUIRE(rows.has_value());
  const auto row = [&](std::string_view subject) {
    const auto found = std::ranges::find(*rows, subject, &DeviceRoot::subject);
    REQUIRE(found != rows->end());
    return *found;
  };
  const DeviceRoot class2 = row("VeriSign Class 2 Public Primary CA");
  CHECK(is_named_like(class2, "OU=Class 2 Public Primary Certification Authority,O=VeriSign\\, Inc.,C=US"));
  CHECK_FALSE(is_named_like(class2, "OU=Class 3 Public Primary Certification Authority,O=VeriSign\\, Inc.,C=US"));
  CHECK_FALSE(is_named_like(class2, "CN=Class 2 Public Primary Certification Authority,O=Somebody"));
  CHECK_FALSE(is_named_like(row("GTE CyberTrust Root"), "CN=GTE CyberTrust Global Root,O=GTE Corporation,C=US"));
  CHECK(is_named_like(row("Secure Server Certification Authority (RSA)"),
                      "OU=Secure Server Certification Authority,O=RSA Data Security\\, Inc.,C=US"));
  CHECK_FALSE(is_named_like(class2, ""));

  Certificate root;
  root.subject = "CN=VeriSign Class 2 Public Primary CA";
  root.self_issued = true;
  root.key_bits = 1024;
  CHECK(is_device_root(class2, root));
  root.key_bits = 2048;
  CHECK_FALSE(is_device_root(class2, root));
  const DeviceRoot daddy = row("Go Daddy Class 2");
  root.subject = "CN=Go Daddy Class 2";
  root.sha1 = "00";
  CHECK_FALSE(is_device_root(daddy, root));
  root.sha1 = daddy.sha1;
  CHECK(is_device_root(daddy, root));
  const DeviceRoot gte = row("GTE CyberTrust Root");
  root.subject = "CN=GTE CyberTrust Root";
  root.not_after = 1'795'651'200;
  CHECK_FALSE(is_device_root(gte, root));  // the one of the table ended in 2006
  CHECK_FALSE(read_device_roots(DataFiles(), "wm99").has_value());
}

TEST_CASE("names as a device compares them") {
  Certificate leaf;
  leaf.common_name = "mail.example.com";
  leaf.dns_names = {"other.example.com"};
  const CertificateRules any, wm5{.common_name_only = true, .wildcards = false, .refused_hashes = {}};
  std::string why;
  CHECK_FALSE(name_matches_on_device(leaf, "mail.example.com", any, why));
  CHECK(why.empty());
  CHECK(name_matches_on_device(leaf, "Mail.Example.com", wm5, why));
  CHECK_FALSE(name_matches_on_device(leaf, "other.example.com", wm5, why));
  CHECK(why == "the device compares the common name only, which is \"mail.example.com\"");
  leaf.common_name = "*.example.com";
  CHECK_FALSE(name_matches_on_device(leaf, "mail.example.com", wm5, why));
  CHECK(why == "the device takes no wildcard");
  leaf.dns_names.clear();
  CHECK(name_matches_on_device(leaf, "mail.example.com", any, why));
  CHECK_FALSE(name_matches_on_device(leaf, "mail.example.com", {.wildcards = false, .refused_hashes = {}}, why));
  leaf.common_name = "mail.example.com";
  leaf.dns_names = {"*.example.com"};
  CHECK_FALSE(name_matches_on_device(leaf, "mail.example.com", {.wildcards = false, .refused_hashes = {}}, why));
}

TEST_CASE("what a device cannot verify is untrusted to it, and said so") {
  const DataFiles data;
  const Minted root = mint({.common_name = "Root", .ca = true, .hash = "SHA512"}, nullptr);
  const Minted leaf = mint({.common_name = "localhost", .dns_names = {"*.example.com"}, .hash = "SHA512"}, &root);
  const auto wm = device_trust(data, *load_device_profile(data, "wm6.5"), {root.certificate});
  const TrustVerdict verdict = judge_chain({leaf.certificate}, *wm, "mail.example.com", std::time(nullptr));
  REQUIRE(verdict.complaints.size() == 1);
  CHECK(verdict.complaints.front().problem == TrustProblem::Untrusted);
  CHECK(verdict.complaints.front().text ==
        "the server certificate \"CN=localhost\" is signed with SHA512, which the device cannot verify");
  TrustPolicy strict = *wm;
  strict.rules = {.wildcards = false, .ecdsa = false, .max_rsa_bits = 1024, .refused_hashes = {}};
  const TrustVerdict refused = judge_chain({leaf.certificate}, strict, "mail.example.com", std::time(nullptr));
  CHECK(refused.has(TrustProblem::NameMismatch));
  CHECK(refused.has(TrustProblem::Untrusted));
}

TEST_CASE("a server of today: new devices connect, old ones meet an alert, unknown ones get no verdict") {
  const Family family = mint_family("Today");
  ServerOptions options;
  options.identity = family.server;
  options.chain = {family.intermediate.certificate};
  options.ciphers = "DEFAULT:@SECLEVEL=2";
  TestServer server(options, answer_always(""));
  const auto rows = by_device(target_of(server, {family.root.certificate}));
  const DeviceHandshake& modern = rows.at("android12");
  CHECK(modern.answer.version == kTls13Version);
  REQUIRE(modern.verdict.has_value());
  CHECK(modern.verdict->trusted());
  CHECK(modern.cause.empty());
  CHECK(rows.at("wm6.1").cause == "tls.handshake");
  CHECK(rows.at("wm6.1").answer.kind == HelloAnswer::Kind::Alert);
  CHECK(rows.at("wm6.1").predicted);
  CHECK(rows.at("wp7.5").hello.empty());
  CHECK_FALSE(rows.at("wp7.5").reason.empty());
}

TEST_CASE("the missing intermediate: every device says 0x80072F0D, and the text says what to add") {
  const Family family = mint_family("Missing");
  ServerOptions options;
  options.identity = family.server;
  options.max_version = "TLSv1.2";
  TestServer server(options, answer_always(""));
  const auto rows = by_device(target_of(server, {family.root.certificate}));
  const DeviceHandshake& row = rows.at("wp8.1-update");
  CHECK(row.cause == "tls.untrusted");
  REQUIRE(row.verdict.has_value());
  CHECK(row.verdict->complaints.front().problem == TrustProblem::IntermediateMissing);
  CHECK(row.verdict->complaints.front().text.find("add that intermediate to the server's bundle") != std::string::npos);
}

TEST_CASE("a closed port is the same for every device") {
  TestServer server({}, answer_always(""));
  HandshakeTarget target = target_of(server, {});
  target.port = closed_port();
  for (const auto& [device, row] : by_device(target)) {
    if (!row.hello.empty()) CHECK(row.cause == "tcp.refused");
  }
}

TEST_CASE("the bundle that mends a chain: what was sent in its place, what is missing by name, strangers out") {
  const Family family = mint_family("Bundle");
  const Minted stranger = mint({.common_name = "Stranger", .ca = true}, nullptr);
  const Certificate &leaf = family.server.certificate, &middle = family.intermediate.certificate,
                    &root = family.root.certificate;
  TrustVerdict held;
  held.path = {leaf.subject, middle.subject, root.subject};
  CHECK(bundle_order({leaf, middle}, held).as_sent());
  CHECK(bundle_order({leaf, middle, root}, held).as_sent());
  CHECK(bundle_order({leaf, middle, root}, held).root == 2);

  const BundleOrder missing = bundle_order({leaf}, {});
  REQUIRE(missing.entries.size() == 2);
  CHECK(missing.entries[1].subject == middle.subject);
  CHECK(missing.entries[1].sent == -1);
  CHECK_FALSE(missing.as_sent());

  const BundleOrder mixed = bundle_order({leaf, stranger.certificate, root, middle}, held);
  REQUIRE(mixed.entries.size() == 2);
  CHECK(mixed.entries[1].sent == 3);
  CHECK(mixed.root == 2);
  CHECK(mixed.superfluous == std::vector<int>{1});
  CHECK(bundle_order({}, {}).entries.empty());
  CHECK(bundle_order({leaf, middle, middle}, held).superfluous == std::vector<int>{2});
}

namespace {

struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "easel-devices-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
};

}  // namespace

TEST_CASE("an authority in a device's root store is trusted, one in its CA store alone only helps to build") {
  const Folder folder;
  const InstalledStore store(folder.path.string());
  const Family family = mint_family("Installed");
  ServerOptions options;
  options.identity = family.server;  // without its intermediate
  options.max_version = "TLSv1.2";
  TestServer server(options, answer_always(""));
  HandshakeTarget target = target_of(server, {});
  target.device_folder = folder.path.string();
  const auto verdict = [&] { return *by_device(target).at("wp8.1-update").verdict; };

  REQUIRE(store.add("wp8.1-update", DeviceStoreName::Ca, {family.root.certificate, family.intermediate.certificate}));
  CHECK(verdict().has(TrustProblem::Untrusted));
  REQUIRE(store.add("wp8.1-update", DeviceStoreName::Root, {family.root.certificate}));
  CHECK(verdict().trusted());
  CHECK_FALSE(by_device(target).at("ios5").verdict->trusted());  // another device holds nothing

  const auto installed = store.read("wp8.1-update");
  REQUIRE(installed.has_value());
  CHECK(installed->root.size() == 1);
  CHECK(installed->ca.size() == 2);
  CHECK_FALSE(store.remove("wp8.1-update", family.root.certificate.sha1).has_value());  // it stands in both
  REQUIRE(store.remove("wp8.1-update", family.intermediate.certificate.sha1).has_value());
  CHECK(store.read("wp8.1-update")->ca.size() == 1);
  CHECK(verdict().has(TrustProblem::IntermediateMissing));  // the root alone does not replace what the server left out
  CHECK_FALSE(store.remove("wp8.1-update", "00").has_value());

  std::ofstream(folder.path / "wp8.1-update" / "root" / "X.pem") << "no certificate";
  const auto broken = store.read("wp8.1-update");
  REQUIRE_FALSE(broken.has_value());
  CHECK(broken.error().find("X.pem") != std::string::npos);
}

TEST_CASE("the table for people says why, what to send, and what devices show") {
  const Family family = mint_family("Table");
  ServerOptions options;
  options.identity = family.server;
  options.max_version = "TLSv1.2";
  TestServer server(options, answer_always(""));
  CurlTransport transport;
  const DataFiles data;
  const auto codes = SupportCodes::load(data);
  REQUIRE(codes.has_value());
  const auto rows = shake_hands(data, {"wp8.1-update", "wp8.1", "wp7.5"}, target_of(server, {}), transport);
  REQUIRE(rows.has_value());
  const std::string text = render_handshakes(*rows, *codes, 100);
  CHECK(text.find("wp8.1-update, wp8.1: the server certificate") != std::string::npos);
  CHECK(text.find("The bundle that mends it") != std::string::npos);
  CHECK(text.find("1  " + family.intermediate.certificate.subject + " (missing") != std::string::npos);
  CHECK(text.find("0x80072F0D WININET_E_INVALID_CA") != std::string::npos);
  CHECK(text.find("no capture, no verdict") != std::string::npos);
  const std::string tsv = render_handshakes_tsv(*rows, *codes);
  CHECK(tsv.find("wp7.5\t-\t-\tno capture\t-\t-\t-\t-\t-\t-\n") != std::string::npos);
}

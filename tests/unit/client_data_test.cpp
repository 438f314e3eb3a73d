// Small readers: base64, CSV, site files, waiver files, targets, secrets.
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "client/cli/secret_source.h"
#include "client/cli/target_options.h"
#include "client/profile/status_codes.h"
#include "client/profile/support_codes.h"
#include "client/protocol/base64.h"
#include "client/scenario/csv.h"
#include "client/scenario/site_file.h"
#include "client/scenario/waiver.h"
#include "client/xml/xml_tree.h"

using namespace easel;

TEST_CASE("base64 both ways") {
  for (const auto& [plain, coded] :
       {std::pair{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}}) {
    CHECK(base64_encode(plain) == coded);
    CHECK(base64_decode(coded) == plain);
  }
  CHECK(base64_decode("Zm 9\nv") == "foo");
  CHECK(!base64_decode("Zm9*"));
}

TEST_CASE("CSV: quotes, comments, and the line of a mistake") {
  const auto rows = parse_csv("a,b\n# no row\n1,\"two, \"\"too\"\"\"\n\n3, four \n");
  REQUIRE(rows.has_value());
  REQUIRE(rows->size() == 3);
  CHECK((*rows)[1] == std::vector<std::string>{"1", "two, \"too\""});
  CHECK((*rows)[2] == std::vector<std::string>{"3", "four"});
  CHECK(parse_csv("a,b\n1").error() == "line 2 has 1 cells, the first has 2");
  CHECK(parse_csv("a\n\"x").error() == "line 2: a quoted cell is not closed");
  CHECK(parse_csv("a\n\"x\"y").error() == "line 2: text behind a quoted cell");
}

TEST_CASE("a site file, whole") {
  const auto file = parse_site_file(R"(<site version="1" name="Corp" role="front-end" publisher="isa" axis="today">
  <host name="mail.corp.example" port="8443" plain="none" also="owa.corp.example"/>
  <address at="192.0.2.1" label="node 1"/>
  <trust><ca file="root.pem"/><pin spki="sha256//QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="/></trust>
  <account user="CORP\alice" password="env:PW" failed-logons="1"/>
  <account id="other" user="bob" password="fd:7"/>
  <schemes exactly="Basic Negotiate"/>
  <options securid="no" client-certificate="optional"/>
  <devices use="wm6.1 wm5-msfp"/>
  <client-certificate file="alice.p12" passphrase="env:P12"/>
  <client-certificate name="expired" file="/certs/old.pem" key="old.key"/>
  <baseline certificate="aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99"
            key="sha256//QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=" report="last.json"/>
</site>)",
                                    "dir/site.xml");
  REQUIRE_MESSAGE(file.has_value(), (file ? "" : to_text(file.error())));
  const Site& s = file->site;
  CHECK(s.host == "mail.corp.example");
  CHECK(s.port == 8443);
  CHECK(s.plain_port_none);
  CHECK(s.owns("OWA.corp.example"));
  CHECK(!s.owns("evil.example"));
  CHECK(s.accounts.size() == 2);
  CHECK(s.accounts[0].failed_logons == 1);
  CHECK(file->password_source == "env:PW");
  CHECK(file->trust_ca == std::vector<std::string>{"dir/root.pem"});
  CHECK(s.schemes == std::vector<std::string>{"Basic", "Negotiate"});
  CHECK(s.fleet.size() == 2);
  REQUIRE(file->certificates.size() == 2);
  CHECK(file->certificates[0].name.empty());
  CHECK(file->certificates[0].file == "dir/alice.p12");
  CHECK(file->certificates[0].passphrase == "env:P12");
  CHECK(file->certificates[1].name == "expired");
  CHECK(file->certificates[1].file == "/certs/old.pem");
  CHECK(file->certificates[1].key == "dir/old.key");
  REQUIRE(s.baseline.has_value());
  CHECK(s.baseline->certificate == "AABBCCDDEEFF00112233445566778899AABBCCDDEEFF00112233445566778899");
  CHECK(s.baseline->key == "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=");
  CHECK(file->baseline_report == "dir/last.json");
}

TEST_CASE("mistakes in a site file, all of them") {
  const auto file = parse_site_file(R"(<site version="1" rolle="single">
  <host port="0"/>
  <account user="alice" password="secret1"/>
  <adress at="192.0.2.1"/>
  <client-certificate file="a.p12" passphrase="secret2"/>
  <client-certificate name="yes" file="a.p12"/>
  <client-certificate name="old"/>
  <client-certificate file="b.p12"/>
  <baseline announced="12:34"/>
</site>)",
                                    "site.xml");
  REQUIRE(!file.has_value());
  const std::string text = to_text(file.error());
  CHECK(text.find("site.xml:1:1: <site> has no attribute 'rolle'; did you mean 'role'?") != std::string::npos);
  CHECK(text.find("site.xml:2:3:") != std::string::npos);
  CHECK(text.find("site.xml:3:3: a password never stands in a file") != std::string::npos);
  CHECK(text.find("site.xml:4:3: <site> has no element <adress>; did you mean 'address'?") != std::string::npos);
  CHECK(text.find("site.xml:5:3: a passphrase never stands in a file") != std::string::npos);
  CHECK(text.find("site.xml:6:3: no certificate can be called 'yes'") != std::string::npos);
  CHECK(text.find("site.xml:7:3:") != std::string::npos);
  CHECK(text.find("site.xml:8:3: a second certificate of the device's own") != std::string::npos);
  CHECK(text.find("site.xml:9:3: announced is no SHA-256 fingerprint") != std::string::npos);
  CHECK(text.find("site.xml:9:3: <baseline> says nothing") != std::string::npos);
  CHECK(text.find("secret1") == std::string::npos);
  CHECK(text.find("secret2") == std::string::npos);
}

TEST_CASE("waiver files need every attribute and a real day") {
  const auto good = parse_waivers(
      "<waivers version='1'><waive check='a.b' target='h' until='2026-11-25' owner='Ann' "
      "reason='soon' evidence='401'/></waivers>",
      "w.xml");
  REQUIRE(good.has_value());
  CHECK(good->front().until == 1'795'651'200);  // the end of that day
  const auto bad = parse_waivers(
      "<waivers version='1'>\n<waive check='a.b' target='h' until='2026-02-30' owner='Ann'/></waivers>", "w.xml");
  REQUIRE(!bad.has_value());
  CHECK(bad.error().size() == 3);
  CHECK(to_text(bad.error()).find("w.xml:2:1: until=\"2026-02-30\" is not a day; write it as 2027-03-31") !=
        std::string::npos);
}

TEST_CASE("targets") {
  Site s;
  CHECK(parse_target("https://mail.example.com:8443/eas", s));
  CHECK(s.host == "mail.example.com");
  CHECK(s.port == 8443);
  CHECK(s.path == "/eas");
  CHECK(parse_target("mail.example.com", s));
  CHECK(parse_target("https://[2001:db8::1]:444", s));
  CHECK(s.host == "2001:db8::1");
  for (const char* wrong : {"http://mail.example.com", "ftp://x", "https://u:p@x", "https://x:99999", "https://x?y"})
    CHECK(!parse_target(wrong, s));
}

TEST_CASE("passwords come from anywhere but the command line") {
  const auto direct = read_secret("Sesame", "--password", "Password");
  REQUIRE(!direct);
  CHECK(direct.error().find("Sesame") == std::string::npos);
  CHECK(direct.error().find("env:NAME") != std::string::npos);
  setenv("EASEL_TEST_SECRET", "from env", 1);
  CHECK(read_secret("env:EASEL_TEST_SECRET", "--password", "")->reveal() == "from env");
  CHECK(!read_secret("env:EASEL_TEST_NOT_SET", "--password", ""));
  const auto path = std::filesystem::temp_directory_path() / ("easel-secret-" + std::to_string(::getpid()));
  std::ofstream(path) << "from file\n";
  chmod(path.c_str(), 0644);
  const auto open = read_secret("file:" + path.string(), "--password", "");
  REQUIRE(!open);
  CHECK(open.error().find("chmod 600") != std::string::npos);
  chmod(path.c_str(), 0600);
  CHECK(read_secret("file:" + path.string(), "--password", "")->reveal() == "from file");
  std::filesystem::remove(path);
}

TEST_CASE("the table of support codes: each code once, each cause key in one row, a confidence everywhere") {
  const auto codes = SupportCodes::load(DataFiles());
  REQUIRE(codes.has_value());
  CHECK(codes->all().size() > 100);
  std::set<std::string> seen, causes;
  for (const SupportCode& code : codes->all()) {
    CAPTURE(code.code);
    CHECK(seen.insert(code.code).second);
    CHECK_FALSE(code.meaning.empty());
    CHECK((code.confidence == "high" || code.confidence == "medium" || code.confidence == "low" ||
           code.confidence == "unsourced" || code.confidence == "none"));
    for (const std::string& cause : code.causes) CHECK_MESSAGE(causes.insert(cause).second, cause);
  }
}

TEST_CASE("every HTTP status that a support code comes from is known, and so are the common ones") {
  const StatusCodes statuses{DataFiles()};
  for (const char* const status : {"200", "400", "401", "403", "404", "449", "451", "500", "501", "503", "507"}) {
    const HttpStatus* row = statuses.http(status);
    REQUIRE_MESSAGE(row != nullptr, status);
    CHECK_FALSE(row->meaning.empty());
    CHECK_FALSE(row->device.empty());
  }
  CHECK(statuses.http("299") == nullptr);
  CHECK(statuses.meaning("FolderSync", "9").starts_with("SyncKeyMismatch"));
  CHECK(statuses.meaning("FolderSync", "142").starts_with("DeviceNotProvisioned"));
  CHECK(statuses.rows("", "9").size() > 1);
  CHECK(statuses.is_command("Sync"));
  CHECK_FALSE(statuses.is_command("*"));
}

TEST_CASE("what servers do differently: well-formed, each deviation with its place in the documents and its evidence") {
  const DataFiles data;
  int files = 0;
  for (const std::string& path : data.list("profiles/servers/", ".xml")) {
    ++files;
    CAPTURE(path);
    const auto text = data.read(path);
    REQUIRE(text.has_value());
    const auto root = read_xml(*text, path);
    if (!root) FAIL(to_text(root.error()));
    CHECK(root->name == "server");
    std::set<std::string> ids;
    for (const XmlElement& e : root->children) {
      if (e.name != "deviation") continue;
      CHECK_MESSAGE(ids.insert(e.attribute_or("id", "")).second, e.attribute_or("id", ""));
      CHECK_FALSE(e.attribute_or("spec", "").empty());
      REQUIRE_MESSAGE(e.child("evidence") != nullptr, e.attribute_or("id", ""));
      const XmlElement& evidence = *e.child("evidence");
      CHECK_FALSE((evidence.attribute_or("request", "") + evidence.attribute_or("source", "")).empty());
      CHECK_FALSE(e.child("evidence")->attribute_or("confidence", "").empty());
    }
    CHECK_FALSE(ids.empty());
  }
  CHECK(files >= 6);
}

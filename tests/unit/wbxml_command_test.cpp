#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "client/cli/wbxml_command.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "client/cli/wbxml_input.h"
#include "wbxml/xml_reader.h"

namespace easel {
namespace {

struct Outcome {
  int code = 0;
  std::string out, err;
};

Outcome run(const std::vector<std::string>& args, const std::string& input = {}) {
  std::istringstream in(input);
  std::ostringstream out, err;
  const int code = wbxml_main(args, in, out, err);
  return {code, out.str(), err.str()};
}

const std::string kOctets("\x03\x01\x6A\x00\x00\x07\x56\x4C\x03\x39\x00\x01\x01", 13);
const std::string kXml =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<FolderSync xmlns=\"FolderHierarchy\">\n  "
    "<Status>9</Status>\n</FolderSync>\n";

std::string packed() {
  std::string out(200, '\0');
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  std::string in = kOctets;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<unsigned>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<unsigned>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// A file that is gone at the end of its scope.
class TemporaryFile {
 public:
  TemporaryFile(const std::string& name, const std::string& content)
      : path_(std::filesystem::temp_directory_path() / ("easel-wbxml-" + std::to_string(::getpid()) + "-" + name)) {
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

std::string sync(const std::string& key, const std::string& status, const std::string& more = {}) {
  const auto octets =
      wbxml::from_xml("<Sync xmlns='AirSync'><Collections><Collection><SyncKey>" + key + "</SyncKey><Status>" + status +
                      "</Status>" + more + "</Collection></Collections></Sync>");
  REQUIRE(octets);
  return std::string(wbxml::as_text(*octets));
}

}  // namespace

TEST_CASE("decode takes what an engineer pastes") {
  const std::vector<std::string> inputs{
      kOctets,
      "03016a0000 07564c03 39000101\n",
      "03-01-6A-00-00-07-56-4C-03-39-00-01-01",
      "0x03, 0x01, 0x6A, 0x00, 0x00, 0x07, 0x56, 0x4C, 0x03, 0x39, 0x00, 0x01, 0x01",
      "AwFqAAAHVkwDOQABAQ==\n",
      packed(),
      "d\r\n" + kOctets + "\r\n0\r\n\r\n",
      "5\r\n" + kOctets.substr(0, 5) + "\r\n8;x=y\r\n" + kOctets.substr(5) + "\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nd\r\n" + kOctets + "\r\n0\r\n\r\n",
      "00000000: 0301 6a00 0007 564c 0339 0001 01         ..j...VL.9...\n",
      "00000000  03 01 6a 00 00 07 56 4c  03 39 00 01 01           |..j...VL.9...|\n0000000d\n",
      "2026-01-02 DEBUG response body: AwFqAAAHVkwDOQABAQ== (13 bytes)\n",
      "2026-01-02 12:00:01 body=03016A000007564C0339000101 status=200\n",
      "log: b'\\x03\\x01j\\x00\\x00\\x07VL\\x039\\x00\\x01\\x01' end\n",
  };
  for (const std::string& input : inputs) {
    CAPTURE(input);
    const Outcome outcome = run({"decode"}, input);
    CHECK(outcome.code == 0);
    CHECK(outcome.out == kXml);
  }
}

TEST_CASE("explain names Status and what it means") {
  const Outcome outcome = run({"decode", "--explain"}, "AwFqAAAHVkwDOQABAQ==");
  CHECK(outcome.code == 0);
  CHECK(outcome.out ==
        "unwrapped: base64\n"
        "000000  03 01 6A 00                header: WBXML 1.3, public identifier 1 (unknown), character set 106 "
        "(UTF-8), no "
        "string table\n"
        "000004  00 07                      SWITCH_PAGE 7 FolderHierarchy\n"
        "000006  56                         <FolderSync>\n"
        "000007  4C                           <Status>\n"
        "000008  03 39 00                       STR_I \"9\": FolderSync Status 9 SyncKeyMismatch: the sync key does "
        "not match: "
        "drop the folder hierarchy and start again with key 0\n"
        "00000B  01                           END of Status\n"
        "00000C  01                         END of FolderSync\n");
}

TEST_CASE("explain goes as far as the document does, and covers each octet") {
  const Outcome cut = run({"decode", "--explain"}, "03016a0000 07564c03 39");
  CHECK(cut.code == 1);
  CHECK(cut.out.find("refused: offset 10: the input ends inside the document") != std::string::npos);
  const Outcome common = run({"decode", "--explain"}, "03016A000007564C0331343200 0101");
  CHECK(common.out.find("DeviceNotProvisioned") != std::string::npos);
  const Outcome odd = run({"decode", "--explain", "--tolerant"}, "03016A03616263 00 45 05 00 1E 05 01 FF");
  CHECK(odd.code == 0);
  CHECK(odd.out.find("SWITCH_PAGE 30 Page-30") != std::string::npos);
  CHECK(odd.out.find("passed over") != std::string::npos);
  CHECK(odd.out.find("odd:     offset 3") != std::string::npos);
}

TEST_CASE("refusals say what and where, and how to go on") {
  const Outcome outcome = run({"decode"}, "03016a0045c201");
  CHECK(outcome.code == 1);
  CHECK(outcome.err.find("refused at offset 5: EXT_2 (0xC2)") != std::string::npos);
  CHECK(outcome.err.find("--tolerant") != std::string::npos);
  CHECK(run({"decode"}, "").code == 2);
  CHECK(run({"decode", "/nonexistent/file"}).code == 2);
  CHECK(run({"decode", "--from", "gzip"}, "hello").code == 2);
  CHECK(run({"decode", "--form", "gzip"}, "hello").code == 2);
  CHECK(run({"decode"}, "<html>gateway time-out</html>").code == 1);
  CHECK(run({"frobnicate"}).code == 2);
  CHECK(run({}).code == 2);
  CHECK(run({"--help"}).code == 0);
  CHECK(run({"decode", "--help"}).out.find("Example:") != std::string::npos);
}

TEST_CASE("json has offsets") {
  const Outcome outcome = run({"decode", "--json"}, kOctets);
  CHECK(outcome.code == 0);
  CHECK(outcome.out.find("\"tag\": \"FolderHierarchy:Status\",\n        \"offset\": 7,\n        \"text\": \"9\"") !=
        std::string::npos);
}

TEST_CASE("encode is the way back") {
  CHECK(run({"encode"}, kXml).out == kOctets);
  CHECK(run({"encode", "--to", "base64"}, kXml).out == "AwFqAAAHVkwDOQABAQ==\n");
  CHECK(run({"encode", "--to", "hex"}, kXml).out == "03016a000007564c0339000101\n");
  const Outcome wrong = run({"encode"}, "<FolderSnc xmlns='FolderHierarchy'/>");
  CHECK(wrong.code == 1);
  CHECK(wrong.err.find("line 1, column 1: 'FolderSnc' is no element of FolderHierarchy; the nearest is 'FolderSync'") !=
        std::string::npos);
}

TEST_CASE("diff ignores keys, finds values, missing and new elements") {
  const TemporaryFile a("a", sync("1", "1")), b("b", sync("2", "1")), c("c", sync("2", "8", "<MoreAvailable/>"));
  CHECK(run({"diff", a.path(), b.path()}).code == 0);
  CHECK(run({"diff", a.path(), b.path(), "--all"}).code == 1);
  const Outcome outcome = run({"diff", a.path(), c.path()});
  CHECK(outcome.code == 1);
  CHECK(outcome.out ==
        "Sync/Collections/Collection/Status\n  - '1' at offset 12\n  + '8' at offset 12\n"
        "Sync/Collections/Collection/MoreAvailable\n  - -\n  + (empty tag) at offset 17\n");
  CHECK(run({"diff", a.path(), c.path(), "--ignore", "Status"}).out.find("Status") == std::string::npos);
  CHECK(run({"diff", a.path()}).code == 2);
}

TEST_CASE("tokens finds pages and names") {
  const Outcome page = run({"tokens", "FolderHierarchy"});
  CHECK(page.out.find("7\tFolderHierarchy\t0x16\tFolderSync\t2.5\n") != std::string::npos);
  CHECK(run({"tokens", "7"}).out == page.out);
  CHECK(run({"tokens", "synckey"}).out == "0\tAirSync\t0x0B\tSyncKey\t2.5\n7\tFolderHierarchy\t0x12\tSyncKey\t2.5\n");
  CHECK(run({"tokens", "nothing-like-it"}).code == 1);
}

TEST_CASE("hostile wrappings stay bounded") {
  std::string nested = kOctets;
  CHECK(unwrap_wbxml("FFFFFFFF\r\nx", "chunked").has_value() == false);
  CHECK(unwrap_wbxml(std::string(100000, '0')).has_value());
  CHECK(unwrap_wbxml(std::string("\x1F\x8B", 2)).has_value());
}

}  // namespace easel

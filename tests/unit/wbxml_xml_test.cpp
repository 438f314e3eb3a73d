#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "wbxml/code_pages.h"
#include "wbxml/decoder.h"
#include "wbxml/writer.h"
#include "wbxml/xml_reader.h"
#include "wbxml/xml_text.h"

namespace easel::wbxml {
namespace {

std::string round_trip(std::string_view xml) {
  const auto bytes = from_xml(xml);
  if (!bytes) return describe(bytes.error(), xml);
  const auto document = decode(*bytes, {}, {.tolerant = true});
  if (!document) return describe(document.error());
  return to_xml(*document, {.indent = false, .declaration = false});
}

XmlError refusal(std::string_view xml) {
  const auto bytes = from_xml(xml);
  REQUIRE_FALSE(bytes);
  return bytes.error();
}

}  // namespace

TEST_CASE("namespaces: default or prefixed, with or without colon, any case") {
  const std::string expected = "<Sync xmlns=\"AirSync\"><Body xmlns=\"AirSyncBase\"><Type>1</Type></Body></Sync>";
  CHECK(round_trip(expected) == expected);
  CHECK(round_trip("<Sync xmlns='AirSync:'><Body xmlns='airsyncbase:'><Type>1</Type></Body></Sync>") == expected);
  CHECK(round_trip("<a:Sync xmlns:a='AirSync' xmlns:b='AirSyncBase:'><b:Body><b:Type>1</b:Type></b:Body></a:Sync>") ==
        expected);
  CHECK(round_trip(
            "<?xml version='1.0'?><!DOCTYPE AirSync PUBLIC '-//AIRSYNC//DTD AirSync//EN' 'http://x/'><!-- c -->\n"
            "<Sync xmlns='AirSync'>\n <Body xmlns='AirSyncBase'>\n  <Type>1</Type>\n </Body>\n</Sync>\n") == expected);
}

TEST_CASE("the three empty forms, OPAQUE and text stay apart") {
  for (const char* xml :
       {"<Sync xmlns=\"AirSync\"/>", "<Sync xmlns=\"AirSync\"></Sync>", "<Sync xmlns=\"AirSync\"><![CDATA[]]></Sync>",
        "<Sync xmlns=\"AirSync\"> </Sync>", "<Sync xmlns=\"AirSync\"><SyncKey opaque=\"base64\"></SyncKey></Sync>",
        "<Sync xmlns=\"AirSync\"><SyncKey opaque=\"base64\">AAEC/w==</SyncKey></Sync>",
        "<Sync xmlns=\"AirSync\"><SyncKey str=\"base64\">AQ==</SyncKey></Sync>",
        "<Sync xmlns=\"AirSync\"><SyncKey>a&amp;&lt;&gt;&#13;\n\"'</SyncKey></Sync>",
        "<Sync xmlns=\"AirSync\">text <Status/>  tail<Add/></Sync>",
        "<Sync xmlns=\"AirSync\">&#32; <Status/><piece xmlns=\"urn:easel:wbxml\" opaque=\"base64\">AA==</piece></Sync>",
        "<Sync xmlns=\"AirSync\"><Token-2A/><Token-05 xmlns=\"Page-77\"><Status xmlns=\"AirSync\"/></Token-05></Sync>"})
    CHECK(round_trip(xml) == xml);
  CHECK(round_trip("<Sync xmlns='AirSync'><SyncKey opaque='text'>Hi</SyncKey></Sync>") ==
        "<Sync xmlns=\"AirSync\"><SyncKey opaque=\"base64\">SGk=</SyncKey></Sync>");
  CHECK(round_trip("<Sync xmlns='AirSync'><SyncKey>a<![CDATA[<&]]>b&#x20AC;\r\n</SyncKey></Sync>") ==
        "<Sync xmlns=\"AirSync\"><SyncKey>a&lt;&amp;b\xE2\x82\xAC\n</SyncKey></Sync>");
}

TEST_CASE("mistakes are named, with place and nearest name") {
  const std::string xml = "<Sync xmlns=\"AirSync\">\n  <SyncKy>1</SyncKy>\n</Sync>";
  const XmlError unknown = refusal(xml);
  CHECK(unknown.code == XmlErrorCode::unknown_element);
  CHECK(describe(unknown, xml) == "line 2, column 3: 'SyncKy' is no element of AirSync; the nearest is 'SyncKey'");
  CHECK(refusal("<Subject xmlns='AirSync'/>").text ==
        "'Subject' is no element of AirSync; Email, Calendar, Tasks, Notes has it");
  CHECK(refusal("<Sync/>").code == XmlErrorCode::unknown_namespace);
  CHECK(refusal("<Sync xmlns='AirSnc'/>").text == "'AirSnc' is no ActiveSync namespace; the nearest is 'AirSync'");
  CHECK(refusal("<a:Sync xmlns='AirSync'/>").code == XmlErrorCode::unknown_prefix);
  CHECK(refusal("<Sync xmlns='AirSync' id='1'/>").code == XmlErrorCode::unknown_attribute);
  CHECK(refusal("<Sync xmlns='AirSync'>").code == XmlErrorCode::truncated);
  CHECK(refusal("<Sync xmlns='AirSync'><Add></Sync></Add>").code == XmlErrorCode::mismatched_end);
  CHECK(refusal("<Sync xmlns='AirSync'>&nbsp;</Sync>").code == XmlErrorCode::unknown_entity);
  CHECK(refusal("<Sync xmlns='AirSync'>&#0;</Sync>").code == XmlErrorCode::bad_character);
  CHECK(refusal("<Sync xmlns='AirSync'>&#xD800;</Sync>").code == XmlErrorCode::bad_character);
  CHECK(refusal("<Sync xmlns='AirSync'>a\x01</Sync>").offset == 23);
  CHECK(refusal("<Sync xmlns='AirSync'>a\xFF</Sync>").code == XmlErrorCode::bad_utf8);
  CHECK(refusal("<Sync xmlns='AirSync' opaque='base64'>?</Sync>").code == XmlErrorCode::bad_base64);
  CHECK(refusal("<Sync xmlns='AirSync'/><Sync xmlns='AirSync'/>").code == XmlErrorCode::trailing_data);
  CHECK(refusal("<!DOCTYPE x [<!ENTITY a 'b'>]><Sync xmlns='AirSync'/>").code == XmlErrorCode::doctype);
  CHECK(refusal("").code == XmlErrorCode::no_root);
  CHECK(refusal("hello").code == XmlErrorCode::syntax);
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "<Sync xmlns='AirSync'>";
  CHECK(refusal(deep).code == XmlErrorCode::too_deep);
}

namespace {

// The pages of all elements called Status.
std::vector<int> pages_of_status(std::string_view xml) {
  const auto octets = from_xml(xml);
  REQUIRE(octets);
  const auto document = decode(*octets);
  REQUIRE(document);
  std::vector<int> pages;
  for (const Element child : document->root().children())
    if (child.name() == "Status") pages.push_back(child.tag().page);
  return pages;
}

}  // namespace

TEST_CASE("a name means what its namespace says where it stands") {
  const std::vector<int> expected{0, 13, 0, 7, 0};
  CHECK(pages_of_status("<a:Sync xmlns:a='AirSync'><a:Status>1</a:Status><a:Status xmlns:a='Ping'>2</a:Status>"
                        "<a:Status>3</a:Status><a:Status xmlns:a='FolderHierarchy'>4</a:Status><a:Status/></a:Sync>") ==
        expected);
  CHECK(pages_of_status("<Sync xmlns=\"AirSync\"><Status>1</Status><Status xmlns=\"Ping\">2</Status><Status>3</Status>"
                        "<Status xmlns=\"FolderHierarchy:\">4</Status><Status/></Sync>") == expected);
  CHECK(pages_of_status("<Sync xmlns=\"AirSync\" xmlns:p=\"Ping\" xmlns:f=\"FolderHierarchy\"><Status>1</Status>"
                        "<p:Status>2</p:Status><Status>3</Status><f:Status/><Status/></Sync>") == expected);
}

TEST_CASE("a byte array's tag is one also where it was empty before") {
  const Tag listed[] = {tags::AirSyncBase::Data};
  const auto octets = from_xml("<Body xmlns=\"AirSyncBase\"><Data/><Data>AQID</Data><Data></Data></Body>", {},
                               {.base64_opaque = listed});
  REQUIRE(octets);
  CHECK(*octets == Bytes{3, 1, 0x6A, 0, 0, 17, 0x4A, 0x0B, 0x4B, 0xC3, 3, 1, 2, 3, 1, 0x4B, 0xC3, 0, 1, 1});
}

// A long value is decoded before its end is found, and the number before it is a guess until then.
TEST_CASE("a byte array of any length, with anything behind it, at every level") {
  std::mt19937 random(20261128);
  const Tag listed[] = {tags::AirSyncBase::Data};
  constexpr std::size_t kSizes[] = {0,    1,    2,    47,    48,    49,    3000,  3071, 3072,
                                    3073, 3074, 4000, 12287, 12288, 16383, 16384, 70001};
  for (const std::size_t size : kSizes) {
    Bytes data(size);
    for (std::uint8_t& octet : data) octet = static_cast<std::uint8_t>(random());
    Writer writer;
    writer.start(tags::AirSyncBase::Body).opaque_leaf(tags::AirSyncBase::Data, data);
    const std::string long_text(300000, 't');
    writer.leaf(tags::AirSyncBase::Preview, long_text).opaque_leaf(tags::AirSyncBase::Data, data);
    const auto octets = writer.end().finish();
    REQUIRE(octets);
    const auto document = decode(*octets);
    REQUIRE(document);
    std::string xml = to_xml(*document, {.indent = false});
    const std::string marked = " opaque=\"base64\"";
    for (std::size_t at = 0; (at = xml.find(marked)) != std::string::npos;) xml.erase(at, marked.size());
    for (const SimdLevel level : {SimdLevel::automatic, SimdLevel::avx2, SimdLevel::portable}) {
      const XmlReadOptions options{.base64_opaque = listed, .simd = level};
      REQUIRE(from_xml(xml, {}, options).value() == *octets);
      // Lines of 76, as MIME has them.
      std::string lines = xml;
      const std::size_t value = lines.find("<Data>") + 6;
      std::size_t end = lines.find("</Data>");
      for (std::size_t at = value + 76; at < end; at += 78, end += 2) lines.insert(at, "\r\n");
      REQUIRE(from_xml(lines, {}, options).value() == *octets);
      if (size == 0) continue;
      // A foreign character anywhere is named by its place; so is a value that never ends.
      for (const std::size_t back : {std::size_t{1}, std::size_t{70}, size}) {
        std::string foreign = xml;
        const std::size_t at = std::max(foreign.find("</Data>") - std::min(back, size), value);
        foreign[at] = '*';
        const auto refused = from_xml(foreign, {}, options);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == XmlErrorCode::bad_base64);
        CHECK(refused.error().offset == at);
      }
      const auto cut = from_xml(std::string_view(xml).substr(0, xml.find("</Data>")), {}, options);
      REQUIRE_FALSE(cut);
      CHECK(cut.error().code == XmlErrorCode::truncated);
    }
  }
}

// The usual notation goes through a loop of its own; a blank before '>' keeps out of it.
TEST_CASE("the usual notation and the unusual one give the same octets, and the same refusals") {
  std::mt19937 random(20261125);
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  const char* const names[] = {"Sync", "SyncKey", "Status", "p:Status", "p:HeartbeatInterval", "Collections", "X"};
  const char* const texts[] = {"\xC3\xA4", "&amp;", "\r\n", "\n", "\x01", "\xFF", "\xEF\xBF\xBE", "]", "<!-- -->"};
  std::size_t good = 0, refused = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string usual = "<Sync xmlns=\"AirSync\" xmlns:p=\"Ping\">", unusual = usual;
    std::vector<std::string> open{"Sync"};
    const std::size_t parts = 1 + below(12);
    for (std::size_t i = 0; i < parts; ++i) {
      const std::string name = names[below(below(20) == 0 ? 7 : 6)];
      usual += "<" + name;
      unusual += "<" + name + " ";
      if (below(8) == 0) {
        usual += "/>", unusual += "/>";
        continue;
      }
      usual += ">", unusual += ">";
      if (below(4) == 0) {
        open.push_back(name);
        continue;
      }
      std::string text(below(below(10) == 0 ? 2200 : 70), 't');
      if (below(4) == 0) text.insert(below(text.size() + 1), texts[below(below(6) == 0 ? std::size(texts) : 2)]);
      usual += text + "</" + name + ">";
      unusual += text + "</" + name + " >";
    }
    for (; !open.empty(); open.pop_back()) {
      usual += "</" + open.back() + ">";
      unusual += "</" + open.back() + " >";
    }
    if (below(20) == 0) usual.pop_back(), unusual.pop_back();
    const auto a = from_xml(usual), b = from_xml(unusual);
    INFO(usual);
    REQUIRE(a.has_value() == b.has_value());
    if (a) {
      REQUIRE(*a == *b);
      ++good;
    } else {
      REQUIRE(a.error().code == b.error().code);
      ++refused;
    }
  }
  CHECK(good > 1000);
  CHECK(refused > 300);
}

}  // namespace easel::wbxml

#include <doctest/doctest.h>

#include <string>

#include "wbxml/decoder.h"
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

}  // namespace easel::wbxml

#include "wbxml/template.h"

#include <doctest/doctest.h>

#include <string>

#include "wbxml/decoder.h"
#include "wbxml/xml_text.h"

namespace easel::wbxml {
namespace {

std::string filled(std::string_view xml, const VariableMap& variables) {
  const auto form = Template::compile(xml);
  if (!form) return form.error().text;
  const auto bytes = encode(*form, variables);
  if (!bytes) return describe(bytes.error());
  const auto document = decode(*bytes);
  if (!document) return describe(document.error());
  return to_xml(*document, {.indent = false, .declaration = false});
}

}  // namespace

TEST_CASE("placeholders are filled in text and in OPAQUE") {
  const std::string xml =
      "<Sync xmlns=\"AirSync\"><SyncKey>${key}</SyncKey><Class>a${x}b${key}</Class>"
      "<Mime xmlns=\"ComposeMail\" opaque=\"text\">${mime}</Mime><Status/></Sync>";
  CHECK(filled(xml, {{"key", "7&"}, {"x", "-"}, {"mime", std::string("\0\1", 2)}}) ==
        "<Sync xmlns=\"AirSync\"><SyncKey>7&amp;</SyncKey><Class>a-b7&amp;</Class>"
        "<Mime xmlns=\"ComposeMail\" opaque=\"base64\">AAE=</Mime><Status/></Sync>");
  const auto form = Template::compile(xml);
  REQUIRE(form);
  CHECK(form->variables().size() == 3);
  CHECK(form->variables()[0] == "key");
}

TEST_CASE("an empty value is an empty tag; without placeholders the template is the document") {
  CHECK(filled("<Sync xmlns='AirSync'><SyncKey>${k}</SyncKey></Sync>", {{"k", ""}}) ==
        "<Sync xmlns=\"AirSync\"><SyncKey/></Sync>");
  CHECK(filled("<Sync xmlns='AirSync'><SyncKey>$${k}</SyncKey></Sync>", {}) ==
        "<Sync xmlns=\"AirSync\"><SyncKey>${k}</SyncKey></Sync>");
  CHECK(filled("<Sync xmlns='AirSync'>${k}</Sync>", {{"k", "v"}}) == "<Sync xmlns=\"AirSync\">v</Sync>");
  CHECK(filled("<Sync xmlns='AirSync'><SyncKey opaque='base64'>JHtrfQ==</SyncKey></Sync>", {}) ==
        "<Sync xmlns=\"AirSync\"><SyncKey opaque=\"base64\">JHtrfQ==</SyncKey></Sync>");
}

TEST_CASE("what cannot be filled is named") {
  const std::string xml = "<Sync xmlns='AirSync'><SyncKey>${k}</SyncKey></Sync>";
  CHECK(filled(xml, {}) == "${k} has no value");
  CHECK(filled(xml, {{"k", "\xFF"}}) == "the value of ${k} is not UTF-8");
  CHECK(filled(xml, {{"k", std::string("a\0b", 3)}}) == "the value of ${k} holds a NUL");
  const std::string broken = "<Sync xmlns='AirSync'>${k</Sync>";
  const auto form = Template::compile(broken);
  REQUIRE_FALSE(form);
  CHECK(form.error().offset == broken.find("${k"));
}

}  // namespace easel::wbxml

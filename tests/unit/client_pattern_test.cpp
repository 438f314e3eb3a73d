// <like>: what a pattern asserts, what it captures, and what it says when it does not fit.
#include <doctest/doctest.h>

#include "client_testing.h"
#include "wbxml/decoder.h"

using namespace easel;
using namespace easel::testing;

namespace {

constexpr std::string_view kReply =
    "<FolderSync xmlns='FolderHierarchy'><Status>1</Status><SyncKey>h1</SyncKey><Changes><Count>2</Count>"
    "<Add><ServerId>9</ServerId><ParentId>0</ParentId><DisplayName>Notes</DisplayName><Type>10</Type></Add>"
    "<Add><ServerId>5</ServerId><ParentId>0</ParentId><DisplayName>Inbox</DisplayName><Type>2</Type></Add></Changes>"
    "</FolderSync>";

PatternMatch match(std::string_view pattern, const Variables& variables = {}, std::string_view reply = kReply) {
  const auto element = read_xml(pattern, "p.xml");
  REQUIRE(element.has_value());
  XmlChecker checker("p.xml");
  const auto compiled = compile_pattern(*element, "FolderHierarchy", checker);
  REQUIRE_MESSAGE(compiled.has_value(), to_text(checker.diagnostics()));
  const std::string octets = wbxml_of(reply);
  const auto document = wbxml::decode(wbxml::as_bytes(octets));
  REQUIRE(document.has_value());
  return match_pattern(*compiled, *document, variables);
}

}  // namespace

TEST_CASE("extra elements are allowed, unless strict") {
  CHECK(match("<FolderSync><Status>1</Status></FolderSync>").matches);
  const PatternMatch strict = match("<FolderSync strict='yes'><Status>1</Status></FolderSync>");
  CHECK(!strict.matches);
  CHECK(strict.expected == "no other element (strict)");
  CHECK(strict.actual == "<SyncKey>");
  CHECK(match("<FolderSync strict='yes'><Status/><SyncKey/><Changes/></FolderSync>").matches);
}

TEST_CASE("values: exact, as numbers, anything, a variable") {
  CHECK(match("<FolderSync><Status>01</Status></FolderSync>").matches);
  CHECK(match("<FolderSync><SyncKey>*</SyncKey></FolderSync>").matches);
  CHECK(match("<FolderSync><SyncKey>${k}</SyncKey></FolderSync>", {{"k", "h1"}}).matches);
  const PatternMatch wrong = match("<FolderSync><Status>6</Status></FolderSync>");
  CHECK(!wrong.matches);
  CHECK(wrong.path == "/FolderSync/Status");
  CHECK(wrong.expected == "\"6\"");
  CHECK(wrong.actual == "\"1\"");
}

TEST_CASE("${?x} binds at first sight and then must match; ${!x} binds again") {
  const PatternMatch first = match("<FolderSync><SyncKey>${?k}</SyncKey></FolderSync>");
  CHECK(first.captured.at("k") == "h1");
  CHECK(match("<FolderSync><SyncKey>${?k}</SyncKey></FolderSync>", {{"k", "h1"}}).matches);
  const PatternMatch bound = match("<FolderSync><SyncKey>${?k}</SyncKey></FolderSync>", {{"k", "old"}});
  CHECK(!bound.matches);
  CHECK(bound.expected == "\"old\" (bound to k)");
  CHECK(match("<FolderSync><SyncKey>${!k}</SyncKey></FolderSync>", {{"k", "old"}}).captured.at("k") == "h1");
}

TEST_CASE("a capture goes with the element that fits, not with one that was tried before") {
  const PatternMatch m = match(
      "<FolderSync><Changes order='any'><Add order='any'><ServerId>${?inbox-id}</ServerId><Type>2</Type></Add>"
      "</Changes></FolderSync>");
  REQUIRE(m.matches);
  CHECK(m.captured.at("inbox-id") == "5");
}

TEST_CASE("order matters, unless any; what is absent must be absent") {
  CHECK(!match("<FolderSync><SyncKey/><Status/></FolderSync>").matches);
  CHECK(match("<FolderSync order='any'><SyncKey/><Status/></FolderSync>").matches);
  CHECK(match("<FolderSync><Status/><FolderCreate absent='yes'/></FolderSync>").matches);
  const PatternMatch there = match("<FolderSync><Changes absent='yes'/></FolderSync>");
  CHECK(!there.matches);
  CHECK(there.actual == "one is there");
  const PatternMatch missing = match("<FolderSync><Changes><Delete/></Changes></FolderSync>");
  CHECK(missing.expected == "<Delete>");
  CHECK(missing.actual == "absent");
}

TEST_CASE("another root, and no document") {
  const PatternMatch m = match("<FolderCreate/>");
  CHECK(!m.matches);
  CHECK(m.expected == "<FolderCreate>");
  CHECK(m.actual == "<FolderSync>");
}

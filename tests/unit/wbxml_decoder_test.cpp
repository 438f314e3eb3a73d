#include "wbxml/decoder.h"

#include <doctest/doctest.h>

#include <string>

#include "wbxml/code_pages.h"
#include "wbxml/xml_text.h"

namespace easel::wbxml {
namespace {

Bytes octets(std::initializer_list<unsigned> body) {
  Bytes bytes{0x03, 0x01, 0x6A, 0x00};
  for (const unsigned octet : body) bytes.push_back(static_cast<std::uint8_t>(octet));
  return bytes;
}

Error refusal(const Bytes& bytes, const DecodeOptions& options = {}) {
  const auto document = decode(bytes, {}, options);
  REQUIRE_FALSE(document);
  return document.error();
}

// <Sync><Collections><Collection><SyncKey>12</SyncKey><Status/></Collection></Collections></Sync>
const Bytes kSync = octets({0x45, 0x5C, 0x4F, 0x4B, 0x03, '1', '2', 0x00, 0x01, 0x0E, 0x01, 0x01, 0x01});

}  // namespace

TEST_CASE("a document is walked by tags") {
  const auto document = decode(kSync);
  REQUIRE(document);
  CHECK(document->nodes().size() == 5);
  const Element collection = document->root().child(tags::AirSync::Collections).child(tags::AirSync::Collection);
  REQUIRE(collection);
  CHECK(collection.child_text(tags::AirSync::SyncKey) == "12");
  CHECK(collection.child(tags::AirSync::SyncKey).offset() == 7);
  CHECK(collection.child(tags::AirSync::Status).kind() == NodeKind::empty);
  CHECK_FALSE(collection.child(tags::AirSync::Class));
  CHECK(collection.child(tags::AirSync::Class).text().empty());
  CHECK(collection.first_child().next_sibling().name() == "Status");
  CHECK_FALSE(collection.next_sibling());
  CHECK(collection.parent().name() == "Collections");
  CHECK(document->root().find(tags::AirSync::Status).parent() == collection);
  CHECK_FALSE(document->root().parent());
  int children = 0;
  for (const Element child : collection.children()) children += child ? 1 : 0;
  CHECK(children == 2);
}

TEST_CASE("refusals name code, octet and offset") {
  CHECK(refusal({}).code == ErrorCode::empty_input);
  CHECK(refusal({0x02, 0x01, 0x6A, 0x00, 0x05}).code == ErrorCode::bad_version);
  CHECK(refusal(octets({0x45, 0x80, 0x01})) == Error{ErrorCode::refused_token, 0x80, 0, 5});
  CHECK(refusal(octets({0x45, 0x85, 0x01})) == Error{ErrorCode::attributes, 0x85, 0, 5});
  CHECK(refusal(octets({0x45, 0x3F, 0x01})) == Error{ErrorCode::unknown_tag, 0x3F, 0, 5});
  CHECK(refusal(octets({0x45, 0x00, 0x1A, 0x05, 0x01})) == Error{ErrorCode::unknown_page, 0x05, 26, 7});
  CHECK(refusal(octets({0x45, 0x4B, 0x03, 0xC0, 0xAF, 0x00, 0x01, 0x01})) == Error{ErrorCode::bad_utf8, 0xC0, 0, 7});
  CHECK(refusal(octets({0x45, 0x4B, 0xC3, 0x09, 0x00})) == Error{ErrorCode::opaque_too_long, 0xC3, 0, 6});
  CHECK(refusal(octets({0x45, 0x4B, 0xC3, 0x90, 0x80, 0x80, 0x80, 0x03})).code == ErrorCode::bad_number);
  CHECK(refusal(octets({0x45})) == Error{ErrorCode::truncated, 0, 0, 5});
  CHECK(refusal(octets({0x45, 0x4B, 0x03, 'a'})) == Error{ErrorCode::truncated, 0, 0, 8});
  CHECK(refusal(octets({0x45, 0x4B, 0x03, 'a', 0xC3})) == Error{ErrorCode::truncated, 0, 0, 9});
  CHECK(refusal(octets({0x05, 0x05})) == Error{ErrorCode::second_root, 0x05, 0, 5});
  CHECK(refusal(octets({0x05, 0x00})) == Error{ErrorCode::trailing_data, 0x00, 0, 5});
  CHECK(refusal(octets({0x01})).code == ErrorCode::unexpected_end);
  CHECK(refusal(octets({})).code == ErrorCode::no_root);
  CHECK(describe(refusal(octets({0x45, 0xC2, 0x01}))) ==
        "offset 5: EXT_2 (0xC2): ActiveSync does not use this global token");
  CHECK(describe(refusal(octets({0x45, 0x3F, 0x01}))) ==
        "offset 5: token 0x3F on code page 0 AirSync: the code page has no such tag");
}

TEST_CASE("depth is a limit, not a crash") {
  Bytes bytes = octets({});
  for (int i = 0; i < 64; ++i) bytes.push_back(0x47);
  for (int i = 0; i < 64; ++i) bytes.push_back(0x01);
  CHECK(decode(bytes));
  CHECK(refusal(bytes, {.max_depth = 63}) == Error{ErrorCode::too_deep, 0x47, 0, 67});
  const Bytes leaf_at_limit = octets({0x45, 0x4B, 0x03, 'a', 0x00, 0x01, 0x01});
  CHECK(refusal(leaf_at_limit, {.max_depth = 1}).offset == 5);
  const Bytes empty_at_limit = octets({0x45, 0x0B, 0x01});
  CHECK(refusal(empty_at_limit, {.max_depth = 1}).offset == 5);
}

TEST_CASE("strings of one element join; pieces beside elements stay apart") {
  const Bytes split = octets({0x45, 0x4B, 0x03, 'a', 'b', 0x00, 0x03, 'c', 0x00, 0x03, 'd', 0x00, 0x01, 0x01});
  const auto document = decode(split);
  REQUIRE(document);
  CHECK(document->root().child_text(tags::AirSync::SyncKey) == "abcd");
  const Document copy = *document;
  CHECK(copy.root().child_text(tags::AirSync::SyncKey) == "abcd");
  const Bytes beside = octets({0x45, 0x03, 'a', 0x00, 0x0B, 0x03, 'b', 0x00, 0xC3, 0x01, 'c', 0x01});
  const auto mixed = decode(beside);
  REQUIRE(mixed);
  CHECK(mixed->nodes().size() == 5);
  CHECK(mixed->root().kind() == NodeKind::container);
  CHECK(mixed->root().first_child().kind() == NodeKind::text_piece);
  CHECK(mixed->root().first_child().text() == "a");
}

TEST_CASE("text near the end of a short buffer is read in place") {
  for (std::size_t length = 0; length < 80; ++length) {
    Bytes bytes = octets({0x45, 0x4B, 0x03});
    bytes.insert(bytes.end(), length, 'x');
    for (const int octet : {0x00, 0x01, 0x01}) bytes.push_back(static_cast<std::uint8_t>(octet));
    bytes.shrink_to_fit();
    const auto document = decode(bytes);
    REQUIRE(document);
    CHECK(document->root().first_child().text() == std::string(length, 'x'));
  }
}

TEST_CASE("tolerant decoding says what was odd") {
  const Bytes odd{0x02, 0x01, 0x6A, 0x04, 'k',  'e',  'y',  0x00, 0x45, 0x4B, 0x83, 0x00, 0x01, 0x7F, 0x03, 'u',
                  0x00, 0x01, 0x00, 0x1E, 0x05, 0x00, 0x00, 0x85, 0x05, 0x03, 'v',  0x00, 0x01, 0x01, 0xFF};
  CHECK_FALSE(decode(odd));
  const auto document = decode(odd, {}, {.tolerant = true});
  if (!document) FAIL(describe(document.error()));
  CHECK(document->root().child_text(tags::AirSync::SyncKey) == "key");
  CHECK(to_xml(*document, {.indent = false, .declaration = false}) ==
        "<Sync xmlns=\"AirSync\"><SyncKey>key</SyncKey><Token-3F>u</Token-3F><Token-05 "
        "xmlns=\"Page-30\"/><Sync/></Sync>");
  std::string codes;
  for (const Error& oddity : document->oddities())
    codes += std::string(name_of(oddity.code)) + "@" + std::to_string(oddity.offset) + " ";
  CHECK(codes ==
        "bad_version@0 string_table@3 refused_token@10 unknown_tag@13 unknown_page@20 attributes@23 second_root@30 ");
}

TEST_CASE("tolerant decoding keeps what a cut document has") {
  const Bytes cut(kSync.begin(), kSync.begin() + 10);
  const auto document = decode(cut, {}, {.tolerant = true});
  REQUIRE(document);
  CHECK(document->root().find(tags::AirSync::SyncKey).text() == "1");
  REQUIRE(document->oddities().size() == 1);
  CHECK(document->oddities()[0] == Error{ErrorCode::truncated, 0, 0, 10});
}

}  // namespace easel::wbxml

#include "wbxml/writer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "wbxml/code_pages.h"
#include "wbxml/decoder.h"

namespace easel::wbxml {

TEST_CASE("writer: switches only where the page changes, shortest lengths") {
  Writer writer;
  writer.start(tags::AirSync::Sync).leaf(tags::AirSync::SyncKey, "0").empty(tags::AirSyncBase::Body);
  writer.opaque_leaf(tags::AirSyncBase::Data, Bytes(128, 'x')).empty(tags::AirSync::GetChanges).end();
  const auto bytes = writer.finish();
  REQUIRE(bytes);
  Bytes expected{0x03, 0x01, 0x6A, 0x00, 0x45, 0x4B, 0x03, '0', 0x00, 0x01, 0x00, 0x11, 0x0A, 0x4B, 0xC3, 0x81, 0x00};
  expected.insert(expected.end(), 128, 'x');
  for (const int octet : {0x01, 0x00, 0x00, 0x13, 0x01}) expected.push_back(static_cast<std::uint8_t>(octet));
  CHECK(*bytes == expected);
  CHECK(decode(*bytes));
}

TEST_CASE("writer: mistakes are refused") {
  using namespace std::string_view_literals;
  const auto code = [](Writer& writer) {
    const auto bytes = writer.finish();
    REQUIRE_FALSE(bytes);
    return bytes.error().code;
  };
  Writer nul, utf8, unbalanced, open, empty, second, token;
  CHECK(code(nul.leaf(tags::AirSync::SyncKey, "a\0b"sv)) == ErrorCode::nul_in_text);
  CHECK(code(utf8.leaf(tags::AirSync::SyncKey, "a\xFF")) == ErrorCode::bad_utf8);
  CHECK(code(unbalanced.empty(tags::AirSync::Sync).end()) == ErrorCode::unbalanced);
  CHECK(code(open.start(tags::AirSync::Sync)) == ErrorCode::unbalanced);
  CHECK(code(empty) == ErrorCode::unbalanced);
  CHECK(code(second.empty(tags::AirSync::Sync).empty(tags::AirSync::Sync)) == ErrorCode::unbalanced);
  CHECK(code(token.empty(Tag{0, 4})) == ErrorCode::bad_tag);
}

TEST_CASE("a reused buffer gives the same octets") {
  Bytes reuse;
  for (const std::size_t length : {5u, 100000u, 7u, 3000u}) {
    Writer writer(std::move(reuse));
    const std::string text(length, 'y');
    auto bytes = writer.leaf(tags::AirSync::SyncKey, text).finish();
    REQUIRE(bytes);
    CHECK(bytes->size() == 4 + 2 + length + 2);
    const auto document = decode(*bytes);
    REQUIRE(document);
    CHECK(document->root().text() == text);
    reuse = std::move(*bytes);
  }
}

// The caller's octets may change under a Document; the encoder answers for what it sends.
TEST_CASE("a text that has become ill-formed is refused, and the first one is named") {
  Writer writer;
  writer.start(tags::AirSync::Sync);
  for (int i = 0; i < 300; ++i) {
    writer.leaf(tags::AirSync::ServerId, "\xC3\xA4 " + std::to_string(i));
    writer.leaf(tags::AirSyncBase::Data, std::string(static_cast<std::size_t>(i % 90), 'x'));
  }
  const auto sound = writer.end().finish();
  REQUIRE(sound);
  Bytes octets = *sound;
  const auto document = decode(octets);
  REQUIRE(document);
  REQUIRE(encode(*document).value() == *sound);
  for (const SimdLevel level : {SimdLevel::automatic, SimdLevel::avx2, SimdLevel::portable}) {
    for (const Node& node : document->nodes()) {
      if (node.kind() != NodeKind::text || node.length == 0) continue;
      const std::size_t at = node.offset + node.skip + node.length - 1;
      for (const std::uint8_t octet : {std::uint8_t{0xFF}, std::uint8_t{0}}) {
        octets[at] = octet;
        const auto refused = encode(*document, {}, level);
        REQUIRE_FALSE(refused);
        REQUIRE(refused.error().code == (octet == 0 ? ErrorCode::nul_in_text : ErrorCode::bad_utf8));
        REQUIRE(refused.error().offset == at);
        REQUIRE(refused.error().octet == octet);
      }
      octets[at] = (*sound)[at];
    }
    // Two: a long one behind a short one.
    const Node& first = document->nodes()[1];
    const Node& second = document->nodes()[2 * 89 + 2];
    REQUIRE(second.length == 89);
    octets[first.offset + 2] = 0xFF;
    octets[second.offset + 10] = 0xFF;
    REQUIRE(encode(*document, {}, level).error().offset == first.offset + 2);
    std::copy(sound->begin(), sound->end(), octets.begin());
  }
}

// The encoder reads texts by blocks: at the end, and of small documents, from a copy.
TEST_CASE("documents of every size come back, at every level") {
  for (std::size_t size = 0; size < 420; ++size) {
    Writer writer;
    writer.start(tags::FolderHierarchy::FolderSync).leaf(tags::FolderHierarchy::SyncKey, std::string(size % 71, 'k'));
    std::size_t filled = size % 71;
    while (filled + 8 < size) {
      const std::size_t length = std::min<std::size_t>(size - filled, 1 + filled % 13);
      if (filled % 3 == 0) writer.empty(tags::FolderHierarchy::Changes);
      if (filled % 7 == 0) writer.leaf(tags::AirSync::ServerId, std::string(length, 's'));
      writer.leaf(tags::FolderHierarchy::DisplayName, filled % 5 == 0 ? "\xD0\x94" : std::string(length, 'd'));
      filled += length + 4;
    }
    const auto octets = writer.end().finish();
    REQUIRE(octets);
    const Bytes exact(*octets);  // nothing behind the last octet: AddressSanitizer sees a read too far
    const auto document = decode(exact);
    REQUIRE(document);
    for (const SimdLevel level : {SimdLevel::automatic, SimdLevel::avx2, SimdLevel::portable}) {
      const auto again = encode(*document, {}, level);
      REQUIRE(again);
      REQUIRE(*again == *octets);
    }
  }
}

// More than the encoder has room for at first: pages that the source did not switch to, in a document of its own order.
TEST_CASE("the output grows where the source is no guide to its size") {
  DecodeOptions options;
  options.tolerant = true;
  // A string table of one text that many elements refer to: four octets in, hundreds out.
  Bytes octets{0x03, 0x01, 0x6A, 0x78};
  octets.insert(octets.end(), 119, 'x');
  octets.push_back(0);
  octets.push_back(0x45);
  for (int i = 0; i < 500; ++i) octets.insert(octets.end(), {0x4B, 0x83, 0x00, 0x01, 0x05, 0x05});
  octets.push_back(0x01);
  const auto document = decode(octets, {}, options);
  REQUIRE(document);
  for (const SimdLevel level : {SimdLevel::automatic, SimdLevel::portable}) {
    const auto encoded = encode(*document, {}, level);
    REQUIRE(encoded);
    CHECK(encoded->size() > 60000);
    const auto again = decode(*encoded);
    REQUIRE(again);
    CHECK(same_content(*document, *again));
  }
}

}  // namespace easel::wbxml

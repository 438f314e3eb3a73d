// What the codec promises about memory: nothing allocated when warm, little when cold, constant state when streaming.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <unistd.h>

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <new>
#include <string>

#include "tests/bench/wbxml_shapes.h"
#include "wbxml/decoder.h"
#include "wbxml/reader.h"
#include "wbxml/stream_reader.h"
#include "wbxml/template.h"
#include "wbxml/writer.h"
#include "wbxml/xml_reader.h"
#include "wbxml/xml_text.h"

namespace {
std::uint64_t allocation_count = 0;
}

void* operator new(std::size_t size) {
  ++allocation_count;
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }

namespace easel::wbxml {
namespace {

template <class Call>
std::uint64_t allocations_of(const Call& call) {
  const std::uint64_t before = allocation_count;
  call();
  return allocation_count - before;
}

std::size_t resident_octets() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// Feeds a start, then `total` octets made of `block`, then an end; returns what the events held.
std::uint64_t stream_gigabyte(const Bytes& start, const Bytes& block, std::uint64_t total, const Bytes& end) {
  StreamReader reader;
  std::uint64_t seen = 0;
  const auto handler = [&](const Event& event) { seen += event.text.size(); };
  REQUIRE(reader.feed(start, handler));
  for (std::uint64_t fed = 0; fed < total; fed += block.size()) REQUIRE(reader.feed(block, handler));
  REQUIRE(reader.feed(end, handler));
  REQUIRE(reader.finish());
  return seen;
}

}  // namespace

TEST_CASE("warm, no form allocates") {
  for (const bench::Shape& shape : bench::make_shapes(7)) {
    CAPTURE(shape.name);
    const Bytes& octets = shape.octets;
    Document document;
    Bytes encoded, from_text;
    std::string text;
    const auto decode_it = [&] { REQUIRE(decode_into(octets, document)); };
    const auto encode_it = [&] { encoded = *encode(document, std::move(encoded)); };
    const auto print_it = [&] { to_xml(document, text); };
    const auto parse_it = [&] { from_text = *from_xml(text, std::move(from_text)); };
    const auto read_it = [&] {
      Reader reader(octets);
      while (reader.next()) {
      }
      REQUIRE(reader.event().kind == EventKind::done);
    };
    const auto stream_it = [&] {
      StreamReader reader;
      for (std::size_t at = 0; at < octets.size(); at += 1000)
        REQUIRE(reader.feed(ByteView(octets).subspan(at, std::min<std::size_t>(1000, octets.size() - at)),
                            [](const Event&) {}));
      REQUIRE(reader.finish());
    };
    // Cold: a buffer grows by doubling.
    CHECK(allocations_of(decode_it) <= static_cast<std::uint64_t>(std::bit_width(octets.size())));
    for (int i = 0; i < 2; ++i) {
      encode_it();
      print_it();
      parse_it();
    }
    CHECK(allocations_of(decode_it) == 0);
    CHECK(allocations_of(encode_it) == 0);
    CHECK(allocations_of(print_it) == 0);
    CHECK(allocations_of(parse_it) == 0);
    CHECK(allocations_of(read_it) == 0);
    CHECK(allocations_of(stream_it) == 0);
    CHECK(from_text == octets);
  }
}

TEST_CASE("a warm template allocates nothing") {
  const auto form = Template::compile(
      "<Sync "
      "xmlns='AirSync'><SyncKey>${key}</SyncKey><CollectionId>${folder}</CollectionId><Class>${key}</Class></Sync>");
  REQUIRE(form);
  const Variable values[] = {{"key", "1234567890"}, {"folder", "5"}};
  Bytes octets;
  const auto fill = [&] { octets = *encode(*form, values, std::move(octets)); };
  fill();
  fill();
  CHECK(allocations_of(fill) == 0);
}

TEST_CASE("a length in the input reserves nothing") {
  const Bytes lie{0x03, 0x01, 0x6A, 0x00, 0x45, 0x4B, 0xC3, 0x8F, 0xFF, 0xFF, 0xFF, 0x7F, 'x'};
  Document document;
  const auto before = resident_octets();
  CHECK(allocations_of([&] { CHECK_FALSE(decode_into(lie, document)); }) <= 2);
  CHECK(resident_octets() - before < (std::size_t{1} << 20));
}

TEST_CASE("state is small") {
  CHECK(sizeof(Reader) <= 1024);
  CHECK(sizeof(StreamReader) <= 1024);
  CHECK(sizeof(Node) == 16);
}

TEST_CASE("a gigabyte of OPAQUE and of text streams in constant memory") {
  constexpr std::uint64_t kTotal = std::uint64_t{1} << 30;
  const Bytes opaque_start{0x03, 0x01, 0x6A, 0x00, 0x45, 0x4B, 0xC3, 0x84, 0x80, 0x80, 0x80, 0x00};
  const Bytes text_start{0x03, 0x01, 0x6A, 0x00, 0x45, 0x4B, 0x03};
  const Bytes block(65536, 'a');
  stream_gigabyte(opaque_start, block, kTotal, {0x01, 0x01});
  const std::size_t before = resident_octets();
  CHECK(stream_gigabyte(opaque_start, block, kTotal, {0x01, 0x01}) == kTotal);
  CHECK(stream_gigabyte(text_start, block, kTotal, {0x00, 0x01, 0x01}) == kTotal);
  const std::size_t after = resident_octets();
  CHECK((after > before ? after - before : 0) < (std::size_t{1} << 20));
}

TEST_CASE("what is not a document costs no time: all octets the same, all lengths") {
  for (unsigned octet = 0; octet < 256; ++octet)
    for (const std::size_t length : {0u, 1u, 31u, 32u, 33u, 70000u}) {
      Bytes bytes{0x03, 0x01, 0x6A, 0x00, 0x45};
      bytes.insert(bytes.end(), length, static_cast<std::uint8_t>(octet));
      const auto document = decode(bytes);
      if (!document) CHECK(document.error().offset <= bytes.size());
    }
}

}  // namespace easel::wbxml

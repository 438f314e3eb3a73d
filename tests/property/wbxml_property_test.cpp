// What must hold for every document: decode(encode(d)) = d by every form, streaming at every split, XML both ways.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <random>
#include <string>

#include "tests/golden/wbxml/wbxml_files.h"
#include "tests/property/wbxml_forms.h"
#include "tests/property/wbxml_random.h"
#include "wbxml/decoder.h"
#include "wbxml/writer.h"
#include "wbxml/xml_reader.h"
#include "wbxml/xml_text.h"

namespace easel::wbxml::test {
namespace {

constexpr std::uint64_t kSeed = 0x6561736C;

void check_both_ways(const Bytes& octets, const DecodeOptions& options) {
  const auto document = decode(octets, {}, options);
  if (!document) FAIL(describe(document.error()));
  const auto again = encode(*document);
  if (!again) FAIL(describe(again.error()));
  const auto same = decode(*again, {}, options);
  REQUIRE(same);
  REQUIRE(same_content(*document, *same));
  for (const bool indent : {false, true}) {
    const std::string xml = to_xml(*document, {.indent = indent});
    REQUIRE(xml == to_xml(*document, {.indent = indent, .simd = SimdLevel::portable}));
    const auto back = from_xml(xml);
    if (!back) FAIL((describe(back.error(), xml) + "\n" + xml));
    REQUIRE(*back == *again);
  }
}

}  // namespace

TEST_CASE("random documents over all pages, both ways and by every form") {
  std::mt19937_64 random(kSeed);
  for (int i = 0; i < 3000; ++i) {
    CAPTURE(i);
    const Bytes octets = random_document(random, {.most_nodes = i % 10 == 0 ? 500u : 40u, .mixed = i % 3 == 0});
    check_both_ways(octets, {});
    const std::string differs = disagreement(octets);
    if (!differs.empty()) FAIL(differs);
  }
}

TEST_CASE("tokens and pages that the tables lack go through without loss, tolerant") {
  std::mt19937_64 random(kSeed + 1);
  for (int i = 0; i < 1000; ++i) {
    CAPTURE(i);
    check_both_ways(random_document(random, {.unlisted_tags = true, .mixed = i % 2 == 0}), {.tolerant = true});
  }
}

TEST_CASE("streaming at every split, and at every pair of splits of short documents") {
  std::mt19937_64 random(kSeed + 2);
  for (int i = 0; i < 60; ++i) {
    const Bytes octets = random_document(random, {.most_nodes = 12, .longest_text = 12, .mixed = true});
    const Story expected = by_document(octets);
    REQUIRE_FALSE(expected.refusal);
    for (std::size_t a = 0; a <= octets.size(); ++a) {
      const std::size_t one[] = {a};
      REQUIRE(by_stream(octets, one) == expected);
      if (octets.size() > 120) continue;
      for (std::size_t b = a; b <= octets.size(); ++b) {
        const std::size_t two[] = {a, b};
        REQUIRE(by_stream(octets, two) == expected);
      }
    }
  }
}

TEST_CASE("damaged documents: all forms agree on verdict, code and offset") {
  std::mt19937_64 random(kSeed + 3);
  int refused = 0;
  for (int i = 0; i < 20000; ++i) {
    Bytes octets = random_document(random, {.most_nodes = 10, .longest_text = 20, .mixed = true});
    for (std::size_t damage = 1 + random() % 3; damage > 0; --damage) {
      const std::size_t at = random() % octets.size();
      switch (random() % 4) {
        case 0:
          octets[at] = static_cast<std::uint8_t>(random());
          break;
        case 1:
          octets.resize(at + 1);
          break;
        case 2:
          octets.insert(octets.begin() + static_cast<std::ptrdiff_t>(at), static_cast<std::uint8_t>(random()));
          break;
        default:
          octets.erase(octets.begin() + static_cast<std::ptrdiff_t>(at));
          break;
      }
      if (octets.empty()) break;
    }
    CAPTURE(i);
    const std::string differs = disagreement(octets);
    if (!differs.empty()) FAIL(differs);
    refused += by_document(octets).refusal ? 1 : 0;
  }
  CHECK(refused > 5000);
  CHECK(refused < 20000);
}

TEST_CASE("vectors by every form") {
  for (auto& row : read_table("vectors/vectors.tsv")) {
    if (row["expect"] == "multipart") continue;
    const Bytes octets = to_bytes(read_file("vectors/" + row["name"] + ".wbxml"));
    if (octets.size() > 100000) continue;  // an octet at a time takes too long
    CAPTURE(row["name"]);
    const std::string differs = disagreement(octets);
    if (!differs.empty()) FAIL_CHECK(differs);
  }
}

}  // namespace easel::wbxml::test

// Every vector and every corpus document, both ways.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <map>
#include <string>

#include "tests/golden/wbxml/wbxml_files.h"
#include "wbxml/decoder.h"
#include "wbxml/writer.h"
#include "wbxml/xml_reader.h"
#include "wbxml/xml_text.h"

namespace easel::wbxml::test {
namespace {

// What wbxml/README.md, Decisions, says about the vectors on which peers differ: accepted, or refused with a code.
const std::map<std::string, std::string> kPolicies{
    {"bad-hstern-strtbl", "string_table"},
    {"bad-tag-undefined-content", "unknown_tag"},
    {"bad-tag-undefined-nocontent", "unknown_tag"},
    {"bad-utf8-lone-cont", "bad_utf8"},
    {"bad-utf8-overlong", "bad_utf8"},
    {"bad-utf8-truncated", "bad_utf8"},
    {"bad-version-12", "bad_version"},
    {"edge-header-nonminimal", "accepted"},
    {"edge-nest-1000", "too_deep"},
    {"edge-nest-100000", "too_deep"},
    {"edge-opaque-five-octets", "accepted"},
    {"edge-opaque-nonminimal", "accepted"},
    {"edge-page-26-unused", "accepted"},
    {"edge-split-utf8", "bad_utf8"},
    {"peer-aswbxml-latin1", "bad_version"},
    {"pub-aosp-unknown-tag", "unknown_tag"},
};

void check_accepted(const Bytes& octets, const std::string& xml, bool exact) {
  const auto document = decode(octets);
  if (!document) FAIL_CHECK(describe(document.error()));
  if (!document) return;
  CHECK(to_xml(*document) == xml);
  const auto from_tree = encode(*document);
  REQUIRE(from_tree);
  if (exact) CHECK(*from_tree == octets);
  const auto from_text = from_xml(xml);
  if (!from_text) FAIL_CHECK(describe(from_text.error(), xml));
  if (!from_text) return;
  CHECK(*from_text == *from_tree);
  const auto again = decode(*from_text);
  REQUIRE(again);
  CHECK(same_content(*document, *again));
}

}  // namespace

TEST_CASE("vectors") {
  int accepted = 0, refused = 0, decided = 0;
  for (auto& row : read_table("vectors/vectors.tsv")) {
    const std::string& name = row["name"];
    CAPTURE(name);
    if (row["expect"] == "multipart") continue;
    const Bytes octets = to_bytes(read_file("vectors/" + name + ".wbxml"));
    CHECK(std::to_string(octets.size()) == row["bytes"]);
    if (row["expect"] == "ok") {
      ++accepted;
      check_accepted(octets, read_file("vectors/" + name + ".xml"), row["exact"] == "yes");
      continue;
    }
    const auto document = decode(octets);
    const std::string verdict = document ? "accepted" : std::string(name_of(document.error().code));
    if (row["expect"] == "reject") {
      ++refused;
      CHECK(verdict != "accepted");
      if (!document) CHECK(document.error().offset <= octets.size());
    } else {
      ++decided;
      const auto policy = kPolicies.find(name);
      REQUIRE(policy != kPolicies.end());
      CHECK(verdict == policy->second);
    }
  }
  CHECK(accepted == 125);
  CHECK(refused == 52);
  CHECK(decided == static_cast<int>(kPolicies.size()));
}

TEST_CASE("corpus: octets to XML and back, and from its own XML to the same octets") {
  for (const std::string& name : corpus_names()) {
    CAPTURE(name);
    const auto documents = corpus_documents(name);
    const auto texts = corpus_texts(name);
    const auto opaque_tags = corpus_opaque_tags(name);
    REQUIRE(documents.size() == texts.size());
    for (std::size_t i = 0; i < documents.size(); ++i) {
      const auto document = decode(documents[i]);
      if (!document) FAIL_CHECK(describe(document.error()));
      REQUIRE(document);
      const auto canonical = encode(*document);
      REQUIRE(canonical);
      CHECK(*canonical == documents[i]);
      const std::string xml = to_xml(*document);
      const auto back = from_xml(xml);
      if (!back) FAIL_CHECK(describe(back.error(), xml));
      REQUIRE(back);
      CHECK(*back == documents[i]);
      const auto given = from_xml(texts[i], {}, {.base64_opaque = opaque_tags});
      if (!given) FAIL_CHECK(describe(given.error(), texts[i]));
      REQUIRE(given);
      CHECK(*given == documents[i]);
    }
  }
}

}  // namespace easel::wbxml::test

// Octets to Document, strict and tolerant; what is accepted goes back to octets and through XML unchanged.
#include <string>

#include "tests/fuzz/check.h"
#include "wbxml/decoder.h"
#include "wbxml/writer.h"
#include "wbxml/xml_reader.h"
#include "wbxml/xml_text.h"

using namespace easel::wbxml;

namespace {

void check_accepted(const Document& document, const DecodeOptions& options) {
  const std::string xml = to_xml(document, {.indent = false});
  const auto back = from_xml(xml);
  EASEL_FUZZ_CHECK(back, back ? "" : back.error().text);
  const auto again = decode(*back, {}, options);
  EASEL_FUZZ_CHECK(again, again ? "" : describe(again.error()));
  EASEL_FUZZ_CHECK(same_content(document, *again), xml);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Document reuse;
  const Bytes octets(data, data + size);
  const auto strict = decode_into(octets, reuse);
  if (strict) {
    const auto canonical = encode(reuse);
    EASEL_FUZZ_CHECK(canonical, canonical ? "" : describe(canonical.error()));
    EASEL_FUZZ_CHECK(canonical->size() <= octets.size(), "canonical octets are the longer ones");
    const auto back = decode(*canonical);
    EASEL_FUZZ_CHECK(back && same_content(reuse, *back), "encode loses something");
    check_accepted(reuse, {});
  }
  const auto tolerant = decode(octets, {}, {.tolerant = true});
  EASEL_FUZZ_CHECK(!strict || tolerant, "tolerant refuses what strict accepts");
  EASEL_FUZZ_CHECK(!strict || tolerant->oddity_count() == 0, "strict accepts what tolerant finds odd");
  if (tolerant) check_accepted(*tolerant, {.tolerant = true});
  return 0;
}

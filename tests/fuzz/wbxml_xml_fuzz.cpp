// XML to WBXML: what is accepted decodes, prints and reads back as the same document; and as a template it fills.
#include <algorithm>
#include <string>

#include "tests/fuzz/check.h"
#include "wbxml/decoder.h"
#include "wbxml/template.h"
#include "wbxml/xml_reader.h"
#include "wbxml/xml_text.h"

using namespace easel::wbxml;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view xml(reinterpret_cast<const char*>(data), size);
  const DecodeOptions options{.tolerant = true, .max_depth = kDepthLimit};
  const auto octets = from_xml(xml);
  if (!octets) {
    EASEL_FUZZ_CHECK(octets.error().offset <= size && !describe(octets.error(), xml).empty(),
                     "an error outside the text");
  } else {
    const auto document = decode(*octets, {}, options);
    EASEL_FUZZ_CHECK(document, document ? "" : describe(document.error()));
    const std::string printed = to_xml(*document);
    const auto again = from_xml(printed);
    EASEL_FUZZ_CHECK(again, again ? "" : describe(again.error(), printed));
    const auto back = decode(*again, {}, options);
    EASEL_FUZZ_CHECK(back && same_content(*document, *back), printed);
  }
  const auto form = Template::compile(xml);
  if (!form) return 0;
  const std::vector<std::string_view> values(form->variables().size(), "v");
  const auto filled = form->encode(values);
  EASEL_FUZZ_CHECK(filled, filled ? "" : describe(filled.error()));
  const auto document = decode(*filled, {}, options);
  EASEL_FUZZ_CHECK(document, document ? "" : describe(document.error()));
  // "$${" is an escape of templates wherever it stands in the document, also where a comment or an entity hid it in the
  // XML.
  const auto has_escape = [](const Bytes& b) {
    constexpr std::string_view kEscape = "$${";
    return std::search(b.begin(), b.end(), kEscape.begin(), kEscape.end()) != b.end();
  };
  if (form->variables().empty() && !(octets && has_escape(*octets)))
    EASEL_FUZZ_CHECK(octets && *filled == *octets, "a template without holes differs from its XML");
  return 0;
}

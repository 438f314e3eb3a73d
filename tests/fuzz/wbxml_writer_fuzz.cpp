// The writer driven by the input: whatever it lets through is a document that reads back as it was written.
#include <string_view>

#include "tests/fuzz/check.h"
#include "wbxml/decoder.h"
#include "wbxml/writer.h"

using namespace easel::wbxml;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::uint8_t* p = data;
  const std::uint8_t* const end = data + size;
  const auto octet = [&] { return p == end ? std::uint8_t{0} : *p++; };
  const auto view = [&] {
    const auto length = std::min<std::size_t>(octet(), static_cast<std::size_t>(end - p));
    const std::string_view text(reinterpret_cast<const char*>(p), length);
    p += length;
    return text;
  };
  Writer writer;
  while (p != end) {
    const std::uint8_t call = octet();
    const Tag tag = call < 0x80 ? Tag{static_cast<std::uint8_t>(call >> 3), 0x05} : Tag{octet(), octet()};
    switch (call & 7) {
      case 0:
        writer.start(tag);
        break;
      case 1:
        writer.end();
        break;
      case 2:
        writer.empty(tag);
        break;
      case 3:
        writer.text(view());
        break;
      case 4:
        writer.opaque(as_bytes(view()));
        break;
      case 5:
        writer.leaf(tag, view());
        break;
      case 6:
        writer.opaque_leaf(tag, as_bytes(view()));
        break;
      default:
        writer.start(tag).leaf(tag, view()).end();
        break;
    }
  }
  const auto written = writer.finish();
  if (!written) return 0;
  const auto document = decode(*written, {}, {.tolerant = true, .max_depth = kDepthLimit});
  if (!document) {
    EASEL_FUZZ_CHECK(document.error().code == ErrorCode::too_deep, describe(document.error()));
    return 0;
  }
  for (const Error& oddity : document->oddities())
    EASEL_FUZZ_CHECK(oddity.code == ErrorCode::unknown_tag || oddity.code == ErrorCode::unknown_page, describe(oddity));
  const auto again = encode(*document);
  EASEL_FUZZ_CHECK(again, again ? "" : describe(again.error()));
  const auto back = decode(*again, {}, {.tolerant = true, .max_depth = kDepthLimit});
  EASEL_FUZZ_CHECK(back && same_content(*document, *back), "encode loses something");
  return 0;
}

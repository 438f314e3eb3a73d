// The pull reader, strict and tolerant: events are well formed, and views stay inside the octets.
#include "tests/fuzz/check.h"
#include "wbxml/reader.h"

using namespace easel::wbxml;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes octets(data, data + size);
  for (const bool tolerant : {false, true}) {
    std::vector<Error> oddities;
    Reader reader(octets, {.tolerant = tolerant}, &oddities);
    unsigned depth = 0;
    std::uint64_t sum = 0;
    while (reader.next()) {
      const Event& event = reader.event();
      if (event.kind == EventKind::start) ++depth;
      if (event.kind == EventKind::end) {
        EASEL_FUZZ_CHECK(depth > 0, "an end without a start");
        --depth;
      }
      EASEL_FUZZ_CHECK(event.offset <= size, "an offset outside the input");
      for (const char c : event.text) sum += static_cast<unsigned char>(c);
    }
    EASEL_FUZZ_CHECK(sum < UINT64_MAX, "");
    const bool done = reader.event().kind == EventKind::done;
    EASEL_FUZZ_CHECK(!done || depth == 0, "done with open elements");
    EASEL_FUZZ_CHECK(done || reader.error().offset <= size, "an error outside the input");
    EASEL_FUZZ_CHECK(!reader.next(), "goes on after the end");
  }
  return 0;
}

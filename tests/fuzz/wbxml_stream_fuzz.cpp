// The streaming reader with chunks cut where the input says; the verdict is that of the whole.
#include <vector>

#include "tests/fuzz/check.h"
#include "tests/property/wbxml_forms.h"

using namespace easel::wbxml;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::uint8_t seed = data[size - 1];
  const Bytes octets(data, data + size - 1);
  std::vector<std::size_t> splits;
  std::uint32_t state = seed * 2654435761u + 1;
  for (std::size_t at = 0; at < octets.size();) {
    state = state * 1664525u + 1013904223u;
    at += 1 + (state >> 24) % (seed < 128 ? 4 : 40);
    if (at < octets.size()) splits.push_back(at);
  }
  EASEL_FUZZ_CHECK(test::by_stream(octets, splits) == test::by_document(octets), "streaming tells another story");
  return 0;
}

// All four forms, at both instruction levels: they agree on accept, reject, code and offset.
#include <string>

#include "tests/fuzz/check.h"
#include "tests/property/wbxml_forms.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string differs = easel::wbxml::test::disagreement({data, data + size});
  EASEL_FUZZ_CHECK(differs.empty(), differs);
  return 0;
}

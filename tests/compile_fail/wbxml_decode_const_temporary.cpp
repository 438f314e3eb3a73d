// expect: deleted
// The same with a constant temporary.
#include "wbxml/decoder.h"
#include "wbxml/reader.h"

namespace easel::wbxml {

Bytes octets();
const Bytes const_octets();

auto document() { return decode(const_octets()); }

}  // namespace easel::wbxml

// expect: deleted
// A document of octets that are gone when the line ends.
#include "wbxml/decoder.h"
#include "wbxml/reader.h"

namespace easel::wbxml {

Bytes octets();
const Bytes const_octets();

auto document() { return decode(octets()); }

}  // namespace easel::wbxml

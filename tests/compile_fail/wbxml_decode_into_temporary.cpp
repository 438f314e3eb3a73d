// expect: deleted
// The same into a document of the caller.
#include "wbxml/decoder.h"
#include "wbxml/reader.h"

namespace easel::wbxml {

Bytes octets();
const Bytes const_octets();

void fill(Document& document) { static_cast<void>(decode_into(octets(), document)); }

}  // namespace easel::wbxml

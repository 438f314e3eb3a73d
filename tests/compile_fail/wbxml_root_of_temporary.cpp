// expect: deleted
// An element of a document that is gone.
#include "wbxml/decoder.h"
#include "wbxml/reader.h"

namespace easel::wbxml {

Bytes octets();
const Bytes const_octets();

Element root(const Bytes& kept) { return decode(kept).value().root(); }

}  // namespace easel::wbxml

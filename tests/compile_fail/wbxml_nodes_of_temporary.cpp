// expect: deleted
// Nodes of a document that is gone.
#include "wbxml/decoder.h"
#include "wbxml/reader.h"

namespace easel::wbxml {

Bytes octets();
const Bytes const_octets();

auto nodes(const Bytes& kept) { return decode(kept).value().nodes(); }

}  // namespace easel::wbxml

// The control: the same calls with octets and documents that live on.
#include "wbxml/decoder.h"
#include "wbxml/reader.h"

namespace easel::wbxml {

Bytes octets();
const Bytes const_octets();

Element root(const Bytes& kept, Document& document) {
  document = decode(kept).value();
  Reader reader(kept);
  return document.root();
}

}  // namespace easel::wbxml

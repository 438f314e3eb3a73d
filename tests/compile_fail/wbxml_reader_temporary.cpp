// expect: deleted
// A reader over octets that are gone.
#include "wbxml/decoder.h"
#include "wbxml/reader.h"

namespace easel::wbxml {

Bytes octets();
const Bytes const_octets();

void read() { Reader reader(octets()); }

}  // namespace easel::wbxml

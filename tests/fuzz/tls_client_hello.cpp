// A captured ClientHello: what is read is written and read again as the same.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "client/tls/hello.h"

using namespace easel;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto hello = parse_client_hello({static_cast<const char*>(static_cast<const void*>(data)), size});
  if (!hello) {
    if (hello.error().find("at octet ") == std::string::npos) std::abort();
    return 0;
  }
  const auto again = parse_client_hello(encode_hello(*hello, "mail.example.com", {}));
  if (!again || again->suites != hello->suites || again->ssl2_kinds != hello->ssl2_kinds) std::abort();
  return 0;
}

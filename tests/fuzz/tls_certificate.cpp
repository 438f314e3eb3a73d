// A CA file or a certificate of a chain: read or refused, and what is read is judged without a crash.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "client/tls/trust.h"

using namespace easel;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(static_cast<const char*>(static_cast<const void*>(data)), size);
  const auto read = parse_certificates(bytes, "file");
  if (!read) {
    if (!read.error().starts_with("file: ")) std::abort();
    return 0;
  }
  TrustPolicy policy;
  policy.store = TrustPolicy::Store::Authorities;
  policy.authorities = *read;
  const TrustVerdict verdict = judge_chain(*read, policy, "mail.example.com", 1'700'000'000);
  if (verdict.trusted() && verdict.path.empty()) std::abort();
  return 0;
}

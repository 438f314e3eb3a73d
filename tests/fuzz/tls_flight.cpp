// A server's first flight: first octet: which hello was sent; second: size of the pieces; rest: what the server sent.
// Whatever comes, whole and in pieces must read the same.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "client/tls/hello_parser.h"
#include "tests/unit/tls_hello_samples.h"

using namespace easel;

namespace {

const std::vector<Hello>& hellos() {
  static const std::vector<Hello> made = [] {
    std::vector<Hello> out = {testing::windows_ce_hello()};
    for (const testing::HelloSample& sample : testing::captured_hellos()) {
      out.push_back(parse_client_hello(sample.record).value());
    }
    return out;
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const Hello& hello = hellos()[data[0] % hellos().size()];
  const std::size_t piece = data[1] % 64 + 1;
  const std::string_view stream(static_cast<const char*>(static_cast<const void*>(data + 2)), size - 2);
  HelloParser whole(hello, {});
  whole.feed(stream);
  const HelloAnswer answer = whole.finish(HelloAnswer::Kind::Closed);
  if (answer.chain.size() > 1) return 0;  // reading long chains twice costs more than it finds
  HelloParser pieces(hello, {});
  for (std::size_t at = 0; at < stream.size() && !pieces.feed(stream.substr(at, piece)); at += piece) {
  }
  const HelloAnswer again = pieces.finish(HelloAnswer::Kind::Closed);
  if (again.kind != answer.kind || again.suite != answer.suite || again.chain.size() != answer.chain.size())
    std::abort();
  if (answer.kind == HelloAnswer::Kind::Accepted && answer.suite_text.empty()) std::abort();
  if (answer.kind == HelloAnswer::Kind::Malformed && answer.text.find("at octet ") == std::string::npos) std::abort();
  return 0;
}

// A fuzz target's assertion: holds in every build type.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace easel::fuzz {

[[noreturn]] inline void fail(const char* condition, std::string_view text) {
  std::fprintf(stderr, "%s: %.*s\n", condition, static_cast<int>(text.size()), text.data());
  std::abort();
}

}  // namespace easel::fuzz

#define EASEL_FUZZ_CHECK(condition, text)                    \
  do {                                                       \
    if (!(condition)) easel::fuzz::fail(#condition, (text)); \
  } while (false)

// A fuzz target's assertion: holds in every build type.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

#define EASEL_FUZZ_CHECK(condition, text)                                                       \
  do {                                                                                          \
    if (!(condition)) {                                                                         \
      const std::string_view why = (text);                                                      \
      std::fprintf(stderr, "%s: %.*s\n", #condition, static_cast<int>(why.size()), why.data()); \
      std::abort();                                                                             \
    }                                                                                           \
  } while (false)

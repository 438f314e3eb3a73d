#pragma once
// The life of one connection: TLS, then requests and answers, or a wire script; all of it goes into the transcript.

#include <cstdint>

#include "lab/door.h"
#include "lab/site.h"

namespace easel::lab {

/// Serves the accepted socket until it ends, and closes it.
void serve_connection(Site& site, int fd, const Door& door, std::uint64_t number);

}  // namespace easel::lab

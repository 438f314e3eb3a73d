#pragma once
// easel device ca: the second level below `easel device`.

#include <iosfwd>
#include <span>
#include <string>

namespace easel {

/// `args` are the words behind "device ca". Returns the exit code.
int device_ca_main(std::span<const std::string> args, std::ostream& out, std::ostream& err);

}  // namespace easel

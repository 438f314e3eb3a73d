#pragma once
// Where passwords come from: never from the command line itself, where every user of the machine can read them.

#include <expected>
#include <string>
#include <string_view>

#include "client/scenario/site.h"

namespace easel {

/// Reads "env:NAME", "file:PATH", "fd:N" or "prompt". The error names the option and the forms, never the value.
/// A file that others may read is refused (mode must not have any bit of 077). One line end at the end is cut.
/// `purpose` is what the prompt asks for.
std::expected<Secret, std::string> read_secret(std::string_view source, std::string_view option,
                                               std::string_view purpose);

/// Asks at the terminal without echo; an error if there is none.
std::expected<Secret, std::string> prompt_secret(std::string_view option, std::string_view purpose);

}  // namespace easel

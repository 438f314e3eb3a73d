#pragma once
// `easel wbxml decode|encode|diff|tokens`: the codec at the command line.

#include <iosfwd>
#include <span>
#include <string>

namespace easel {

/// `args` are the words behind `wbxml`; "-" or no file reads `in`. Exit: 0 done, 1 the document was refused or the two
/// differ, 2 usage or unreadable.
int wbxml_main(std::span<const std::string> args, std::istream& in, std::ostream& out, std::ostream& err);

/// The same with the process's standard input, in the shape of a CliCommand.
int wbxml_main(std::span<const std::string> args, std::ostream& out, std::ostream& err);

}  // namespace easel

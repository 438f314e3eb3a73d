#pragma once
// The commands of MS-ASCMD and their codes in the base64 query (MS-ASHTTP, Command Codes). The table is commands.inc.

#include <cstdint>
#include <span>
#include <string_view>

namespace easel {

struct Command {
  std::string_view name;
  std::uint8_t code;                ///< in the base64 query
  std::string_view body_namespace;  ///< code page of the body's root; empty: no WBXML body
  std::string_view since;           ///< first protocol version that has it
};

std::span<const Command> commands();
/// nullptr if there is no such command; names are case-sensitive, as on the wire.
const Command* find_command(std::string_view name);

}  // namespace easel

#include "client/protocol/commands.h"

namespace easel {
namespace {

constexpr Command kCommands[] = {
#define EAS_COMMAND(name, code, space, since) {#name, code, space, since},
#include "client/protocol/commands.inc"
#undef EAS_COMMAND
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

const Command* find_command(std::string_view name) {
  for (const Command& c : kCommands) {
    if (c.name == name) return &c;
  }
  return nullptr;
}

}  // namespace easel

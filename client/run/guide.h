#pragma once
// The steps of Microsoft's guide "Step 3: Protect Communications Between Windows Mobile-based Devices and Your Exchange
// Server", numbered S1 to S29 as the checks cite them, and which of them leave a trace on the wire.

#include <span>
#include <string_view>

namespace easel {

struct GuideStep {
  std::string_view id;
  std::string_view text;           ///< what the administrator does there
  std::string_view why_invisible;  ///< empty: it can be seen on the wire
};

std::span<const GuideStep> guide_steps();

/// Is it one of them that can be seen on the wire?
bool is_visible_step(std::string_view id);

/// How many of them can be seen on the wire.
int visible_guide_steps();

}  // namespace easel

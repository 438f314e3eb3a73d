#include "client/check/evidence.h"

namespace easel {
namespace {

// Calls `found(name, start, end)` for each ${…}; start and end include the braces.
template <class Found>
void each_reference(std::string_view text, Found found) {
  std::size_t at = 0;
  while ((at = text.find("${", at)) != std::string_view::npos) {
    const std::size_t end = text.find('}', at);
    if (end == std::string_view::npos) return;
    found(text.substr(at + 2, end - at - 2), at, end + 1);
    at = end + 1;
  }
}

}  // namespace

std::string expand(std::string_view text, const Variables& variables) {
  std::string out;
  std::size_t copied = 0;
  each_reference(text, [&](std::string_view name, std::size_t start, std::size_t end) {
    if (name.starts_with('?') || name.starts_with('!')) name.remove_prefix(1);
    const auto it = variables.find(name);
    out += text.substr(copied, start - copied);
    out += it == variables.end() ? text.substr(start, end - start) : std::string_view(it->second);
    copied = end;
  });
  out += text.substr(copied);
  return out;
}

void collect_references(std::string_view text, std::vector<std::string>& used, std::vector<std::string>& bound) {
  each_reference(text, [&](std::string_view name, std::size_t, std::size_t) {
    if (name.starts_with('?') || name.starts_with('!')) {
      bound.emplace_back(name.substr(1));
    } else {
      used.emplace_back(name);
    }
  });
}

}  // namespace easel

#include "client/protocol/eas_status.h"

#include <charconv>

namespace easel {

int root_status(const wbxml::Document& document) {
  if (document.empty()) return -1;
  const auto number = [](std::string_view text) {
    int value = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? value : -1;
  };
  for (wbxml::Element child : document.root().children()) {
    if (child.name() == "Status") return number(child.text());
  }
  for (const wbxml::Node& node : document.nodes()) {
    const wbxml::Element element = document.at(static_cast<std::uint32_t>(&node - document.nodes().data()));
    if (element.name() == "Status") return number(element.text());
  }
  return -1;
}

}  // namespace easel

#include "client/cli/wbxml_diff.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "wbxml/xml_text.h"

namespace easel {
namespace {

using wbxml::Element;
using wbxml::NodeKind;

std::string value_of(Element element) {
  constexpr std::size_t kMost = 60;
  switch (element.kind()) {
    case NodeKind::empty:
      return "(empty tag)";
    case NodeKind::container:
      return "(elements)";
    case NodeKind::opaque:
    case NodeKind::opaque_piece:
      return "OPAQUE of " + std::to_string(element.text().size()) + " octets";
    default:
      break;
  }
  const std::string_view text = element.text();
  return "'" + std::string(text.substr(0, kMost)) + (text.size() > kMost ? "...'" : "'");
}

class Differ {
 public:
  Differ(const std::vector<std::string_view>& ignored, std::size_t most) : ignored_(ignored), most_(most) {}

  void compare(Element left, Element right, const std::string& path) {
    const std::string here = path + wbxml::printed_name(left.tag());
    const bool leaf = left.kind() != NodeKind::container || right.kind() != NodeKind::container;
    if (leaf && !same_value(left, right) && !is_ignored(left)) add(here, left, right);
    if (!leaf) children(left, right, here + "/");
  }
  [[nodiscard]] std::vector<WbxmlDifference> take() { return std::move(found_); }

 private:
  static bool same_value(Element left, Element right) {
    return left.kind() == right.kind() && left.text() == right.text();
  }
  [[nodiscard]] bool is_ignored(Element element) const {
    return std::find(ignored_.begin(), ignored_.end(), element.name()) != ignored_.end();
  }
  void add(const std::string& path, Element left, Element right) {
    if (found_.size() >= most_) return;
    found_.push_back({path, left ? value_of(left) : "-", right ? value_of(right) : "-", left.offset(), right.offset()});
  }
  static std::vector<Element> list(Element parent) {
    std::vector<Element> elements;
    for (const Element child : parent.children()) elements.push_back(child);
    return elements;
  }

  // The longest common run of tags keeps its places; what it leaves over is missing on one side.
  void children(Element left, Element right, const std::string& path) {
    const auto a = list(left), b = list(right);
    std::size_t i = 0, k = 0;
    constexpr std::size_t kMostCells = 4'000'000;
    std::vector<std::uint32_t> common;
    if (a.size() * b.size() <= kMostCells) common = lengths(a, b);
    const auto at = [&](std::size_t x, std::size_t y) { return common[x * (b.size() + 1) + y]; };
    while (i < a.size() && k < b.size()) {
      if (a[i].tag() == b[k].tag()) {
        compare(a[i++], b[k++], path);
      } else if (common.empty() || at(i + 1, k) >= at(i, k + 1)) {
        missing(a[i++], {}, path);
      } else {
        missing({}, b[k++], path);
      }
    }
    while (i < a.size()) missing(a[i++], {}, path);
    while (k < b.size()) missing({}, b[k++], path);
  }
  void missing(Element left, Element right, const std::string& path) {
    add(path + wbxml::printed_name((left ? left : right).tag()), left, right);
  }
  static std::vector<std::uint32_t> lengths(const std::vector<Element>& a, const std::vector<Element>& b) {
    const std::size_t width = b.size() + 1;
    std::vector<std::uint32_t> table((a.size() + 1) * width);
    for (std::size_t i = a.size(); i-- > 0;)
      for (std::size_t k = b.size(); k-- > 0;)
        table[i * width + k] = a[i].tag() == b[k].tag()
                                   ? table[(i + 1) * width + k + 1] + 1
                                   : std::max(table[(i + 1) * width + k], table[i * width + k + 1]);
    return table;
  }

  const std::vector<std::string_view>& ignored_;
  std::size_t most_;
  std::vector<WbxmlDifference> found_;
};

}  // namespace

const std::vector<std::string_view>& volatile_names() {
  static const std::vector<std::string_view> kNames{
      "SyncKey",           "PolicyKey",    "ServerId", "ParentId", "ClientId", "ConversationId",
      "ConversationIndex", "CollectionId", "SrcMsgId", "DstMsgId", "LongId",   "SearchId"};
  return kNames;
}

std::vector<WbxmlDifference> diff_wbxml(const wbxml::Document& left, const wbxml::Document& right,
                                        const std::vector<std::string_view>& ignored, std::size_t most) {
  Differ differ(ignored, most);
  if (left.root().tag() != right.root().tag())
    return {{wbxml::printed_name(left.root().tag()), wbxml::printed_name(left.root().tag()),
             wbxml::printed_name(right.root().tag()), left.root().offset(), right.root().offset()}};
  differ.compare(left.root(), right.root(), "");
  return differ.take();
}

}  // namespace easel

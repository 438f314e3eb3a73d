#include "client/cli/wbxml_explain.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <ostream>
#include <sstream>
#include <vector>

#include "wbxml/code_pages.h"
#include "wbxml/error.h"
#include "wbxml/reader.h"
#include "wbxml/xml_text.h"

namespace easel {
namespace {

using namespace wbxml;

std::string hex(std::uint8_t octet) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  return {digits[octet >> 4], digits[octet & 15]};
}

std::string offset_text(std::size_t offset) {
  std::string text;
  for (int shift = 20; shift >= 0; shift -= 4) text += "0123456789ABCDEF"[offset >> shift & 15];
  return text;
}

// Text for one line: control characters as \xNN, long ones cut.
std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 60;
  std::string out = "\"";
  for (const char c : text.substr(0, kMost)) {
    if (static_cast<unsigned char>(c) < 0x20)
      out += "\\x" + hex(static_cast<std::uint8_t>(c));
    else
      out += c;
  }
  return out + (text.size() > kMost ? "...\" (" + std::to_string(text.size()) + " octets)" : "\"");
}

class Explainer {
 public:
  Explainer(const Bytes& octets, const StatusCodes& codes, std::ostream& out)
      : octets_(octets), codes_(codes), out_(out) {}

  void header(std::size_t root) {
    if (std::equal(std::begin(kHeader), std::end(kHeader), octets_.begin()))
      line(0, sizeof kHeader,
           "header: WBXML 1.3, public identifier 1 (unknown), character set 106 (UTF-8), no string table");
    else
      line(0, root, "header, and what stands before the root: not as ActiveSync has it");
  }
  void event(const Event& event) {
    switches_until(event.offset);
    switch (event.kind) {
      case EventKind::start:
        line(event.offset, event.offset + 1, "<" + name(event.tag) + ">");
        open_.push_back(event.tag);
        break;
      case EventKind::empty:
        line(event.offset, event.offset + 1, "<" + name(event.tag) + "/> no content");
        break;
      case EventKind::leaf:
      case EventKind::opaque_leaf:
        leaf(event);
        break;
      case EventKind::text:
      case EventKind::opaque:
        value(event.offset, event);
        break;
      case EventKind::end:
        if (event.offset < octets_.size()) line(event.offset, event.offset + 1, "END of " + name(open_.back()), 1);
        open_.pop_back();
        break;
      default:
        break;
    }
  }
  void rest(std::size_t end) { switches_until(end); }

 private:
  static std::string name(Tag tag) { return printed_name(tag); }

  void leaf(const Event& event) {
    line(event.offset, event.offset + 1, "<" + name(event.tag) + ">");
    open_.push_back(event.tag);
    const std::size_t end = value(event.offset + 1, event);
    line(end, end + 1, "END of " + name(event.tag), 1);
    open_.pop_back();
  }
  std::size_t value(std::size_t token, const Event& event) {
    const bool opaque = event.kind == EventKind::opaque || event.kind == EventKind::opaque_leaf;
    const auto data =
        static_cast<std::size_t>(reinterpret_cast<const std::uint8_t*>(event.text.data()) - octets_.data());
    const bool from_table = data < token;  // tolerant: STR_T
    std::size_t end = data + event.text.size() + (opaque ? 0 : 1);
    if (from_table) end = token + 2;
    end = std::min(end, octets_.size());
    std::string text = opaque ? "OPAQUE of " + std::to_string(event.text.size()) + " octets"
                              : (from_table ? "STR_T " : "STR_I ") + shown(event.text);
    const Tag tag = open_.back();
    if (!opaque && tag_name(tag) == "Status") {
      const std::string meaning = codes_.meaning(tag_name(open_.front()), event.text);
      text += ": " + std::string(tag_name(open_.front())) + " Status " + std::string(event.text) +
              (meaning.empty() ? ", no known meaning" : " " + meaning);
    }
    line(token, end, text);
    return end;
  }
  // Page switches stand in front of tags; other octets here were passed over in tolerant mode.
  void switches_until(std::size_t offset) {
    while (done_ + 1 < offset && octets_[done_] == kSwitchPage) {
      const std::uint8_t page = octets_[done_ + 1];
      line(done_, done_ + 2, "SWITCH_PAGE " + std::to_string(page) + " " + printed_namespace(page));
    }
    if (done_ < offset) line(done_, offset, "passed over");
  }
  void line(std::size_t from, std::size_t to, const std::string& text, std::size_t back = 0) {
    constexpr std::size_t kShown = 8;
    std::string octets;
    for (std::size_t i = from; i < to && i < from + kShown; ++i) octets += hex(octets_[i]) + " ";
    if (to > from + kShown) octets += "..";
    octets.resize(std::max<std::size_t>(octets.size(), 3 * kShown + 3), ' ');
    out_ << offset_text(from) << "  " << octets << std::string(2 * (open_.size() - std::min(back, open_.size())), ' ')
         << text << "\n";
    done_ = to;
  }

  const Bytes& octets_;
  const StatusCodes& codes_;
  std::ostream& out_;
  std::vector<Tag> open_;
  std::size_t done_ = 0;
};

}  // namespace

bool explain_wbxml(const Bytes& octets, const DecodeOptions& options, const StatusCodes& codes, std::ostream& out) {
  std::vector<Error> oddities;
  Reader reader(octets, options, &oddities);
  Explainer explainer(octets, codes, out);
  bool first = true;
  while (reader.next()) {
    if (first) explainer.header(reader.event().offset);
    first = false;
    explainer.event(reader.event());
  }
  const bool good = reader.event().kind == EventKind::done;
  if (good && !first) explainer.rest(octets.size());
  for (const Error& oddity : oddities) out << "odd:     " << describe(oddity) << "\n";
  if (!good) out << "refused: " << describe(reader.error()) << "\n";
  return good;
}

}  // namespace easel

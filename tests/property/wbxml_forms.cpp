#include "tests/property/wbxml_forms.h"

#include <algorithm>
#include <vector>

#include "wbxml/decoder.h"
#include "wbxml/stream_reader.h"
#include "wbxml/writer.h"

namespace easel::wbxml::test {
namespace {

// Marks that cannot be confused with texts: each text is preceded by its kind, and ends are counted in the marks.
class Teller {
 public:
  void start(Tag tag) { mark('<', tag); }
  void empty(Tag tag) { mark('/', tag); }
  void end() { mark('>', {}); }
  void text(std::string_view text) {
    if (!in_text_) mark('t', {});
    in_text_ = true;
    story_ += text;
  }
  void opaque(std::string_view octets, bool more) {
    if (!in_opaque_) mark('o', {});
    in_opaque_ = more;
    story_ += octets;
  }
  void event(const Event& event) {
    switch (event.kind) {
      case EventKind::start:
        return start(event.tag);
      case EventKind::empty:
        return empty(event.tag);
      case EventKind::end:
        return end();
      case EventKind::text:
        return text(event.text);
      case EventKind::opaque:
        return opaque(event.text, event.more);
      case EventKind::leaf:
        start(event.tag);
        text(event.text);
        return end();
      case EventKind::opaque_leaf:
        start(event.tag);
        opaque(event.text, false);
        return end();
      default:
        return;
    }
  }
  [[nodiscard]] std::string take() { return std::move(story_); }

 private:
  void mark(char kind, Tag tag) {
    in_text_ = in_opaque_ = false;
    story_ += '\0';
    story_ += kind;
    story_ += static_cast<char>(tag.page);
    story_ += static_cast<char>(tag.token);
  }
  std::string story_;
  bool in_text_ = false, in_opaque_ = false;
};

void tell(Element element, Teller& teller) {
  switch (element.kind()) {
    case NodeKind::empty:
      return teller.empty(element.tag());
    case NodeKind::text_piece:
      return teller.text(element.text());
    case NodeKind::opaque_piece:
      return teller.opaque(element.text(), false);
    default:
      break;
  }
  teller.start(element.tag());
  if (element.kind() == NodeKind::text) teller.text(element.text());
  if (element.kind() == NodeKind::opaque) teller.opaque(element.text(), false);
  for (const Element child : element.children()) tell(child, teller);
  teller.end();
}

}  // namespace

Story story_of(const Document& document) {
  Teller teller;
  tell(document.root(), teller);
  return {teller.take(), std::nullopt};
}

Story by_document(const Bytes& octets, const DecodeOptions& options) {
  const auto document = decode(octets, {}, options);
  if (!document) return {{}, document.error()};
  return story_of(*document);
}

Story by_reader(const Bytes& octets, const DecodeOptions& options) {
  Teller teller;
  Reader reader(octets, options);
  while (reader.next()) teller.event(reader.event());
  if (reader.event().kind == EventKind::failed) return {{}, reader.error()};
  return {teller.take(), std::nullopt};
}

Story by_stream(const Bytes& octets, std::span<const std::size_t> splits, const DecodeOptions& options) {
  StreamReader reader(options);
  Teller teller;
  const auto handler = [&](const Event& event) { teller.event(event); };
  std::size_t from = 0;
  const auto feed = [&](std::size_t to) {
    // A chunk in memory of its own: the reader must not look behind its end.
    const Bytes chunk(octets.begin() + static_cast<std::ptrdiff_t>(from),
                      octets.begin() + static_cast<std::ptrdiff_t>(to));
    from = to;
    return reader.feed(chunk, handler);
  };
  for (const std::size_t split : splits)
    if (const auto fed = feed(split); !fed) return {{}, fed.error()};
  if (const auto fed = feed(octets.size()); !fed) return {{}, fed.error()};
  if (const auto done = reader.finish(); !done) return {{}, done.error()};
  return {teller.take(), std::nullopt};
}

Story by_stream(const Bytes& octets, std::size_t chunk, const DecodeOptions& options) {
  std::vector<std::size_t> splits;
  for (std::size_t at = chunk; at < octets.size(); at += chunk) splits.push_back(at);
  return by_stream(octets, splits, options);
}

std::optional<Bytes> by_writer(const Bytes& octets) {
  Writer writer;
  Reader reader(octets);
  while (reader.next()) {
    const Event& event = reader.event();
    switch (event.kind) {
      case EventKind::start:
        writer.start(event.tag);
        break;
      case EventKind::empty:
        writer.empty(event.tag);
        break;
      case EventKind::end:
        writer.end();
        break;
      case EventKind::text:
        writer.text(event.text);
        break;
      case EventKind::opaque:
        writer.opaque(event.bytes());
        break;
      case EventKind::leaf:
        writer.leaf(event.tag, event.text);
        break;
      case EventKind::opaque_leaf:
        writer.opaque_leaf(event.tag, event.bytes());
        break;
      default:
        break;
    }
  }
  if (reader.event().kind == EventKind::failed) return std::nullopt;
  auto written = writer.finish();
  if (!written) return std::nullopt;
  return std::move(*written);
}

std::string disagreement(const Bytes& octets) {
  const Story expected = by_document(octets);
  const auto differs = [&](const char* form, const Story& story) {
    if (story == expected) return std::string();
    const auto verdict = [](const Story& s) { return s.refusal ? describe(*s.refusal) : std::string("accepted"); };
    return std::string(form) + ": " + verdict(story) + "; document: " + verdict(expected);
  };
  for (const SimdLevel simd : {SimdLevel::automatic, SimdLevel::avx2, SimdLevel::portable}) {
    const DecodeOptions options{.simd = simd};
    if (auto text = differs("document at the other level", by_document(octets, options)); !text.empty()) return text;
    if (auto text = differs("reader", by_reader(octets, options)); !text.empty()) return text;
    if (auto text = differs("stream, whole", by_stream(octets, octets.size() + 1, options)); !text.empty()) return text;
    if (auto text = differs("stream by octets", by_stream(octets, 1, options)); !text.empty()) return text;
    if (auto text = differs("stream by 7", by_stream(octets, 7, options)); !text.empty()) return text;
  }
  if (expected.refusal) return {};
  const auto written = by_writer(octets);
  if (!written) return "the writer refuses what the reader told";
  if (by_document(*written) != expected) return "the writer's document tells another story";
  return {};
}

}  // namespace easel::wbxml::test

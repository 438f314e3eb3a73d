#include "client/profile/device_hello.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace easel {
namespace {

class HelloReader {
 public:
  explicit HelloReader(std::string file) : checker_(std::move(file)) {}

  std::expected<std::vector<DeviceHello>, Diagnostics> read(const XmlElement& tls) {
    static constexpr std::array<std::string_view, 3> kChildren = {"session", "hello", "no-hello"};
    checker_.only_children(tls, kChildren);
    std::vector<DeviceHello> out;
    for (const XmlElement& element : tls.children) {
      if (element.name == "no-hello") checker_.required(element, "reason");
      if (element.name == "hello") out.push_back(hello(element));
    }
    if (!checker_.clean()) return std::unexpected(checker_.take());
    return out;
  }

 private:
  DeviceHello hello(const XmlElement& element) {
    static constexpr std::array<std::string_view, 10> kAttributes = {
        "id", "form", "record", "version", "lowest", "session-id", "compression", "source", "confidence", "note"};
    static constexpr std::array<std::string_view, 2> kForms = {"tls", "ssl2"};
    static constexpr std::array<std::string_view, 3> kChildren = {"suites", "ssl2-kinds", "extensions"};
    checker_.only_attributes(element, kAttributes);
    checker_.only_children(element, kChildren);
    DeviceHello out;
    out.id = checker_.required(element, "id");
    out.note = element.attribute_or("note", "");
    Hello& hello = out.hello;
    hello.form = checker_.one_of(element, "form", "tls", kForms) == "ssl2" ? Hello::Form::Ssl2 : Hello::Form::Tls;
    hello.version = version(element, "version", kTls10Version);
    hello.record_version = version(element, "record", kTls10Version);
    hello.lowest_version = version(element, "lowest", kSsl3Version);
    hello.session_id_size = static_cast<std::size_t>(checker_.number(element, "session-id", 0, 0, 32));
    hello.compression = octets(element, element.attribute_or("compression", "00"));
    hello.source = checker_.required(element, "source");
    hello.confidence = checker_.required(element, "confidence");
    for (const XmlElement& child : element.children) {
      if (child.name == "suites") numbers(child, 2, hello.suites);
      if (child.name == "ssl2-kinds") numbers(child, 3, hello.ssl2_kinds);
      if (child.name == "extensions") extensions(child, hello);
    }
    if (hello.form == Hello::Form::Ssl2) {
      for (const std::uint32_t kind : hello.ssl2_kinds) {
        if (kind >> 16 == 0) hello.suites.push_back(static_cast<std::uint16_t>(kind));
      }
    }
    if (hello.suites.empty() && hello.ssl2_kinds.empty()) checker_.complain(element, "<hello> offers no cipher suite");
    return out;
  }

  std::uint16_t version(const XmlElement& element, std::string_view attribute, std::uint16_t fallback) {
    const std::string* text = element.attribute(attribute);
    if (text == nullptr) return fallback;
    const std::optional<std::uint16_t> value = parse_version(*text);
    if (!value) {
      checker_.complain(element, std::string(attribute) + "=\"" + *text + "\" is no TLS version",
                        "SSLv2, SSLv3, TLSv1.0 to TLSv1.3, or 0x0301");
    }
    return value.value_or(fallback);
  }

  std::string octets(const XmlElement& element, std::string_view text) {
    const std::optional<std::string> value = parse_hex(text);
    if (!value) checker_.complain(element, "not hexadecimal: \"" + std::string(text) + "\"");
    return value.value_or("");
  }

  template <typename Number>
  void numbers(const XmlElement& element, std::size_t size, std::vector<Number>& out) {
    const std::string bytes = octets(element, element.text);
    if (bytes.size() % size != 0) {
      checker_.complain(element, "<" + element.name + "> wants numbers of " + std::to_string(size) + " octets");
      return;
    }
    for (std::size_t at = 0; at < bytes.size(); at += size) {
      Number value = 0;
      for (std::size_t i = 0; i < size; ++i) {
        value = static_cast<Number>(value << 8 | static_cast<unsigned char>(bytes[at + i]));
      }
      out.push_back(value);
    }
  }

  void extensions(const XmlElement& element, Hello& hello) {
    static constexpr std::array<std::string_view, 1> kChildren = {"extension"};
    static constexpr std::array<std::string_view, 5> kAttributes = {"kind", "name", "host", "hex", "zeros"};
    checker_.only_children(element, kChildren);
    hello.extensions.emplace();
    for (const XmlElement& child : element.children) {
      checker_.only_attributes(child, kAttributes);
      checker_.required(child, "kind");
      HelloExtension extension;
      extension.kind = static_cast<std::uint16_t>(checker_.number(child, "kind", 0, 0, 0xffff));
      extension.server_name = checker_.yes_no(child, "host", false);
      extension.body = octets(child, child.attribute_or("hex", ""));
      extension.body += std::string(static_cast<std::size_t>(checker_.number(child, "zeros", 0, 0, 4096)), '\0');
      hello.extensions->push_back(std::move(extension));
    }
  }

  XmlChecker checker_;
};

}  // namespace

std::expected<std::vector<DeviceHello>, Diagnostics> read_device_hellos(const XmlElement& tls, std::string_view file) {
  return HelloReader(std::string(file)).read(tls);
}

}  // namespace easel

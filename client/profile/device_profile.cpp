#include "client/profile/device_profile.h"

#include <algorithm>
#include <charconv>

#include "client/words.h"

namespace easel {
namespace {

constexpr std::string_view kSourced[] = {"source", "confidence", "note"};

class Parser {
 public:
  Parser(std::string_view file, DeviceProfile& profile) : checker_(std::string(file)), profile_(profile) {}

  Diagnostics parse(const XmlElement& root) {
    static constexpr std::string_view kRootAttributes[] = {"id", "version", "title"};
    static constexpr std::string_view kRootChildren[] = {"identity", "protocol", "headers", "habits", "tls", "trust"};
    if (root.name != "device") {
      checker_.complain(root, "<" + root.name + "> is not a device profile", "the root element is <device>");
      return checker_.take();
    }
    checker_.only_attributes(root, kRootAttributes);
    checker_.only_children(root, kRootChildren);
    profile_.id = checker_.required(root, "id");
    profile_.title = checker_.required(root, "title");
    if (checker_.required(root, "version") != "1") checker_.complain(root, "unknown format version", "version=\"1\"");
    if (const XmlElement* e = section(root, "identity")) identity(*e);
    if (const XmlElement* e = section(root, "protocol")) protocol(*e);
    if (const XmlElement* e = section(root, "headers")) headers(*e);
    if (const XmlElement* e = root.child("habits")) habits(*e);
    if (const XmlElement* e = root.child("tls")) tls(*e);
    if (const XmlElement* e = root.child("trust")) trust(*e);
    return checker_.take();
  }

 private:
  const XmlElement* section(const XmlElement& root, std::string_view name) {
    const XmlElement* e = root.child(name);
    if (!e) checker_.complain(root, "<device> needs <" + std::string(name) + ">");
    return e;
  }

  // A fact carries its source and confidence; `names` are its own attributes.
  void fact(const XmlElement& parent, const XmlElement& e, std::initializer_list<std::string_view> names) {
    std::vector<std::string_view> known(names);
    known.insert(known.end(), std::begin(kSourced), std::end(kSourced));
    checker_.only_attributes(e, known);
    static constexpr std::string_view kConfidence[] = {"high", "medium", "low", "unsourced"};
    std::string value;
    for (std::string_view name : names) {
      if (const std::string* v = e.attribute(name)) {
        value += (value.empty() ? "" : " ") + std::string(name) + "=" + *v;
      }
    }
    profile_.facts.push_back({parent.name + "/" + e.name, value, checker_.required(e, "source"),
                              checker_.one_of(e, "confidence", "unsourced", kConfidence), e.attribute_or("note", "")});
  }

  void identity(const XmlElement& section) {
    static constexpr std::string_view kChildren[] = {"user-agent", "device-type", "device-id"};
    checker_.only_children(section, kChildren);
    for (const XmlElement& e : section.children) {
      if (e.name == "user-agent") {
        fact(section, e, {"value"});
        profile_.user_agent = checker_.required(e, "value");
      } else if (e.name == "device-type") {
        fact(section, e, {"plain", "base64"});
        profile_.device_type = checker_.required(e, "plain");
        profile_.device_type_base64 = e.attribute_or("base64", profile_.device_type);
      } else if (e.name == "device-id") {
        static constexpr std::string_view kForms[] = {"hex32", "appl", "android"};
        fact(section, e, {"form"});
        profile_.device_id_form = checker_.one_of(e, "form", "hex32", kForms);
      }
    }
  }

  void protocol(const XmlElement& section) {
    static constexpr std::string_view kChildren[] = {"versions", "base64-query", "plain-query", "locale",
                                                     "content-type"};
    checker_.only_children(section, kChildren);
    for (const XmlElement& e : section.children) {
      if (e.name == "versions") {
        fact(section, e, {"prefer"});
        profile_.versions = words(checker_.required(e, "prefer"));
      } else if (e.name == "base64-query") {
        fact(section, e, {"since"});
        profile_.base64_since = checker_.required(e, "since");
      } else if (e.name == "plain-query") {
        fact(section, e, {"order", "on-options"});
        profile_.query_order = words(checker_.required(e, "order"));
        profile_.options_query = checker_.yes_no(e, "on-options", false);
      } else if (e.name == "locale") {
        fact(section, e, {"lcid"});
        locale(e);
      } else if (e.name == "content-type") {
        fact(section, e, {"value"});
        profile_.content_type = checker_.required(e, "value");
      }
    }
    if (profile_.versions.empty()) checker_.complain(section, "<protocol> needs <versions prefer=\"…\">");
    if (profile_.query_order.empty()) profile_.query_order = {"Cmd", "User", "DeviceId", "DeviceType"};
  }

  void locale(const XmlElement& e) {
    const std::string text = checker_.required(e, "lcid");
    unsigned value = 0;
    const char* begin = text.starts_with("0x") ? text.data() + 2 : text.data();
    const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value, 16);
    if (error != std::errc() || end != text.data() + text.size() || value > 0xFFFF) {
      checker_.complain(e, "lcid=\"" + text + "\" is not a locale id", "for example 0x0409");
    }
    profile_.locale = static_cast<std::uint16_t>(value);
  }

  void headers(const XmlElement& section) {
    static constexpr std::string_view kChildren[] = {"header"};
    static constexpr std::string_view kWhen[] = {"always", "body", "plain-query", "credentials", "options", "post"};
    checker_.only_attributes(section, kSourced);
    checker_.only_children(section, kChildren);
    profile_.facts.push_back({"headers", "order of " + std::to_string(section.children.size()) + " headers",
                              checker_.required(section, "source"), section.attribute_or("confidence", "unsourced"),
                              section.attribute_or("note", "")});
    for (const XmlElement& e : section.children) {
      static constexpr std::string_view kAttributes[] = {"name", "value", "when", "source", "confidence", "note"};
      checker_.only_attributes(e, kAttributes);
      const std::string when = checker_.one_of(e, "when", "always", kWhen);
      const auto index = std::find(std::begin(kWhen), std::end(kWhen), when) - std::begin(kWhen);
      profile_.headers.push_back(
          {checker_.required(e, "name"), e.attribute_or("value", ""), static_cast<ProfileHeader::When>(index)});
    }
  }

  void habits(const XmlElement& section) {
    static constexpr std::string_view kChildren[] = {"password", "heartbeat", "estimate-before-sync"};
    checker_.only_children(section, kChildren);
    for (const XmlElement& e : section.children) {
      if (e.name == "password") {
        static constexpr std::string_view kCharsets[] = {"windows-1252", "utf-8"};
        fact(section, e, {"charset"});
        profile_.password_charset = checker_.one_of(e, "charset", "utf-8", kCharsets);
      } else {
        fact(section, e, {"value", "minimum", "step", "maximum"});
      }
    }
  }

  void tls(const XmlElement& section) {
    profile_.tls = section;
    if (const XmlElement* e = section.child("session")) {
      fact(section, *e, {"min", "max", "ciphers", "sni", "alpn", "legacy-renegotiation"});
      profile_.session_offer.min_version = e->attribute_or("min", "TLSv1.2");
      profile_.session_offer.max_version = e->attribute_or("max", "TLSv1.3");
      profile_.session_offer.ciphers = e->attribute_or("ciphers", "");
      profile_.session_offer.sni = checker_.yes_no(*e, "sni", true);
      profile_.session_offer.alpn = words(e->attribute_or("alpn", ""));
      profile_.session_offer.legacy_renegotiation = checker_.yes_no(*e, "legacy-renegotiation", false);
    }
  }

  void trust(const XmlElement& section) {
    profile_.trust = section;
    if (const XmlElement* e = section.child("roots")) {
      fact(section, *e, {"table"});
      profile_.roots = checker_.required(*e, "table");
    }
  }

  XmlChecker checker_;
  DeviceProfile& profile_;
};

}  // namespace

std::expected<DeviceProfile, Diagnostics> parse_device_profile(std::string_view text, std::string_view file) {
  auto root = read_xml(text, file);
  if (!root) return std::unexpected(std::move(root.error()));
  DeviceProfile profile;
  Diagnostics diagnostics = Parser(file, profile).parse(*root);
  if (!diagnostics.empty()) return std::unexpected(std::move(diagnostics));
  return profile;
}

std::vector<std::string> device_profile_ids(const DataFiles& data) {
  std::vector<std::string> ids;
  for (const std::string& path : data.list("profiles/devices/", ".xml")) {
    ids.push_back(path.substr(17, path.size() - 21));
  }
  return ids;
}

std::expected<DeviceProfile, Diagnostics> load_device_profile(const DataFiles& data, std::string_view id) {
  const std::vector<std::string> ids = device_profile_ids(data);
  if (std::ranges::find(ids, id) == ids.end()) {
    const std::vector<std::string_view> known(ids.begin(), ids.end());
    std::string hint = suggest(id, known);
    if (hint.empty()) hint = "list them with: easel device list";
    return std::unexpected(
        Diagnostics{{"--device", 0, 0, "no device profile '" + std::string(id) + "'", std::move(hint)}});
  }
  const std::string path = "profiles/devices/" + std::string(id) + ".xml";
  auto text = data.read(path);
  if (!text) return std::unexpected(Diagnostics{{"", 0, 0, text.error(), ""}});
  return parse_device_profile(*text, data.display_name(path));
}

int compare_versions(std::string_view a, std::string_view b) {
  const auto part = [](std::string_view& text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with('.')) text.remove_prefix(1);
    return error == std::errc() ? value : 0U;
  };
  for (int i = 0; i < 2; ++i) {
    const unsigned x = part(a), y = part(b);
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

}  // namespace easel

#include "client/run/plan_text.h"

#include <algorithm>

namespace easel {
namespace {

constexpr BuiltinVariable kBuiltins[] = {
    {"user", "the account's user name as given"},
    {"mail", "the account's mail address, as far as it is known"},
    {"mail.domain", "what stands behind the @ of ${mail}"},
    {"site.host", "host name of the site"},
    {"site.port", "port of the site"},
    {"site.path", "path of the ActiveSync directory"},
    {"site.plain-port", "plain HTTP port of the site"},
    {"site.schemes", "WWW-Authenticate schemes that the site should offer"},
    {"site.role", "front-end, back-end or single"},
    {"user.bare", "the same without its domain"},
    {"site.store", "what the device trusts: host, authorities or pins"},
    {"site.vantage", "inside or outside"},
    {"other.user", "user name of the account \"other\", if the site has one"},
    {"site.publisher", "what publishes the site: none, isa, tmg, nginx, apache, other"},
    {"site.policy", "required, none or unknown"},
    {"site.client-certificate", "no, optional or yes"},
    {"site.axis", "guide or today: which axis gates"},
    {"site.fleet", "profile ids of the devices that the site names; empty if it names none"},
    {"device.id", "DeviceId of the device"},
    {"device.type", "DeviceType of the device"},
    {"device.user-agent", "User-Agent of the device"},
    {"run.id", "eight digits that are new for every run"},
    {"version", "the negotiated MS-ASProtocolVersion"},
    {"policy-key", "the current policy key"},
    {"inbox", "CollectionId of the folder of type 2, once FolderSync has been answered"},
    {"calendar", "CollectionId of the folder of type 8"},
    {"contacts", "CollectionId of the folder of type 9"},
    {"securid.page", "path of the SecurID page"},
    {"securid.form",
     "the log-on form of the SecurID page, filled in; only an https step on a trusted session posts it"},
    {"securid.ticket", "Cookie header of the ticket, once a step of this run has posted the form"},
    {"heartbeat", "seconds of --heartbeat"},
};

}  // namespace

std::span<const BuiltinVariable> builtin_variables() { return kBuiltins; }

bool is_builtin(std::string_view name) {
  return std::ranges::find(kBuiltins, name, &BuiltinVariable::name) != std::end(kBuiltins);
}

std::string renamed(std::string_view text, const std::string& prefix) {
  std::string out;
  std::size_t copied = 0, at = 0;
  while ((at = text.find("${", at)) != std::string_view::npos) {
    const std::size_t end = text.find('}', at);
    if (end == std::string_view::npos) break;
    std::string_view name = text.substr(at + 2, end - at - 2);
    std::string mark;
    if (name.starts_with('?') || name.starts_with('!')) {
      mark = name.substr(0, 1);
      name.remove_prefix(1);
    }
    out += text.substr(copied, at - copied);
    out += "${" + mark + (is_builtin(name) ? "" : prefix + ".") + std::string(name) + "}";
    at = copied = end + 1;
  }
  out += text.substr(copied);
  return out;
}

void rename_captures(XmlElement& element, const std::string& prefix) {
  for (XmlAttribute& a : element.attributes) {
    if (a.name == "capture" || a.name == "capture-pin") a.value = prefix + "." + a.value;
  }
  for (XmlElement& child : element.children) rename_captures(child, prefix);
}

DataTable address_table(const Site& site) {
  DataTable table{"addresses", {"label", "at"}, {}, {}};
  for (const SiteAddress& a : site.addresses) {
    const bool v6 = a.host.find(':') != std::string::npos;
    const std::string host = v6 ? "[" + a.host + "]" : a.host;
    table.rows.push_back({a.label, host + ":" + std::to_string(a.port == 0 ? site.port : a.port)});
  }
  return table;
}

std::string to_xml_text(const XmlElement& element, const std::string& default_namespace, bool root) {
  std::string out = "<" + element.name;
  bool declares = false;
  for (const XmlAttribute& a : element.attributes) {
    out += " " + a.name + "=\"" + escape_xml(a.value) + "\"";
    declares = declares || a.name == "xmlns";
  }
  if (root && !declares && element.name.find(':') == std::string::npos) out += " xmlns=\"" + default_namespace + "\"";
  const std::string text = element.children.empty() ? element.text : element.trimmed_text();
  if (element.children.empty() && text.empty()) return out + "/>";
  out += ">" + escape_xml(text);
  for (const XmlElement& child : element.children) out += to_xml_text(child, default_namespace, false);
  return out + "</" + element.name + ">";
}

}  // namespace easel

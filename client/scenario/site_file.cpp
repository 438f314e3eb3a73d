#include "client/scenario/site_file.h"

#include <algorithm>
#include <filesystem>

#include "client/data/data_files.h"
#include "client/words.h"
#include "client/xml/xml_tree.h"

namespace easel {
namespace {

constexpr std::string_view kSeparators = " \t\r\n,";  // people write lists either way

class Parser {
 public:
  explicit Parser(const std::string& path) : checker_(path), path_(path) {}

  std::expected<SiteFile, Diagnostics> parse(const XmlElement& root) {
    static constexpr std::string_view kRoot[] = {"name",    "version", "role", "publisher",
                                                 "vantage", "policy",  "axis", "server"};
    static constexpr std::string_view kChildren[] = {"host",     "address", "trust",   "account",
                                                     "schemes",  "options", "devices", "client-certificate",
                                                     "baseline", "securid"};
    if (root.name != "site") {
      checker_.complain(root, "<" + root.name + "> is not a site file", "the root element is <site>");
      return std::unexpected(checker_.take());
    }
    checker_.only_attributes(root, kRoot);
    Site& site = file_.site;
    site.name = root.attribute_or("name", "");
    if (checker_.required(root, "version") != "1")
      checker_.complain(root, "unknown version of the site format", "version=\"1\"");
    static constexpr std::string_view kRoles[] = {"front-end", "back-end", "single"};
    static constexpr std::string_view kPublishers[] = {"none", "isa", "tmg", "nginx", "apache", "other"};
    static constexpr std::string_view kVantages[] = {"inside", "outside"};
    static constexpr std::string_view kPolicies[] = {"required", "none", "unknown"};
    static constexpr std::string_view kAxes[] = {"guide", "today"};
    static constexpr std::string_view kServers[] = {"iis6", "exchange", "nginx", "apache", "z-push", "sogo", "any"};
    site.role = checker_.one_of(root, "role", site.role, kRoles);
    site.publisher = checker_.one_of(root, "publisher", site.publisher, kPublishers);
    site.vantage = checker_.one_of(root, "vantage", site.vantage, kVantages);
    site.policy = checker_.one_of(root, "policy", site.policy, kPolicies);
    site.axis = checker_.one_of(root, "axis", site.axis, kAxes);
    site.server = checker_.one_of(root, "server", "", kServers);
    for (const XmlElement& e : root.children) {
      if (e.name == "host")
        host(e);
      else if (e.name == "address")
        address(e);
      else if (e.name == "trust")
        trust(e);
      else if (e.name == "account")
        account(e);
      else if (e.name == "schemes")
        schemes(e);
      else if (e.name == "options")
        options(e);
      else if (e.name == "devices")
        devices(e);
      else if (e.name == "securid")
        securid(e);
      else if (e.name == "baseline")
        baseline(e);
      else if (e.name == "client-certificate")
        client_certificate(e);
      else
        checker_.unknown_child(root, e, kChildren);
    }
    if (site.host.empty()) checker_.complain(root, "<site> needs <host name=\"…\"/>");
    if (!checker_.clean()) return std::unexpected(checker_.take());
    return std::move(file_);
  }

 private:
  void host(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"name", "port", "path", "plain", "autodiscover", "also"};
    checker_.only_attributes(e, kKnown);
    Site& site = file_.site;
    site.host = checker_.required(e, "name");
    site.port = static_cast<std::uint16_t>(checker_.number(e, "port", 443, 1, 65535));
    site.path = e.attribute_or("path", site.path);
    site.autodiscover = e.attribute_or("autodiscover", "");
    site.other_hosts = words(e.attribute_or("also", ""), kSeparators);
    if (e.attribute_or("plain", "") == "none") {
      site.plain_port_none = true;
    } else if (e.attribute("plain")) {
      site.plain_port = static_cast<std::uint16_t>(checker_.number(e, "plain", 80, 1, 65535));
    }
  }

  void address(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"at", "port", "label"};
    checker_.only_attributes(e, kKnown);
    const std::string at = checker_.required(e, "at");
    file_.site.addresses.push_back(
        {at, static_cast<std::uint16_t>(checker_.number(e, "port", 0, 0, 65535)), e.attribute_or("label", at)});
  }

  /// A path of the file, which is relative to the site file itself.
  [[nodiscard]] std::string beside(const std::string& file) const {
    if (file.empty()) return {};
    return (std::filesystem::path(path_).parent_path() / file).lexically_normal().string();
  }

  void secret_source(const XmlElement& e, const std::string& attribute, const std::string& source) {
    const bool known = source.empty() || source == "prompt" || source.starts_with("env:") ||
                       source.starts_with("file:") || source.starts_with("fd:");
    if (!known)
      checker_.complain(e, "a " + attribute + " never stands in a file",
                        attribute + "=\"env:NAME\", \"file:PATH\", \"fd:N\" or \"prompt\"");
  }

  void baseline(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"certificate", "key", "announced", "report"};
    checker_.only_attributes(e, kKnown);
    Baseline b;
    b.source = "the site file";
    for (const auto& [name, into] : {std::pair{"certificate", &b.certificate}, {"announced", &b.announced}}) {
      const std::string* text = e.attribute(name);
      if (!text) continue;
      *into = fingerprint_of(*text);
      if (into->empty())
        checker_.complain(e, std::string(name) + " is no SHA-256 fingerprint", "64 hexadecimal digits, colons or not");
    }
    b.key = bare_pin(e.attribute_or("key", ""));
    file_.baseline_report = beside(e.attribute_or("report", ""));
    if (b.certificate.empty() && b.key.empty() && file_.baseline_report.empty())
      checker_.complain(e, "<baseline> says nothing of the certificate as it was",
                        "certificate=\"…\" (SHA-256), key=\"sha256//…\" or report=\"FILE\"");
    file_.site.baseline = std::move(b);
  }

  static std::string bare_pin(std::string pin) {
    if (pin.starts_with("sha256/")) pin.erase(0, pin.find_first_not_of('/', 7));
    return pin;
  }

  void client_certificate(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"name", "file", "key", "passphrase"};
    checker_.only_attributes(e, kKnown);
    SiteCertificate c{e.attribute_or("name", ""), beside(checker_.required(e, "file")),
                      beside(e.attribute_or("key", "")), e.attribute_or("passphrase", "")};
    secret_source(e, "passphrase", c.passphrase);
    if (c.name == "yes" || c.name == "no")
      checker_.complain(e, "no certificate can be called '" + c.name + "'", "the device's own has no name");
    if (std::ranges::find(file_.certificates, c.name, &SiteCertificate::name) != file_.certificates.end())
      checker_.complain(
          e, c.name.empty() ? "a second certificate of the device's own" : "a second certificate '" + c.name + "'");
    file_.certificates.push_back(std::move(c));
  }

  void trust(const XmlElement& e) {
    static constexpr std::string_view kChildren[] = {"ca", "pin"};
    static constexpr std::string_view kAttributes[] = {"store"};
    static constexpr std::string_view kStores[] = {"host", "device"};
    checker_.only_children(e, kChildren);
    checker_.only_attributes(e, kAttributes);
    file_.site.trust_of_device = checker_.one_of(e, "store", "host", kStores) == "device";
    for (const XmlElement& c : e.children) {
      if (c.name == "ca") {
        static constexpr std::string_view kKnown[] = {"file"};
        checker_.only_attributes(c, kKnown);
        if (const std::string file = beside(checker_.required(c, "file")); !file.empty())
          file_.trust_ca.push_back(file);
      } else if (c.name == "pin") {
        static constexpr std::string_view kKnown[] = {"spki", "backup"};
        checker_.only_attributes(c, kKnown);
        for (const char* name : {"spki", "backup"}) {
          std::string pin = bare_pin(c.attribute_or(name, ""));
          if (!pin.empty()) file_.site.trust.pins.push_back(pin);
        }
      }
    }
  }

  void account(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"id", "user", "password", "failed-logons"};
    checker_.only_attributes(e, kKnown);
    Account a;
    a.id = e.attribute_or("id", file_.site.accounts.empty() ? "main" : "");
    if (a.id.empty()) checker_.complain(e, "a second account needs an id");
    a.user = checker_.required(e, "user");
    a.failed_logons = static_cast<int>(checker_.number(e, "failed-logons", 2, 0, 100));
    const std::string source = e.attribute_or("password", "");
    secret_source(e, "password", source);
    if (file_.site.accounts.empty()) {
      file_.password_source = source;
    } else {
      a.password = Secret(source);
    }
    file_.site.accounts.push_back(std::move(a));
  }

  void schemes(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"exactly"};
    checker_.only_attributes(e, kKnown);
    file_.site.schemes = words(checker_.required(e, "exactly"), kSeparators);
  }

  void options(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"securid", "client-certificate"};
    static constexpr std::string_view kWords[] = {"yes", "no"};
    static constexpr std::string_view kCertificate[] = {"yes", "no", "optional"};
    checker_.only_attributes(e, kKnown);
    file_.site.securid = checker_.one_of(e, "securid", "no", kWords);
    file_.site.client_certificate = checker_.one_of(e, "client-certificate", "no", kCertificate);
  }

  void securid(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"page", "form", "passcode"};
    checker_.only_attributes(e, kKnown);
    SecurIdLogon& logon = file_.site.securid_logon;
    file_.site.securid = "yes";
    logon.page = e.attribute_or("page", logon.page);
    logon.form = e.attribute_or("form", logon.form);
    const std::string source = e.attribute_or("passcode", "");
    secret_source(e, "passcode", source);
    if (!logon.page.starts_with('/'))
      checker_.complain(e, "page=\"" + logon.page + "\" is not a path of the site", "it begins with /");
    if (logon.form.find("{passcode}") == std::string::npos)
      checker_.complain(e, "form=\"…\" has no {passcode}", "for example username={user}&amp;passcode={passcode}");
    logon.passcode = Secret(source);
  }

  void devices(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"use"};
    checker_.only_attributes(e, kKnown);
    file_.site.fleet = words(checker_.required(e, "use"), kSeparators);
  }

  XmlChecker checker_;
  std::string path_;
  SiteFile file_;
};

}  // namespace

std::expected<SiteFile, Diagnostics> parse_site_file(std::string_view text, const std::string& path) {
  auto root = read_xml(text, path);
  if (!root) return std::unexpected(std::move(root.error()));
  return Parser(path).parse(*root);
}

std::expected<SiteFile, Diagnostics> load_site_file(const std::string& path) {
  auto text = read_user_file(path, 1U << 20);
  if (!text) return std::unexpected(Diagnostics{{"--site", 0, 0, text.error(), ""}});
  return parse_site_file(*text, path);
}

}  // namespace easel

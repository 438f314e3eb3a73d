#include "client/cli/target_options.h"

#include <algorithm>
#include <charconv>

#include "client/cli/baseline_option.h"
#include "client/cli/certificate_files.h"
#include "client/cli/secret_source.h"
#include "client/profile/device_trust.h"
#include "client/profile/installed_authorities.h"
#include "client/scenario/site_file.h"
#include "client/transport/forged_certificates.h"
#include "client/transport/host_port.h"
#include "client/transport/resolver.h"

namespace easel {
namespace {

class SiteBuilder {
 public:
  SiteBuilder(const TargetOptions& options, const DataFiles& data, const DeviceProfile& device)
      : options_(options), data_(data), device_(device) {}

  std::expected<Site, Diagnostics> build() {
    if (!options_.site_file.empty()) {
      auto site = load_site_file(options_.site_file);
      if (!site) return std::unexpected(std::move(site.error()));
      site_ = std::move(site->site);
      account_source_ = site->password_source;
      trust_ca_ = site->trust_ca;
      certificates_ = site->certificates;
      if (options_.baseline.empty()) baseline_ = site->baseline_report;
    }
    if (!options_.url.empty()) {
      if (auto parsed = parse_target(options_.url, site_); !parsed) diagnostics_.push_back(parsed.error());
    } else if (site_.host.empty()) {
      complain("URL", "no target was given", "for example: easel verify https://mail.example.com");
    }
    words();
    routes();
    trust();
    baseline();
    bounds();
    client_certificate();
    if (diagnostics_.empty()) passcode();
    if (diagnostics_.empty()) account();  // no question is asked about a command line that cannot work
    if (!diagnostics_.empty()) return std::unexpected(std::move(diagnostics_));
    if (site_.name.empty()) site_.name = site_.host;
    return std::move(site_);
  }

 private:
  void complain(std::string option, std::string message, std::string hint = {}) {
    diagnostics_.push_back({std::move(option), 0, 0, std::move(message), std::move(hint)});
  }

  void word(const std::string& value, std::string& into, std::string_view option,
            std::initializer_list<std::string_view> known) {
    if (value.empty()) return;
    const std::vector<std::string_view> words(known);
    if (std::ranges::find(words, value) == words.end()) {
      complain(std::string(option), "'" + value + "' is not a value", suggest(value, words));
    } else {
      into = value;
    }
  }

  void words() {
    word(options_.axis, site_.axis, "--axis", {"guide", "today"});
    word(options_.role, site_.role, "--role", {"front-end", "back-end", "single"});
    word(options_.publisher, site_.publisher, "--publisher", {"none", "isa", "tmg", "nginx", "apache", "other"});
    word(options_.vantage, site_.vantage, "--vantage", {"inside", "outside"});
    word(options_.policy, site_.policy, "--policy", {"required", "none", "unknown"});
    word(options_.securid, site_.securid, "--securid", {"yes", "no"});
    word(options_.server, site_.server, "--server", {"iis6", "exchange", "nginx", "apache", "z-push", "sogo", "any"});
    if (!options_.schemes.empty()) {
      site_.schemes.clear();
      std::string_view rest = options_.schemes;
      for (std::size_t at = 0; (at = rest.find_first_not_of(", ", at)) != std::string_view::npos;) {
        const std::size_t end = std::min(rest.find_first_of(", ", at), rest.size());
        site_.schemes.emplace_back(rest.substr(at, end - at));
        at = end;
      }
    }
    for (const std::string& host : options_.other_hosts) site_.other_hosts.push_back(host);
    if (options_.plain_port == "none") {
      site_.plain_port_none = true;
    } else if (!options_.plain_port.empty()) {
      if (const auto port = port_number(options_.plain_port)) {
        site_.plain_port = port;
      } else {
        complain("--plain-port", "'" + options_.plain_port + "' is not a port", "a number from 1 to 65535, or none");
      }
    } else if (!site_.plain_port && !site_.plain_port_none && site_.port == 443) {
      site_.plain_port = 80;
    }
  }

  void routes() {
    if (!options_.dns.empty()) {
      if (const auto tried = resolve_names({}, {options_.dns, std::chrono::milliseconds(1)}); !tried)
        complain("--dns", tried.error(), "for example 127.0.0.1:5353");
    }
    for (const std::string& given : options_.connect_to) connect_to(given);
    for (const std::string& r : options_.resolve) {
      // HOST:PORT:ADDRESS as in curl; the port is not used, since a site has one name.
      const std::size_t first = r.find(':'), second = r.find(':', first + 1);
      if (first == std::string::npos || second == std::string::npos || second + 1 >= r.size()) {
        complain("--resolve", "'" + r + "' is not HOST:PORT:ADDRESS", "for example mail.example.com:443:10.1.0.5");
        continue;
      }
      if (r.substr(0, first) != site_.host) {
        complain("--resolve", "'" + r.substr(0, first) + "' is not the target's host", "the target is " + site_.host);
        continue;
      }
      std::string address = r.substr(second + 1);
      if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
      site_.route.addresses.push_back(address);
    }
    if (!options_.proxy.empty()) {
      if (options_.proxy.find("://") != std::string::npos && !options_.proxy.starts_with("http://")) {
        complain("--proxy", "only http:// proxies are known", "for example http://proxy.example.com:3128");
      }
      if (options_.proxy.find('@') != std::string::npos)
        complain("--proxy", "credentials never stand in the proxy's address", "use --proxy-user and --proxy-password");
      site_.route.proxy = options_.proxy;
      site_.route.proxy_user = options_.proxy_user;
      if (!options_.proxy_user.empty()) {
        auto secret = read_secret(options_.proxy_password, "--proxy-password",
                                  "Password of the proxy user " + options_.proxy_user);
        if (!secret) {
          complain("", secret.error());
        } else {
          site_.route.proxy_password = secret->reveal();
        }
      }
    }
  }

  // [LABEL=]HOST[:PORT]: the first is where the run goes; where there are several, all of them are compared.
  void connect_to(const std::string& given) {
    const std::size_t equals = given.find('=');
    SiteAddress address;
    address.label = equals == std::string::npos ? "" : given.substr(0, equals);
    const std::string place = equals == std::string::npos ? given : given.substr(equals + 1);
    if (!split_host_port(place, address.host, address.port) || equals == 0) {
      return complain("--connect-to", "'" + given + "' is not HOST or HOST:PORT",
                      "for example 10.1.0.5, 10.1.0.5:8443 or FE2=10.1.0.6");
    }
    if (site_.route.connect_to_host.empty()) {
      site_.route.connect_to_host = address.host;
      site_.route.connect_to_port = address.port;
    }
    if (address.label.empty()) address.label = place;
    if (options_.connect_to.size() > 1 || equals != std::string::npos) site_.addresses.push_back(std::move(address));
  }

  void trust() {
    for (const std::string& file : options_.trust_ca) trust_ca_.push_back(file);
    for (const std::string& file : trust_ca_) {
      auto bytes = read_user_file(file, 16U << 20);
      if (!bytes) {
        complain("--trust-ca", bytes.error());
        continue;
      }
      auto certificates = parse_certificates(*bytes, file);
      if (!certificates) {
        complain("--trust-ca", certificates.error(), "PEM, DER and PKCS#7 files are read");
        continue;
      }
      site_.trust.authorities.insert(site_.trust.authorities.end(), certificates->begin(), certificates->end());
    }
    std::string store = site_.trust_of_device ? "device" : "host";
    word(options_.trust, store, "--trust", {"host", "device"});
    if (store == "device") {
      trust_as_device();
    } else if (!trust_ca_.empty()) {
      site_.trust.store = TrustPolicy::Store::Authorities;
      site_.trust.name =
          "only " + (trust_ca_.size() == 1 ? trust_ca_.front() : std::to_string(trust_ca_.size()) + " CA files");
    }
    for (const std::string& pin : options_.pins) {
      std::string value = pin;
      if (value.starts_with("sha256//")) value.erase(0, 8);
      if (value.size() != 44 || !value.ends_with('=')) {
        complain("--pin", "'" + pin + "' is not sha256//BASE64",
                 "the base64 of a SHA-256 has 44 characters; easel prints a chain's pins in its JSON report");
        continue;
      }
      site_.trust.pins.push_back(value);
    }
    if (!site_.trust.pins.empty())
      site_.trust.name = "the pinned key" + std::string(site_.trust.pins.size() > 1 ? "s" : "");
  }

  /// The device's table, what is installed on it, and the authorities of --trust-ca as if they were installed, too.
  void trust_as_device() {
    const InstalledStore store(options_.device_folder.empty() ? default_device_folder() : options_.device_folder);
    auto installed = store.read(device_.id);
    if (!installed) return complain("--devices", installed.error());
    installed->root.insert(installed->root.end(), site_.trust.authorities.begin(), site_.trust.authorities.end());
    auto policy = device_trust(data_, device_, installed->root);
    if (!policy) {
      for (const Diagnostic& d : policy.error()) {
        complain("--trust", d.message, "install its authorities: easel device ca add FILE --device " + device_.id);
      }
      return;
    }
    policy->intermediates = std::move(installed->ca);
    policy->pins = std::move(site_.trust.pins);
    site_.trust = std::move(*policy);
  }

  void baseline() {
    const bool given = !options_.baseline.empty();
    if (!given && baseline_.empty()) return;
    auto read = read_baseline(given ? options_.baseline : baseline_, given ? "--baseline" : options_.site_file);
    if (!read) {
      diagnostics_.insert(diagnostics_.end(), read.error().begin(), read.error().end());
      return;
    }
    if (site_.baseline) read->announced = site_.baseline->announced;
    site_.baseline = std::move(*read);
  }

  void bounds() {
    const auto positive = [&](double value, std::string_view option) {
      if (!(value > 0) || value > 86'400) complain(std::string(option), "must be more than 0 and at most 86400");
    };
    positive(options_.connect_timeout, "--connect-timeout");
    positive(options_.answer_timeout, "--answer-timeout");
    positive(options_.max_body_mib, "--max-body");
    positive(options_.max_headers_kib, "--max-headers");
    site_.bounds.connect = std::chrono::milliseconds(static_cast<long>(options_.connect_timeout * 1000));
    site_.bounds.answer = std::chrono::milliseconds(static_cast<long>(options_.answer_timeout * 1000));
    site_.bounds.max_body = static_cast<std::uint64_t>(options_.max_body_mib * 1048576);
    site_.bounds.max_headers = static_cast<std::uint64_t>(options_.max_headers_kib * 1024);
  }

  void client_certificate() {
    if (!options_.client_certificate.empty()) {
      site_.certificate = certificate({.place = "--client-cert",
                                       .file = options_.client_certificate,
                                       .key = options_.client_key,
                                       .passphrase_option = "--client-key-password",
                                       .passphrase = options_.client_key_password});
    } else if (!options_.client_key.empty()) {
      complain("--client-key", "a key without --client-cert");
    }
    for (const SiteCertificate& c : certificates_) {
      if (c.name.empty() && site_.certificate) continue;  // the command line wins
      auto read = certificate({.place = options_.site_file,
                               .file = c.file,
                               .key = c.key,
                               .passphrase_option = "<client-certificate> passphrase",
                               .passphrase = c.passphrase});
      if (!read) continue;
      if (c.name.empty()) {
        site_.certificate = std::move(read);
      } else {
        read->name = c.name;
        site_.other_certificates.push_back(std::move(*read));
      }
    }
    if (!site_.certificate) return;
    if (site_.client_certificate == "no") site_.client_certificate = options_.user.empty() ? "yes" : "optional";
    add_forgeries();
  }

  std::optional<ClientCertificate> certificate(const CertificateSource& source) {
    auto read = load_client_certificate(source, diagnostics_.empty());
    if (read) return std::move(*read);
    diagnostics_.insert(diagnostics_.end(), read.error().begin(), read.error().end());
    return std::nullopt;
  }

  // What anybody can make, easel makes: no authority has to issue it.
  void add_forgeries() {
    const auto lacks = [&](std::string_view name) {
      return std::ranges::find(site_.other_certificates, name, &ClientCertificate::name) ==
             site_.other_certificates.end();
    };
    if (!diagnostics_.empty() || (!lacks(kSelfSigned) && !lacks(kUntrustedIssuer))) return;
    auto forged = forge_client_certificates(*site_.certificate);
    if (!forged) return complain("--client-cert", forged.error());
    for (ClientCertificate& c : *forged) {
      if (lacks(c.name)) site_.other_certificates.push_back(std::move(c));
    }
  }

  void passcode() {
    SecurIdLogon& logon = site_.securid_logon;
    if (logon.passcode.empty()) return;
    auto secret = read_secret(logon.passcode.reveal(), "<securid passcode>", "SecurID passcode (PIN and token code)");
    if (secret) {
      logon.passcode = *secret;
    } else {
      complain(options_.site_file, secret.error());
    }
  }

  void account() {
    if (options_.failed_logons >= 0 && !site_.accounts.empty())
      site_.accounts.front().failed_logons = options_.failed_logons;
    const bool named = !options_.user.empty() || !site_.accounts.empty();
    if (!named) {
      if (!options_.password.empty()) complain("--password", "a password without --user");
      return;
    }
    if (site_.accounts.empty()) site_.accounts.emplace_back();
    Account& main = site_.accounts.front();
    main.id = "main";
    if (!options_.user.empty()) main.user = options_.user;
    if (options_.failed_logons >= 0) main.failed_logons = options_.failed_logons;
    if (main.user.find(':') != std::string::npos) {
      complain("--user", "a user name with ':' cannot be sent with Basic (RFC 7617)");
      return;
    }
    const std::string source = !options_.password.empty() ? options_.password : account_source_;
    auto secret = read_secret(source, "--password", "Password of " + main.user);
    if (!secret) {
      complain("", secret.error());
    } else if (secret->empty()) {
      complain("--password", "the password is empty",
               "look at what " + (source.empty() ? std::string("you typed") : source) + " holds");
    } else {
      main.password = *secret;
    }
    for (std::size_t i = 1; i < site_.accounts.size(); ++i) {
      auto other = read_secret(site_.accounts[i].password.reveal(), "account " + site_.accounts[i].id,
                               "Password of " + site_.accounts[i].user);
      if (!other) {
        complain(options_.site_file, other.error());
      } else {
        site_.accounts[i].password = *other;
      }
    }
  }

  const TargetOptions& options_;
  const DataFiles& data_;
  const DeviceProfile& device_;
  Site site_;
  std::string account_source_;
  std::vector<std::string> trust_ca_;
  std::vector<SiteCertificate> certificates_;
  std::string baseline_;  // report that the site file names
  Diagnostics diagnostics_;
};

}  // namespace

std::expected<void, Diagnostic> parse_target(const std::string& url, Site& site) {
  const auto refuse = [&](std::string message, std::string hint) {
    return std::unexpected(Diagnostic{"URL", 0, 0, std::move(message), std::move(hint)});
  };
  std::string_view rest = url;
  if (rest.starts_with("http://")) {
    return refuse("the target is the https address",
                  "easel tries plain HTTP by itself: write https://… and, if it is not 80, --plain-port");
  }
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.find("://") != std::string_view::npos) {
    return refuse("'" + url + "' is not an https address", "for example https://mail.example.com");
  }
  const std::size_t slash = rest.find_first_of("/?#");
  const std::string_view authority = rest.substr(0, slash);
  if (authority.find('@') != std::string_view::npos)
    return refuse("credentials never stand in the address", "use --user and --password");
  std::string host;
  std::uint16_t port = 443;
  if (!split_host_port(authority, host, port))
    return refuse("'" + std::string(authority) + "' is not HOST or HOST:PORT",
                  "for example https://mail.example.com:8443");
  if (host.find_first_of(" \t\"<>\\^`{|}") != std::string::npos) return refuse("'" + host + "' is not a host name", "");
  site.host = host;
  site.port = port;
  if (slash != std::string_view::npos && rest.substr(slash) != "/") {
    if (rest.find_first_of("?#") != std::string_view::npos)
      return refuse("the address has a query or a fragment", "give the ActiveSync path only, or nothing");
    site.path = rest.substr(slash);
  }
  return {};
}

std::expected<Site, Diagnostics> build_site(const TargetOptions& options, const DataFiles& data,
                                            const DeviceProfile& device) {
  return SiteBuilder(options, data, device).build();
}

}  // namespace easel

// The words of TargetOptions on the command line, in groups, so that --help fits a screen.
#include <CLI/CLI.hpp>

#include "client/cli/target_options.h"

namespace easel {

void add_target_options(CLI::App& app, TargetOptions& o) {
  app.add_option("URL", o.url, "https://HOST[:PORT][/PATH]; the path is /Microsoft-Server-ActiveSync unless given")
      ->type_name("");
  app.add_option("--site", o.site_file, "site file: accounts, trust, role, addresses (easel site init writes one)")
      ->type_name("FILE");
  const auto who = "Who asks";
  app.add_option("--user,-u", o.user, "user as typed on the device: name, DOMAIN\\name or name@domain")
      ->type_name("NAME")
      ->group(who);
  app.add_option("--password", o.password, "env:NAME, file:PATH, fd:N or prompt")->type_name("SOURCE")->group(who);
  app.add_option("--device,-d", o.device, "device profile (easel device list)")
      ->type_name("ID")
      ->capture_default_str()
      ->group(who);
  app.add_option("--client-cert", o.client_certificate, "client certificate: PKCS#12, PEM or DER")
      ->type_name("FILE")
      ->group(who);
  app.add_option("--client-key", o.client_key, "its key, if it stands in a file of its own")
      ->type_name("FILE")
      ->group("Rarely needed");
  app.add_option("--client-key-password", o.client_key_password, "passphrase of the key, as --password")
      ->type_name("SOURCE")
      ->group("Rarely needed");
  const auto trust = "Whom to trust";
  app.add_option("--trust-ca", o.trust_ca, "trust only these authorities (PEM, DER, PKCS#7)")
      ->type_name("FILE")
      ->group(trust);
  app.add_option("--trust", o.trust, "host, or device: its own roots, what is installed on it, and --trust-ca")
      ->type_name("STORE")
      ->group(trust);
  app.add_option("--devices", o.device_folder, "folder of what devices hold (easel device ca)")
      ->type_name("DIR")
      ->group("Rarely needed");
  app.add_option("--pin", o.pins, "trust only this key: sha256//BASE64; give a backup pin, too")
      ->type_name("PIN")
      ->group(trust);
  app.add_option("--baseline", o.baseline, "the certificate as it was: a JSON report, a fingerprint or a pin")
      ->type_name("WHAT")
      ->group("Rarely needed");
  const auto site = "What the site is";
  app.add_option("--axis", o.axis, "which axis gates the exit code: guide or today")->type_name("AXIS")->group(site);
  app.add_option("--role", o.role, "front-end, back-end or single")->type_name("ROLE")->group(site);
  app.add_option("--publisher", o.publisher, "what publishes it: none, isa, tmg, nginx, apache, other")
      ->type_name("KIND")
      ->group(site);
  app.add_option("--vantage", o.vantage, "where you stand: inside or outside")->type_name("SIDE")->group(site);
  app.add_option("--policy", o.policy, "required, none or unknown")->type_name("WORD")->group(site);
  app.add_option("--schemes", o.schemes, "schemes that should be offered, e.g. Basic")->type_name("LIST")->group(site);
  app.add_option("--securid", o.securid, "yes or no")->type_name("WORD")->group(site);
  app.add_option("--server", o.server, "product, for remedies; recognised if not given")
      ->type_name("PRODUCT")
      ->group(site);
  app.add_option("--own-host", o.other_hosts, "a further host name of the site")->type_name("HOST")->group(site);
  const auto route = "How to get there";
  app.add_option("--plain-port", o.plain_port, "plain HTTP port, or none; 80 if the target is on 443")
      ->type_name("PORT")
      ->group(route);
  app.add_option("--connect-to", o.connect_to, "connect there instead; names stay. Several: the run compares them")
      ->type_name("[LABEL=]HOST[:PORT]")
      ->allow_extra_args(false)
      ->group(route);
  app.add_option("--resolve", o.resolve, "address of the host, as in curl")->type_name("H:P:ADDR")->group(route);
  app.add_option("--dns", o.dns, "ask this name server only")->type_name("HOST:PORT")->group(route);
  app.add_option("--proxy", o.proxy, "HTTP proxy; the environment's are ignored")->type_name("URL")->group(route);
  app.add_option("--proxy-user", o.proxy_user, "user at the proxy")->type_name("NAME")->group(route);
  app.add_option("--proxy-password", o.proxy_password, "as --password")->type_name("SOURCE")->group(route);
  const auto bounds = "Bounds";
  app.add_option("--connect-timeout", o.connect_timeout, "seconds")
      ->type_name("S")
      ->capture_default_str()
      ->group(bounds);
  app.add_option("--answer-timeout", o.answer_timeout, "seconds")->type_name("S")->capture_default_str()->group(bounds);
  app.add_option("--max-body", o.max_body_mib, "MiB of an answer")
      ->type_name("MIB")
      ->capture_default_str()
      ->group(bounds);
  app.add_option("--max-headers", o.max_headers_kib, "KiB of an answer's headers")
      ->type_name("KIB")
      ->capture_default_str()
      ->group(bounds);
  app.add_option("--failed-logons", o.failed_logons, "failed log-ons that the account may suffer (2)")
      ->type_name("N")
      ->group(bounds);
  app.set_config("--config", "", "options from a file: name=value lines")->type_name("FILE")->group(bounds);
  app.add_option("--data", o.data_folder, "folder with own profiles and scenarios, laid out like easel's")
      ->type_name("DIR")
      ->group(bounds);
}

}  // namespace easel

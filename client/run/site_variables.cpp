// The variables that a site and a run give every plan.
#include "client/protocol/credentials.h"
#include "client/protocol/eas_request.h"
#include "client/run/run.h"

namespace easel {
namespace {

std::string mail_address(const std::string& user, const std::string& host) {
  if (user.empty() || user.find('@') != std::string::npos) return user;
  const std::size_t dot = host.find('.');
  return user.substr(user.find('\\') == std::string::npos ? 0 : user.find('\\') + 1) + "@" +
         (dot == std::string::npos ? host : host.substr(dot + 1));
}

// The form of the SecurID page, filled in for the main account.
std::string filled_form(const SecurIdLogon& logon, const std::string& user) {
  if (logon.passcode.empty()) return {};
  std::string out = logon.form;
  for (const auto& [mark, value] :
       {std::pair<std::string_view, std::string>{"{user}", bare_user(user)}, {"{passcode}", logon.passcode.reveal()}}) {
    for (std::size_t at = 0; (at = out.find(mark, at)) != std::string::npos;) {
      const std::string text = percent_encode(value);
      out.replace(at, mark.size(), text);
      at += text.size();
    }
  }
  return out;
}

}  // namespace

Variables site_variables(const RunContext& context) {
  const Site& site = *context.site;
  const Account* account = site.account("main");
  Variables v;
  v["user"] = account ? account->user : "";
  v["mail"] = mail_address(v["user"], site.host);
  v["mail.domain"] = v["mail"].substr(v["mail"].find('@') + 1);
  v["site.host"] = site.host;
  v["site.port"] = std::to_string(site.port);
  v["site.path"] = site.path;
  v["site.plain-port"] = site.plain_port ? std::to_string(*site.plain_port) : "";
  v["site.role"] = site.role;
  v["site.publisher"] = site.publisher;
  v["site.policy"] = site.policy;
  std::string schemes;
  for (const std::string& s : site.schemes) schemes += (schemes.empty() ? "" : " ") + s;
  v["site.schemes"] = schemes;
  v["user.bare"] = bare_user(v["user"]);
  v["site.store"] = !site.trust.pins.empty()                              ? "pins"
                    : site.trust.store == TrustPolicy::Store::Authorities ? "authorities"
                                                                          : "host";
  v["site.vantage"] = site.vantage;
  const Account* other = site.account("other");
  v["other.user"] = other ? bare_user(other->user) : "";
  v["site.publisher"] = site.publisher;
  v["site.policy"] = site.policy;
  v["site.client-certificate"] = site.client_certificate;
  v["site.axis"] = site.axis;
  v["site.fleet"] = "";
  for (const std::string& device : site.fleet) v["site.fleet"] += (v["site.fleet"].empty() ? "" : " ") + device;
  v["run.id"] = context.run_id;
  v["heartbeat"] = context.heartbeat;
  v["securid.page"] = site.securid_logon.page;
  v["securid.form"] = filled_form(site.securid_logon, v["user"]);
  return v;
}

}  // namespace easel

#include "client/run/dry_run.h"

#include "client/protocol/eas_request.h"

namespace easel {
namespace {

std::string credential(const Step& step, const Site& site) {
  if (step.auth.empty() || step.auth == "none") return "no credentials";
  if (step.auth == "canary" || step.auth == "canary-user" || step.auth == "unknown-user") return "made-up credentials";
  const Account* account = site.account(step.account);
  if (step.auth == "wrong-password") return "a wrong password of " + (account ? account->user : step.account);
  if (step.auth == "empty" || step.auth == "empty-password") return "an empty password";
  return "credentials of " + (account ? account->user : "the account '" + step.account + "'");
}

std::string shown_certificate(const Step& step) {
  if (step.certificate == "yes" || step.certificate == "no") return {};
  return ", client certificate \"" + step.certificate + "\"";
}

std::string line_of(const PlannedStep& planned, const Site& site) {
  const Step& s = planned.step;
  if (s.kind == Step::Kind::Pause) return "pause of " + std::to_string(s.pause_ms) + " ms";
  if (s.kind == Step::Kind::Wait) return "wait for " + s.wait_for;
  if (s.kind == Step::Kind::Hello && planned.hello) {
    const PlannedHello& hello = *planned.hello;
    if (!hello.hello) return "no ClientHello of " + hello.name + ": " + hello.reason;
    return "ClientHello of " + hello.name + " (" + describe(*hello.hello) + ") to " +
           (s.host.empty() ? site.host : s.host) + ":" + std::to_string(site.port) + ", nothing else";
  }
  if (s.kind == Step::Kind::Resolve) return "look up " + site.host;
  if (!s.url.empty())
    return s.method + " " + s.url +
           ", an address that the server's certificate names: any host, by plain http only, "
           "no credentials, at most 16 MiB";
  const std::string port =
      s.scheme == "http" ? (site.plain_port ? std::to_string(*site.plain_port) : "?") : std::to_string(site.port);
  const std::string where = s.scheme + "://" + (s.host.empty() ? site.host : s.host) + ":" + port +
                            (s.address.empty() ? "" : " at " + s.address);
  if (s.kind == Step::Kind::Connect)
    return "connect to " + where + ", handshake only" +
           (s.renegotiations > 0 ? ", then renegotiate up to " + std::to_string(s.renegotiations) + " times" : "");
  if (s.kind == Step::Kind::Http)
    return s.method + " " + where + s.path + ", " + credential(s, site) + shown_certificate(s);
  return "POST " + where + site.path + " Cmd=" + s.cmd + ", " + credential(s, site) +
         (s.follow_provision ? ", and Provision if asked" : "");
}

}  // namespace

std::string render_dry_run(const Schedule& schedule, const DeviceProfile& device, const Site& site,
                           const VerifyOptions& options) {
  std::string out = "easel would ask https://" + site.host + ":" + std::to_string(site.port) + " as " + device.id +
                    ", trusting " + site.trust.name + "; plan " + options.plan + "\n";
  for (const auto& control : schedule.controls) {
    out += "\n" + control->scenario.id + "\n";
    for (const PlannedStep& s : control->steps) out += "  " + line_of(s, site) + "\n";
  }
  bool writes = false, serial = false;
  for (const ScheduledCheck& c : schedule.checks) {
    out += "\n" + c.check->id;
    if (c.fixed) {
      out += "  skip (" + c.fixed->reason + ") " + c.fixed->actual + "\n";
      continue;
    }
    out += "\n";
    for (const PlannedStep& s : c.plan->steps) out += "  " + line_of(s, site) + "\n";
    for (const PlannedStep& s : c.plan->cleanup) out += "  afterwards: " + line_of(s, site) + "\n";
    writes = writes || c.check->writes;
    serial = serial || c.check->serial;
  }
  const Account* account = site.account("main");
  out += "\nrefused requests that it will cause: " + std::to_string(schedule.refusals) + " or fewer\n";
  out += "failed log-ons of a real account: " + std::to_string(schedule.refused_logons) + " or fewer\n";
  out += "left behind: ";
  if (!serial || !account) {
    out += "nothing\n";
  } else {
    out += "a device partnership of " + account->user + " with DeviceId " +
           stable_device_id(device, account->user, "0") + " (the same on every run)\n";
  }
  if (writes) out += "it changes items in the mailbox, and removes them again (--read-only leaves that out)\n";
  return out;
}

}  // namespace easel

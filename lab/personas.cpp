#include "lab/personas.h"

#include <array>

namespace easel::lab {

namespace {

using Names = std::vector<std::string>;

/// TLS 1.2 and 1.3 with forward secrecy, as a server of today is set up.
constexpr const char* kModernTls = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE";
/// Schannel of Windows Server 2003 with the update that added AES: TLS 1.0, RSA key transport.
constexpr const char* kServer2003Tls =
    "NONE:+VERS-TLS1.0:+ARCFOUR-128:+3DES-CBC:+AES-128-CBC:+AES-256-CBC:+RSA:+MD5:+SHA1:+COMP-NULL:"
    "+SIGN-ALL:+CTYPE-X509:%SERVER_PRECEDENCE";

/// Commands of Exchange 2003 SP2 (three open servers that copy its OPTIONS answer).
Names commands_25() {
  return {"Sync",
          "SendMail",
          "SmartForward",
          "SmartReply",
          "GetAttachment",
          "GetHierarchy",
          "CreateCollection",
          "DeleteCollection",
          "MoveCollection",
          "FolderSync",
          "FolderCreate",
          "FolderDelete",
          "FolderUpdate",
          "MoveItems",
          "GetItemEstimate",
          "MeetingResponse",
          "ResolveRecipients",
          "ValidateCert",
          "Provision",
          "Search",
          "Ping"};
}

Names commands_121() {
  Names commands = commands_25();
  commands.insert(commands.end(), {"Settings", "ItemOperations"});
  return commands;
}

std::vector<Directory> exchange_directories() {
  return {{.path = "/Microsoft-Server-ActiveSync"},
          {.path = "/Exchange"},
          {.path = "/Exchweb"},
          {.path = "/OMA"},
          {.path = "/Public"},
          {.path = "/Rpc"}};
}

std::vector<Directory> modern_directories() {
  return {{.path = "/Microsoft-Server-ActiveSync"},
          {.path = "/owa"},
          {.path = "/ecp"},
          {.path = "/EWS"},
          {.path = "/OAB"},
          {.path = "/Rpc"},
          {.path = "/mapi"},
          {.path = "/Autodiscover"}};
}

Behaviour sound() {
  Behaviour b;
  b.tls.priority = kModernTls;
  b.http.server = "Microsoft-IIS/10.0";
  b.http.more_headers = {{"X-Powered-By", "ASP.NET"}};
  b.eas.versions = {"2.0", "2.1", "2.5", "12.0", "12.1", "14.0", "14.1"};
  b.eas.commands = commands_121();
  b.eas.build = "15.2";
  b.surface.start_page = true;
  b.directories = exchange_directories();
  b.directories.push_back({.path = "/Autodiscover"});
  b.directories.push_back({.path = "/owa"});
  return b;
}

Behaviour exchange2003() {
  Behaviour b = sound();
  b.tls.priority = kServer2003Tls;
  b.http.server = "Microsoft-IIS/6.0";
  b.eas.versions = {"1.0", "2.0", "2.1", "2.5"};
  b.eas.commands = commands_25();
  b.eas.build = "6.5.7638.1";
  b.directories = exchange_directories();
  return b;
}

/// The mailbox server behind it: Windows authentication is on there.
Behaviour exchange2003_back_end() {
  Behaviour b = exchange2003();
  for (Directory& directory : b.directories) directory.schemes = {"Negotiate", "NTLM", "Basic"};
  return b;
}

Behaviour hardened_modern() {
  Behaviour b = sound();
  b.plain = PlainPort::closed;
  b.http.server.clear();
  b.http.more_headers.clear();
  b.directories = modern_directories();
  return b;
}

Behaviour zpush_like() {
  Behaviour b = sound();
  b.plain = PlainPort::redirect;
  b.http.server = "Apache";
  b.http.more_headers = {{"X-Z-Push-Version", "2.7.5"}};
  b.auth.realm = "ZPush";
  b.policy.always_449 = true;
  b.policy.before_log_on = true;
  b.eas.versions = {"12.0", "12.1", "14.0", "14.1"};
  b.eas.build = "14.1";
  b.directories = {{.path = "/Microsoft-Server-ActiveSync"}, {.path = "/Autodiscover"}};
  return b;
}

Behaviour sogo_like() {
  Behaviour b = sound();
  b.plain = PlainPort::redirect;
  b.http.server = "nginx";
  b.http.more_headers.clear();
  b.auth.realm = "SOGo";
  b.policy.required = false;
  b.eas.versions = {"2.5", "12.0", "12.1", "14.0", "14.1"};
  std::erase(b.eas.commands, "Provision");
  b.eas.build = "14.1";
  b.eas.empty_sync = false;
  b.directories = {{.path = "/Microsoft-Server-ActiveSync"}};
  return b;
}

/// A server that somebody set up in a hurry and never looked at again.
Behaviour careless() {
  Behaviour b = exchange2003();
  b.tls.priority = "NORMAL:+VERS-TLS1.1:+VERS-TLS1.0:+RSA:+AES-128-CBC:+3DES-CBC:+ARCFOUR-128";
  b.tls.chain.leaf.key = KeyKind::rsa1024;
  b.tls.chain.leaf.hash = Hash::sha1;
  b.tls.chain.leaf.ends_in_days = 9;
  b.tls.canned.ssl3 = true;
  b.site_requires_ssl = false;
  for (Directory& directory : b.directories) {
    directory.require_ssl = false;
    directory.schemes = {"Negotiate", "NTLM", "Basic"};
  }
  b.directory("/Public").anonymous = true;
  b.directory("/iissamples").anonymous = true;
  b.directory("/certsrv").anonymous = true;
  b.policy.required = false;
  b.auth.tells_unknown_users = true;
  b.surface.trace = true;
  b.surface.detailed_errors = true;
  b.surface.leaks_address = true;
  b.eas.build = "6.5.7226.0";
  return b;
}

constexpr auto kPersonas = std::to_array<PersonaRow>({
    {{"sound", "An Exchange that offers 2.0 to 14.1 over TLS 1.2 and 1.3, with a policy; nothing is wrong."}, sound},
    {{"exchange2003", "A front end with Exchange 2003 SP2 on IIS 6 after the guide: up to 2.5, TLS 1.0."},
     exchange2003},
    {{"exchange2003-back-end", "The mailbox server behind it, where Windows authentication is on."},
     exchange2003_back_end},
    {{"hardened-modern", "A modern Exchange, hardened: plain port closed, no banners."}, hardened_modern},
    {{"zpush-like", "An open server in the manner of Z-Push: 12.0 to 14.1, 449 at every version, port 80 redirects."},
     zpush_like},
    {{"sogo-like", "An open server in the manner of SOGo behind nginx: no policy, port 80 redirects."}, sogo_like},
    {{"careless", "A server that somebody set up in a hurry: much of what can be wrong is wrong."}, careless},
});

}  // namespace

std::span<const PersonaRow> persona_rows() { return kPersonas; }

std::vector<PersonaInfo> personas() {
  std::vector<PersonaInfo> out;
  for (const PersonaRow& row : kPersonas) out.push_back(row.info);
  return out;
}

}  // namespace easel::lab

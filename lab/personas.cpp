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
          {.path = "/Public"}};
}

Behaviour sound() {
  Behaviour b;
  b.tls.priority = kModernTls;
  b.http.server = "Microsoft-IIS/10.0";
  b.http.more_headers = {{"X-Powered-By", "ASP.NET"}};
  b.eas.versions = {"2.0", "2.1", "2.5", "12.0", "12.1", "14.0", "14.1"};
  b.eas.commands = commands_121();
  b.eas.build = "15.2";
  b.directories = exchange_directories();
  return b;
}

Behaviour exchange2003() {
  Behaviour b = sound();
  b.tls.priority = kServer2003Tls;
  b.http.server = "Microsoft-IIS/6.0";
  b.eas.versions = {"1.0", "2.0", "2.1", "2.5"};
  b.eas.commands = commands_25();
  b.eas.build = "6.5.7638.1";
  return b;
}

Behaviour hardened_modern() {
  Behaviour b = sound();
  b.plain = PlainPort::closed;
  b.http.server.clear();
  b.http.more_headers.clear();
  b.eas.versions = {"2.5", "12.0", "12.1", "14.0", "14.1", "16.0", "16.1"};
  b.eas.build = "15.2";
  return b;
}

constexpr auto kPersonas = std::to_array<PersonaRow>({
    {{"sound", "An Exchange that offers 2.0 to 14.1 over TLS 1.2 and 1.3, with a policy; nothing is wrong."}, sound},
    {{"exchange2003", "Exchange 2003 SP2 on IIS 6 after the guide: versions up to 2.5, TLS 1.0."}, exchange2003},
    {{"hardened-modern", "A modern Exchange, hardened: versions up to 16.1, plain port closed."}, hardened_modern},
});

}  // namespace

std::span<const PersonaRow> persona_rows() { return kPersonas; }

std::vector<PersonaInfo> personas() {
  std::vector<PersonaInfo> out;
  for (const PersonaRow& row : kPersonas) out.push_back(row.info);
  return out;
}

}  // namespace easel::lab

#pragma once
// Everything about the lab's server that can differ, as plain data: a persona fills it in, a fault changes it,
// the responders read it. A new way to misbehave is a new member here, read in one place.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lab/wire_script.h"

namespace easel::lab {

enum class KeyKind { rsa512, rsa1024, rsa2048, rsa4096, ecdsa };
enum class Hash { md5, sha1, sha256, sha512 };

/// How one certificate is made. `{host}` in a name stands for LabOptions::host.
struct CertificateShape {
  std::string common_name{};
  std::vector<std::string> alt_names{};  ///< dNSName entries; none = no subjectAltName at all
  int starts_in_days = -30;
  int ends_in_days = 366;
  KeyKind key = KeyKind::rsa2048;
  Hash hash = Hash::sha256;
  std::string purpose = "serverAuth";  ///< extended key usage by OpenSSL's names; empty = no such extension
  std::string crl_path{};              ///< path on the plain port for a CRL distribution point; empty = none
  bool revoked = false;                ///< listed in its issuer's CRL
};

/// The chain that the TLS listener shows.
struct ChainShape {
  enum class Signer { intermediate, self, stranger };
  enum class Order { usual, reversed };
  CertificateShape root{.common_name = "Easel Lab Root CA", .ends_in_days = 3650, .purpose = ""};
  CertificateShape intermediate{.common_name = "Easel Lab Issuing CA", .ends_in_days = 1825, .purpose = ""};
  CertificateShape leaf{.common_name = "{host}", .alt_names = {"{host}"}};
  Signer signer = Signer::intermediate;  ///< stranger = an intermediate below a root that is not announced
  Order order = Order::usual;
  bool send_intermediate = true;
  bool send_root = false;
  bool foreign_key = false;  ///< handshakes with a key that does not belong to the leaf
};

enum class ClientCertificates { none, optional, required, after_request };

struct TlsShape {
  std::string priority{};  ///< GnuTLS priority string
  ChainShape chain;
  bool other_chain_without_sni = false;  ///< a hello without SNI meets a certificate for another name
  ClientCertificates client_certificates = ClientCertificates::none;
};

/// What the plain port does.
enum class PlainPort { closed, ssl_required, redirect, challenges, serves };

/// A virtual directory. Paths are compared without regard to case, as IIS does.
struct Directory {
  std::string path{};
  bool require_ssl = true;
  bool anonymous = false;
  std::vector<std::string> schemes = {"Basic"};  ///< challenges; "Basic" gets the realm added
};

struct AuthShape {
  std::string realm = "{host}";
  bool rejects_good = false;  ///< 401 whatever the credentials are
};

/// When a device must hold a policy key, and how it is told.
struct PolicyShape {
  bool required = true;
  bool always_449 = false;  ///< 449 at every version (Z-Push), else Status 142/144 from 14.0 on
  bool password = true;     ///< the document demands a device password ...
  int length = 4;           ///< ... of that many characters,
  int lock_minutes = 15;    ///< locks after that time
  int attempts = 8;         ///< and wipes after that many wrong ones
};

struct EasShape {
  std::vector<std::string> versions{};
  std::vector<std::string> commands{};
  std::string server_header = "MS-Server-ActiveSync";
  std::string build{};        ///< value of MS-Server-ActiveSync
  bool empty_sync = true;     ///< an empty 200 when a Sync of 12.1 or later has nothing to say
  int foldersync_status = 0;  ///< not 0: the only answer to FolderSync
  bool hide_inbox = false;
  bool synckey_stuck = false;  ///< Sync answers with the key it was asked with
  bool html_answers = false;   ///< 200 text/html in place of every answer
};

struct HttpShape {
  std::string server{};                                             ///< Server header
  std::vector<std::pair<std::string, std::string>> more_headers{};  ///< on every answer
  int date_skew_days = 0;                                           ///< added to the Date header
  bool redirect_circle = false;
};

struct Behaviour {
  TlsShape tls;
  PlainPort plain = PlainPort::ssl_required;
  HttpShape http;
  AuthShape auth;
  PolicyShape policy;
  EasShape eas;
  std::vector<Directory> directories{};
  std::optional<WireScript> wire{};  ///< takes https connections over from the http responder

  /// The directory of that path; adds it when it is missing. For the rows of the fault table.
  Directory& directory(std::string_view path);
  /// The Exchange ActiveSync directory.
  Directory& eas_directory() { return directory("/Microsoft-Server-ActiveSync"); }
};

}  // namespace easel::lab

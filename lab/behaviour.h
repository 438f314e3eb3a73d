#pragma once
// Everything about the lab's server that can differ, as plain data: a persona fills it in, a fault changes it,
// the responders read it. A new way to misbehave is a new member here, read in one place.

#include <cstddef>
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
  std::string crl_url{};               ///< distribution point; empty = no such extension
};

/// The chain that the TLS listener shows.
struct ChainShape {
  enum class Signer { intermediate, self, stranger };
  enum class Order { usual, issuers_reversed };
  CertificateShape root{.common_name = "Easel Lab Root CA", .ends_in_days = 3650, .purpose = ""};
  CertificateShape intermediate{.common_name = "Easel Lab Issuing CA", .ends_in_days = 1825, .purpose = ""};
  CertificateShape leaf{
      .common_name = "{host}", .alt_names = {"{host}"}, .crl_url = "http://{host}:{pki_port}/lab.crl"};
  Signer signer = Signer::intermediate;  ///< stranger = an intermediate below a root that is not announced
  Order order = Order::usual;
  bool send_intermediate = true;
  bool send_root = false;
  bool send_stranger = false;  ///< a certificate of the other authority, at the end
  bool swapped = false;        ///< an earlier leaf was made too, which is not shown
  bool revoked = false;        ///< the authority's revocation list names the leaf
  bool foreign_key = false;    ///< handshakes with a key that does not belong to the leaf
};

/// How the server treats certificates of clients. The defaults of the judgement are strict.
struct ClientCertificateShape {
  enum class Mode {
    none,          ///< does not ask
    handshake,     ///< asks in the first handshake
    after_request  ///< asks once it has read a request for a directory that wants one, as IIS does
  };
  Mode mode = Mode::none;
  bool demanded = true;       ///< without a good one there is no entry
  bool alert = false;         ///< the handshake itself fails without one
  bool with_basic = false;    ///< good credentials are wanted beside it
  bool mapping_lost = false;  ///< no certificate leads to an account any more
  bool trust_any = false;
  bool ignore_dates = false;
  bool ignore_purpose = false;
  bool ignore_revocation = false;
  bool map_unknown = false;             ///< who is not in the directory comes in as the main account
  bool ignore_user = false;             ///< the query may name another user's mailbox, and it is served
  bool basic_fallback = false;          ///< a bad certificate and a good password are enough
  std::size_t late_buffer = 1U << 30U;  ///< after_request: a longer request is answered with 413
};

/// Hellos that are answered with canned bytes.
struct CannedShape {
  bool ssl2 = false, ssl3 = false, export_suites = false, null_suites = false;
  [[nodiscard]] bool any() const { return ssl2 || ssl3 || export_suites || null_suites; }
};

struct TlsShape {
  std::string priority{};  ///< GnuTLS priority string
  ChainShape chain{};
  bool other_chain_without_sni = false;  ///< a hello without SNI meets a certificate for another name
  bool resumption = true;                ///< session tickets
  bool safe_renegotiation = true;        ///< [RFC 5746]
  bool endless_renegotiation = false;    ///< does as many as the client starts; else it refuses each
  CannedShape canned{};
  ClientCertificateShape client_certificates{};
};

/// What the plain port does.
enum class PlainPort {
  closed,
  directories,  ///< each directory's require_ssl decides
  redirect,     ///< 302 to the same path on the TLS port
  challenges    ///< 401 Basic to everything
};

/// A virtual directory. Paths are compared without regard to case, as IIS does.
struct Directory {
  std::string path{};
  bool require_ssl = true;
  bool anonymous = false;
  std::vector<std::string> schemes = {"Basic"};  ///< challenges; "Basic" gets the realm added
};

struct AuthShape {
  std::string realm = "{host}";
  bool rejects_good = false;          ///< 401 whatever the credentials are
  bool resumed_is_signed_in = false;  ///< a resumed TLS session needs no credentials
};

/// When a device must hold a policy key, and how it is told.
struct PolicyShape {
  bool required = true;     ///< there is a policy
  bool enforced = true;     ///< a device without its key gets no data
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
  bool synckey_stuck = false;                  ///< Sync answers with the key it was asked with
  bool elsewhere = false;                      ///< the mailbox is on another server: 451 ...
  std::string elsewhere_url{};                 ///< ... with this X-MS-Location; empty = none
  std::vector<std::string> dropped_headers{};  ///< MS-* headers that do not get out
  bool html_answers = false;                   ///< 200 text/html in place of every answer
};

struct HttpShape {
  std::string server{};                                             ///< Server header
  std::vector<std::pair<std::string, std::string>> more_headers{};  ///< on every answer
  int date_skew_days = 0;                                           ///< added to the Date header
  std::string redirect{};     ///< Location for every request to ActiveSync; {target} is the request's own
  int busy_times = 0;         ///< so many authenticated requests to ActiveSync get 503 ...
  std::string retry_after{};  ///< ... with this Retry-After; empty = none
};

struct Behaviour {
  TlsShape tls;
  bool https_closed = false;  ///< nothing listens on the TLS port
  bool foreign_host = false;  ///< there is a listener "foreign", for mail.fabrikam.test under the same authority
  PlainPort plain = PlainPort::directories;
  bool site_requires_ssl = true;  ///< what lies in no directory is refused on the plain port
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

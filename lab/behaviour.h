#pragma once
// Everything about the lab's server that can differ, as plain data: a persona fills it in, a fault changes it,
// the responders read it. A new way to misbehave is a new member here, read in one place.

#include <cstddef>
#include <memory>
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
  std::string issuer_url{};  ///< where the issuer's certificate lies (authority information access); empty = unsaid
  std::string crl_url{};     ///< distribution point; empty = no such extension
};

/// The chain that the TLS listener shows.
struct ChainShape {
  enum class Signer { intermediate, self, stranger };
  enum class Order { usual, issuers_reversed };
  CertificateShape root{.common_name = "Easel Lab Root CA", .ends_in_days = 3650, .purpose = ""};
  CertificateShape intermediate{.common_name = "Easel Lab Issuing CA", .ends_in_days = 1825, .purpose = ""};
  CertificateShape leaf{.common_name = "{host}",
                        .alt_names = {"{host}"},
                        .issuer_url = "http://{host}:{pki_port}/issuing-ca.crt",
                        .crl_url = "http://{host}:{pki_port}/lab.crl"};
  Signer signer = Signer::intermediate;  ///< stranger = an intermediate below a root that is not announced
  Order order = Order::usual;
  bool send_intermediate = true;
  bool send_root = false;
  bool send_stranger = false;  ///< a certificate of the other authority, at the end
  bool swapped = false;        ///< an earlier leaf was made too, which is not shown
  bool revoked = false;        ///< the authority's revocation list names the leaf
  bool foreign_list = false;   ///< that list is signed with another key than the authority's
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
  bool ssl2 = false, ssl3 = false, export_suites = false, null_suites = false, anonymous_suites = false;
  bool export_preferred = false;  ///< a hello that offers an export suite beside better ones gets the export suite
  [[nodiscard]] bool any() const {
    return ssl2 || ssl3 || export_suites || null_suites || anonymous_suites || export_preferred;
  }
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
  bool silent = false;                           ///< refuses with 403 and no challenge in place of 401
  bool forms = false;  ///< sends who is not signed in to the log-on form of Outlook Web Access
  std::string page{};  ///< what stands there; empty = a short page
  std::vector<std::pair<std::string, std::string>> headers{};  ///< on every answer from there
};

struct AuthShape {
  std::string realm = "{host}";
  bool rejects_good = false;          ///< 401 whatever the credentials are
  bool resumed_is_signed_in = false;  ///< a resumed TLS session needs no credentials
  bool log_on_resumes = false;        ///< who resumes a TLS session on which somebody signed in is signed in, too
  bool accepts_any_password = false;
  bool slow_unknown_users = false;    ///< a user who does not exist is refused two seconds late
  bool tells_unknown_users = false;   ///< another page for a user who does not exist than for a wrong password
  bool guest = false;                 ///< empty credentials come in
  bool default_domain = true;         ///< a bare user name is completed
  bool domain_user = true;            ///< DOMAIN\user is understood
  bool charset_confused = false;      ///< a password with letters beyond ASCII never fits
  bool sticky = false;                ///< a connection stays signed in
  bool session_cookie = false;        ///< gives a cookie that opens without credentials
  bool serves_named_user = false;     ///< User= in the query opens that user's mailbox
  bool disabled_user_served = false;  ///< an account that is not enabled for ActiveSync gets its data
  bool password_notice = false;       ///< an expired password gets a page of notice with 403 in place of 401
  std::string forbidden_user{};       ///< this one account gets 403
};

/// The server behind the front end.
struct BackEndShape {
  bool no_windows_authentication = false;  ///< OPTIONS works, every command is 500
  bool requires_ssl = false;               ///< the same, with the back end's 403.4 page relayed
  bool options_refused = false;            ///< OPTIONS is 401 with good credentials
};

/// A proxy in front, or a firewall for web applications.
struct FrontShape {
  bool drops_authorization = false;
  bool answers_options = false;             ///< by itself, without asking the server
  bool form = false;                        ///< its own log-on form in front of ActiveSync
  bool form_by_user_agent = false;          ///< the form for every User-Agent that it does not know as a device's
  bool slash_only = false;                  ///< publishes /Microsoft-Server-ActiveSync/ with the slash and nothing else
  bool name_mismatch = false;               ///< 500: the name on the server's certificate is not the one it was told
  std::size_t body_limit = 0;               ///< longer requests are 413; 0 = none
  std::vector<std::string> denied_words{};  ///< a body that holds one is 403
  std::string denied_type{};                ///< requests of that Content-Type are 403
  bool drops_ms_headers = false;            ///< X-MS-* and MS-AS* do not reach the server
};

/// RSA SecurID on the front end.
struct SecurIdShape {
  bool on = false;
  bool eas_exempt = false;      ///< ActiveSync asks for no ticket
  bool tickets_lost = false;    ///< a ticket is never recognised
  bool late_and_mixed = false;  ///< answers come five seconds late, and a ticket of somebody else will do
};

/// The lab's name server, listener "dns".
struct NameShape {
  bool nothing_exists = false;                      ///< every name is unknown
  bool silent = false;                              ///< never answers
  std::vector<std::string> addresses{"127.0.0.1"};  ///< A records of the host
};

struct AutodiscoverShape {
  std::string url = "https://{host}/Microsoft-Server-ActiveSync";
  bool tells_users = false;  ///< another error for a user who does not exist
  bool broken = false;       ///< 500
};

/// What IIS shows that it need not show.
struct SurfaceShape {
  bool trace = false;  ///< TRACE echoes
  bool put = false;    ///< PUT stores, GET reads back
  bool dav = false;    ///< PROPFIND and SEARCH answer 207
  bool unknown_verb_is_get = false;
  std::vector<std::string> refused_verbs{};      ///< 404, as UrlScan does it
  std::vector<std::string> denied_sequences{};   ///< 404 when the request line holds one
  std::size_t max_query = 0;                     ///< 404 for a longer query; 0 = none
  std::vector<std::string> mapped_extensions{};  ///< handled by their old ISAPI extension
  bool executes_everything = false;              ///< any .aspx is run
  bool traversal = false;                        ///< dots are looked at before they are decoded
  bool leaks_address = false;                    ///< a private address for who names no host
  bool detailed_errors = false;                  ///< physical paths and stack traces
  bool listing = false;                          ///< the site's root is a directory listing
  bool start_page = false;                       ///< the site's root is the page that comes with the web server
  bool unc = false;                              ///< DocumentLibrary serves any UNC path
  bool ssl_rule_exact = false;                   ///< Require SSL holds for the exact spelling only
};

/// When a device must hold a policy key, and how it is told.
struct PolicyShape {
  bool required = true;            ///< there is a policy
  bool enforced = true;            ///< a device without its key gets no data
  bool before_log_on = false;      ///< a device without a key is told so before its credentials are looked at
  bool always_449 = false;         ///< 449 at every version (Z-Push), else Status 142/144 from 14.0 on
  bool absent_key_passes = false;  ///< a request without any key header gets its data
  bool any_key_passes = false;
  bool temporary_key_passes = false;
  bool key_repeated = false;        ///< the final key is the temporary one
  bool stale_acknowledged = false;  ///< an acknowledgement of another key is taken
  bool refusal_accepted = false;    ///< a device that did not apply the policy gets its key
  bool wap_form = true;             ///< there is a document for 2.5
  bool wipes_unasked = false;       ///< Provision orders a wipe that nobody asked for
  bool password = true;             ///< the document demands a device password ...
  int length = 4;                   ///< ... of that many characters,
  int lock_minutes = 15;            ///< locks after that time
  int attempts = 8;                 ///< and wipes after that many wrong ones
};

struct EasShape {
  std::vector<std::string> versions{};
  std::vector<std::string> commands{};
  std::string server_header = "MS-Server-ActiveSync";
  std::string build{};        ///< value of MS-Server-ActiveSync
  bool empty_sync = true;     ///< an empty 200 when a Sync of 12.1 or later has nothing to say
  int foldersync_status = 0;  ///< not 0: the only answer to FolderSync
  bool hide_inbox = false;
  std::string broken_version{};                ///< 500 to every command of that version
  bool accepts_any_version = false;            ///< an unknown version gets an empty 200
  bool base64_query = true;                    ///< else 400
  bool hangs_on_malformed = false;             ///< a malformed body is never answered
  bool bad_key_is_500 = false;                 ///< FolderSync with an unknown key
  bool forgets_last_answer = false;            ///< a repeated key brings what comes next, not what was lost
  bool quarantine = false;                     ///< everything works and there is never an item
  bool device_blocked = false;                 ///< 403, or Status 129 from 14.0 on
  bool answers_empty = false;                  ///< every command gets an empty 200
  bool ping_early = false;                     ///< Status 1 at once
  bool ping_deaf = false;                      ///< new mail does not end a Ping
  bool ping_limitless = false;                 ///< any heartbeat is taken
  int ping_cut_ms = 0;                         ///< the connection of a Ping is cut after that time; 0 = never
  bool drop_locks_mailbox = false;             ///< a device whose Ping was cut off gets 503 from then on
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
  std::string redirect{};       ///< Location for every request to ActiveSync; {target} is the request's own
  int busy_times = 0;           ///< so many authenticated requests to ActiveSync get 503 ...
  std::string retry_after{};    ///< ... with this Retry-After; empty = none
  std::size_t connections = 0;  ///< so many at a time; 0 = LabOptions::max_connections
  std::size_t workers = 0;      ///< so many requests at a time, the others wait; 0 = no limit
  int log_on_ms = 0;            ///< how long a log-on takes, one after the other
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
  BackEndShape back_end;
  FrontShape front;
  SecurIdShape securid;
  SurfaceShape surface;
  AutodiscoverShape autodiscover;
  NameShape names;
  std::shared_ptr<Behaviour> second;  ///< a second front end, listener "https-2"; null = none
  std::vector<Directory> directories{};
  std::optional<WireScript> wire{};  ///< takes https connections over from the http responder

  /// The directory of that path; adds it when it is missing. For the rows of the fault table.
  Directory& directory(std::string_view path);
  /// The Exchange ActiveSync directory.
  Directory& eas_directory() { return directory("/Microsoft-Server-ActiveSync"); }
};

}  // namespace easel::lab

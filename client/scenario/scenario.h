#pragma once
// Scenarios and checks as values: what a file says, before it is compiled against a device and a site.
// scenarios/README.md describes the format for its users; this is the same vocabulary in C++.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/data/data_files.h"
#include "client/diagnostic.h"
#include "client/xml/xml_tree.h"

namespace easel {

/// When an outcome ends a check early: every predicate inside <when> holds.
struct When {
  enum class Verdict { Skip, Blocked, Pass, Note };
  Verdict verdict = Verdict::Skip;
  std::string reason;  ///< from a closed list for skip and blocked
  std::string note;
  std::vector<XmlElement> predicates;
  XmlPlace place;
};

/// Try again: a pass after a `retry` is flaky; after a `poll` (waiting for a state) it is a pass.
struct Retry {
  bool poll = false;
  long every_ms = 1000;
  long for_ms = 0;
  int times = 0;
  std::string on_status;  ///< words: only these HTTP statuses are tried again; empty: any failure
};

/// One body of a command. Where the shape differs between protocol versions a step has several; the first that lists
/// the version in use is sent, or the one that lists none.
struct RequestForm {
  std::string versions;  ///< words such as "2.5 12.0"; empty: any
  XmlElement body;
};

struct Step {
  enum class Kind { Eas, Http, Connect, Hello, Pause, Call, Wait, Resolve };
  Kind kind = Kind::Eas;
  std::string id;
  std::string title;
  XmlPlace place;
  std::string device;  ///< "" the scenario's device; otherwise a second device's name
  std::string account = "main";
  std::string background;  ///< not empty: do not wait; a later <wait for="…"> does
  std::string for_each;    ///< name of a <data> table or list
  std::optional<Retry> retry;
  std::string repeat_while;  ///< XPath over the decoded response: do the step again while it holds
  long repeat_at_most = 0;

  // Kind::Eas
  std::string cmd;
  std::vector<RequestForm> requests;     ///< empty: no body
  std::vector<XmlAttribute> parameters;  ///< command parameters (MS-ASHTTP): SaveInSent, CollectionId, …
  std::string mime;                      ///< message/rfc822 body of SendMail up to 12.1
  std::string version;                   ///< "" negotiated
  std::string policy_key;                ///< "" the session's; "absent": no header and no field
  std::string query;                     ///< "" the device's; "plain" or "base64"
  bool follow_provision = true;          ///< provision and repeat when the server asks for it

  // Kind::Http
  std::string method;
  std::string scheme = "https";
  std::string path;
  std::string host;                   ///< "" the site's host
  std::vector<XmlAttribute> headers;  ///< added after the device's own
  std::string body;
  std::string body_encoding;  ///< "" text, "base64"
  long body_repeat = 1;       ///< the body is sent that many times over
  bool device_headers = true;
  std::string url;  ///< instead of scheme, host and path: an http address from the wire, asked as nobody

  std::string address;  ///< HOST or HOST:PORT to connect to; names stay. Kind::Connect, too

  // Kind::Eas and Kind::Http
  std::string auth;  ///< basic, none, canary, canary-user, wrong-password, unknown-user, empty
  std::string user;  ///< User parameter, "" as in the credentials
  long timeout_ms = 0;
  bool fresh_connection = false;
  std::string copies;               ///< parallel="50": the same request that many times at once; every answer is judged
  std::string certificate = "yes";  ///< "yes": the site's where it is asked for; "no"; else the name of another one
  std::string trust;                ///< "" the site's; "nobody", "intermediates" (the CAs as no anchors), "pin"
  std::string pin;                  ///< trust="pin": base64 SPKI SHA-256
  bool server_name = true;          ///< sni="no": the hello names no server
  bool same_connection = false;     ///< without credentials, on the connection of the account's own requests

  bool keep_session = false;  ///< session="kept": the TLS session is kept, and the one kept before is offered
  int renegotiations = 0;     ///< Kind::Connect: how many to try

  // Kind::Hello: a device's, or made from versions and suites
  std::string hello_device;  ///< profile id; "" the step's own device where `suites` is empty
  std::string suites;        ///< words: classes and names (client/tls/hello_recipe.h)
  std::string lowest;        ///< version
  std::string highest;       ///< version

  // Kind::Pause, Kind::Wait
  long pause_ms = 0;
  std::string pause_for;  ///< not empty: a duration with a ${parameter} in it
  std::string wait_for;

  // Kind::Call
  std::string call;
  std::vector<XmlAttribute> arguments;

  std::vector<XmlElement> assertions;
  std::vector<When> whens;
};

struct Param {
  std::string name;
  std::string default_value;
  bool required = false;
  bool secret = false;
  XmlPlace place;
};

struct DataTable {
  std::string name;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
  XmlPlace place;
};

struct Needs {
  std::string check;  ///< another check that must have passed
  std::string site;   ///< site field that must have one of `is`
  std::string is;     ///< words
  std::string version_at_least;
  std::string command;  ///< MS-ASProtocolCommands must list it
  std::string reason;   ///< skip reason
  bool blocks = false;  ///< else="blocked"
  XmlPlace place;
};

struct Remedy {
  std::string server;  ///< iis6, exchange, nginx, apache, z-push, sogo, any
  std::string text;
};

/// What proves a check: a lab fault that must turn it red, with the reason it must give.
struct Proof {
  std::string fault;
  std::string persona;
  std::string code;    ///< predicted support code that the verdict must carry, may be empty
  std::string expect;  ///< text that `actual` must contain, may be empty
  std::string also;    ///< further checks that may fail with it, words
  std::string axis;    ///< the axis that must gate for it, may be empty
};

struct Scenario {
  enum class Role { Scenario, Check, Control, Library };
  Role role = Role::Scenario;
  std::string id;
  std::string title;
  std::string file;  ///< display name
  std::string path;  ///< path in the data files, for hrefs
  std::string device;
  std::string whole_run;  ///< not empty: judged over the whole run, not by steps: "addresses" or "logon-budget"
  std::string compared;   ///< of "addresses": checks that go to every address, lowest layer first; words
  XmlPlace whole_run_place;
  std::string axis = "both";
  std::string severity = "high";
  std::string guide;
  std::string spec;
  std::vector<std::string> rests_on;  ///< layers: tcp, tls, trust, http, auth
  bool serial = false;                ///< changes server state: one at a time
  bool opt_in = false;
  bool writes = false;     ///< refused by --read-only
  int refused_logons = 0;  ///< how many failed log-ons of a real account it may cause
  int refusals = 0;        ///< how many refused requests it will cause
  std::string why;
  std::string symptom_code;
  std::string symptom_confidence;
  std::string symptom_text;
  std::vector<Remedy> remedies;
  std::vector<Proof> proofs;
  std::vector<Param> params;
  std::vector<DataTable> data;
  std::vector<Needs> needs;
  std::vector<Step> steps;
  std::vector<Step> cleanup;
  std::vector<Scenario> libraries;  ///< what <use> brought, each with its prefix in `id`
};

/// What could be read, with every complaint about the rest. A scenario with complaints is never run.
struct ParsedScenario {
  Scenario scenario;
  Diagnostics diagnostics;
};

/// Parses a scenario, check, control or library file. `path` is its place in the data files or on the disk; <use> and
/// <data> are read relative to it.
ParsedScenario parse_scenario(std::string_view text, std::string_view path, const DataFiles& data);

/// As parse_scenario, for a file of the data files ("scenarios/…") or of the disk.
ParsedScenario load_scenario(const DataFiles& data, std::string_view path);

/// Closed lists, also shown in scenarios/README.md.
std::span<const std::string_view> skip_reasons();
std::span<const std::string_view> block_reasons();

}  // namespace easel

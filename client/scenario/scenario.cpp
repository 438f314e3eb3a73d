#include "client/scenario/scenario.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "client/scenario/csv.h"

namespace easel {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::string_view kSkipReasons[] = {"absent",          "certificate-only",
                                             "logon-budget",    "no-account",
                                             "no-baseline",     "no-capture",
                                             "no-challenge",    "no-policy",
                                             "not-a-finding",   "not-seen",
                                             "opt-in",          "pinned",
                                             "plain-port-none", "plain-port-unknown",
                                             "publisher",       "read-only",
                                             "refusal-budget",  "role",
                                             "securid",         "no-client-certificate",
                                             "no-such-account", "scheme",
                                             "version",         "command",
                                             "prerequisite",    "no-autodiscover",
                                             "no-address",      "unsupported"};
constexpr std::string_view kBlockReasons[] = {"tcp",
                                              "tls",
                                              "trust",
                                              "http",
                                              "auth",
                                              "account",
                                              "clock",
                                              "mailbox-elsewhere",
                                              "budget",
                                              "interrupted",
                                              "banned-during-run",
                                              "busy",
                                              "prerequisite"};

constexpr std::string_view kLayers[] = {"tcp", "tls", "trust", "http", "auth"};
constexpr std::string_view kSeverities[] = {"critical", "high", "medium", "low", "info"};
constexpr std::string_view kAxes[] = {"guide", "today", "both", "self"};
constexpr std::string_view kServers[] = {"any", "iis6", "exchange", "nginx", "apache", "z-push", "sogo"};
constexpr std::string_view kAuth[] = {"basic",          "none",         "canary", "canary-user",
                                      "wrong-password", "unknown-user", "empty",  "empty-password",
                                      "bare-user",      "domain-user",  "upn"};

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(" \t\r\n", at)) != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(" \t\r\n", at), text.size());
    out.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

std::string resolve(std::string_view base, const std::string& href) {
  return (std::filesystem::path(base).parent_path() / href).lexically_normal().generic_string();
}

class Parser {
 public:
  Parser(Scenario& scenario, std::string_view path, const DataFiles& data, int depth)
      : checker_(data.display_name(path)), scenario_(scenario), path_(path), data_(data), depth_(depth) {}

  Diagnostics parse(const XmlElement& root) {
    static constexpr std::string_view kRoots[] = {"scenario", "check", "control", "library"};
    const auto it = std::find(std::begin(kRoots), std::end(kRoots), root.name);
    if (it == std::end(kRoots)) {
      checker_.complain(root, "<" + root.name + "> is not a scenario", suggest(root.name, kRoots));
      return checker_.take();
    }
    scenario_.role = static_cast<Scenario::Role>(it - std::begin(kRoots));
    scenario_.file = checker_.file();
    scenario_.path = path_;
    root_attributes(root);
    for (const XmlElement& e : root.children) top_level(root, e);
    if (scenario_.steps.empty() && scenario_.role != Scenario::Role::Library && checker_.clean()) {
      checker_.complain(root, "<" + root.name + "> has no step", "a scenario without a step proves nothing");
    }
    if (scenario_.role == Scenario::Role::Check) check_needs(root);
    for (const Step& s : scenario_.steps) waited_for(s);
    Diagnostics all = checker_.take();
    all.insert(all.end(), extra_.begin(), extra_.end());
    return all;
  }

 private:
  void root_attributes(const XmlElement& root) {
    static constexpr std::string_view kKnown[] = {"id",       "version", "title",          "device",   "axis",
                                                  "severity", "guide",   "spec",           "rests-on", "serial",
                                                  "opt-in",   "writes",  "refused-logons", "refusals"};
    std::vector<std::string_view> known(std::begin(kKnown), std::end(kKnown));
    for (const XmlAttribute& a : root.attributes) {  // namespace prefixes please other tools
      if (a.name.starts_with("xmlns")) known.push_back(a.name);
    }
    checker_.only_attributes(root, known);
    scenario_.id = checker_.required(root, "id");
    if (checker_.required(root, "version") != "1") {
      checker_.complain(root, "unknown version of the scenario format", "this easel reads version=\"1\"");
    }
    scenario_.title = root.attribute_or("title", scenario_.id);
    scenario_.device = root.attribute_or("device", "");
    scenario_.axis = checker_.one_of(root, "axis", "both", kAxes);
    scenario_.severity = checker_.one_of(root, "severity", "high", kSeverities);
    scenario_.guide = root.attribute_or("guide", "");
    scenario_.spec = root.attribute_or("spec", "");
    scenario_.rests_on = words(root.attribute_or("rests-on", ""));
    for (const std::string& layer : scenario_.rests_on) {
      if (std::ranges::find(kLayers, layer) == std::end(kLayers)) {
        checker_.complain(root, "rests-on names no layer '" + layer + "'", suggest(layer, kLayers));
      }
    }
    scenario_.serial = checker_.yes_no(root, "serial", false);
    scenario_.opt_in = checker_.yes_no(root, "opt-in", false);
    scenario_.writes = checker_.yes_no(root, "writes", false);
    scenario_.refused_logons = static_cast<int>(checker_.number(root, "refused-logons", 0, 0, 100));
    scenario_.refusals = static_cast<int>(checker_.number(root, "refusals", 0, 0, 10'000));
  }

  // What nobody waits for is never judged.
  void waited_for(const Step& s) {
    const auto waits = [&](const Step& o) { return o.kind == Step::Kind::Wait && o.wait_for == s.background; };
    if (s.background.empty() || std::ranges::any_of(scenario_.steps, waits)) return;
    XmlElement where;
    where.place = s.place;
    checker_.complain(where, "nothing waits for the background step '" + s.background + "'",
                      "add <wait for=\"" + s.background + "\"/>");
  }

  // A check that cannot tell why it matters, what the device shows and what to change is not finished.
  void check_needs(const XmlElement& root) {
    if (scenario_.why.empty()) checker_.complain(root, "a check needs <why>");
    if (scenario_.remedies.empty()) checker_.complain(root, "a check needs at least one <remedy server=\"…\">");
    if (scenario_.proofs.empty()) {
      checker_.complain(root, "a check needs <proof fault=\"…\">", "name the lab fault that must turn it red");
    }
  }

  void top_level(const XmlElement& root, const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"why",   "symptom", "remedy", "proof",   "param",   "data",
                                                  "use",   "needs",   "step",   "http",    "connect", "hello",
                                                  "pause", "call",    "wait",   "resolve", "cleanup", "note"};
    if (e.name == "why")
      scenario_.why = e.trimmed_text();
    else if (e.name == "symptom")
      symptom(e);
    else if (e.name == "remedy")
      remedy(e);
    else if (e.name == "proof")
      proof(e);
    else if (e.name == "param")
      param(e);
    else if (e.name == "data")
      data_table(e);
    else if (e.name == "use")
      use(e);
    else if (e.name == "needs")
      needs(e);
    else if (e.name == "note")
      return;
    else if (e.name == "cleanup") {
      for (const XmlElement& c : e.children) step(e, c, scenario_.cleanup, kKnown);
    } else {
      step(root, e, scenario_.steps, kKnown);
    }
  }

  void symptom(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"code", "confidence"};
    checker_.only_attributes(e, kKnown);
    scenario_.symptom_code = e.attribute_or("code", "");
    scenario_.symptom_confidence = e.attribute_or("confidence", "");
    scenario_.symptom_text = e.trimmed_text();
  }

  void remedy(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"server"};
    checker_.only_attributes(e, kKnown);
    for (const std::string& server : words(e.attribute_or("server", "any"))) {
      if (std::ranges::find(kServers, server) == std::end(kServers)) {
        checker_.complain(e, "no server product '" + server + "'", suggest(server, kServers));
      }
      scenario_.remedies.push_back({server, e.trimmed_text()});
    }
  }

  void proof(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"fault", "persona", "code", "expect",
                                                  "also",  "input",   "self", "axis"};
    checker_.only_attributes(e, kKnown);
    if (!e.attribute("fault") && !e.attribute("input") && !e.attribute("self")) {
      checker_.complain(e, "<proof> needs fault, input or self");
    }
    std::string fault = e.attribute_or("fault", "");
    if (const std::string* input = e.attribute("input")) fault = "input:" + *input;
    if (const std::string* self = e.attribute("self")) fault = "self:" + *self;
    scenario_.proofs.push_back({fault, e.attribute_or("persona", ""), e.attribute_or("code", ""),
                                e.attribute_or("expect", ""), e.attribute_or("also", ""), e.attribute_or("axis", "")});
  }

  void param(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"name", "default", "required", "secret"};
    checker_.only_attributes(e, kKnown);
    scenario_.params.push_back({checker_.required(e, "name"), e.attribute_or("default", ""),
                                checker_.yes_no(e, "required", false), checker_.yes_no(e, "secret", false), e.place});
  }

  void data_table(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"name", "href"};
    checker_.only_attributes(e, kKnown);
    DataTable table;
    table.name = checker_.required(e, "name");
    table.place = e.place;
    std::string text = e.text;
    if (const std::string* href = e.attribute("href")) {
      const std::string file = resolve(path_, *href);
      auto content = read(file);
      if (!content) {
        checker_.complain(e, "the data cannot be read: " + content.error());
        return;
      }
      text = *content;
    }
    auto rows = parse_csv(text);
    if (!rows) {
      checker_.complain(e, "<data name=\"" + table.name + "\">: " + rows.error());
      return;
    }
    if (rows->size() < 2) {
      checker_.complain(e, "<data name=\"" + table.name + "\"> has no row", "a header line and at least one row");
      return;
    }
    for (const std::string& column : rows->front()) {
      const bool plain = !column.empty() && column.find_first_not_of(
                                                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                "0123456789-_") == std::string::npos;
      if (!plain) {
        checker_.complain(e, "<data name=\"" + table.name + "\">: '" + column + "' is not a column name",
                          "the first line names the columns: letters, digits, - and _");
        return;
      }
      if (std::ranges::count(rows->front(), column) > 1) {
        checker_.complain(e, "<data name=\"" + table.name + "\">: two columns are called '" + column + "'");
        return;
      }
    }
    table.columns = rows->front();
    table.rows.assign(rows->begin() + 1, rows->end());
    scenario_.data.push_back(std::move(table));
  }

  std::expected<std::string, std::string> read(const std::string& file) const {
    if (std::string_view(path_).starts_with("scenarios/")) return data_.read(file);
    return read_user_file(file, 16U << 20);
  }

  void use(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"href", "as"};
    checker_.only_attributes(e, kKnown);
    const std::string href = checker_.required(e, "href");
    const std::string prefix = checker_.required(e, "as");
    if (href.empty() || prefix.empty()) return;
    if (depth_ >= 8) {
      checker_.complain(e, "libraries use each other more than 8 deep", "is there a circle?");
      return;
    }
    const std::string file = resolve(path_, href);
    auto content = read(file);
    if (!content) {
      checker_.complain(e, "the library cannot be read: " + content.error());
      return;
    }
    auto root = read_xml(*content, data_.display_name(file));
    if (!root) {
      for (Diagnostic& d : root.error()) extra_.push_back(std::move(d));
      checker_.complain(e, "the library " + href + " has a mistake of its own");
      return;
    }
    Scenario library;
    Diagnostics own = Parser(library, file, data_, depth_ + 1).parse(*root);
    if (!own.empty()) checker_.complain(e, "the library " + href + " has a mistake of its own");
    for (Diagnostic& d : own) extra_.push_back(std::move(d));
    if (library.role != Scenario::Role::Library && own.empty())
      checker_.complain(e, href + " is a <" + root->name + ">", "<use> takes a <library>");
    for (const Scenario& other : scenario_.libraries) {
      if (other.id == prefix) checker_.complain(e, "a second library with the name '" + prefix + "'");
    }
    library.id = prefix;
    scenario_.libraries.push_back(std::move(library));
  }

  void needs(const XmlElement& e) {
    static constexpr std::string_view kKnown[] = {"check",   "site",   "is",  "version-at-least",
                                                  "command", "reason", "else"};
    static constexpr std::string_view kElse[] = {"skip", "blocked"};
    checker_.only_attributes(e, kKnown);
    Needs n;
    n.check = e.attribute_or("check", "");
    n.site = e.attribute_or("site", "");
    n.is = e.attribute_or("is", "");
    n.version_at_least = e.attribute_or("version-at-least", "");
    n.command = e.attribute_or("command", "");
    n.blocks = checker_.one_of(e, "else", "skip", kElse) == "blocked";
    n.reason = e.attribute_or(
        "reason", n.version_at_least.empty() ? (n.command.empty() ? "prerequisite" : "command") : "version");
    n.place = e.place;
    reason(e, n.blocks, n.reason);
    if (n.check.empty() && n.site.empty() && n.version_at_least.empty() && n.command.empty()) {
      checker_.complain(e, "<needs> needs check, site, version-at-least or command");
    }
    scenario_.needs.push_back(std::move(n));
  }

  void reason(const XmlElement& e, bool blocks, const std::string& text) {
    const Names known = blocks ? Names(kBlockReasons) : Names(kSkipReasons);
    if (std::ranges::find(known, text) == known.end()) {
      checker_.complain(e, "'" + text + "' is not a reason to " + (blocks ? "block" : "skip"), suggest(text, known));
    }
  }

  void step(const XmlElement& parent, const XmlElement& e, std::vector<Step>& into, Names known) {
    static constexpr std::array<std::pair<std::string_view, Step::Kind>, 8> kKinds = {
        {{"step", Step::Kind::Eas},
         {"http", Step::Kind::Http},
         {"connect", Step::Kind::Connect},
         {"hello", Step::Kind::Hello},
         {"pause", Step::Kind::Pause},
         {"call", Step::Kind::Call},
         {"wait", Step::Kind::Wait},
         {"resolve", Step::Kind::Resolve}}};
    const auto kind = std::ranges::find(kKinds, e.name, &std::pair<std::string_view, Step::Kind>::first);
    if (kind == kKinds.end()) {
      checker_.unknown_child(parent, e, known);
      return;
    }
    Step s;
    s.kind = kind->second;
    s.place = e.place;
    common(e, s);
    switch (s.kind) {
      case Step::Kind::Eas:
        eas(e, s);
        break;
      case Step::Kind::Http:
        http(e, s);
        break;
      case Step::Kind::Connect:
        connect(e, s);
        break;
      case Step::Kind::Hello:
        hello(e, s);
        break;
      case Step::Kind::Pause:
        pause(e, s);
        break;
      case Step::Kind::Call:
        call(e, s);
        break;
      case Step::Kind::Wait:
        wait(e, s);
        break;
      case Step::Kind::Resolve:
        attributes(e, {"host"});
        s.host = e.attribute_or("host", "");
        s.auth = "none";
        break;
    }
    for (const XmlElement& c : e.children) inside(e, c, s);
    if (s.id.empty()) s.id = e.name + std::to_string(into.size() + 1);
    for (const Step& other : into) {
      if (other.id == s.id) checker_.complain(e, "a second step with the id '" + s.id + "'");
    }
    into.push_back(std::move(s));
  }

  void attributes(const XmlElement& e, std::initializer_list<std::string_view> own) {
    std::vector<std::string_view> known = {"id", "title", "device", "account", "background", "for-each", "timeout"};
    known.insert(known.end(), own);
    checker_.only_attributes(e, known);
  }

  void common(const XmlElement& e, Step& s) {
    s.id = e.attribute_or("id", "");
    s.title = e.attribute_or("title", "");
    s.device = e.attribute_or("device", "");
    s.account = e.attribute_or("account", "main");
    if (checker_.yes_no(e, "background", false)) s.background = s.id;
    if (e.attribute("background") && s.id.empty()) checker_.complain(e, "a background step needs an id");
    s.for_each = e.attribute_or("for-each", "");
    if (!s.background.empty() && !s.for_each.empty())
      checker_.complain(e, "a background step cannot be repeated for rows of data");
    s.timeout_ms = checker_.duration_ms(e, "timeout", 0);
  }

  void eas(const XmlElement& e, Step& s) {
    attributes(e, {"cmd", "auth", "user", "version", "policy-key", "query", "follow", "fresh", "certificate"});
    static constexpr std::string_view kQuery[] = {"plain", "base64"};
    static constexpr std::string_view kFollow[] = {"provision", "none"};
    s.cmd = checker_.required(e, "cmd");
    s.auth = checker_.one_of(e, "auth", "basic", kAuth);
    s.user = e.attribute_or("user", "");
    s.version = e.attribute_or("version", "");
    s.policy_key = e.attribute_or("policy-key", "");
    s.query = checker_.one_of(e, "query", "", kQuery);
    s.follow_provision = checker_.one_of(e, "follow", "provision", kFollow) == "provision";
    s.fresh_connection = checker_.yes_no(e, "fresh", false);
    s.certificate = checker_.yes_no(e, "certificate", true);
  }

  void http(const XmlElement& e, Step& s) {
    attributes(e, {"method", "scheme", "path", "host", "auth", "user", "headers", "fresh", "certificate"});
    static constexpr std::string_view kSchemes[] = {"https", "http"};
    static constexpr std::string_view kHeaders[] = {"device", "none"};
    s.method = checker_.required(e, "method");
    s.scheme = checker_.one_of(e, "scheme", "https", kSchemes);
    s.path = e.attribute_or("path", "${site.path}");
    s.host = e.attribute_or("host", "");
    s.auth = checker_.one_of(e, "auth", "none", kAuth);
    if (s.scheme == "http" && s.auth != "none" && s.auth != "canary") {
      checker_.complain(e, "credentials never go over plain HTTP", "auth=\"none\" or auth=\"canary\" (a made-up user)");
    }
    s.device_headers = checker_.one_of(e, "headers", "device", kHeaders) == "device";
    s.fresh_connection = checker_.yes_no(e, "fresh", false);
    s.certificate = checker_.yes_no(e, "certificate", true);
  }

  void connect(const XmlElement& e, Step& s) {
    attributes(e, {"scheme", "host"});
    static constexpr std::string_view kSchemes[] = {"https", "http"};
    s.scheme = checker_.one_of(e, "scheme", "https", kSchemes);
    s.host = e.attribute_or("host", "");
    s.auth = "none";
  }

  void hello(const XmlElement& e, Step& s) {
    attributes(e, {});
    s.hello_device = s.device;
    s.device.clear();
  }

  void pause(const XmlElement& e, Step& s) {
    attributes(e, {"for"});
    s.pause_ms = checker_.duration_ms(e, "for", 0);
    checker_.required(e, "for");
    if (s.pause_ms > 3'600'000) checker_.complain(e, "a pause of more than an hour");
  }

  void call(const XmlElement& e, Step& s) {
    for (const XmlAttribute& a : e.attributes) {
      if (a.name == "step")
        s.call = a.value;
      else if (a.name != "id" && a.name != "title" && a.name != "device" && a.name != "account" &&
               a.name != "for-each") {
        s.arguments.push_back(a);
      }
    }
    const std::size_t dot = s.call.find('.');
    if (dot == std::string::npos) {
      checker_.complain(e, "<call> needs step=\"library.step\"", "the library is the name given by <use as=\"…\">");
      return;
    }
    const std::string library = s.call.substr(0, dot), wanted = s.call.substr(dot + 1);
    for (const Scenario& l : scenario_.libraries) {
      if (l.id != library) continue;
      std::vector<std::string_view> known;
      for (const Step& other : l.steps) known.push_back(other.id);
      if (wanted != "*" && std::ranges::find(known, wanted) == known.end()) {
        checker_.complain(e, "the library '" + library + "' has no step '" + wanted + "'", suggest(wanted, known));
      }
      return;
    }
    std::vector<std::string_view> known;
    for (const Scenario& l : scenario_.libraries) known.push_back(l.id);
    checker_.complain(e, "no library '" + library + "'", suggest(library, known));
  }

  void wait(const XmlElement& e, Step& s) {
    attributes(e, {"for", "within"});
    s.wait_for = checker_.required(e, "for");
    s.timeout_ms = checker_.duration_ms(e, "within", 30'000);
    std::vector<std::string_view> known;
    for (const Step& o : scenario_.steps) {
      if (!o.background.empty()) known.push_back(o.background);
    }
    if (!s.wait_for.empty() && std::ranges::find(known, s.wait_for) == known.end())
      checker_.complain(e, "no background step '" + s.wait_for + "' before this <wait>", suggest(s.wait_for, known));
  }

  // Everything inside a step that is not structure is a predicate; client/check knows those.
  void inside(const XmlElement& parent, const XmlElement& e, Step& s) {
    if (e.name == "request")
      request(e, s);
    else if (e.name == "mime")
      s.mime = e.text;
    else if (e.name == "parameter") {
      static constexpr std::string_view kKnown[] = {"name", "value"};
      checker_.only_attributes(e, kKnown);
      s.parameters.push_back({checker_.required(e, "name"), e.attribute_or("value", "")});
    } else if (e.name == "send-header") {
      static constexpr std::string_view kKnown[] = {"name", "value"};
      checker_.only_attributes(e, kKnown);
      s.headers.push_back({checker_.required(e, "name"), e.attribute_or("value", "")});
    } else if (e.name == "send-body") {
      static constexpr std::string_view kKnown[] = {"encoding"};
      static constexpr std::string_view kEncodings[] = {"text", "base64"};
      checker_.only_attributes(e, kKnown);
      s.body = e.text;
      s.body_encoding = checker_.one_of(e, "encoding", "text", kEncodings);
    } else if (e.name == "when")
      when(e, s);
    else if (e.name == "retry" || e.name == "poll")
      retry(e, s);
    else if (e.name == "repeat") {
      static constexpr std::string_view kKnown[] = {"while", "at-most"};
      checker_.only_attributes(e, kKnown);
      s.repeat_while = checker_.required(e, "while");
      s.repeat_at_most = checker_.number(e, "at-most", 100, 1, 100'000);
    } else if (e.name == "expect") {
      for (const XmlElement& c : e.children) s.assertions.push_back(c);
    } else {
      s.assertions.push_back(e);
    }
    const bool sends = s.kind == Step::Kind::Eas || s.kind == Step::Kind::Http;
    const bool only_eas = e.name == "request" || e.name == "mime" || e.name == "parameter";
    const bool content = only_eas || e.name == "send-header" || e.name == "send-body";
    const bool none = s.kind == Step::Kind::Pause || s.kind == Step::Kind::Call;
    if (none || (content && !sends) || (only_eas && s.kind != Step::Kind::Eas)) {
      checker_.complain(e, "<" + parent.name + "> has no element <" + e.name + ">");
    }
    if ((e.name == "retry" || e.name == "poll" || e.name == "repeat") && s.kind == Step::Kind::Wait)
      checker_.complain(e, "<wait> has no element <" + e.name + ">", "it stands in the step that is waited for");
  }

  void request(const XmlElement& e, Step& s) {
    if (e.children.size() != 1) {
      checker_.complain(e, "<request> holds one root element", "leave <request> out for an empty body");
      return;
    }
    static constexpr std::string_view kKnown[] = {"versions"};
    checker_.only_attributes(e, kKnown);
    s.requests.push_back({e.attribute_or("versions", ""), e.children.front()});
  }

  void when(const XmlElement& e, Step& s) {
    static constexpr std::string_view kKnown[] = {"verdict", "reason", "note"};
    static constexpr std::string_view kVerdicts[] = {"skip", "blocked", "pass", "note"};
    checker_.only_attributes(e, kKnown);
    When w;
    const std::string verdict = checker_.one_of(e, "verdict", "skip", kVerdicts);
    w.verdict = static_cast<When::Verdict>(std::ranges::find(kVerdicts, verdict) - std::begin(kVerdicts));
    w.reason = e.attribute_or("reason", "");
    w.note = e.attribute_or("note", "");
    w.predicates = e.children;
    w.place = e.place;
    if (verdict == "skip" || verdict == "blocked") reason(e, verdict == "blocked", w.reason);
    if (w.predicates.empty()) checker_.complain(e, "<when> needs a predicate");
    s.whens.push_back(std::move(w));
  }

  void retry(const XmlElement& e, Step& s) {
    static constexpr std::string_view kKnown[] = {"every", "for", "times", "on-status"};
    checker_.only_attributes(e, kKnown);
    Retry r;
    r.poll = e.name == "poll";
    r.every_ms = checker_.duration_ms(e, "every", 1000);
    r.for_ms = checker_.duration_ms(e, "for", 0);
    r.on_status = e.attribute_or("on-status", "");
    r.times = static_cast<int>(checker_.number(e, "times", 0, 0, 1000));
    if (r.for_ms == 0 && r.times == 0) checker_.complain(e, "<" + e.name + "> needs for=\"…\" or times=\"…\"");
    s.retry = r;
  }

  XmlChecker checker_;
  Scenario& scenario_;
  std::string path_;
  const DataFiles& data_;
  int depth_;
  Diagnostics extra_;
};

}  // namespace

std::span<const std::string_view> skip_reasons() { return kSkipReasons; }
std::span<const std::string_view> block_reasons() { return kBlockReasons; }

ParsedScenario parse_scenario(std::string_view text, std::string_view path, const DataFiles& data) {
  ParsedScenario parsed;
  auto root = read_xml(text, data.display_name(path));
  if (!root) {
    parsed.diagnostics = std::move(root.error());
    return parsed;
  }
  parsed.diagnostics = Parser(parsed.scenario, path, data, 0).parse(*root);
  return parsed;
}

ParsedScenario load_scenario(const DataFiles& data, std::string_view path) {
  auto text = path.starts_with("scenarios/") ? data.read(path) : read_user_file(std::string(path), 16U << 20);
  if (!text) {  // a file of the user's disk may live in a folder called scenarios, too
    if (auto own = read_user_file(std::string(path), 16U << 20)) text = std::move(own);
  }
  if (!text) return {{}, {{"", 0, 0, text.error(), ""}}};
  return parse_scenario(*text, path, data);
}

}  // namespace easel

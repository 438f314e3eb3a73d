#include "client/scenario/step_parser.h"

#include <algorithm>
#include <array>

namespace easel {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::string_view kSkipReasons[] = {"absent",
                                             "certificate-only",
                                             "logon-budget",
                                             "no-account",
                                             "no-baseline",
                                             "no-capture",
                                             "no-challenge",
                                             "no-fleet",
                                             "no-policy",
                                             "not-a-finding",
                                             "not-seen",
                                             "opt-in",
                                             "pinned",
                                             "plain-port-none",
                                             "plain-port-unknown",
                                             "publisher",
                                             "read-only",
                                             "refusal-budget",
                                             "role",
                                             "securid",
                                             "no-client-certificate",
                                             "no-such-account",
                                             "scheme",
                                             "version",
                                             "command",
                                             "prerequisite",
                                             "no-autodiscover",
                                             "no-address",
                                             "unsupported",
                                             "no-test-certificate"};
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

constexpr std::string_view kAuth[] = {"basic",          "none",         "canary", "canary-user",
                                      "wrong-password", "unknown-user", "empty",  "empty-password",
                                      "bare-user",      "domain-user",  "upn"};

class StepParser {
 public:
  StepParser(XmlChecker& checker, const Scenario& scenario) : checker_(checker), scenario_(scenario) {}

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

 private:
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
    attributes(e, {"cmd", "auth", "user", "version", "policy-key", "query", "follow", "fresh", "certificate", "trust",
                   "pin", "sni", "session", "parallel"});
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
    parallel(e, s);
    identity(e, s);
  }

  void http(const XmlElement& e, Step& s) {
    attributes(e, {"method", "scheme", "path", "host", "auth", "user", "headers", "fresh", "certificate", "trust",
                   "pin", "sni", "connection", "session", "parallel", "url", "address"});
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
    parallel(e, s);
    identity(e, s);
    elsewhere(e, s);
    if (e.attribute("url")) from_the_wire(e, s);
  }

  void elsewhere(const XmlElement& e, Step& s) {
    s.address = e.attribute_or("address", "");
    if (!s.address.empty() && s.scheme == "http")
      checker_.complain(e, "address=\"…\" is for https", "the plain port has an address of its own");
  }

  // An address that somebody else chose: whoever answers there learns nothing about the device or its user.
  void from_the_wire(const XmlElement& e, Step& s) {
    s.url = checker_.required(e, "url");
    for (const std::string_view other :
         {"scheme", "host", "path", "headers", "user", "certificate", "trust", "pin", "sni", "connection", "address"}) {
      if (e.attribute(other)) checker_.complain(e, "url=\"…\" and " + std::string(other) + "=\"…\" exclude each other");
    }
    if (s.auth != "none") checker_.complain(e, "no credentials go to an address from the wire", "auth=\"none\"");
    s.scheme = "http";
    s.certificate = "no";
    s.device_headers = false;
  }

  void parallel(const XmlElement& e, Step& s) {
    s.copies = e.attribute_or("parallel", "");
    if (s.copies.empty()) return;
    if (s.copies.find("${") == std::string::npos) checker_.number(e, "parallel", 1, 1, 1000);
    if (!s.background.empty() || (s.kind == Step::Kind::Eas && s.follow_provision && s.cmd != "OPTIONS"))
      checker_.complain(e, "parallel=\"…\" goes with follow=\"none\" and without background", "provision before it");
  }

  // Whom the step trusts and who it says it is: on the wire this is the connection, not the request.
  void identity(const XmlElement& e, Step& s) {
    static constexpr std::string_view kTrust[] = {"nobody", "intermediates", "pin"};
    static constexpr std::string_view kConnections[] = {"own", "account"};
    static constexpr std::string_view kSessions[] = {"new", "kept"};
    s.certificate = e.attribute_or("certificate", "yes");
    s.keep_session = checker_.one_of(e, "session", "new", kSessions) == "kept";
    s.trust = checker_.one_of(e, "trust", "", kTrust);
    s.pin = e.attribute_or("pin", "");
    s.server_name = checker_.yes_no(e, "sni", true);
    if ((s.trust == "pin") == s.pin.empty()) checker_.complain(e, "trust=\"pin\" and pin=\"…\" go together");
    s.same_connection = checker_.one_of(e, "connection", "own", kConnections) == "account";
    if (s.same_connection && s.auth != "none") checker_.complain(e, "connection=\"account\" needs auth=\"none\"");
  }

  void connect(const XmlElement& e, Step& s) {
    attributes(e, {"scheme", "host", "trust", "pin", "sni", "certificate", "address", "renegotiate"});
    static constexpr std::string_view kSchemes[] = {"https", "http"};
    s.scheme = checker_.one_of(e, "scheme", "https", kSchemes);
    s.host = e.attribute_or("host", "");
    s.auth = "none";
    s.renegotiations = static_cast<int>(checker_.number(e, "renegotiate", 0, 0, 20));
    if (s.renegotiations > 0 && s.scheme == "http") checker_.complain(e, "plain TCP has nothing to renegotiate");
    identity(e, s);
    elsewhere(e, s);
  }

  // A device's own hello, or one that is made from versions and suites: never both.
  void hello(const XmlElement& e, Step& s) {
    attributes(e, {"host", "suites", "version", "lowest", "sni"});
    s.hello_device = s.device;
    s.device.clear();
    s.host = e.attribute_or("host", "");
    s.auth = "none";
    s.certificate = "no";
    s.suites = e.attribute_or("suites", "");
    s.highest = e.attribute_or("version", "");
    s.lowest = e.attribute_or("lowest", "");
    s.server_name = checker_.yes_no(e, "sni", s.hello_device.empty() ? false : true);
    if (s.suites.empty() != s.highest.empty())
      checker_.complain(e, "suites=\"…\" and version=\"…\" go together", "version is the highest that is offered");
    if (s.suites.empty() && (!s.lowest.empty() || e.attribute("sni")))
      checker_.complain(e, "a device's hello is sent as it is", "suites and version make one that is no device's");
    if (!s.suites.empty() && !s.hello_device.empty())
      checker_.complain(e, "a hello is a device's or made from suites, not both");
  }

  void pause(const XmlElement& e, Step& s) {
    attributes(e, {"for"});
    if (e.attribute_or("for", "").find("${") != std::string::npos) {
      s.pause_for = *e.attribute("for");
      return;
    }
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
      static constexpr std::string_view kKnown[] = {"encoding", "repeat"};
      static constexpr std::string_view kEncodings[] = {"text", "base64"};
      checker_.only_attributes(e, kKnown);
      s.body = e.text;
      s.body_repeat = checker_.number(e, "repeat", 1, 1, 1'000'000);
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
    if ((e.name == "retry" || e.name == "poll" || e.name == "repeat") && !s.copies.empty())
      checker_.complain(e, "a step with parallel=\"…\" is not repeated");
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

  // Denies something about an answer and nowhere asks for one.
  static bool holds_without_answer(const XmlElement& e) {
    static constexpr std::string_view kOfAnswers[] = {"answered",   "status",    "header",  "media-type",
                                                      "body",       "challenge", "refused", "xpath",
                                                      "eas-status", "like",      "redirect"};
    const auto about_answer = [](const XmlElement& p) {
      return std::ranges::find(kOfAnswers, p.name) != std::end(kOfAnswers);
    };
    const auto denies = [&](const XmlElement& p) {
      if (p.name != "not") return false;
      return std::ranges::any_of(p.children, [&](const XmlElement& c) {
        return about_answer(c) || std::ranges::any_of(c.children, about_answer);  // <all-of>, <any-of>
      });
    };
    return std::ranges::any_of(e.children, denies) && std::ranges::none_of(e.children, about_answer);
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
    if (verdict == "skip" || verdict == "blocked") check_reason(checker_, e, verdict == "blocked", w.reason);
    if (w.predicates.empty()) checker_.complain(e, "<when> needs a predicate");
    if ((verdict == "skip" || verdict == "pass") && holds_without_answer(e))
      checker_.complain(e, "this <when> holds also when no answer comes: put <answered/> or <status> into it");
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

  XmlChecker& checker_;
  const Scenario& scenario_;
};

}  // namespace

std::span<const std::string_view> skip_reasons() { return kSkipReasons; }
std::span<const std::string_view> block_reasons() { return kBlockReasons; }

void parse_step(XmlChecker& checker, const Scenario& scenario, const XmlElement& parent, const XmlElement& element,
                std::vector<Step>& into, std::span<const std::string_view> known) {
  StepParser(checker, scenario).step(parent, element, into, known);
}

void check_reason(XmlChecker& checker, const XmlElement& element, bool blocks, const std::string& text) {
  const Names known = blocks ? Names(kBlockReasons) : Names(kSkipReasons);
  if (std::ranges::find(known, text) == known.end()) {
    checker.complain(element, "'" + text + "' is not a reason to " + (blocks ? "block" : "skip"), suggest(text, known));
  }
}

}  // namespace easel

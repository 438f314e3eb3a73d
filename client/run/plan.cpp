#include "client/run/plan.h"

#include <algorithm>

#include "client/protocol/commands.h"
#include "wbxml/code_pages.h"

namespace easel {
namespace {

constexpr BuiltinVariable kBuiltins[] = {
    {"user", "the account's user name as given"},
    {"mail", "the account's mail address, as far as it is known"},
    {"site.host", "host name of the site"},
    {"site.port", "port of the site"},
    {"site.path", "path of the ActiveSync directory"},
    {"site.plain-port", "plain HTTP port of the site"},
    {"site.schemes", "WWW-Authenticate schemes that the site should offer"},
    {"site.role", "front-end, back-end or single"},
    {"site.publisher", "what publishes the site: none, isa, tmg, nginx, apache, other"},
    {"site.policy", "required, none or unknown"},
    {"device.id", "DeviceId of the device"},
    {"device.type", "DeviceType of the device"},
    {"device.user-agent", "User-Agent of the device"},
    {"run.id", "eight digits that are new for every run"},
    {"version", "the negotiated MS-ASProtocolVersion"},
    {"policy-key", "the current policy key"},
    {"inbox", "CollectionId of the folder of type 2, once FolderSync has been answered"},
    {"calendar", "CollectionId of the folder of type 8"},
    {"contacts", "CollectionId of the folder of type 9"},
    {"heartbeat", "seconds of --heartbeat"},
};

bool is_builtin(std::string_view name) {
  return std::ranges::find(kBuiltins, name, &BuiltinVariable::name) != std::end(kBuiltins);
}

// Calls `visit` with every text and attribute value below an element, so that references can be seen or renamed.
template <class Visit>
void each_text(XmlElement& element, Visit visit) {
  visit(element, element.text);
  for (XmlAttribute& a : element.attributes) visit(element, a.value);
  for (XmlElement& child : element.children) each_text(child, visit);
}

template <class Visit>
void each_text(Step& step, Visit visit) {
  XmlElement here;
  here.place = step.place;
  for (std::string* text : {&step.cmd, &step.version, &step.policy_key, &step.path, &step.host, &step.body, &step.mime,
                            &step.user, &step.repeat_while}) {
    visit(here, *text);
  }
  for (XmlAttribute& a : step.parameters) visit(here, a.value);
  for (XmlAttribute& a : step.headers) visit(here, a.value);
  for (XmlAttribute& a : step.arguments) visit(here, a.value);
  if (step.request) each_text(*step.request, visit);
  for (XmlElement& e : step.assertions) each_text(e, visit);
  for (When& w : step.whens) {
    for (XmlElement& e : w.predicates) each_text(e, visit);
  }
}

// ${x} of a library becomes ${library.x}, so that two libraries cannot disturb each other.
std::string renamed(std::string_view text, const std::string& prefix) {
  std::string out;
  std::size_t copied = 0, at = 0;
  while ((at = text.find("${", at)) != std::string_view::npos) {
    const std::size_t end = text.find('}', at);
    if (end == std::string_view::npos) break;
    std::string_view name = text.substr(at + 2, end - at - 2);
    std::string mark;
    if (name.starts_with('?') || name.starts_with('!')) {
      mark = name.substr(0, 1);
      name.remove_prefix(1);
    }
    out += text.substr(copied, at - copied);
    out += "${" + mark + (is_builtin(name) ? "" : prefix + ".") + std::string(name) + "}";
    at = copied = end + 1;
  }
  out += text.substr(copied);
  return out;
}

std::string to_xml_text(const XmlElement& element, const std::string& default_namespace, bool root) {
  std::string out = "<" + element.name;
  bool declares = false;
  for (const XmlAttribute& a : element.attributes) {
    out += " " + a.name + "=\"" + escape_xml(a.value) + "\"";
    declares = declares || a.name == "xmlns";
  }
  if (root && !declares && element.name.find(':') == std::string::npos) out += " xmlns=\"" + default_namespace + "\"";
  const std::string text = element.children.empty() ? element.text : element.trimmed_text();
  if (element.children.empty() && text.empty()) return out + "/>";
  out += ">" + escape_xml(text);
  for (const XmlElement& child : element.children) out += to_xml_text(child, default_namespace, false);
  return out + "</" + element.name + ">";
}

class Compiler {
 public:
  Compiler(ParsedScenario parsed, const CompileContext& context)
      : context_(context),
        checker_(parsed.scenario.file),
        plan_(std::make_shared<Plan>()),
        diagnostics_(std::move(parsed.diagnostics)) {
    plan_->scenario = std::move(parsed.scenario);
  }

  std::expected<std::shared_ptr<const Plan>, Diagnostics> run() {
    devices();
    parameters();
    for (const Needs& n : plan_->scenario.needs) needs(n);
    if (context_.read_only && plan_->scenario.writes) {
      checker_.complain(XmlElement{}, "'" + plan_->scenario.id + "' changes the mailbox, and --read-only was given");
    }
    for (const Step& s : plan_->scenario.steps) expand_step(s, plan_->steps, "", 0);
    for (const Step& s : plan_->scenario.cleanup) expand_step(s, plan_->cleanup, "", 0);
    Diagnostics own = checker_.take();
    diagnostics_.insert(diagnostics_.end(), own.begin(), own.end());
    if (!diagnostics_.empty()) return std::unexpected(std::move(diagnostics_));
    return plan_;
  }

 private:
  XmlElement at(XmlPlace place) const {
    XmlElement e;
    e.place = place;
    return e;
  }

  void devices() {
    const std::string& own = plan_->scenario.device;
    if (own.empty() || own == context_.device.id) {
      plan_->devices.emplace("", context_.device);
    } else {
      add_device("", own, {});
    }
    plan_->device = plan_->devices.contains("") ? plan_->devices.at("").id : own;
  }

  void add_device(const std::string& name, const std::string& profile_id, XmlPlace place) {
    auto profile = load_device_profile(context_.data, profile_id);
    if (profile) {
      plan_->devices.emplace(name, std::move(*profile));
      return;
    }
    for (const Diagnostic& d : profile.error()) checker_.complain(at(place), d.message, d.hint);
  }

  void parameters() {
    for (const Param& p : plan_->scenario.params) {
      const auto given = context_.parameters.find(p.name);
      if (given != context_.parameters.end()) {
        plan_->parameters[p.name] = given->second;
      } else if (!p.default_value.empty()) {
        plan_->parameters[p.name] = p.default_value;
      } else if (p.required && !is_builtin(p.name)) {
        checker_.complain(at(p.place), "the parameter '" + p.name + "' has no value",
                          "give it with -D " + p.name + "=…");
      } else if (!is_builtin(p.name)) {
        plan_->parameters[p.name] = "";
      }
      if (p.secret && plan_->parameters.contains(p.name)) plan_->secrets.push_back(plan_->parameters[p.name]);
      known_.push_back(p.name);
    }
  }

  void needs(const Needs& n) {
    static constexpr std::string_view kFields[] = {
        "role",       "publisher",    "vantage", "policy",   "securid", "client-certificate", "schemes", "axis",
        "plain-port", "autodiscover", "account", "baseline", "pins",    "addresses"};
    const std::string field = n.site.substr(0, n.site.find(':'));
    if (!n.site.empty() && std::ranges::find(kFields, field) == std::end(kFields)) {
      checker_.complain(at(n.place), "a site has no field '" + n.site + "'", suggest(field, kFields));
    }
  }

  void expand_step(const Step& s, std::vector<PlannedStep>& into, const std::string& prefix, int depth) {
    if (!s.for_each.empty()) return expand_rows(s, into, prefix, depth);
    if (s.kind == Step::Kind::Call) return expand_call(s, into, depth);
    add_step(s, s.id, {}, into, prefix);
  }

  void expand_rows(const Step& s, std::vector<PlannedStep>& into, const std::string& prefix, int depth) {
    const auto table = std::ranges::find(plan_->scenario.data, s.for_each, &DataTable::name);
    if (table == plan_->scenario.data.end()) {
      std::vector<std::string_view> known;
      for (const DataTable& t : plan_->scenario.data) known.push_back(t.name);
      checker_.complain(at(s.place), "no <data> is called '" + s.for_each + "'", suggest(s.for_each, known));
      return;
    }
    for (const std::string& column : table->columns) known_.push_back(table->name + "." + column);
    for (std::size_t row = 0; row < table->rows.size(); ++row) {
      std::vector<XmlAttribute> assignments;
      for (std::size_t c = 0; c < table->columns.size(); ++c)
        assignments.push_back({table->name + "." + table->columns[c], table->rows[row][c]});
      Step one = s;
      one.for_each.clear();
      one.id = s.id + "[" + std::to_string(row + 1) + "]";
      if (one.kind == Step::Kind::Call) {
        one.arguments.insert(one.arguments.begin(), assignments.begin(), assignments.end());
        expand_call(one, into, depth);
      } else {
        add_step(one, s.id + " [" + table->rows[row].front() + "]", assignments, into, prefix);
      }
    }
  }

  void expand_call(const Step& s, std::vector<PlannedStep>& into, int depth) {
    if (depth > 8) {
      checker_.complain(at(s.place), "calls go more than 8 deep", "is there a circle?");
      return;
    }
    const std::size_t dot = s.call.find('.');
    const std::string name = s.call.substr(0, dot), wanted = dot == std::string::npos ? "" : s.call.substr(dot + 1);
    const auto library = std::ranges::find(plan_->scenario.libraries, name, &Scenario::id);
    if (library == plan_->scenario.libraries.end()) return;  // the parser has complained
    std::vector<XmlAttribute> assignments;
    for (const Param& p : library->params) {
      const auto given = std::ranges::find(s.arguments, p.name, &XmlAttribute::name);
      if (given != s.arguments.end()) {
        assignments.push_back({name + "." + p.name, given->value});
      } else if (!p.required) {
        assignments.push_back({name + "." + p.name, p.default_value});
      } else {
        checker_.complain(at(s.place), "<call step=\"" + s.call + "\"> needs " + p.name + "=\"…\"");
      }
      known_.push_back(name + "." + p.name);
    }
    for (const XmlAttribute& a : s.arguments) {
      if (a.name.find('.') == std::string::npos &&
          std::ranges::find(library->params, a.name, &Param::name) == library->params.end()) {
        std::vector<std::string_view> known;
        for (const Param& p : library->params) known.push_back(p.name);
        checker_.complain(at(s.place), "the library '" + name + "' has no parameter '" + a.name + "'",
                          suggest(a.name, known));
      }
    }
    for (const Step& inner : library->steps) {
      if (wanted != "*" && inner.id != wanted) continue;
      Step copy = inner;
      each_text(copy, [&](XmlElement&, std::string& text) { text = renamed(text, name); });
      if (!s.device.empty()) copy.device = s.device;
      if (s.account != "main") copy.account = s.account;
      copy.place = s.place;
      copy.id = s.id + "." + inner.id;
      add_step(copy, s.id + ": " + inner.id, assignments, into, name);
      assignments.clear();
    }
  }

  void check_references(Step& step) {
    std::vector<std::string> bound;
    each_text(step, [&](XmlElement& element, std::string& text) {
      std::vector<std::string> used;
      collect_references(text, used, bound);
      for (const std::string& name : used) {
        if (is_builtin(name) || std::ranges::find(known_, name) != known_.end()) continue;
        if (std::ranges::find(bound, name) != bound.end()) continue;
        std::vector<std::string_view> known(known_.begin(), known_.end());
        for (const BuiltinVariable& b : kBuiltins) known.push_back(b.name);
        checker_.complain(element.place.line > 0 ? element : at(step.place),
                          "no variable ${" + name + "} is known here", suggest(name, known));
        known_.push_back(name);  // complain once
      }
      if (element.name == "xpath") {
        if (const std::string* capture = element.attribute("capture")) bound.push_back(*capture);
      }
    });
    known_.insert(known_.end(), bound.begin(), bound.end());
  }

  void add_step(Step s, std::string label, std::vector<XmlAttribute> assignments, std::vector<PlannedStep>& into,
                const std::string&) {
    check_references(s);
    device_of(s);
    PlannedStep planned;
    std::string space;
    if (s.kind == Step::Kind::Eas) space = command_of(s);
    if (s.request) planned.body = body_of(s, space);
    for (const XmlElement& e : s.assertions) {
      if (auto a = compile_assertion(e, space, checker_)) planned.assertions.push_back(std::move(*a));
    }
    for (const When& w : s.whens) {
      CompiledWhen when{w.verdict, w.reason, w.note, {}};
      for (const XmlElement& e : w.predicates) {
        if (auto a = compile_assertion(e, space, checker_)) when.predicates.push_back(std::move(*a));
      }
      planned.whens.push_back(std::move(when));
    }
    planned.step = std::move(s);
    planned.label = std::move(label);
    planned.assignments = std::move(assignments);
    into.push_back(std::move(planned));
  }

  // device="b" is a second device of the run's kind; device="b:wm5-msfp" one of another profile.
  void device_of(Step& s) {
    if (s.device.empty() || plan_->devices.contains(s.device)) return;
    const std::size_t colon = s.device.find(':');
    if (colon == std::string::npos) {
      plan_->devices.emplace(s.device, context_.device);
      return;
    }
    const std::string name = s.device.substr(0, colon), profile = s.device.substr(colon + 1);
    s.device = name;
    if (!plan_->devices.contains(name)) add_device(name, profile, s.place);
  }

  std::string command_of(const Step& s) {
    const Command* command = find_command(s.cmd);
    if (command) return std::string(command->body_namespace);
    if (s.cmd == "OPTIONS" || s.cmd.empty()) return {};
    // An unknown command may be what the scenario is about (eas.wbxml.malformed): say so with cmd="raw:Name".
    if (s.cmd.starts_with("raw:")) return {};
    std::vector<std::string_view> known = {"OPTIONS"};
    for (const Command& c : commands()) known.push_back(c.name);
    checker_.complain(at(s.place), "no ActiveSync command is called '" + s.cmd + "'", suggest(s.cmd, known));
    return {};
  }

  std::optional<wbxml::Template> body_of(const Step& s, const std::string& space) {
    if (!compile_pattern_names(*s.request, space)) return std::nullopt;
    const std::string xml = to_xml_text(*s.request, space, true);
    auto form = wbxml::Template::compile(xml);
    if (form) return std::move(*form);
    checker_.complain(*s.request, "the request is not WBXML: " + form.error().text);
    return std::nullopt;
  }

  // Resolves every name of a request, so that complaints carry the line of the file.
  bool compile_pattern_names(const XmlElement& element, const std::string& space) {
    XmlElement stripped = element;
    strip(stripped);
    return compile_pattern(stripped, space, checker_).has_value();
  }
  static void strip(XmlElement& element) {
    std::erase_if(element.attributes, [](const XmlAttribute& a) { return a.name == "opaque" || a.name == "str"; });
    for (XmlElement& child : element.children) strip(child);
  }

  const CompileContext& context_;
  XmlChecker checker_;
  std::shared_ptr<Plan> plan_;
  Diagnostics diagnostics_;
  std::vector<std::string> known_;
};

}  // namespace

std::span<const BuiltinVariable> builtin_variables() { return kBuiltins; }

std::expected<std::shared_ptr<const Plan>, Diagnostics> compile(ParsedScenario parsed, const CompileContext& context) {
  return Compiler(std::move(parsed), context).run();
}

}  // namespace easel

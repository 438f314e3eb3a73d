#include "client/run/plan.h"

#include <algorithm>
#include <sstream>

#include "client/check/xpath.h"
#include "client/protocol/base64.h"
#include "client/protocol/commands.h"
#include "client/run/plan_hello.h"
#include "client/run/plan_text.h"
#include "client/run/step_request.h"
#include "wbxml/code_pages.h"

namespace easel {
namespace {

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
    const Frame own_frame{&plan_->scenario, "", "", "", 0};
    for (const Step& s : plan_->scenario.steps) expand_step(s, plan_->steps, own_frame);
    for (const Step& s : plan_->scenario.cleanup) expand_step(s, plan_->cleanup, own_frame);
    count_logons();
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

  // What a file forgets to declare is counted all the same: an account that is locked is harm done.
  void count_logons() {
    int counted = 0;
    for (const auto* steps : {&plan_->steps, &plan_->cleanup}) {
      for (const PlannedStep& s : *steps) counted += names_account(s.step) && !uses_real_password(s.step) ? 1 : 0;
    }
    plan_->refused_logons = std::max(counted, plan_->scenario.refused_logons);
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
        "role",    "publisher", "vantage",    "policy",       "securid",     "client-certificate",
        "schemes", "axis",      "plain-port", "autodiscover", "account",     "baseline",
        "pins",    "addresses", "store",      "user-form",    "certificate", "passcode"};
    const std::string field = n.site.substr(0, n.site.find(':'));
    if (!n.site.empty() && n.is.empty())
      checker_.complain(at(n.place), "<needs site=\"" + n.site + "\"> does not say which values will do", "is=\"…\"");
    if (n.version_at_least.find_first_not_of("0123456789.") != std::string::npos)
      checker_.complain(at(n.place), "'" + n.version_at_least + "' is no protocol version", "for example 12.1");
    if (!n.command.empty() && !find_command(n.command)) {
      std::vector<std::string_view> known;
      for (const Command& c : commands()) known.push_back(c.name);
      checker_.complain(at(n.place), "no ActiveSync command is called '" + n.command + "'", suggest(n.command, known));
    }
    if (!n.site.empty() && std::ranges::find(kFields, field) == std::end(kFields)) {
      checker_.complain(at(n.place), "a site has no field '" + n.site + "'", suggest(field, kFields));
    }
  }

  // Where a step comes from: the scenario itself, or a library that it calls (which may call others).
  struct Frame {
    const Scenario* owner = nullptr;
    std::string variables;  // prefix of the library's variables, "" in the scenario itself
    std::string ids;        // prefix of its step ids
    std::string label;
    int depth = 0;
  };

  void expand_step(const Step& s, std::vector<PlannedStep>& into, const Frame& frame) {
    if (!s.for_each.empty()) return expand_rows(s, into, frame);
    if (s.kind == Step::Kind::Call) return expand_call(s, {}, into, frame);
    add_step(s, frame.label + s.id, "", {}, into, frame);
  }

  void expand_rows(const Step& s, std::vector<PlannedStep>& into, const Frame& frame) {
    std::vector<DataTable> tables = frame.owner->data;
    tables.push_back(address_table(context_.site));
    tables.push_back(fleet_table(context_.site, plan_->device));
    const auto table = std::ranges::find(tables, s.for_each, &DataTable::name);
    if (table == tables.end()) {
      std::vector<std::string_view> known;
      for (const DataTable& t : tables) known.push_back(t.name);
      checker_.complain(at(s.place), "no <data> is called '" + s.for_each + "'", suggest(s.for_each, known));
      return;
    }
    const std::string prefix = (frame.variables.empty() ? "" : frame.variables + ".") + table->name + ".";
    for (const std::string& column : table->columns) known_.push_back(prefix + column);
    known_.push_back(prefix + "row");
    for (std::size_t row = 0; row < table->rows.size(); ++row) {
      const std::string number = std::to_string(row + 1);
      std::vector<XmlAttribute> assignments = {{prefix + "row", number}};
      for (std::size_t c = 0; c < table->columns.size(); ++c)
        assignments.push_back({prefix + table->columns[c], table->rows[row][c]});
      Step one = s;
      one.for_each.clear();
      one.id = s.id + "[" + number + "]";
      if (one.kind == Step::Kind::Call) {
        expand_call(one, std::move(assignments), into, frame);
      } else {
        const std::string cell = expand(table->rows[row].front(), {{"site.path", context_.site.path}});
        add_step(one, frame.label + s.id + " [" + cell + "]", s.id, std::move(assignments), into, frame);
      }
    }
  }

  void expand_call(const Step& s, std::vector<XmlAttribute> assignments, std::vector<PlannedStep>& into,
                   const Frame& frame) {
    if (frame.depth > 8) {
      checker_.complain(at(s.place), "calls go more than 8 deep", "is there a circle?");
      return;
    }
    const std::size_t dot = s.call.find('.');
    const std::string name = s.call.substr(0, dot), wanted = dot == std::string::npos ? "" : s.call.substr(dot + 1);
    const auto library = std::ranges::find(frame.owner->libraries, name, &Scenario::id);
    if (library == frame.owner->libraries.end()) return;  // the parser has complained
    Frame inner;
    inner.owner = &*library;
    inner.variables = (frame.variables.empty() ? "" : frame.variables + ".") + name;
    inner.ids = frame.ids + s.id + ".";
    inner.label = frame.label + s.id + ": ";
    inner.depth = frame.depth + 1;
    arguments(s, *library, inner.variables, assignments);
    for (const Step& own : library->steps) {
      if (wanted != "*" && own.id != wanted) continue;
      Step copy = own;
      each_text(copy, [&](XmlElement&, std::string& text) { text = renamed(text, inner.variables); });
      for (XmlElement& e : copy.assertions) rename_captures(e, inner.variables);
      if (!s.device.empty()) copy.device = s.device;
      if (s.account != "main") copy.account = s.account;
      copy.place = s.place;
      const std::size_t before = into.size();
      expand_step(copy, into, inner);
      if (into.size() == before) continue;
      // The arguments are set before the first step of the call.
      auto& first = into[before].assignments;
      first.insert(first.begin(), assignments.begin(), assignments.end());
      assignments.clear();
    }
  }

  void arguments(const Step& s, const Scenario& library, const std::string& prefix,
                 std::vector<XmlAttribute>& assignments) {
    std::vector<std::string_view> known;
    for (const Param& p : library.params) {
      known.push_back(p.name);
      const auto given = std::ranges::find(s.arguments, p.name, &XmlAttribute::name);
      if (given != s.arguments.end()) {
        std::vector<std::string> used, bound;
        collect_references(given->value, used, bound);
        for (const std::string& variable : used) known_variable(variable, at(s.place));
        assignments.push_back({prefix + "." + p.name, given->value});
      } else if (!p.required) {
        assignments.push_back({prefix + "." + p.name, p.default_value});
      } else {
        checker_.complain(at(s.place), "<call step=\"" + s.call + "\"> needs " + p.name + "=\"…\"");
      }
      known_.push_back(prefix + "." + p.name);
    }
    for (const XmlAttribute& a : s.arguments) {
      if (std::ranges::find(known, a.name) != known.end()) continue;
      checker_.complain(at(s.place), "the library '" + library.id + "' has no parameter '" + a.name + "'",
                        suggest(a.name, known));
    }
  }

  bool known_variable(const std::string& name, const XmlElement& where) {
    if (is_builtin(name) || std::ranges::find(known_, name) != known_.end()) return true;
    std::vector<std::string_view> known(known_.begin(), known_.end());
    for (const BuiltinVariable& b : builtin_variables()) known.push_back(b.name);
    checker_.complain(where, "no variable ${" + name + "} is known here", suggest(name, known));
    known_.push_back(name);  // complain once
    return false;
  }

  // Returns the variables that must have a value before the step begins.
  std::vector<std::string> check_references(Step& step) {
    std::vector<std::string> bound, needed;
    each_text(step, [&](XmlElement& element, std::string& text) {
      std::vector<std::string> used;
      const std::size_t before = bound.size();
      collect_references(text, used, bound);
      const XmlElement where = element.place.line > 0 ? element : at(step.place);
      if (&text != &step.body && std::ranges::find(used, "securid.form") != used.end())
        checker_.complain(where, "the SecurID form goes into <send-body> and nowhere else");
      for (const std::string& name : used) {
        if (std::ranges::find(bound, name) != bound.end() || !known_variable(name, where)) continue;
        if (std::ranges::find(needed, name) == needed.end()) needed.push_back(name);
      }
      for (std::size_t i = before; i < bound.size(); ++i) bindable(bound[i], where);
      if (&text != &element.text) return;
      for (const std::string_view attribute : {"capture", "capture-pin"}) {
        const std::string* capture = element.attribute(attribute);
        if (!capture || std::ranges::find(bound, *capture) != bound.end()) continue;
        bound.push_back(*capture);
        bindable(*capture, where);
      }
    });
    known_.insert(known_.end(), bound.begin(), bound.end());
    return needed;
  }

  void bindable(const std::string& name, const XmlElement& where) {
    if (name.empty()) checker_.complain(where, "${?} names no variable");
    if (is_builtin(name))
      checker_.complain(where, "${" + name + "} is set by easel and cannot be bound", "take another name");
  }

  // Steps are referred to by the id that they have in their own file.
  void step_references(XmlElement& e, const Frame& frame, const Step& step) {
    for (XmlAttribute& a : e.attributes) {
      const bool reference = (e.name == "same-as" && a.name == "step") || (e.name == "challenge" && a.name == "of") ||
                             (e.name == "revocation" && a.name == "of");
      if (!reference) continue;
      std::istringstream words(a.value);
      std::string renamed_words;
      for (std::string word; words >> word;) {
        const std::string id = frame.ids + word;
        renamed_words += (renamed_words.empty() ? "" : " ") + id;
        if (word.find("${") != std::string::npos || std::ranges::find(earlier_, id) != earlier_.end()) continue;
        std::vector<std::string_view> known;
        for (const std::string& k : earlier_) {
          if (k.starts_with(frame.ids)) known.push_back(std::string_view(k).substr(frame.ids.size()));
        }
        checker_.complain(e.place.line > 0 ? e : at(step.place), "no step '" + word + "' stands before this one",
                          suggest(word, known));
      }
      a.value = renamed_words;
    }
    for (XmlElement& child : e.children) step_references(child, frame, step);
  }

  void place_in_frame(Step& s, const Frame& frame) {
    for (XmlElement& e : s.assertions) step_references(e, frame, s);
    for (When& w : s.whens) {
      for (XmlElement& e : w.predicates) step_references(e, frame, s);
    }
    s.id = frame.ids + s.id;
    if (!s.background.empty()) s.background = frame.ids + s.background;
    if (!s.wait_for.empty()) s.wait_for = frame.ids + s.wait_for;
    earlier_.push_back(s.id);
  }

  void add_step(Step s, std::string label, const std::string& group, std::vector<XmlAttribute> assignments,
                std::vector<PlannedStep>& into, const Frame& frame) {
    PlannedStep planned;
    planned.uses = check_references(s);
    std::erase_if(planned.uses, [&](const std::string& name) {
      return std::ranges::find(assignments, name, &XmlAttribute::name) != assignments.end();
    });
    place_in_frame(s, frame);
    if (!group.empty()) {
      planned.group = frame.ids + group;
      if (std::ranges::find(earlier_, planned.group) == earlier_.end()) earlier_.push_back(planned.group);
    }
    if (s.kind == Step::Kind::Hello) planned.hello = hello_of(s, assignments);
    device_of(s);
    std::string space;
    if (s.kind == Step::Kind::Eas) space = command_of(s);
    for (const RequestForm& form : s.requests) {
      if (auto body = body_of(form.body, space)) planned.bodies.emplace_back(form.versions, std::move(*body));
    }
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
    if (s.body_encoding == "base64" && !base64_decode(s.body))
      checker_.complain(at(s.place), "<send-body> is not base64");
    if (s.repeat_while.find("${") == std::string::npos && !s.repeat_while.empty()) {
      if (const std::string problem = xpath_problem(s.repeat_while); !problem.empty())
        checker_.complain(at(s.place), "<repeat while=\"" + s.repeat_while + "\"> is not XPath 1.0: " + problem);
    }
    planned.step = std::move(s);
    planned.label = std::move(label);
    planned.assignments = std::move(assignments);
    into.push_back(std::move(planned));
  }

  std::optional<PlannedHello> hello_of(const Step& s, const std::vector<XmlAttribute>& assignments) {
    if (!plan_->devices.contains("")) return std::nullopt;  // complained about
    Variables rows;
    for (const XmlAttribute& a : assignments) rows[a.name] = a.value;
    for (const std::string* text : {&s.hello_device, &s.suites, &s.highest, &s.lowest}) {
      if (expand(*text, rows).find("${") == std::string::npos) continue;
      checker_.complain(at(s.place), "'" + *text + "' must be known before anything is sent",
                        "only rows of data may stand there");
      return std::nullopt;
    }
    return plan_hello(s, plan_->devices.at(""), context_.data, rows, checker_);
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

  std::optional<wbxml::Template> body_of(const XmlElement& request, const std::string& space) {
    if (!compile_pattern_names(request, space)) return std::nullopt;
    const std::string xml = to_xml_text(request, space, true);
    auto form = wbxml::Template::compile(xml);
    if (form) return std::move(*form);
    checker_.complain(request, "the request is not WBXML: " + form.error().text);
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
  std::vector<std::string> known_;    // variables
  std::vector<std::string> earlier_;  // ids of the steps so far
};

}  // namespace

std::expected<std::shared_ptr<const Plan>, Diagnostics> compile(ParsedScenario parsed, const CompileContext& context) {
  return Compiler(std::move(parsed), context).run();
}

}  // namespace easel

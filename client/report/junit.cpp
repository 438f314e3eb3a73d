#include <algorithm>
#include <pugixml.hpp>
#include <sstream>

#include "client/report/report.h"

namespace easel {
namespace {

// XML 1.0 has no form for most control characters; printable() has replaced them.
void set(pugi::xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name).set_value(printable(value).c_str());
}

std::string seconds(std::chrono::milliseconds took) {
  std::ostringstream out;
  out.precision(3);
  out << std::fixed << static_cast<double>(took.count()) / 1000.0;
  return out.str();
}

std::string detail(const CheckResult& c) {
  const Verdict& v = c.verdict;
  std::string out;
  const auto line = [&](std::string_view label, const std::string& text) {
    if (!text.empty()) out += std::string(label) + ": " + text + "\n";
  };
  line("expected", v.expected);
  line("found", v.actual);
  line("where", v.where);
  if (!v.predicted.code.empty())
    line("predicted", v.predicted.code + " " + v.predicted.symbol + " " + v.predicted.text);
  for (const std::string& n : v.notes) line("note", n);
  line("mend", c.remedy);
  return out;
}

void add_verdict(pugi::xml_node node, const CheckResult& c) {
  const Verdict& v = c.verdict;
  const auto add = [&](const char* element, const std::string& message) {
    pugi::xml_node child = node.append_child(element);
    set(child, "message", message);
    set(child, "type", std::string(to_string(v.kind)));
    if (const std::string text = detail(c); !text.empty())
      child.append_child(pugi::node_pcdata).set_value(printable(text, true).c_str());
  };
  switch (v.kind) {
    case VerdictKind::Fail:
      add("failure", c.severity + ": " + v.actual);
      break;
    case VerdictKind::XPass:
      add("failure", "a waiver expects this check to fail, and it passed");
      break;
    case VerdictKind::Blocked:
      add("error", "blocked (" + v.reason + "): " + v.actual);
      break;
    case VerdictKind::Error:
      add("error", v.actual);
      break;
    case VerdictKind::Skip:
      add("skipped", v.reason + (v.actual.empty() ? "" : ": " + v.actual));
      break;
    case VerdictKind::Waived:
      add("skipped", "waived: " + v.reason);
      break;
    case VerdictKind::Pass:
    case VerdictKind::Flaky:
      break;
  }
  if (v.kind == VerdictKind::Flaky)
    node.append_child("system-out")
        .append_child(pugi::node_pcdata)
        .set_value(("flaky\n" + printable(detail(c), true)).c_str());
}

}  // namespace

std::string render_junit(const RunResult& r) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version").set_value("1.0");
  declaration.append_attribute("encoding").set_value("UTF-8");
  const std::size_t failures = count(r, VerdictKind::Fail) + count(r, VerdictKind::XPass);
  const std::size_t errors = count(r, VerdictKind::Blocked) + count(r, VerdictKind::Error);
  const std::size_t skipped = count(r, VerdictKind::Skip) + count(r, VerdictKind::Waived);
  pugi::xml_node suites = document.append_child("testsuites");
  pugi::xml_node suite = suites.append_child("testsuite");
  for (pugi::xml_node node : {suites, suite}) {
    set(node, "name", node == suites ? "easel" : r.site);
    set(node, "tests", std::to_string(r.checks.size()));
    set(node, "failures", std::to_string(failures));
    set(node, "errors", std::to_string(errors));
    set(node, "skipped", std::to_string(skipped));
    set(node, "time", seconds(r.took));
  }
  set(suite, "timestamp", iso_time(r.started_at).substr(0, 19));
  set(suite, "hostname", r.host);
  pugi::xml_node properties = suite.append_child("properties");
  for (const auto& [name, value] : {std::pair<const char*, std::string>{"device", r.device},
                                    {"trust", r.trust},
                                    {"axis", r.axis},
                                    {"plan", r.plan},
                                    {"protocol-version", r.version},
                                    {"server", r.server}}) {
    pugi::xml_node property = properties.append_child("property");
    set(property, "name", name);
    set(property, "value", value);
  }
  for (const CheckResult& c : r.checks) {
    pugi::xml_node node = suite.append_child("testcase");
    set(node, "name", c.id);
    set(node, "classname", "easel." + c.id.substr(0, c.id.find('.')));
    set(node, "time", seconds(c.took));
    add_verdict(node, c);
  }
  std::ostringstream out;
  document.save(out, "  ");
  return out.str();
}

namespace {

// A description or a directive on one line, in which no # begins a directive (TAP 14, escaping).
std::string tap_text(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '#' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string tap_block(const CheckResult& c) {
  std::string out = "  ---\n";
  const auto line = [&](std::string_view label, std::string_view text) {
    if (text.empty()) return;
    out += "  " + std::string(label) + ": '";
    for (const char ch : printable(text)) out += ch == '\'' ? std::string("''") : std::string(1, ch);
    out += "'\n";
  };
  line("verdict", to_string(c.verdict.kind));
  line("severity", c.severity);
  line("expected", c.verdict.expected);
  line("found", c.verdict.actual);
  line("where", c.verdict.where);
  line("predicted", c.verdict.predicted.code);
  return out + "  ...\n";
}

}  // namespace

std::string render_tap(const RunResult& r) {
  std::string out = "TAP version 13\n1.." + std::to_string(r.checks.size()) + "\n";
  int number = 0;
  for (const CheckResult& c : r.checks) {
    const Verdict& v = c.verdict;
    const bool ok = v.kind == VerdictKind::Pass || v.kind == VerdictKind::Flaky || v.kind == VerdictKind::Skip;
    out += (ok ? "ok " : "not ok ") + std::to_string(++number) + " - " + tap_text(c.id);
    if (v.kind == VerdictKind::Skip) out += " # SKIP " + tap_text(v.reason);
    if (v.kind == VerdictKind::Waived) out += " # TODO waived: " + tap_text(v.reason);
    out += "\n";
    if (!ok || v.kind == VerdictKind::Flaky) out += tap_block(c);
  }
  return out;
}

}  // namespace easel

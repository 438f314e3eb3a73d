#include "client/check/pattern.h"

#include <algorithm>
#include <charconv>

#include "wbxml/code_pages.h"

namespace easel {
namespace {

constexpr int kMaxSteps = 200'000;  // bounds the search for elements in any order

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool equal_values(std::string_view a, std::string_view b) {
  a = trimmed(a);
  b = trimmed(b);
  if (a == b) return true;
  long x = 0, y = 0;
  const auto whole = [](std::string_view t, long& v) {
    const auto [end, error] = std::from_chars(t.data(), t.data() + t.size(), v);
    return error == std::errc() && end == t.data() + t.size() && !t.empty();
  };
  return whole(a, x) && whole(b, y) && x == y;
}

std::string shown(std::string_view text) {
  if (text.size() <= 60) return "\"" + std::string(text) + "\"";
  return "\"" + std::string(text.substr(0, 57)) + "…\" (" + std::to_string(text.size()) + " octets)";
}

class Matcher {
 public:
  Matcher(const Variables& variables, PatternMatch& result) : variables_(variables), result_(result) {}

  bool element(const PatternNode& pattern, wbxml::Element element, const std::string& path) {
    if (++steps_ > kMaxSteps) return false;
    if (element.tag() != pattern.tag)
      return miss(path, "<" + pattern.name + ">", "<" + std::string(element.name()) + ">");
    if (pattern.text && !value(*pattern.text, element.text(), path)) return false;
    if (!children(pattern, element, path)) return false;
    if (!pattern.strict) return true;
    for (wbxml::Element child : element.children()) {
      if (std::ranges::none_of(pattern.children, [&](const PatternNode& p) { return p.tag == child.tag(); })) {
        return miss(path, "no other element (strict)", "<" + std::string(child.name()) + ">");
      }
    }
    return true;
  }

 private:
  bool value(std::string_view wanted, std::string_view actual, const std::string& path) {
    wanted = trimmed(wanted);
    if (wanted == "*") return true;
    const bool whole = wanted.starts_with("${") && wanted.find('}') == wanted.size() - 1;
    if (whole && (wanted[2] == '?' || wanted[2] == '!')) {
      const std::string name(wanted.substr(3, wanted.size() - 4));
      const auto own = result_.captured.find(name);
      const auto known = variables_.find(name);
      if (wanted[2] == '?' && own != result_.captured.end()) return same(own->second, actual, path, name);
      if (wanted[2] == '?' && known != variables_.end()) return same(known->second, actual, path, name);
      result_.captured[name] = std::string(trimmed(actual));
      return true;
    }
    const std::string expanded = expand(wanted, variables_);
    if (equal_values(expanded, actual)) return true;
    return miss(path, shown(expanded), shown(actual));
  }

  bool same(const std::string& bound, std::string_view actual, const std::string& path, const std::string& name) {
    if (equal_values(bound, actual)) return true;
    return miss(path, shown(bound) + " (bound to " + name + ")", shown(actual));
  }

  bool children(const PatternNode& pattern, wbxml::Element element, const std::string& path) {
    wbxml::Element from = element.first_child();
    for (const PatternNode& child : pattern.children) {
      const std::string child_path = path + "/" + child.name;
      if (child.absent) {
        if (element.child(child.tag)) return miss(child_path, "no <" + child.name + ">", "one is there");
        continue;
      }
      // A later element may fit where an earlier one of the same name does not; what it captured is undone.
      bool found = false, seen = false;
      for (wbxml::Element e = pattern.any_order ? element.first_child() : from; e; e = e.next_sibling()) {
        if (e.tag() != child.tag) continue;
        seen = true;
        const Variables before = result_.captured;
        if (this->element(child, e, child_path)) {
          found = true;
          if (!pattern.any_order) from = e.next_sibling();
          break;
        }
        result_.captured = before;
      }
      if (found) continue;
      if (!seen) {
        const bool elsewhere = static_cast<bool>(element.child(child.tag));
        return miss(child_path, "<" + child.name + ">", elsewhere ? "it stands earlier (order matters)" : "absent");
      }
      return false;
    }
    return true;
  }

  // Keeps the deepest mismatch: the one nearest to what was meant.
  bool miss(const std::string& path, std::string expected, std::string actual) {
    const auto depth = std::ranges::count(path, '/');
    if (result_.path.empty() || depth > std::ranges::count(result_.path, '/')) {
      result_.path = path;
      result_.expected = std::move(expected);
      result_.actual = std::move(actual);
    }
    return false;
  }

  const Variables& variables_;
  PatternMatch& result_;
  int steps_ = 0;
};

struct Scope {
  std::string default_namespace;
  std::vector<std::pair<std::string, std::string>> prefixes;
};

std::optional<wbxml::Tag> resolve(const XmlElement& element, const Scope& scope, XmlChecker& checker) {
  std::string space = scope.default_namespace;
  std::string local = element.name;
  if (const std::size_t colon = element.name.find(':'); colon != std::string::npos) {
    const std::string prefix = element.name.substr(0, colon);
    local = element.name.substr(colon + 1);
    space = prefix;  // an undeclared prefix is taken as the namespace itself
    for (const auto& [p, uri] : scope.prefixes) {
      if (p == prefix) space = uri;
    }
  }
  const auto page = wbxml::page_of(space);
  if (!page) {
    const std::string_view near = wbxml::nearest_namespace(space);
    checker.complain(element, "no code page has the namespace '" + space + "'",
                     near.empty() ? std::string() : "did you mean '" + std::string(near) + "'?");
    return std::nullopt;
  }
  if (const auto tag = wbxml::find_tag(*page, local)) return tag;
  const std::string_view near = wbxml::nearest_tag_name(*page, local);
  checker.complain(element,
                   "the namespace '" + std::string(wbxml::namespace_of(*page)) + "' has no element <" + local + ">",
                   near.empty() ? std::string() : "did you mean <" + std::string(near) + ">?");
  return std::nullopt;
}

Scope enter(const XmlElement& element, Scope scope) {
  for (const XmlAttribute& a : element.attributes) {
    if (a.name == "xmlns") scope.default_namespace = a.value;
    if (a.name.starts_with("xmlns:")) scope.prefixes.emplace_back(a.name.substr(6), a.value);
  }
  return scope;
}

std::optional<PatternNode> compile(const XmlElement& element, const Scope& outer, XmlChecker& checker) {
  const Scope scope = enter(element, outer);
  PatternNode node;
  for (const XmlAttribute& a : element.attributes) {
    static constexpr std::string_view kKnown[] = {"strict", "order", "absent", "xmlns"};
    if (a.name.starts_with("xmlns")) continue;
    if (std::ranges::find(kKnown, a.name) == std::end(kKnown)) {
      checker.complain(element, "a pattern has no attribute '" + a.name + "'", suggest(a.name, kKnown));
    }
  }
  static constexpr std::string_view kOrder[] = {"any", "given"};
  node.strict = checker.yes_no(element, "strict", false);
  node.any_order = checker.one_of(element, "order", "given", kOrder) == "any";
  node.absent = checker.yes_no(element, "absent", false);
  node.place = element.place;
  const auto tag = resolve(element, scope, checker);
  node.name = element.name.substr(element.name.find(':') == std::string::npos ? 0 : element.name.find(':') + 1);
  if (tag) node.tag = *tag;
  const std::string text = element.trimmed_text();
  if (!text.empty()) node.text = text;
  bool good = tag.has_value();
  for (const XmlElement& child : element.children) {
    auto compiled = compile(child, scope, checker);
    if (compiled) node.children.push_back(std::move(*compiled));
    good = good && compiled.has_value();
  }
  if (!good) return std::nullopt;
  return node;
}

}  // namespace

std::optional<PatternNode> compile_pattern(const XmlElement& element, std::string_view default_namespace,
                                           XmlChecker& checker) {
  return compile(element, Scope{std::string(default_namespace), {}}, checker);
}

PatternMatch match_pattern(const PatternNode& pattern, const wbxml::Document& document, const Variables& variables) {
  PatternMatch match;
  if (document.empty()) {
    match.path = "/" + pattern.name;
    match.expected = "<" + pattern.name + ">";
    match.actual = "no document";
    return match;
  }
  match.matches = Matcher(variables, match).element(pattern, document.root(), "/" + pattern.name);
  return match;
}

}  // namespace easel

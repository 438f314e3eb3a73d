#pragma once
// The closed table of predicates: what a step of a scenario or a check may assert about its evidence.
// A new predicate is the only reason to recompile; everything else of a check is data. scenarios/README.md lists them.

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/check/evidence.h"
#include "client/check/pattern.h"
#include "client/xml/xml_tree.h"

namespace easel {

struct Predicate;

/// A predicate with its arguments, ready to be asked.
struct Assertion {
  const Predicate* predicate = nullptr;
  std::vector<XmlAttribute> arguments;  ///< ${name} not yet replaced
  std::vector<Assertion> children;      ///< of any-of, all-of and not
  std::optional<PatternNode> pattern;   ///< of like
  XmlPlace place;

  /// An argument with its variables replaced; empty if it is absent.
  [[nodiscard]] std::string argument(std::string_view name, const Evidence& evidence) const;
  [[nodiscard]] bool has(std::string_view name) const;
};

struct PredicateResult {
  bool holds = false;
  std::string expected;  ///< a phrase: "HTTP 401 or 403"
  std::string actual;    ///< a phrase: "HTTP 200 OK"
  std::string where;     ///< header, element path, certificate, byte offset
  std::string cause;     ///< cause key, when it says more than the round trip's own
  std::string note;      ///< worth printing even when it holds: the grade of a refusal
  Variables captured;
};

/// A result in one line; what holds has no cause.
inline PredicateResult result(bool holds, std::string expected, std::string actual, std::string where = {},
                              std::string cause = {}) {
  if (holds) cause.clear();
  return {holds, std::move(expected), std::move(actual), std::move(where), std::move(cause), {}, {}};
}

struct PredicateArgument {
  std::string_view name;
  bool required = false;
  std::string_view values = {};  ///< words it may have; empty: anything
};

struct Predicate {
  std::string_view name;
  std::string_view summary;  ///< one line for `easel scenario explain` and the README
  std::span<const PredicateArgument> arguments;
  bool takes_predicates = false;  ///< any-of, all-of, not
  bool takes_pattern = false;     ///< like
  PredicateResult (*ask)(const Assertion&, const Evidence&);
};

/// The table, in the order of the README.
std::span<const Predicate> predicates();
const Predicate* find_predicate(std::string_view name);

/// Compiles one assertion element. Complains about unknown predicates and arguments, bad XPath and bad patterns.
std::optional<Assertion> compile_assertion(const XmlElement& element, std::string_view default_namespace,
                                           XmlChecker& checker);

PredicateResult ask(const Assertion& assertion, const Evidence& evidence);

}  // namespace easel

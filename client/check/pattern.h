#pragma once
// <like>: the reply one expects, written as the reply itself. It asserts, and it captures where it says ${?name}.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/check/evidence.h"
#include "client/xml/xml_tree.h"
#include "wbxml/document.h"
#include "wbxml/tokens.h"

namespace easel {

/// One element of a pattern. Extra elements in the document are allowed unless `strict`.
struct PatternNode {
  wbxml::Tag tag{};
  std::string name;                 ///< as written, for messages
  std::optional<std::string> text;  ///< "*" or absent: anything; ${?x} captures, ${!x} captures again, ${x} compares
  bool strict = false;              ///< strict="yes": no other child elements
  bool any_order = false;           ///< order="any"
  bool absent = false;              ///< absent="yes": no such element may be there
  std::vector<PatternNode> children;
  XmlPlace place;
};

/// Resolves names against the code pages; complaints go to `checker`. A default namespace applies where the pattern
/// gives none.
std::optional<PatternNode> compile_pattern(const XmlElement& element, std::string_view default_namespace,
                                           XmlChecker& checker);

struct PatternMatch {
  bool matches = false;
  Variables captured;
  std::string path;  ///< of the nearest element that did not fit
  std::string expected;
  std::string actual;
};

/// Compares a document with a pattern. Text is compared after blanks at both ends are cut; numbers as numbers.
PatternMatch match_pattern(const PatternNode& pattern, const wbxml::Document& document, const Variables& variables);

}  // namespace easel

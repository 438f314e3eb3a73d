#pragma once
// XPath 1.0 over a decoded document. Elements have their MS-ASCMD names without prefix; the code page stands in the
// attribute `ns` ("FolderHierarchy"), so that equal names on two pages can be told apart.

#include <memory>
#include <string>
#include <string_view>

#include "wbxml/document.h"

namespace easel {

class XPathDocument {
 public:
  explicit XPathDocument(const wbxml::Document& document);
  ~XPathDocument();
  XPathDocument(const XPathDocument&) = delete;
  XPathDocument& operator=(const XPathDocument&) = delete;

  /// The expression as a truth value (a node set is true when it is not empty). False for an expression that
  /// xpath_problem() complains about.
  [[nodiscard]] bool test(const std::string& expression) const;
  /// The expression as text; the first node's text for a node set.
  [[nodiscard]] std::string text(const std::string& expression) const;
  /// Path of the first node that the expression selects, e.g. "/FolderSync/Status"; empty if there is none.
  [[nodiscard]] std::string first_path(const std::string& expression) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Why the expression is not XPath 1.0, with the position; empty if it is.
std::string xpath_problem(const std::string& expression);

}  // namespace easel

#include "client/check/xpath.h"

#include <pugixml.hpp>

#include "wbxml/code_pages.h"

namespace easel {
namespace {

std::string element_name(wbxml::Element element) {
  const std::string_view name = element.name();
  if (!name.empty()) return std::string(name);
  return "unknown-" + std::to_string(element.tag().page) + "-" + std::to_string(element.tag().token);
}

void add(pugi::xml_node parent, wbxml::Element element) {
  // No recursion: a document may be 64 levels deep or, in tolerant mode, deeper.
  std::vector<std::pair<pugi::xml_node, wbxml::Element>> todo{{parent, element}};
  while (!todo.empty()) {
    auto [into, from] = todo.back();
    todo.pop_back();
    if (from.kind() == wbxml::NodeKind::text_piece || from.kind() == wbxml::NodeKind::opaque_piece) {
      into.append_child(pugi::node_pcdata).set_value(std::string(from.text()).c_str());
      continue;
    }
    pugi::xml_node node = into.append_child(element_name(from).c_str());
    node.append_attribute("ns").set_value(std::string(wbxml::namespace_of(from.tag().page)).c_str());
    if (const std::string_view text = from.text(); !text.empty()) {
      node.append_child(pugi::node_pcdata).set_value(std::string(text).c_str());
    }
    std::vector<std::pair<pugi::xml_node, wbxml::Element>> children;
    for (wbxml::Element child : from.children()) children.emplace_back(node, child);
    // Siblings must be appended in order, so the last goes onto the stack first.
    todo.insert(todo.end(), children.rbegin(), children.rend());
  }
}

}  // namespace

struct XPathDocument::Impl {
  pugi::xml_document document;
};

XPathDocument::XPathDocument(const wbxml::Document& document) : impl_(std::make_unique<Impl>()) {
  if (!document.empty()) add(impl_->document, document.root());
}

XPathDocument::~XPathDocument() = default;

bool XPathDocument::test(const std::string& expression) const {
  try {
    return pugi::xpath_query(expression.c_str()).evaluate_boolean(impl_->document);
  } catch (const pugi::xpath_exception&) {
    return false;
  }
}

std::string XPathDocument::text(const std::string& expression) const {
  try {
    return pugi::xpath_query(expression.c_str()).evaluate_string(impl_->document);
  } catch (const pugi::xpath_exception&) {
    return {};
  }
}

std::string XPathDocument::first_path(const std::string& expression) const {
  try {
    const pugi::xpath_query query(expression.c_str());
    if (query.return_type() != pugi::xpath_type_node_set) return {};
    const pugi::xpath_node node = query.evaluate_node(impl_->document);
    return node.node() ? node.node().path() : std::string();
  } catch (const pugi::xpath_exception&) {
    return {};
  }
}

std::string xpath_problem(const std::string& expression) {
  try {
    const pugi::xpath_query query(expression.c_str());
    return {};
  } catch (const pugi::xpath_exception& e) {
    return std::string(e.what()) + " at character " + std::to_string(e.result().offset + 1);
  }
}

}  // namespace easel

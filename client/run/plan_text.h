#pragma once
// The text inside a scenario's steps: its variables, and how they are renamed where a library is called.

#include <string>
#include <string_view>

#include "client/run/plan.h"

namespace easel {

/// Is the name one of builtin_variables()?
bool is_builtin(std::string_view name);

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
                            &step.user, &step.repeat_while, &step.pin, &step.copies, &step.pause_for, &step.url,
                            &step.address, &step.hello_device, &step.suites, &step.highest, &step.lowest}) {
    visit(here, *text);
  }
  for (XmlAttribute& a : step.parameters) visit(here, a.value);
  for (XmlAttribute& a : step.headers) visit(here, a.value);
  for (XmlAttribute& a : step.arguments) visit(here, a.value);
  for (RequestForm& form : step.requests) each_text(form.body, visit);
  for (XmlElement& e : step.assertions) each_text(e, visit);
  for (When& w : step.whens) {
    for (XmlElement& e : w.predicates) each_text(e, visit);
    visit(here, w.note);
  }
}

/// ${x} of a library becomes ${library.x}, so that two libraries cannot disturb each other.
std::string renamed(std::string_view text, const std::string& prefix);

/// The same for the names in capture="…".
void rename_captures(XmlElement& element, const std::string& prefix);

/// The table "addresses", which every scenario has: what the site lists (at, HOST:PORT, and label), a row each.
DataTable address_table(const Site& site);

/// An element of a file as XML text again, for the WBXML reader.
std::string to_xml_text(const XmlElement& element, const std::string& default_namespace, bool root);

}  // namespace easel

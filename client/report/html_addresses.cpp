#include <algorithm>

#include "client/report/html_parts.h"
#include "client/report/html_text.h"
#include "client/report/report.h"

namespace easel {
namespace {

std::string cell(const AddressVerdict& v, bool differs) {
  const std::string word = std::string(verdict_mark(v.kind)) + " " + std::string(to_string(v.kind));
  std::string out = html_element("b", "", word);
  if (!v.reason.empty()) out += " " + html_text(v.reason);
  if (differs && !v.actual.empty()) out += html_element("span", "small", html_text(v.actual));
  return html_element("td", std::string(verdict_class(v.kind)) + (differs ? " differs" : ""), out);
}

}  // namespace

std::string html_addresses(const RunResult& result) {
  const auto reference =
      std::ranges::find_if(result.addresses, [](const AddressResult& a) { return a.left_out.empty(); });
  if (reference == result.addresses.end()) return {};
  std::string head = html_element("th", "", "Check"), body;
  for (const AddressResult& a : result.addresses) {
    std::string text = html_text(a.label);
    if (a.label != a.at) text += html_element("span", "small", html_text(a.at));
    if (!a.left_out.empty()) text += html_element("span", "small", "left out: " + html_text(a.left_out));
    head += html_element("th", "", text);
  }
  for (std::size_t i = 0; i < reference->verdicts.size(); ++i) {
    const AddressVerdict& first = reference->verdicts[i];
    std::string row = html_element("th", "", html_element("code", "", html_text(first.check)));
    for (const AddressResult& a : result.addresses) {
      if (!a.left_out.empty() || i >= a.verdicts.size()) {
        row += html_element("td", "", "");
        continue;
      }
      row += cell(a.verdicts[i], a.verdicts[i].kind != first.kind || a.verdicts[i].reason != first.reason);
    }
    body += html_element("tr", "", row) + "\n";
  }
  return html_element("section", "addresses",
                      html_element("h2", "",
                                   "Every address <small>" + std::to_string(result.addresses.size()) +
                                       ", from outside to inside</small>") +
                          html_element("div", "wide",
                                       html_element("table", "",
                                                    html_element("thead", "", html_element("tr", "", head)) +
                                                        html_element("tbody", "", body)))) +
         "\n";
}

}  // namespace easel

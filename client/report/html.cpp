#include <algorithm>
#include <array>

#include "client/data/data_files.h"
#include "client/report/html_parts.h"
#include "client/report/html_text.h"
#include "client/report/report.h"
#include "client/tls/certificate.h"

namespace easel {
namespace {

constexpr std::array kKinds = {VerdictKind::Fail,  VerdictKind::XPass,  VerdictKind::Error, VerdictKind::Blocked,
                               VerdictKind::Flaky, VerdictKind::Waived, VerdictKind::Skip,  VerdictKind::Pass};

std::string asset(std::string_view name) {
  return DataFiles().read("client/report/html/" + std::string(name)).value_or("");
}

// "<b>3</b> fail" for every verdict that there is, each between two texts that may name its class and word.
template <typename Render>
std::string each_kind(const RunResult& result, Render render) {
  std::string out;
  for (const VerdictKind kind : kKinds) {
    if (const std::size_t n = count(result, kind); n > 0) out += render(kind, n);
  }
  return out;
}

std::string bar(const RunResult& result) {
  if (result.checks.empty()) return {};
  const std::string shares = each_kind(result, [](VerdictKind kind, std::size_t n) {
    return "<i class=\"" + std::string(verdict_class(kind)) + "\" style=\"flex-grow:" + std::to_string(n) + "\"></i>";
  });
  const std::string counts = each_kind(result, [](VerdictKind kind, std::size_t n) {
    return html_element("li", verdict_class(kind),
                        html_element("b", "", std::string(verdict_mark(kind)) + " " + std::to_string(n)) + " " +
                            std::string(to_string(kind)));
  });
  return "<div class=\"shares\" aria-hidden=\"true\">" + shares + "</div>\n" + html_element("ul", "counts", counts) +
         "\n";
}

std::string filter_kinds(const RunResult& result) {
  return each_kind(result, [](VerdictKind kind, std::size_t n) {
    const std::string word(to_string(kind));
    return "<label class=\"chip " + std::string(verdict_class(kind)) +
           "\"><input type=\"checkbox\" name=\"verdict\" value=\"" + word + "\"><b>" + std::to_string(n) + "</b> " +
           word + "</label>";
  });
}

std::string controls(const RunResult& result) {
  if (result.controls.empty()) return {};
  std::string items = html_element("li", "label", "Controls"), why;
  bool closing = false;
  for (const ControlResult& c : result.controls) {
    if (c.last && !closing) items += html_element("li", "label", "at the end");
    closing = closing || c.last;
    items += html_element("li", c.holds ? "pass" : "fail",
                          html_text(c.layer) + " " + html_element("b", "", c.holds ? "✓" : "✗"));
    if (c.holds) continue;
    why += html_element("p", "why",
                        html_element("strong", "", html_text(c.layer) + (c.last ? " at the end" : "")) +
                            " failed: " + html_text(c.actual));
  }
  return html_element("div", "controls", html_element("ol", "", items) + why) + "\n";
}

std::string facts(const RunResult& r) {
  const auto fact = [](std::string_view term, const std::string& text) {
    return text.empty() ? "" : html_element("div", "", html_term(term, text));
  };
  std::string device = r.device_title.empty() ? r.device : r.device_title + " (" + r.device + ")";
  std::string plan = r.plan + ", findings from " + r.fail_on + " on";
  std::string when =
      iso_time(r.started_at).replace(10, 1, " ").replace(19, 1, " UTC") + ", took " + duration_text(r.took);
  std::string out = fact("Target", target_text(r)) + fact("Emulated device", device) + fact("Trusting", r.trust) +
                    fact("User", r.account) + fact("Protocol version", r.version) + fact("Server", r.server) +
                    fact("Plan", plan) + fact("When", when) + fact("DeviceId", r.device_id);
  if (r.refused_logons + r.refusals > 0) {
    out += fact("Traces in logs", counted(static_cast<std::size_t>(r.refused_logons), "refused log-on") + ", " +
                                      counted(static_cast<std::size_t>(r.refusals), "refused request"));
  }
  return html_element("dl", "facts", out) + "\n";
}

struct Group {
  std::string_view title;
  bool (*takes)(const RunResult&, const CheckResult&);
};
bool one_of(const CheckResult& c, VerdictKind a, VerdictKind b) { return c.verdict.kind == a || c.verdict.kind == b; }
// What matters most first. A check stands in the first group that takes it.
constexpr Group kGroups[] = {
    {"Findings", is_finding},
    {"Failed on the other axis, or below the threshold",
     [](const RunResult&, const CheckResult& c) { return one_of(c, VerdictKind::Fail, VerdictKind::XPass); }},
    {"Not judged",
     [](const RunResult&, const CheckResult& c) { return one_of(c, VerdictKind::Error, VerdictKind::Blocked); }},
    {"Held at the second attempt, or waived",
     [](const RunResult&, const CheckResult& c) { return one_of(c, VerdictKind::Flaky, VerdictKind::Waived); }},
    {"Held", [](const RunResult&, const CheckResult& c) { return c.verdict.kind == VerdictKind::Pass; }},
    {"Skipped", [](const RunResult&, const CheckResult&) { return true; }}};

std::string checks(const RunResult& result, const TlsSessions& sessions) {
  std::vector<std::vector<std::size_t>> groups(std::size(kGroups));
  for (std::size_t i = 0; i < result.checks.size(); ++i) {
    const auto* group =
        std::ranges::find_if(kGroups, [&](const Group& g) { return g.takes(result, result.checks[i]); });
    groups[static_cast<std::size_t>(group - std::begin(kGroups))].push_back(i);
  }
  std::string out;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].empty()) continue;
    std::ranges::stable_sort(groups[g], {}, [&](std::size_t i) { return severity_rank(result.checks[i].severity); });
    out += "<section class=\"group\"><h2>" + std::string(kGroups[g].title) + " <small>" +
           std::to_string(groups[g].size()) + "</small></h2>\n";
    for (const std::size_t i : groups[g]) out += html_check(result, result.checks[i], i + 1, sessions);
    out += "</section>\n";
  }
  return out;
}

std::string remarks(const RunResult& result) {
  const auto list = [](std::string_view title, const std::vector<std::string>& lines) {
    std::string items;
    for (const std::string& line : lines) items += html_element("li", "", html_text(line));
    return items.empty()
               ? ""
               : html_element("section", "remarks", html_element("h2", "", title) + html_element("ul", "", items)) +
                     "\n";
  };
  std::vector<std::string> notes = result.notes;
  if (result.interrupted) notes.emplace_back("interrupted: what stands here was earned before");
  return list("Notes", notes) + list("Left behind on the server", result.left_behind);
}

// What a signature under a printed report is for.
std::string signed_text(const RunResult& r) {
  return std::string(verdict_word(exit_code(r))) + ": " + verdict_sentence(r) + " · " + target_text(r) + " · plan " +
         r.plan + " · " + iso_time(r.started_at).substr(0, 10) + " · run " + r.run_id;
}

std::string who(const RunResult& r) {
  std::string text = "easel as " + r.device + " · trusting " + r.trust + " · axis " + r.axis;
  if (r.guide_total > 0)
    text += " · guide " + std::to_string(r.guide_seen) + "/" + std::to_string(r.guide_total) + " steps seen";
  return html_text(text);
}

}  // namespace

std::string render_html(const RunResult& result) {
  const int code = exit_code(result);
  const TlsSessions sessions(result);
  // Even if a hostile text slipped through, the browser would run no script but this one.
  const std::string script = asset("report.js");
  return fill_template(asset("page.html"), {{"version", EASEL_VERSION},
                                            {"script-hash", sha256_base64(script)},
                                            {"css", asset("report.css")},
                                            {"script", script},
                                            {"state", code == 0   ? "holds"
                                                      : code == 1 ? "findings"
                                                                  : "unjudged"},
                                            {"verdict", verdict_word(code)},
                                            {"sentence", html_text(verdict_sentence(result))},
                                            {"site", html_text(result.site.empty() ? result.host : result.site)},
                                            {"who", who(result)},
                                            {"bar", bar(result)},
                                            {"controls", controls(result)},
                                            {"facts", facts(result)},
                                            {"filter-kinds", filter_kinds(result)},
                                            {"checks", checks(result, sessions)},
                                            {"addresses", html_addresses(result)},
                                            {"signed", html_text(signed_text(result))},
                                            {"sessions", html_sessions(sessions, result.started_at)},
                                            {"remarks", remarks(result)},
                                            {"run", html_text(result.run_id)}});
}

}  // namespace easel

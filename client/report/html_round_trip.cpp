#include <algorithm>

#include "client/report/html_parts.h"
#include "client/report/html_text.h"
#include "client/report/report.h"

namespace easel {
namespace {

constexpr std::size_t kMaxDocument = 64U << 10;  // octets of a document that are shown
constexpr std::size_t kMaxOctets = 4U << 10;     // octets shown in hexadecimal
constexpr std::size_t kMaxShown = 200;           // round trips of one check

// Headers, one a line, the name dimmed.
std::string head_lines(std::string_view first, const std::vector<std::pair<std::string, std::string>>& lines) {
  std::string out = html_text(first) + "\n";
  for (const auto& [name, value] : lines) {
    out += html_element("span", "line-name", html_text(name) + ":") + " " + html_text(value) + "\n";
  }
  return html_element("pre", "", out);
}

std::vector<std::pair<std::string, std::string>> pairs(const Headers& headers) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const Header& h : headers) out.emplace_back(h.name, h.value);
  return out;
}

std::string figure(std::string_view caption, std::string_view classes, std::string_view html) {
  return html_element("figure", "",
                      html_element("figcaption", "", caption) + "<pre tabindex=\"0\"" +
                          (classes.empty() ? "" : " class=\"" + std::string(classes) + "\"") + ">" + std::string(html) +
                          "</pre>");
}

// The body as a document (or as text) beside its octets.
std::string body(std::string_view octets, std::string_view xml) {
  if (octets.empty() && xml.empty()) return {};
  const std::string left = figure(xml.empty() ? "As text" : "Decoded from WBXML", "",
                                  html_lines(xml.empty() ? octets.substr(0, kMaxOctets) : xml, kMaxDocument));
  const std::string right =
      figure(counted(octets.size(), "octet"), "hex", html_lines(hex_dump(octets, kMaxOctets), kMaxDocument));
  return html_element("div", "pair", left + right);
}

std::string milliseconds(std::chrono::microseconds us) {
  const auto tenths = us.count() / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " ms";
}

std::string timing(const Timing& t) {
  struct Stage {
    std::string_view key, text;
    std::chrono::microseconds end;
  };
  const Stage stages[] = {{"connect", "connected", t.connected},
                          {"secure", "secured", t.secured},
                          {"wait", "first octet", t.first_byte},
                          {"read", "done", t.total}};
  std::chrono::microseconds before{0};
  std::string bar, legend;
  for (const Stage& s : stages) {
    if (s.end <= before) continue;
    bar += "<i class=\"" + std::string(s.key) + "\" style=\"flex-grow:" + std::to_string((s.end - before).count()) +
           "\"></i>";
    legend += "<span><i class=\"" + std::string(s.key) + "\"></i>" + std::string(s.text) + " " + milliseconds(s.end) +
              "</span> ";
    before = s.end;
  }
  if (bar.empty()) return {};
  return "<div><div class=\"timing\" aria-hidden=\"true\">" + bar + "</div><p class=\"meta legend\">" + legend +
         "</p></div>";
}

std::string answer(std::string_view title, const HttpResponse& r, const std::string& xml) {
  return html_element("h4", "", title) +
         head_lines(r.version + " " + std::to_string(r.status) + " " + r.reason, pairs(r.headers)) + body(r.body, xml);
}

std::string meta(const RoundTripRecord& r, const TlsSessions& sessions) {
  const RoundTrip& t = r.round_trip;
  std::string text = html_text("step " + r.step + " · " + r.what + " · as " + r.device);
  if (!t.peer.empty()) text += html_text(" · at " + t.peer);
  text += t.reused ? " · on a connection used before" : "";
  if (const std::size_t n = sessions.number(t); n > 0) {
    text += " · <a href=\"#tls-" + std::to_string(n) + "\">TLS session " + std::to_string(n) + "</a>";
  } else if (t.request.scheme == "http") {
    text += " · without TLS";
  }
  return html_element("p", "meta", text);
}

std::string hello(const HelloExchange& hello, const RoundTrip& t) {
  std::vector<std::pair<std::string, std::string>> answer;
  for (const std::string& warning : hello.answer.warnings) answer.emplace_back("Warning alert", warning);
  if (!hello.answer.key_exchange.empty()) answer.emplace_back("Key exchange", hello.answer.key_exchange);
  if (!hello.answer.text.empty()) answer.emplace_back("In words", hello.answer.text);
  return html_element("h4", "", "ClientHello") +
         head_lines(hello.name + ": " + describe(hello.offer), {{"Suites", suite_list(hello.offer)}}) +
         html_element("h4", "", hello.answered() ? "ServerHello" : "No ServerHello") + head_lines(summary(t), answer);
}

std::string inside(const RoundTripRecord& r, const TlsSessions& sessions) {
  const RoundTrip& t = r.round_trip;
  std::string out = meta(r, sessions) + timing(t.timing);
  if (t.hello) return html_element("div", "", out + hello(*t.hello, t));
  std::vector<std::pair<std::string, std::string>> headers = pairs(t.request.headers);
  headers.insert(headers.begin(), {"Host", t.request.host});
  out += html_element("h4", "", "Request") +
         head_lines(t.request.method + " " + t.request.target + " HTTP/1.1", headers) +
         body(t.request.body, r.request_xml);
  if (const HttpResponse* response = t.response()) {
    out += answer("Answer", *response, r.response_xml);
  } else {
    out += html_element("h4", "", "No answer") + html_element("p", "problem", html_text(summary(t)));
    if (t.partial) out += answer("What came before", *t.partial, r.response_xml);
  }
  if (!r.problem.empty()) out += html_element("p", "problem", html_text(r.problem));
  return html_element("div", "", out);
}

std::string round_trip(const CheckResult& check, std::size_t index, const TlsSessions& sessions) {
  const RoundTripRecord& r = check.round_trips[index];
  const bool proves = std::ranges::find(check.verdict.evidence, index) != check.verdict.evidence.end();
  const bool red = check.verdict.kind == VerdictKind::Fail;
  std::string line = html_element("span", "n", std::to_string(index + 1)) +
                     html_element("code", "", html_text(clipped(request_line(r.round_trip), 160))) +
                     html_element("span", "outcome",
                                  html_text(clipped(summary(r.round_trip), 80)) + " " +
                                      html_element("span", "ms", milliseconds(r.round_trip.timing.total)));
  if (proves && red) line += html_element("span", "proof", "this proves the finding");
  return "<li><details class=\"trip\"><summary>" + line + "</summary>" + inside(r, sessions) + "</details></li>\n";
}

}  // namespace

std::string html_round_trips(const CheckResult& check, const TlsSessions& sessions) {
  if (check.round_trips.empty()) return {};
  std::string items;
  const std::size_t shown = std::min(check.round_trips.size(), kMaxShown);
  for (std::size_t i = 0; i < shown; ++i) items += round_trip(check, i, sessions);
  std::string rest;
  if (check.round_trips.size() > shown) {
    rest = html_element(
        "p", "meta",
        counted(check.round_trips.size() - shown, "further round trip") + ": the JSON report has them all");
  }
  return html_element("div", "",
                      html_element("h3", "", counted(check.round_trips.size(), "round trip")) +
                          html_element("ol", "trips", items) + rest);
}

}  // namespace easel

#include <algorithm>

#include "client/report/report.h"

namespace easel {
namespace {

constexpr std::string_view kRed = "\x1b[1;31m", kGreen = "\x1b[1;32m", kYellow = "\x1b[1;33m", kDim = "\x1b[2m",
                           kBold = "\x1b[1m", kEnd = "\x1b[0m";

class Console {
 public:
  Console(const RunResult& result, const ConsoleOptions& options) : result_(result), options_(options) {}

  std::string render() {
    const int code = exit_code(result_);
    if (!options_.quiet) {
      head();
      glance(code);
      table();
    } else {
      glance(code);
    }
    controls();
    notes();
    findings();
    end(code);
    return std::move(out_);
  }

 private:
  std::string paint(std::string_view text, std::string_view colour) const {
    return options_.colour ? std::string(colour) + std::string(text) + std::string(kEnd) : std::string(text);
  }

  void head() {
    std::string first = "as " + result_.device + " (" + result_.device_title + ") · trusting " + result_.trust +
                        " · axis " + result_.axis;
    if (result_.guide_total > 0)
      first +=
          " · guide " + std::to_string(result_.guide_seen) + "/" + std::to_string(result_.guide_total) + " steps seen";
    out_ += paint("easel", kBold) + "  " + wrapped(printable(first), 7, options_.columns) + "\n";
    std::string second = "https://" + result_.host + ":" + std::to_string(result_.port);
    if (!result_.route.empty()) second += " via " + result_.route;
    if (!result_.account.empty()) second += " · user " + result_.account;
    if (!result_.version.empty()) second += " · EAS " + result_.version;
    if (!result_.server.empty()) second += " · " + result_.server;
    out_ += "       " + wrapped(printable(second), 7, options_.columns) + "\n\n";
  }

  void glance(int code) {
    std::string counts;
    static constexpr VerdictKind kKinds[] = {VerdictKind::Pass,    VerdictKind::Fail,   VerdictKind::XPass,
                                             VerdictKind::Flaky,   VerdictKind::Waived, VerdictKind::Skip,
                                             VerdictKind::Blocked, VerdictKind::Error};
    for (const VerdictKind kind : kKinds) {
      const std::size_t n = count(result_, kind);
      if (n == 0 && kind != VerdictKind::Pass && kind != VerdictKind::Fail) continue;
      counts += (counts.empty() ? "" : " · ") + std::to_string(n) + " " + std::string(to_string(kind));
    }
    const std::string_view colour = code == 0 ? kGreen : code == 1 ? kRed : kYellow;
    out_ += paint(verdict_word(code), colour) + "  " + counts + " · plan " + result_.plan + " · " + seconds() + "\n";
    if (!options_.quiet) out_ += "\n";
  }

  [[nodiscard]] std::string seconds() const {
    const auto ms = result_.took.count();
    const std::string hundredths = std::to_string(ms % 1000 / 10);
    return std::to_string(ms / 1000) + "." + (hundredths.size() < 2 ? "0" : "") + hundredths + " s";
  }

  void table() {
    std::size_t width = 0;
    for (const CheckResult& c : result_.checks) width = std::max(width, c.id.size());
    for (const CheckResult& c : result_.checks) {
      if (c.verdict.kind == VerdictKind::Fail || c.verdict.kind == VerdictKind::XPass) continue;
      std::string text = c.title;
      const std::string reason = c.verdict.reason.empty() ? "" : "(" + c.verdict.reason + ")";
      if (!c.verdict.reason.empty()) text = reason + (c.verdict.actual.empty() ? "" : " " + c.verdict.actual);
      const int indent = 11 + static_cast<int>(width);
      std::string word(to_string(c.verdict.kind));
      const std::string_view colour = c.verdict.kind == VerdictKind::Pass   ? kGreen
                                      : c.verdict.kind == VerdictKind::Skip ? kDim
                                                                            : kYellow;
      const std::string padding(8 - std::min<std::size_t>(8, word.size()), ' ');
      out_ += paint(word, colour) + padding + c.id + std::string(width - c.id.size() + 3, ' ') +
              wrapped(printable(text), indent, options_.columns) + "\n";
      if (c.verdict.kind == VerdictKind::Pass || c.verdict.kind == VerdictKind::Flaky) {
        for (const std::string& note : short_notes(c)) {
          out_ += std::string(static_cast<std::size_t>(indent), ' ') +
                  paint(wrapped(printable(note), indent, options_.columns), kDim) + "\n";
        }
      }
      if (options_.transcript) out_ += render_transcript(c, options_.columns);
    }
  }

  // The grades of three refusals are one line, not three.
  static std::vector<std::string> short_notes(const CheckResult& c) {
    std::string line;
    std::vector<std::string> unique;
    for (const std::string& n : c.verdict.notes) {
      if (std::ranges::find(unique, n) == unique.end()) unique.push_back(n);
    }
    for (const std::string& n : unique) line += (line.empty() ? "" : " · ") + n;
    if (line.empty()) return {};
    return {line};
  }

  void controls() {
    for (const ControlResult& c : result_.controls) {
      if (c.holds) continue;
      out_ += paint(c.last ? "control" : "control", kYellow) + " " + c.layer + (c.last ? " (closing)" : "") +
              " failed: " + wrapped(printable(c.actual), 8, options_.columns) + "\n";
    }
  }

  void notes() {
    for (const std::string& n : result_.notes) out_ += "note    " + wrapped(printable(n), 8, options_.columns) + "\n";
    if (result_.interrupted) out_ += "note    interrupted: what follows was earned before\n";
  }

  void line(std::string_view label, std::string_view text) {
    if (text.empty()) return;
    std::string head(label);
    head.resize(10, ' ');
    out_ += "      " + paint(head, kDim) + wrapped(printable(text), 16, options_.columns) + "\n";
  }

  void findings() {
    for (const CheckResult& c : result_.checks) {
      if (c.verdict.kind != VerdictKind::Fail && c.verdict.kind != VerdictKind::XPass) continue;
      finding(c);
    }
  }

  void finding(const CheckResult& c) {
    const bool counts = is_finding(result_, c);
    out_ += "\n" + paint(c.verdict.kind == VerdictKind::XPass ? "XPASS" : "FAIL", counts ? kRed : kYellow) + "  " +
            paint(c.id, kBold) + "  " + c.severity;
    if (!c.guide.empty()) out_ += "  guide " + c.guide;
    if (!gates(result_, c)) out_ += "  (axis " + c.axis + ": printed, not gating)";
    out_ += "\n";
    out_ += "      " + wrapped(printable(c.title), 6, options_.columns) + "\n";
    line("expected", c.verdict.expected);
    line("found", c.verdict.actual);
    line("where", c.verdict.where);
    for (const std::size_t i : c.verdict.evidence) {
      if (i < c.round_trips.size()) line("evidence", evidence(c.round_trips[i]));
    }
    for (const std::string& n : short_notes(c)) line("note", n);
    const PredictedCode& p = c.verdict.predicted;
    if (!p.code.empty()) {
      line("device", "predicted " + p.code + (p.symbol.empty() ? "" : " " + p.symbol) +
                         (p.text.empty() ? "" : ": " + p.text) +
                         (p.confidence.empty() ? "" : " (confidence " + p.confidence + ")"));
    } else {
      line("device", c.symptom.empty() ? "no code is predicted" : c.symptom);
    }
    line("why", c.why);
    line("mend", (result_.product == "any" || result_.product.empty() ? "" : result_.product + ": ") + c.remedy);
    line("spec", c.spec);
    if (options_.transcript) out_ += render_transcript(c, options_.columns);
  }

  static std::string evidence(const RoundTripRecord& r) {
    const RoundTrip& t = r.round_trip;
    std::string text = t.request.method + " " + t.request.scheme + "://" + t.request.host + ":" +
                       std::to_string(t.request.port) + t.request.target;
    if (!t.peer.empty()) text += " at " + t.peer;
    text += " → " + summary(t);
    if (t.tls && !t.tls->version.empty())
      text += "; " + t.tls->version + " " + t.tls->cipher + ", " + std::to_string(t.tls->chain.size()) +
              " certificate" + (t.tls->chain.size() == 1 ? "" : "s") + " sent";
    if (!r.problem.empty()) text += "; " + r.problem;
    return text;
  }

  void end(int code) {
    out_ += "\n";
    for (const std::string& trace : result_.left_behind)
      out_ += "left    " + wrapped(printable(trace), 8, options_.columns) + "\n";
    std::vector<std::string> other;
    for (const CheckResult& c : result_.checks) {
      if (c.verdict.kind == VerdictKind::Fail && !gates(result_, c)) other.push_back(c.id);
    }
    std::size_t findings = 0;
    for (const CheckResult& c : result_.checks) findings += is_finding(result_, c) ? 1U : 0U;
    std::string text = "exit " + std::to_string(code) + ": ";
    if (code == 0) text += "everything that gates the " + result_.axis + " axis held";
    if (code == 1)
      text += std::to_string(findings) + (findings == 1 ? " finding" : " findings") + " at or above " +
              result_.fail_on + " on the " + result_.axis + " axis";
    if (code == 3) text += "the target could not be judged";
    if (code == 4) text += "nothing ran: every check was skipped, or none was chosen";
    if (!other.empty()) text += "; the other axis has " + std::to_string(other.size());
    out_ += wrapped(text, 8, options_.columns) + "\n";
  }

  const RunResult& result_;
  const ConsoleOptions& options_;
  std::string out_;
};

void put_headers(std::string& out, const Headers& headers, std::string_view mark) {
  for (const Header& h : headers)
    out += "      " + std::string(mark) + " " + printable(h.name) + ": " + printable(h.value) + "\n";
}

void put_indented(std::string& out, std::string_view text) {
  std::size_t lines = 0;
  while (!text.empty() && lines++ < 400) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out += "        " + printable(text.substr(0, std::min<std::size_t>(end, 400))) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!text.empty()) out += "        …\n";
}

}  // namespace

std::string render_transcript(const CheckResult& check, int) {
  std::string out;
  for (const RoundTripRecord& r : check.round_trips) {
    const RoundTrip& t = r.round_trip;
    out += "\n    [" + r.step + "] " + r.what + " as " + r.device + (t.peer.empty() ? "" : " at " + t.peer) + "\n";
    if (t.tls && !t.tls->version.empty()) {
      out += "      * " + t.tls->version + " " + t.tls->cipher +
             (t.tls->verdict.trusted() ? ", trusted" : ", NOT trusted") + (t.reused ? ", connection reused" : "") +
             "\n";
      for (std::size_t i = 0; i < t.tls->chain.size() && !t.reused; ++i) {
        out += "      * certificate " + std::to_string(i) + ": " + printable(t.tls->chain[i].subject) + ", until " +
               iso_time(t.tls->chain[i].not_after) + "\n";
      }
      for (const TrustComplaint& c : t.tls->verdict.complaints) out += "      * " + printable(c.text) + "\n";
    }
    out += "      > " + t.request.method + " " + printable(t.request.target) +
           " HTTP/1.1\n      > Host: " + t.request.host + "\n";
    put_headers(out, t.request.headers, ">");
    put_indented(out, r.request_xml);
    if (const HttpResponse* response = t.response()) {
      out += "      < " + response->version + " " + std::to_string(response->status) + " " +
             printable(response->reason) + "\n";
      put_headers(out, response->headers, "<");
      put_indented(out, r.response_xml.empty() && !response->body.empty()
                            ? std::string_view(response->body).substr(0, 2000)
                            : std::string_view(r.response_xml));
      if (!r.problem.empty()) out += "      ! " + printable(r.problem) + "\n";
    } else {
      out += "      ! " + printable(summary(t)) + "\n";
    }
  }
  return out;
}

std::string render_console(const RunResult& result, const ConsoleOptions& options) {
  return Console(result, options).render();
}

}  // namespace easel

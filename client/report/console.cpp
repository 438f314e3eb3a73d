#include <algorithm>
#include <array>

#include "client/report/report.h"

namespace easel {
namespace {

constexpr std::string_view kEnd = "\x1b[0m", kBold = "\x1b[1m", kDim = "\x1b[2m", kRed = "\x1b[1;31m",
                           kGreen = "\x1b[32m", kYellow = "\x1b[33m", kRedBadge = "\x1b[1;97;41m",
                           kGreenBadge = "\x1b[1;30;42m", kYellowBadge = "\x1b[1;30;43m";

constexpr std::size_t kMaxText = 1200;  // octets of one field: what a server sends has no end

struct Look {
  VerdictKind kind;
  std::string_view mark;
  std::string_view colour;
};
// In the order in which a reader meets them: what matters most stands last, nearest to the prompt.
constexpr Look kLooks[] = {{VerdictKind::Pass, "✓", kGreen},     {VerdictKind::Skip, "–", kDim},
                           {VerdictKind::Waived, "○", kYellow},  {VerdictKind::Flaky, "≈", kYellow},
                           {VerdictKind::Blocked, "■", kYellow}, {VerdictKind::Error, "!", kYellow},
                           {VerdictKind::XPass, "✗", kRed},      {VerdictKind::Fail, "✗", kRed}};

const Look& look_of(VerdictKind kind) { return *std::ranges::find(kLooks, kind, &Look::kind); }

bool is_red(const CheckResult& c) {
  return c.verdict.kind == VerdictKind::Fail || c.verdict.kind == VerdictKind::XPass;
}

class Console {
 public:
  Console(const RunResult& result, const ConsoleOptions& options) : result_(result), options_(options) {}

  std::string render() {
    if (!options_.quiet) head();
    glance();
    layers();
    addresses();
    if (!options_.quiet) table();
    notes();
    findings();
    end();
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string paint(std::string_view text, std::string_view colour) const {
    return options_.colour ? std::string(colour) + std::string(text) + std::string(kEnd) : std::string(text);
  }

  [[nodiscard]] std::string fitted(std::string_view text, int indent) const {
    return wrapped(clipped(text, kMaxText), indent, options_.columns);
  }

  void head() {
    constexpr int kIndent = 7;
    const auto next = [&](const std::string& text) {
      if (!text.empty()) out_ += std::string(kIndent, ' ') + fitted(text, kIndent) + "\n";
    };
    std::string first = "as " + result_.device + " · trusting " + result_.trust + " · axis " + result_.axis;
    if (result_.guide_total > 0) {
      first +=
          " · guide " + std::to_string(result_.guide_seen) + "/" + std::to_string(result_.guide_total) + " steps seen";
    }
    out_ += paint("easel", kBold) + "  " + fitted(first, kIndent) + "\n";
    std::string who = result_.device_title;
    if (!result_.version.empty()) who += " · EAS " + result_.version;
    if (!result_.account.empty()) who += " · user " + result_.account;
    next(who);
    next(target_text(result_));
    next(result_.server);
    out_ += "\n";
  }

  void glance() {
    const int code = exit_code(result_);
    std::string word(verdict_word(code));
    if (options_.colour) word = " " + word + " ";
    std::size_t column = word.size() + 2;
    const std::size_t indent = column;
    out_ += paint(word, code == 0 ? kGreenBadge : code == 1 ? kRedBadge : kYellowBadge) + "  ";
    for (std::size_t i = std::size(kLooks); i-- > 0;) {
      const Look& look = kLooks[i];
      const std::size_t n = count(result_, look.kind);
      if (n == 0 && look.kind != VerdictKind::Pass && look.kind != VerdictKind::Fail) continue;
      const std::string text = std::to_string(n) + " " + std::string(to_string(look.kind));
      if (column > indent && column + 3 + text.size() > static_cast<std::size_t>(options_.columns)) {
        out_ += "\n" + std::string(indent, ' ');
        column = indent;
      }
      out_ += (column == indent ? "" : " · ") + (n == 0 ? text : paint(text, look.colour));
      column += text.size() + (column == indent ? 0 : 3);
    }
    const std::string run = "plan " + result_.plan + " · " + duration_text(result_.took);
    if (column + 3 + display_width(printable(run)) <= static_cast<std::size_t>(options_.columns)) {
      out_ += " · " + printable(run) + "\n";
    } else {
      out_ += "\n" + std::string(indent, ' ') + fitted(run, static_cast<int>(indent)) + "\n";
    }
  }

  // One mark a layer; what rests on a failed one could not be judged.
  void layers() {
    const bool broken = std::ranges::any_of(result_.controls, [](const ControlResult& c) { return !c.holds; });
    if (result_.controls.empty() || (options_.quiet && !broken)) return;
    out_ += "\n" + paint("controls", kDim);
    bool closing = false;
    for (const ControlResult& c : result_.controls) {
      if (c.last && !closing) out_ += paint("  at the end", kDim);
      closing = closing || c.last;
      out_ += "  " + printable(c.layer) + " " + (c.holds ? paint("✓", kGreen) : paint("✗", kRed));
    }
    out_ += "\n";
    for (const ControlResult& c : result_.controls) {
      if (c.holds) continue;
      const std::string label = "  ✗ " + printable(c.layer) + (c.last ? ", at the end" : "");
      out_ += paint(label, kRed) + "  " + fitted(c.actual, static_cast<int>(display_width(label)) + 2) + "\n";
    }
  }

  // One line an address; the first check that differs from the first address stands with its two verdicts.
  void addresses() {
    if (result_.addresses.empty() || options_.quiet) return;
    out_ += "\n" + paint("addresses", kDim);
    const AddressResult* reference = nullptr;
    for (const AddressResult& a : result_.addresses) {
      const std::string name = printable(a.label == a.at ? a.at : a.label + " (" + a.at + ")");
      std::string text = reference ? "as the first" : "the first, " + counted(a.verdicts.size(), "check");
      std::string mark = paint("✓", kGreen);
      if (!a.left_out.empty()) {
        text = "left out: " + a.left_out;
        mark = paint("–", kDim);
      } else if (reference) {
        const std::string other = first_difference(*reference, a);
        if (!other.empty()) {
          text = other;
          mark = paint("✗", kRed);
        }
      } else {
        reference = &a;
      }
      out_ += "\n  " + mark + " " + fitted(name + ": " + text, 4);
    }
    out_ += "\n";
  }

  static std::string first_difference(const AddressResult& reference, const AddressResult& other) {
    for (std::size_t i = 0; i < std::min(reference.verdicts.size(), other.verdicts.size()); ++i) {
      const AddressVerdict &a = reference.verdicts[i], &b = other.verdicts[i];
      if (a.kind == b.kind && a.reason == b.reason) continue;
      return b.check + " is " + std::string(to_string(b.kind)) + " here, " + std::string(to_string(a.kind)) +
             " at the first" + (b.actual.empty() ? "" : ": " + b.actual);
    }
    return {};
  }

  void table() {
    std::vector<const CheckResult*> rows;
    for (const CheckResult& c : result_.checks) {
      if (!is_red(c)) rows.push_back(&c);
    }
    if (rows.empty()) return;
    std::ranges::stable_sort(rows, {}, [](const CheckResult* c) { return &look_of(c->verdict.kind); });
    std::size_t width = 0;
    for (const CheckResult* c : rows) width = std::max(width, display_width(c->id));
    // A longer id has a line to itself, and a title keeps 25 columns.
    const auto widest = static_cast<std::size_t>(std::clamp(options_.columns - 40, 8, 40));
    out_ += "\n";
    std::string above;
    for (const CheckResult* c : rows) {
      row(*c, std::min(width, widest), above);
      if (options_.transcript) out_ += render_transcript(*c, options_.columns) + "\n";
    }
  }

  void row(const CheckResult& c, std::size_t width, std::string& above) {
    const Look& look = look_of(c.verdict.kind);
    const std::string word(to_string(c.verdict.kind));
    const bool said = c.verdict.kind == VerdictKind::Pass || c.verdict.kind == VerdictKind::Flaky;
    const int indent = 15 + static_cast<int>(width);  // two blanks, mark, blank, word, id, two blanks
    out_ += "  " + paint(std::string(look.mark) + " " + word, look.colour) + std::string(9 - word.size(), ' ') +
            fitted(c.id, 13);
    const std::size_t id = display_width(printable(c.id));
    if (id > width) {
      out_ += "\n" + std::string(static_cast<std::size_t>(indent), ' ');
    } else {
      out_ += std::string(width - id + 2, ' ');
    }
    out_ += fitted(c.title, indent) + "\n";
    std::string detail = said ? joined_notes(c.verdict) : reason(c.verdict);
    if (detail.empty()) return;
    if (detail == above) {
      detail = "as above";
    } else {
      above = detail;
    }
    out_ += std::string(static_cast<std::size_t>(indent), ' ') + painted_lines(fitted(detail, indent), kDim) + "\n";
  }

  // Each line is painted by itself, so that a pager or a copied line keeps its colour.
  [[nodiscard]] std::string painted_lines(std::string_view text, std::string_view colour) const {
    if (!options_.colour) return std::string(text);
    std::string out;
    for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1)) {
      out += paint(text.substr(0, end), colour) + "\n";
    }
    return out + paint(text, colour);
  }

  // Why nothing was judged. What a failed control found stands above the table already.
  [[nodiscard]] std::string reason(const Verdict& v) const {
    const bool said =
        v.kind == VerdictKind::Blocked && std::ranges::any_of(result_.controls, [&](const ControlResult& c) {
          return !c.holds && c.layer == v.reason && !c.actual.empty() && v.actual.find(c.actual) != std::string::npos;
        });
    if (said) return "rests on " + v.reason + ", whose control failed";
    if (v.reason.empty() || v.actual.empty()) return v.reason + v.actual;
    return v.reason + ": " + v.actual;
  }

  void notes() {
    if (!result_.notes.empty() || result_.interrupted) out_ += "\n";
    for (const std::string& n : result_.notes) field("note", n, 0);
    if (result_.interrupted) field("note", "interrupted: what stands here was earned before", 0);
  }

  void field(std::string_view label, std::string_view text, int indent) {
    if (text.empty()) return;
    std::string head(label);
    head.resize(10, ' ');
    out_ += std::string(static_cast<std::size_t>(indent), ' ') + paint(head, kDim) + fitted(text, indent + 10) + "\n";
  }

  // What does not count first, then from the least to the most severe: the worst stands last.
  void findings() {
    std::vector<const CheckResult*> red;
    for (const CheckResult& c : result_.checks) {
      if (is_red(c)) red.push_back(&c);
    }
    std::ranges::stable_sort(
        red, {}, [&](const CheckResult* c) { return std::pair(is_finding(result_, *c), -severity_rank(c->severity)); });
    for (const CheckResult* c : red) finding(*c);
  }

  void finding(const CheckResult& c) {
    constexpr int kIndent = 2;
    const bool counts = is_finding(result_, c);
    std::string facts = c.severity;
    if (!c.guide.empty()) facts += " · guide " + c.guide;
    if (!gates(result_, c)) {
      facts += " · axis " + c.axis + ", does not gate";
    } else if (!counts) {
      facts += " · below " + result_.fail_on;
    }
    const std::string word = c.verdict.kind == VerdictKind::XPass ? "✗ XPASS" : "✗ FAIL";
    out_ += "\n" + paint(word, counts ? kRed : kYellow) + "  " + paint(fitted(c.id, 9), kBold);
    const bool fits = 9 + display_width(printable(c.id + facts)) + 2 <= static_cast<std::size_t>(options_.columns);
    out_ += (fits ? "  " : "\n  ") + painted_lines(fits ? printable(facts) : fitted(facts, kIndent), kDim) + "\n";
    out_ += "  " + fitted(c.title, kIndent) + "\n";
    const Verdict& v = c.verdict;
    if (v.kind == VerdictKind::XPass) field("waiver", "expects this to fail, and it passed: take it out", kIndent);
    field("expected", v.expected, kIndent);
    field("found", v.actual, kIndent);
    field("where", v.where, kIndent);
    for (const std::size_t i : v.evidence) {
      if (i < c.round_trips.size()) evidence(c.round_trips[i], v);
    }
    field("note", joined_notes(v), kIndent);
    field("why", c.why, kIndent);
    if (v.kind == VerdictKind::Fail) field("device", symptom_text(c), kIndent);
    const bool known = !result_.product.empty() && result_.product != "any";
    if (!c.remedy.empty()) field("remedy", (known ? result_.product + ": " : "") + c.remedy, kIndent);
    field("spec", c.spec, kIndent);
    if (options_.transcript) out_ += render_transcript(c, options_.columns);
  }

  void evidence(const RoundTripRecord& r, const Verdict& v) {
    const RoundTrip& t = r.round_trip;
    field("evidence", clipped(request_line(t), 240) + (t.peer.empty() ? "" : " at " + t.peer), 2);
    std::string text = "→ " + summary(t);
    if (t.tls && !t.tls->version.empty()) {
      text +=
          " · " + t.tls->version + " " + t.tls->cipher + " · " + counted(t.tls->chain.size(), "certificate") + " sent";
    }
    const bool said = !r.problem.empty() && v.actual.find(r.problem) != std::string::npos;
    if (!r.problem.empty() && !said) text += " · " + r.problem;
    field(" ", text, 2);
  }

  void end() {
    out_ += "\n";
    for (const std::string& trace : result_.left_behind) field("left", trace, 0);
    const int code = exit_code(result_);
    if (code == 1 && !options_.transcript && !options_.quiet) {
      const auto worst =
          std::ranges::find_if(result_.checks, [&](const CheckResult& c) { return is_finding(result_, c); });
      field("more",
            "easel check " + worst->id +
                " …, with the same options, shows every round trip; "
                "--report html=FILE draws it all",
            0);
    }
    out_ += fitted("exit " + std::to_string(code) + ": " + verdict_sentence(result_), 8) + "\n";
  }

  const RunResult& result_;
  const ConsoleOptions& options_;
  std::string out_;
};

}  // namespace

std::string render_console(const RunResult& result, const ConsoleOptions& options) {
  return Console(result, options).render();
}

}  // namespace easel

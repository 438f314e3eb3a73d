// easel explain: what a support code, an HTTP status or a Status of ActiveSync means, what on the wire leads to it,
// which checks look for that, and what to do about it on each kind of server.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "client/cli/command.h"
#include "client/profile/status_codes.h"
#include "client/profile/support_codes.h"
#include "client/report/report.h"
#include "client/run/catalogue.h"
#include "client/words.h"

namespace easel {
namespace {

constexpr std::size_t kMostChecks = 3;  ///< whose remedies are printed; the others are named

struct Tables {
  SupportCodes codes;
  Catalogue catalogue;
  StatusCodes statuses;
  std::string server;  ///< remedies for this product only; empty: for all
  int columns = 100;
};

/// What was asked for: "0x80072F0D", "HTTP 449", "FolderSync 9".
struct Question {
  enum class Kind { Code, Http, Status } kind = Kind::Code;
  std::string command;  ///< Status: of this one only
  std::string text;
};

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 3 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Words to questions: "HTTP" "449" and "HTTP 449" are the same.
std::vector<Question> questions_of(const std::vector<std::string>& given, const StatusCodes& statuses) {
  std::vector<std::string> words;
  for (const std::string& text : given) {
    for (std::size_t at = 0; (at = text.find_first_not_of(" /", at)) != std::string::npos;) {
      const std::size_t end = std::min(text.find_first_of(" /", at), text.size());
      words.push_back(text.substr(at, end - at));
      at = end;
    }
  }
  std::vector<Question> out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool numbered = i + 1 < words.size() && is_number(words[i + 1]);
    if (numbered && lower(words[i]) == "http")
      out.push_back({Question::Kind::Http, {}, words[++i]});
    else if (numbered && lower(words[i]) == "status")
      out.push_back({Question::Kind::Status, {}, words[++i]});
    else if (numbered && statuses.is_command(words[i])) {
      out.push_back({Question::Kind::Status, words[i], words[i + 1]});
      ++i;
    } else if (is_number(words[i]))
      out.push_back({statuses.http(words[i]) ? Question::Kind::Http : Question::Kind::Status, {}, words[i]});
    else
      out.push_back({Question::Kind::Code, {}, words[i]});
  }
  return out;
}

void line(const Tables& t, std::ostream& out, std::string label, const std::string& text) {
  if (text.empty() || text == "-") return;
  label.resize(12, ' ');
  out << "  " << label << wrapped(text, 14, t.columns) << "\n";
}

int rank(const Scenario& check) {
  static constexpr std::array<std::string_view, 5> kOrder = {"critical", "high", "medium", "low", "info"};
  return static_cast<int>(std::ranges::find(kOrder, check.severity) - kOrder.begin());
}

/// The checks that predict one of these codes: first those that a proof holds to it, then by severity.
std::vector<const Scenario*> checks_for(const std::vector<const SupportCode*>& codes, const Catalogue& catalogue) {
  std::vector<std::pair<bool, const Scenario*>> found;
  for (const ParsedScenario& c : catalogue.checks) {
    bool proved = false, named = false;
    for (const SupportCode* code : codes) {
      named = named || c.scenario.symptom_code.find(code->code) != std::string::npos;
      for (const Proof& p : c.scenario.proofs) proved = proved || p.code == code->code;
    }
    if (proved || named) found.emplace_back(proved, &c.scenario);
  }
  std::ranges::stable_sort(found, [](const auto& a, const auto& b) {
    return std::pair(!a.first, rank(*a.second)) < std::pair(!b.first, rank(*b.second));
  });
  std::vector<const Scenario*> out;
  for (const auto& [proved, check] : found) out.push_back(check);
  return out;
}

void what_to_do(const Tables& t, const std::vector<const Scenario*>& checks, std::ostream& out) {
  if (checks.empty()) return;
  out << "  what to do\n";
  for (std::size_t i = 0; i < std::min(checks.size(), kMostChecks); ++i) {
    out << "    " << checks[i]->id << "  " << wrapped(checks[i]->title, 6, t.columns) << "\n";
    const bool has_own = std::ranges::find(checks[i]->remedies, t.server, &Remedy::server) != checks[i]->remedies.end();
    for (const Remedy& remedy : checks[i]->remedies) {
      const bool wanted = t.server.empty() || remedy.server == (has_own ? t.server : "any");
      if (wanted) out << "      " << wrapped(remedy.server + ": " + remedy.text, 8, t.columns) << "\n";
    }
  }
  if (checks.size() > kMostChecks) {
    std::string rest;
    for (std::size_t i = kMostChecks; i < checks.size(); ++i) rest += (rest.empty() ? "" : ", ") + checks[i]->id;
    out << "    " << wrapped("also looked for by " + rest + "; easel checks ID says what to do", 4, t.columns) << "\n";
  }
}

void explain(const Tables& t, const SupportCode& code, std::ostream& out) {
  out << code.code << (code.symbol.empty() || code.symbol == "-" ? "" : " " + code.symbol) << "\n";
  line(t, out, "screen", code.message);
  line(t, out, "meaning", code.meaning);
  line(t, out, "comes from", code.trigger);
  line(t, out, "confidence", code.confidence);
  line(t, out, "sources", code.source);
  what_to_do(t, checks_for({&code}, t.catalogue), out);
}

/// A status and the code that devices show for it, if one is known.
void status_shown(const Tables& t, const std::string& cause, std::ostream& out) {
  const SupportCode* code = t.codes.by_cause(cause);
  if (code == nullptr) return;
  const bool named = !code->symbol.empty() && code->symbol != "-";
  line(t, out, "device",
       "shows " + code->code + (named ? " " + code->symbol : "") + " (confidence " + code->confidence + ")");
  what_to_do(t, checks_for({code}, t.catalogue), out);
}

bool explain_http(const Tables& t, const Question& q, std::ostream& out) {
  const HttpStatus* http = t.statuses.http(q.text);
  const SupportCode* code = t.codes.by_cause("http." + q.text);
  if (http == nullptr && code == nullptr) return false;
  out << "HTTP " << q.text << "\n";
  line(t, out, "meaning", http ? http->meaning : code->meaning);
  if (http) line(t, out, "then it", http->device);
  status_shown(t, "http." + q.text, out);
  return true;
}

bool explain_status(const Tables& t, const Question& q, std::ostream& out) {
  const auto rows = t.statuses.rows(q.command, q.text);
  for (const StatusCode* row : rows) {
    out << (row->command == "*" ? "any command" : row->command) << ", Status " << row->status << " " << row->name
        << "\n";
    line(t, out, "meaning", row->meaning);
    if (row->command == "*") status_shown(t, "eas." + row->status, out);
  }
  return !rows.empty();
}

bool explain_code(const Tables& t, const Question& q, std::ostream& out) {
  std::vector<const SupportCode*> found;
  if (const SupportCode* code = t.codes.by_code(q.text)) found.push_back(code);
  for (const SupportCode& code : t.codes.all()) {
    const bool again = !found.empty() && found.front() == &code;
    if (!again && q.text.size() > 4 && code.symbol.find(q.text) != std::string::npos) found.push_back(&code);
  }
  for (const SupportCode* code : found) explain(t, *code, out);
  return !found.empty();
}

Diagnostic unknown(const Tables& t, const Question& q) {
  if (q.kind == Question::Kind::Http) return {"CODE", 0, 0, "no device knows HTTP " + q.text, ""};
  if (q.kind == Question::Kind::Status) {
    return {"CODE", 0, 0, "no " + (q.command.empty() ? "command" : q.command) + " has a Status " + q.text,
            "write HTTP " + q.text + " for the status of HTTP"};
  }
  std::vector<std::string_view> known;
  for (const SupportCode& code : t.codes.all()) known.push_back(code.code);
  return {"CODE", 0, 0, "'" + q.text + "' is not in the table of support codes", suggest(q.text, known)};
}

}  // namespace

int explain_main(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
  CLI::App app("What a support code or a status means, where it comes from, and what to do about it.", "easel explain");
  app.footer(
      "Examples: easel explain 0x80072F0D\n          easel explain HTTP 449\n          easel explain FolderSync 9");
  std::vector<std::string> wanted;
  std::string folder, server;
  app.add_option("CODE", wanted, "0x80072F0D, 80072f0d, a part of a symbol, HTTP 449, Status 142, FolderSync 9")
      ->required()
      ->type_name("");
  app.add_option("--server", server, "what to do there only")
      ->check(CLI::IsMember({"iis6", "exchange", "nginx", "apache", "z-push", "sogo", "any"}))
      ->type_name("PRODUCT");
  app.add_option("--data", folder, "folder with own tables")->type_name("DIR");
  if (const ParseOutcome parsed = parse_words(app, args, out, err); parsed.done) return parsed.code;
  const DataFiles data(folder);
  auto codes = SupportCodes::load(data);
  if (!codes) return usage_error(codes.error(), err);
  auto catalogue = load_catalogue(data);
  if (!catalogue) return usage_error(catalogue.error(), err);
  const Tables tables{std::move(*codes), std::move(*catalogue), StatusCodes(data), server, terminal_columns()};
  Diagnostics problems;
  bool first = true;
  for (const Question& q : questions_of(wanted, tables.statuses)) {
    if (!first) out << "\n";
    first = false;
    const bool known = q.kind == Question::Kind::Http     ? explain_http(tables, q, out)
                       : q.kind == Question::Kind::Status ? explain_status(tables, q, out)
                                                          : explain_code(tables, q, out);
    if (!known) problems.push_back(unknown(tables, q));
  }
  return problems.empty() ? 0 : usage_error(problems, err);
}

}  // namespace easel

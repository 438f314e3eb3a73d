// easel explain: what a support code on a device means, what on the wire leads to it, and which checks look for that.
#include <CLI/CLI.hpp>
#include <ostream>

#include "client/cli/command.h"
#include "client/profile/support_codes.h"
#include "client/report/report.h"
#include "client/run/catalogue.h"

namespace easel {
namespace {

void line(std::ostream& out, std::string label, const std::string& text) {
  if (text.empty() || text == "-") return;
  label.resize(12, ' ');
  out << "  " << label << wrapped(text, 14, 100) << "\n";
}

std::string checks_for(const SupportCode& code, const Catalogue& catalogue) {
  std::string out;
  for (const ParsedScenario& c : catalogue.checks) {
    bool named = c.scenario.symptom_code.find(code.code) != std::string::npos;
    for (const Proof& p : c.scenario.proofs) named = named || p.code == code.code;
    if (named) out += (out.empty() ? "" : ", ") + c.scenario.id;
  }
  return out;
}

}  // namespace

int explain_main(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
  CLI::App app("What a support code on a device means, and where it comes from.", "easel explain");
  app.footer("Example: easel explain 0x80072F0D");
  std::vector<std::string> wanted;
  std::string folder;
  app.add_option("CODE", wanted, "0x80072F0D, 80072f0d, or a part of the symbol's name")->required()->type_name("");
  app.add_option("--data", folder, "folder with own tables")->type_name("DIR");
  if (const ParseOutcome parsed = parse_words(app, args, out, err); parsed.done) return parsed.code;
  const DataFiles data(folder);
  auto codes = SupportCodes::load(data);
  if (!codes) return usage_error(codes.error(), err);
  auto catalogue = load_catalogue(data);
  if (!catalogue) return usage_error(catalogue.error(), err);
  Diagnostics unknown;
  for (const std::string& word : wanted) {
    std::vector<const SupportCode*> found;
    if (const SupportCode* code = codes->by_code(word)) found.push_back(code);
    for (const SupportCode& code : codes->all()) {
      if (found.empty() || found.front() != &code) {
        if (word.size() > 4 && code.symbol.find(word) != std::string::npos) found.push_back(&code);
      }
    }
    if (found.empty()) {
      std::vector<std::string_view> known;
      for (const SupportCode& code : codes->all()) known.push_back(code.code);
      unknown.push_back({"CODE", 0, 0, "'" + word + "' is not in the table of support codes", suggest(word, known)});
    }
    for (const SupportCode* code : found) {
      out << code->code << (code->symbol.empty() || code->symbol == "-" ? "" : " " + code->symbol) << "\n";
      line(out, "screen", code->message);
      line(out, "meaning", code->meaning);
      line(out, "comes from", code->trigger);
      line(out, "checks", checks_for(*code, *catalogue));
      line(out, "confidence", code->confidence);
      line(out, "sources", code->source);
    }
  }
  return unknown.empty() ? 0 : usage_error(unknown, err);
}

}  // namespace easel

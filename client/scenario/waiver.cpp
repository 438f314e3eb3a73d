#include "client/scenario/waiver.h"

#include <chrono>
#include <cstdio>
#include <optional>

#include "client/data/data_files.h"

namespace easel {
namespace {

// The first second after the day "2027-03-31" (UTC).
std::optional<std::int64_t> end_of_day(const std::string& text) {
  int year = 0, month = 0, day = 0, used = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3 || used != 10 || text.size() != 10)
    return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return std::nullopt;
  const auto next = std::chrono::sys_days(date) + std::chrono::days(1);
  return std::chrono::duration_cast<std::chrono::seconds>(next.time_since_epoch()).count();
}

}  // namespace

std::expected<std::vector<Waiver>, Diagnostics> parse_waivers(std::string_view text, const std::string& path) {
  static constexpr std::string_view kRoot[] = {"version"};
  static constexpr std::string_view kChild[] = {"waive"};
  static constexpr std::string_view kKnown[] = {"check", "target", "until", "owner", "reason", "evidence"};
  auto root = read_xml(text, path);
  if (!root) return std::unexpected(std::move(root.error()));
  XmlChecker checker(path);
  std::vector<Waiver> waivers;
  if (root->name != "waivers") {
    checker.complain(*root, "<" + root->name + "> is not a waiver file", "the root element is <waivers>");
    return std::unexpected(checker.take());
  }
  checker.only_attributes(*root, kRoot);
  if (checker.required(*root, "version") != "1")
    checker.complain(*root, "unknown version of the waiver format", "version=\"1\"");
  checker.only_children(*root, kChild);
  for (const XmlElement& e : root->children) {
    if (e.name != "waive") continue;
    checker.only_attributes(e, kKnown);
    Waiver w;
    w.check = checker.required(e, "check");
    w.target = checker.required(e, "target");
    w.until_text = checker.required(e, "until");
    w.owner = checker.required(e, "owner");
    w.reason = checker.required(e, "reason");
    w.evidence = checker.required(e, "evidence");
    w.file = path;
    w.place = e.place;
    if (const auto until = end_of_day(w.until_text)) {
      w.until = *until;
    } else if (!w.until_text.empty()) {
      checker.complain(e, "until=\"" + w.until_text + "\" is not a day", "write it as 2027-03-31");
    }
    waivers.push_back(std::move(w));
  }
  if (!checker.clean()) return std::unexpected(checker.take());
  return waivers;
}

std::expected<std::vector<Waiver>, Diagnostics> load_waivers(const std::string& path) {
  auto text = read_user_file(path, 1U << 20);
  if (!text) return std::unexpected(Diagnostics{{"--waivers", 0, 0, text.error(), ""}});
  return parse_waivers(*text, path);
}

}  // namespace easel

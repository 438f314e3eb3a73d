#include "client/cli/command.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <ostream>
#include <random>
#include <sstream>

namespace easel {
namespace {

std::atomic<int> g_interrupts{0};  // a signal handler can reach nothing else

void on_interrupt(int) {
  if (++g_interrupts >= 3) {
    signal(SIGINT, SIG_DFL);
    raise(SIGINT);
  }
}

// Groups that few runs need; --help fits a screen without them.
constexpr std::string_view kRareGroups[] = {"What the site is", "How to get there", "Bounds", "Rarely needed"};

bool is_rare(const CLI::Option& option) {
  return std::ranges::find(kRareGroups, option.get_group()) != std::end(kRareGroups);
}

bool has_rare_options(const CLI::App& app) {
  return std::ranges::any_of(app.get_options(), [](const CLI::Option* o) { return is_rare(*o); });
}

void hide_rare_options(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    if (is_rare(*option)) option->group("");
  }
}

}  // namespace

ParseOutcome parse_words(CLI::App& app, std::span<const std::string> args, std::ostream& out, std::ostream& err) {
  std::vector<std::string> reversed(args.rbegin(), args.rend());
  app.get_formatter()->column_width(26);
  if (has_rare_options(app)) app.set_help_all_flag("--help-all", "this help with every option");
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    hide_rare_options(app);
    out << app.help();
    return {true, 0};
  } catch (const CLI::CallForAllHelp&) {
    out << app.help();
    return {true, 0};
  } catch (const CLI::ExtrasError& e) {
    std::vector<std::string> names;
    for (const CLI::Option* o : app.get_options()) {
      for (const std::string& n : o->get_lnames()) names.push_back("--" + n);
    }
    const std::vector<std::string_view> known(names.begin(), names.end());
    for (const std::string& extra : app.remaining()) {
      const std::string word = extra.substr(0, extra.find('='));
      const std::string_view near = nearest(word, known);
      err << app.get_name() << ": " << (word.starts_with('-') ? "no option '" : "unexpected word '") << word << "'";
      if (!near.empty()) err << "; did you mean '" << near << "'?";
      err << "\n";
    }
    err << "see: " << app.get_name() << " --help\n";
    return {true, kExitUsage};
  } catch (const CLI::ParseError& e) {
    err << app.get_name() << ": " << e.what() << "\nsee: " << app.get_name() << " --help\n";
    return {true, kExitUsage};
  }
  return {};
}

int usage_error(const Diagnostics& diagnostics, std::ostream& err) {
  err << to_text(diagnostics);
  return kExitUsage;
}

std::string new_run_id() {
  std::random_device random;
  const unsigned number = std::uniform_int_distribution<unsigned>(0, 99'999'999)(random);
  std::string text = std::to_string(number);
  return std::string(8 - text.size(), '0') + text;
}

std::int64_t system_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

int terminal_columns() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 100;
  return std::clamp<int>(size.ws_col, 60, 100);
}

InterruptCounter::InterruptCounter() {
  g_interrupts = 0;
  struct sigaction action{};
  action.sa_handler = on_interrupt;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

InterruptCounter::~InterruptCounter() {
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
}

const std::atomic<int>& interrupts() { return g_interrupts; }

}  // namespace easel

#pragma once
// What every command of `easel` has in common.

#include <atomic>
#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/diagnostic.h"

namespace CLI {
class App;
}

namespace easel {

inline constexpr int kExitUsage = 2;
inline constexpr int kExitNothingRan = 4;

/// A command: `args` are the words behind its name. Returns the exit code.
struct CliCommand {
  std::string_view name;
  std::string_view summary;  ///< one line of `easel --help`
  int (*run)(std::span<const std::string> args, std::ostream& out, std::ostream& err);
};

int verify_main(std::span<const std::string> args, std::ostream& out, std::ostream& err);
int check_main(std::span<const std::string> args, std::ostream& out, std::ostream& err);
int run_main(std::span<const std::string> args, std::ostream& out, std::ostream& err);
int checks_main(std::span<const std::string> args, std::ostream& out, std::ostream& err);
int device_main(std::span<const std::string> args, std::ostream& out, std::ostream& err);
int scenario_main(std::span<const std::string> args, std::ostream& out, std::ostream& err);
int site_main(std::span<const std::string> args, std::ostream& out, std::ostream& err);
int tls_main(std::span<const std::string> args, std::ostream& out, std::ostream& err);
int explain_main(std::span<const std::string> args, std::ostream& out, std::ostream& err);
int server_main(std::span<const std::string> args, std::ostream& out, std::ostream& err);
int demo_main(std::span<const std::string> args, std::ostream& out, std::ostream& err);

/// Parses the words with an App. Nothing: go on. A value: exit with it (help was asked for, or a word is wrong; then a
/// line says which and names the nearest option).
struct ParseOutcome {
  bool done = false;
  int code = 0;
};
ParseOutcome parse_words(CLI::App& app, std::span<const std::string> args, std::ostream& out, std::ostream& err);

/// Prints complaints and returns kExitUsage.
int usage_error(const Diagnostics& diagnostics, std::ostream& err);

/// Eight digits that are new for every run.
std::string new_run_id();

/// Seconds since 1970.
std::int64_t system_now();

/// Columns for text on standard output: the terminal's, from 60 to 100; 100 where it is none.
int terminal_columns();

/// Counts Ctrl-C while it lives: the first stops the steps, the second the cleanup, the third the process.
class InterruptCounter {
 public:
  InterruptCounter();
  ~InterruptCounter();
  InterruptCounter(const InterruptCounter&) = delete;
  InterruptCounter& operator=(const InterruptCounter&) = delete;
};
const std::atomic<int>& interrupts();

}  // namespace easel

#pragma once
// A headless Chromium of our own, spoken to over two pipes (Chrome DevTools Protocol, --remote-debugging-pipe).

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace easel {

/// The path of a headless Chromium; empty if this machine has none.
std::string find_chromium();

/// One page of one browser process, which lives as long as this value. Every failure throws std::runtime_error: a test
/// cannot go on without its browser.
class Browser {
 public:
  explicit Browser(const std::string& program);
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;
  ~Browser();

  /// Calls a method of the protocol for the page and returns its result.
  nlohmann::json call(const std::string& method, const nlohmann::json& params = nlohmann::json::object());
  /// Opens a file and waits until it is loaded.
  void open_file(const std::string& path);
  /// The value of an expression in the page.
  nlohmann::json evaluate(const std::string& expression);
  /// Presses and releases a key ("Enter", "Tab", "/", "a").
  void press(const std::string& key);
  /// A real click in the middle of the first element that the selector finds.
  void click(const std::string& selector);
  void resize(int width, int height, double scale = 1, bool phone = false);
  /// "light" or "dark", and "screen" or "print".
  void emulate(const std::string& scheme, const std::string& medium = "screen");
  void allow_script(bool allowed);

  /// Addresses that the page has asked for, and what it complained about (exceptions, refused scripts).
  [[nodiscard]] const std::vector<std::string>& requests() const { return requests_; }
  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  nlohmann::json call_target(const std::string& method, const nlohmann::json& params, const std::string& session);
  nlohmann::json receive();
  void note(const nlohmann::json& event);

  pid_t pid_ = -1;
  int to_ = -1;
  int from_ = -1;
  int last_id_ = 0;
  bool loaded_ = false;
  std::string folder_;
  std::string session_;
  std::string received_;
  std::vector<std::string> requests_;
  std::vector<std::string> complaints_;
};

}  // namespace easel

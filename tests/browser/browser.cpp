#include "tests/browser/browser.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace easel {
namespace {

using nlohmann::json;

constexpr int kPatience = 60'000;  // milliseconds for one message: a loaded machine is slow to start a browser

[[noreturn]] void fail(const std::string& text) { throw std::runtime_error("browser: " + text); }

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("no pipe");
  return ends;
}

}  // namespace

std::string find_chromium() {
  if (const char* own = std::getenv("EASEL_CHROMIUM")) return own;
  for (const char* path : {"/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser",
                           "/usr/bin/google-chrome"}) {
    if (access(path, X_OK) == 0) return path;
  }
  return {};
}

Browser::Browser(const std::string& program) {
  signal(SIGPIPE, SIG_IGN);
  std::string folder = (std::filesystem::temp_directory_path() / "easel-browser-XXXXXX").string();
  if (!mkdtemp(folder.data())) fail("no temporary folder");
  folder_ = folder;
  const std::array<int, 2> in = make_pipe(), out = make_pipe();
  // No sandbox: it needs privileges that a container lacks, and the pages are our own.
  std::vector<std::string> words = {program,
                                    "--headless",
                                    "--remote-debugging-pipe",
                                    "--no-first-run",
                                    "--disable-gpu",
                                    "--disable-dev-shm-usage",
                                    "--disable-background-networking",
                                    "--no-sandbox",
                                    "--hide-scrollbars",
                                    "--user-data-dir=" + folder,
                                    "about:blank"};
  std::vector<char*> argv;
  for (std::string& w : words) argv.push_back(w.data());
  argv.push_back(nullptr);
  // The browser reads at 3 and writes at 4. A copy to itself would keep O_CLOEXEC, so the ends move out of the way.
  const int reads = fcntl(in[0], F_DUPFD_CLOEXEC, 10), writes = fcntl(out[1], F_DUPFD_CLOEXEC, 10);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, reads, 3);
  posix_spawn_file_actions_adddup2(&actions, writes, 4);
  const int failed = posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  for (const int end : {in[0], out[1], reads, writes}) close(end);
  to_ = in[1];
  from_ = out[0];
  if (failed != 0) {
    pid_ = -1;
    fail(program + " does not start");
  }
  const json target = call_target("Target.createTarget", {{"url", "about:blank"}}, "");
  session_ = call_target("Target.attachToTarget", {{"targetId", target.at("targetId")}, {"flatten", true}}, "")
                 .at("sessionId")
                 .get<std::string>();
  for (const char* domain : {"Page.enable", "Runtime.enable", "Network.enable", "Log.enable"}) call(domain);
  call("Emulation.setFocusEmulationEnabled", {{"enabled", true}});
}

Browser::~Browser() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (to_ >= 0) close(to_);
  if (from_ >= 0) close(from_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

json Browser::call(const std::string& method, const json& params) { return call_target(method, params, session_); }

json Browser::call_target(const std::string& method, const json& params, const std::string& session) {
  json message = {{"id", ++last_id_}, {"method", method}, {"params", params}};
  if (!session.empty()) message["sessionId"] = session;
  const std::string text = message.dump() + '\0';
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t n = write(to_, text.data() + at, text.size() - at);
    if (n <= 0) fail("it has gone, at " + method);
    at += static_cast<std::size_t>(n);
  }
  for (;;) {
    const json answer = receive();
    if (answer.value("id", 0) != last_id_) {
      note(answer);
      continue;
    }
    if (answer.contains("error")) fail(method + ": " + answer["error"].dump());
    return answer.value("result", json::object());
  }
}

json Browser::receive() {
  for (;;) {
    if (const std::size_t end = received_.find('\0'); end != std::string::npos) {
      json message = json::parse(received_.substr(0, end));
      received_.erase(0, end + 1);
      return message;
    }
    pollfd p{from_, POLLIN, 0};
    if (poll(&p, 1, kPatience) <= 0) fail("no answer within a minute");
    std::array<char, 65536> buffer{};
    const ssize_t n = read(from_, buffer.data(), buffer.size());
    if (n <= 0) fail("it has gone");
    received_.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

void Browser::note(const json& event) {
  const std::string method = event.value("method", "");
  const json params = event.value("params", json::object());
  if (method == "Page.loadEventFired") loaded_ = true;
  if (method == "Network.requestWillBeSent") requests_.push_back(params["request"].value("url", ""));
  if (method == "Runtime.exceptionThrown") complaints_.push_back(params["exceptionDetails"].dump());
  if (method == "Log.entryAdded") complaints_.push_back(params["entry"].value("text", ""));
}

void Browser::open_file(const std::string& path) {
  loaded_ = false;
  const json result = call("Page.navigate", {{"url", "file://" + path}});
  if (result.contains("errorText")) fail(path + ": " + result["errorText"].get<std::string>());
  while (!loaded_) note(receive());
}

json Browser::evaluate(const std::string& expression) {
  const json result = call("Runtime.evaluate", {{"expression", expression}, {"returnByValue", true}});
  if (result.contains("exceptionDetails")) fail(expression + ": " + result["exceptionDetails"].dump());
  return result.at("result").value("value", json());
}

void Browser::press(const std::string& key) {
  json params = {{"type", "keyDown"}, {"key", key}};
  if (key.size() == 1) params["text"] = key;
  if (key == "Enter") params.update({{"text", "\r"}, {"code", "Enter"}, {"windowsVirtualKeyCode", 13}});
  if (key == "Tab") params.update({{"code", "Tab"}, {"windowsVirtualKeyCode", 9}});
  if (key == "Escape") params.update({{"code", "Escape"}, {"windowsVirtualKeyCode", 27}});
  if (key == " ") params.update({{"code", "Space"}, {"windowsVirtualKeyCode", 32}});
  call("Input.dispatchKeyEvent", params);
  params["type"] = "keyUp";
  params.erase("text");
  call("Input.dispatchKeyEvent", params);
}

void Browser::click(const std::string& selector) {
  const json at =
      evaluate("(() => { const e = document.querySelector(" + json(selector).dump() +
               "); if (!e) return null; e.scrollIntoView({block: 'center'});"
               " const r = e.getBoundingClientRect(); return {x: r.x + r.width / 2, y: r.y + r.height / 2}; })()");
  if (at.is_null()) fail("no element " + selector);
  for (const char* type : {"mousePressed", "mouseReleased"}) {
    call("Input.dispatchMouseEvent",
         {{"type", type}, {"x", at["x"]}, {"y", at["y"]}, {"button", "left"}, {"clickCount", 1}});
  }
}

void Browser::resize(int width, int height, double scale, bool phone) {
  call("Emulation.setDeviceMetricsOverride",
       {{"width", width}, {"height", height}, {"deviceScaleFactor", scale}, {"mobile", phone}});
}

void Browser::emulate(const std::string& scheme, const std::string& medium) {
  call("Emulation.setEmulatedMedia",
       {{"media", medium}, {"features", {{{"name", "prefers-color-scheme"}, {"value", scheme}}}}});
}

void Browser::allow_script(bool allowed) { call("Emulation.setScriptExecutionDisabled", {{"value", !allowed}}); }

}  // namespace easel

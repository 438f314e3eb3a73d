#include "client/cli/secret_source.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

namespace easel {
namespace {

constexpr std::size_t kLongest = 4096;

std::string forms(std::string_view option) {
  return std::string(option) + " env:NAME, " + std::string(option) + " file:PATH, " + std::string(option) +
         " fd:N or " + std::string(option) + " prompt";
}

Secret cut(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return Secret(std::move(text));
}

std::expected<Secret, std::string> read_all(int fd, const std::string& name) {
  std::string text;
  char buffer[512];
  while (true) {
    const ssize_t n = read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::unexpected(name + ": cannot be read: " + std::strerror(errno));
    if (n == 0) return cut(std::move(text));
    text.append(buffer, static_cast<std::size_t>(n));
    if (text.size() > kLongest) return std::unexpected(name + ": longer than " + std::to_string(kLongest) + " octets");
  }
}

std::expected<Secret, std::string> from_file(const std::string& path, std::string_view option) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const std::string name = std::string(option) + " file:" + path;
  if (fd < 0) return std::unexpected(name + ": cannot be opened: " + std::strerror(errno));
  struct stat status{};
  fstat(fd, &status);
  const bool open_to_others = S_ISREG(status.st_mode) && (status.st_mode & 077) != 0;
  auto secret = open_to_others ? std::expected<Secret, std::string>(
                                     std::unexpected(name + ": others may read this file; run: chmod 600 " + path))
                               : read_all(fd, name);
  close(fd);
  return secret;
}

}  // namespace

std::expected<Secret, std::string> prompt_secret(std::string_view option, std::string_view purpose) {
  const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (terminal < 0)
    return std::unexpected(std::string(option) + ": no password was given and there is no terminal to ask at; use " +
                           forms(option));
  termios before{};
  if (tcgetattr(terminal, &before) != 0) {
    close(terminal);
    return std::unexpected(std::string(option) + ": the terminal cannot hide what is typed; use " + forms(option));
  }
  termios hidden = before;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(terminal, TCSAFLUSH, &hidden);
  const std::string question = std::string(purpose) + ": ";
  if (write(terminal, question.data(), question.size()) < 0) question.size();
  std::string line;
  char c = 0;
  while (line.size() < kLongest && read(terminal, &c, 1) == 1 && c != '\n') line += c;
  tcsetattr(terminal, TCSAFLUSH, &before);
  if (write(terminal, "\n", 1) < 0) line.size();
  close(terminal);
  return cut(std::move(line));
}

std::expected<Secret, std::string> read_secret(std::string_view source, std::string_view option,
                                               std::string_view purpose) {
  if (source.empty() || source == "prompt") return prompt_secret(option, purpose);
  if (source.starts_with("env:")) {
    const std::string name(source.substr(4));
    const char* value = std::getenv(name.c_str());
    if (!value) return std::unexpected(std::string(option) + " env:" + name + ": no such environment variable");
    return Secret(value);
  }
  if (source.starts_with("file:")) return from_file(std::string(source.substr(5)), option);
  if (source.starts_with("fd:")) {
    int fd = -1;
    const auto [end, error] = std::from_chars(source.data() + 3, source.data() + source.size(), fd);
    if (error != std::errc() || end != source.data() + source.size() || fd < 0)
      return std::unexpected(std::string(option) + " fd:N needs a number");
    return read_all(fd, std::string(option) + " fd:" + std::to_string(fd));
  }
  // Do not repeat the value: it is probably the password itself.
  return std::unexpected(std::string(option) + ": a password never stands on the command line; use " + forms(option));
}

}  // namespace easel

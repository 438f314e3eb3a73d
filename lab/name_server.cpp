#include "lab/name_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <optional>
#include <utility>

namespace easel::lab {

namespace {

constexpr unsigned kTypeA = 1, kTypeAaaa = 28, kTypeSrv = 33;
constexpr unsigned kNameError = 3;

std::string number(unsigned value, unsigned size) {
  std::string out;
  while (size-- > 0) out += static_cast<char>((value >> (8U * size)) & 0xFFU);
  return out;
}

unsigned read_number(std::string_view bytes) {
  unsigned value = 0;
  for (const char c : bytes) value = (value << 8U) | static_cast<unsigned char>(c);
  return value;
}

struct Question {
  std::string name;  ///< in lower case, with dots
  unsigned type = 0;
  std::size_t end = 0;  ///< where the question section ends
};

/// The one question of a message. Compression does not occur in questions and is refused.
std::optional<Question> read_question(std::string_view message) {
  if (message.size() < 17 || read_number(message.substr(4, 2)) != 1) return std::nullopt;
  Question question;
  std::size_t at = 12;
  while (at < message.size() && message[at] != '\0') {
    const auto size = static_cast<unsigned char>(message[at]);
    if (size > 63 || at + 1 + size >= message.size()) return std::nullopt;
    if (!question.name.empty()) question.name += '.';
    for (const char c : message.substr(at + 1, size))
      question.name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    at += 1U + size;
  }
  if (at + 5 > message.size()) return std::nullopt;
  question.type = read_number(message.substr(at + 1, 2));
  question.end = at + 5;
  return question;
}

std::string labels(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const auto dot = name.find('.');
    const std::string_view label = name.substr(0, dot);
    out += static_cast<char>(label.size());
    out += label;
    name = dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
  }
  return out + '\0';
}

/// A resource record for the name that the question asked for.
std::string record(unsigned type, const std::string& data) {
  return number(0xC00C, 2) + number(type, 2) + number(1, 2) + number(60, 4) +
         number(static_cast<unsigned>(data.size()), 2) + data;
}

std::vector<std::string> records_for(const Question& question, const Zone& zone) {
  std::vector<std::string> out;
  const auto addresses = [&](const auto& table, int family, std::size_t size) {
    const auto found = table.find(question.name);
    if (found == table.end()) return;
    for (const std::string& text : found->second) {
      std::string bytes(size, '\0');
      if (::inet_pton(family, text.c_str(), bytes.data()) == 1) out.push_back(record(question.type, bytes));
    }
  };
  if (question.type == kTypeA) addresses(zone.a, AF_INET, 4);
  if (question.type == kTypeAaaa) addresses(zone.aaaa, AF_INET6, 16);
  if (question.type == kTypeSrv) {
    const auto found = zone.srv.find(question.name);
    if (found == zone.srv.end()) return out;
    for (const Zone::Service& one : found->second)
      out.push_back(
          record(kTypeSrv, number(one.priority, 2) + number(one.weight, 2) + number(one.port, 2) + labels(one.target)));
  }
  return out;
}

bool exists(const std::string& name, const Zone& zone) {
  return !zone.nothing_exists && (zone.a.contains(name) || zone.aaaa.contains(name) || zone.srv.contains(name));
}

void answer_until_stopped(int fd, int stop_fd, const Zone& zone) {
  std::array<pollfd, 2> fds{{{fd, POLLIN, 0}, {stop_fd, POLLIN, 0}}};
  std::array<char, 1500> buffer{};
  while (::poll(fds.data(), fds.size(), -1) >= 0 || errno == EINTR) {
    if (fds[1].revents != 0) return;
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    auto* const address = reinterpret_cast<sockaddr*>(&peer);
    const auto got = ::recvfrom(fd, buffer.data(), buffer.size(), MSG_DONTWAIT, address, &size);
    if (got <= 0) continue;
    const std::string answer = name_server_answer({buffer.data(), static_cast<std::size_t>(got)}, zone);
    if (!answer.empty()) ::sendto(fd, answer.data(), answer.size(), MSG_NOSIGNAL, address, size);
  }
}

}  // namespace

std::string name_server_answer(std::string_view question, const Zone& zone) {
  const auto asked = read_question(question);
  if (!asked || zone.silent) return {};
  const bool known = exists(asked->name, zone);
  const auto records = known ? records_for(*asked, zone) : std::vector<std::string>();
  std::string out(question.substr(0, 2));
  out += number(0x8580U | (known ? 0U : kNameError), 2);  // an authoritative answer
  out += number(1, 2) + number(static_cast<unsigned>(records.size()), 2) + number(0, 4);
  out += question.substr(12, asked->end - 12);
  for (const std::string& one : records) out += one;
  return out;
}

NameServer::NameServer(NameServer&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), port_(other.port_), thread_(std::move(other.thread_)) {}

NameServer::~NameServer() {
  if (thread_.joinable()) thread_.join();
  if (fd_ >= 0) ::close(fd_);
}

std::expected<NameServer, std::string> NameServer::start(Zone zone, const StopSignal& stop) {
  NameServer server;
  server.fd_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const where = reinterpret_cast<sockaddr*>(&address);
  if (server.fd_ < 0 || ::bind(server.fd_, where, size) != 0 || ::getsockname(server.fd_, where, &size) != 0)
    return std::unexpected("the name server has no UDP port on 127.0.0.1");
  server.port_ = ntohs(address.sin_port);
  server.thread_ = std::jthread(
      [fd = server.fd_, stop_fd = stop.fd(), zone = std::move(zone)] { answer_until_stopped(fd, stop_fd, zone); });
  return server;
}

}  // namespace easel::lab

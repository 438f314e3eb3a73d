// The resolver against a name server of two dozen lines on the loopback address.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <thread>

#include "client/run/names.h"
#include "client/transport/resolver.h"
#include "client_testing.h"

using namespace easel;
using namespace easel::testing;

namespace {

// Answers A for mail.example.com, AAAA for six.example.com, SRV for _autodiscover._tcp.example.com, nothing for
// silent.example.com, and "no such name" for everything else.
class NameServer {
 public:
  NameServer() : socket_(socket(AF_INET, SOCK_DGRAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    socklen_t length = sizeof address;
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    timeval tick{0, 50'000};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof tick);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  ~NameServer() {
    thread_.request_stop();
    thread_.join();
    close(socket_);
  }
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] int questions() const { return questions_; }

 private:
  static std::string number(unsigned value, int octets) {
    std::string out;
    for (int i = octets - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xFF);
    return out;
  }
  static std::string labels(std::string_view name) {
    std::string out;
    while (!name.empty()) {
      const std::string_view label = name.substr(0, name.find('.'));
      out += static_cast<char>(label.size()) + std::string(label);
      name.remove_prefix(std::min(label.size() + 1, name.size()));
    }
    return out + '\0';
  }

  void serve(const std::stop_token& stop) {
    std::array<char, 512> buffer{};
    while (!stop.stop_requested()) {
      sockaddr_in peer{};
      socklen_t length = sizeof peer;
      const ssize_t n = recvfrom(socket_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&peer), &length);
      if (n < 17) continue;
      ++questions_;
      const std::string reply = answer(std::string(buffer.data(), static_cast<std::size_t>(n)));
      if (!reply.empty()) sendto(socket_, reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&peer), length);
    }
  }

  static std::string answer(const std::string& query) {
    std::string name;
    std::size_t at = 12;
    while (at < query.size() && query[at] != '\0') {
      const auto size = static_cast<unsigned char>(query[at]);
      name += (name.empty() ? "" : ".") + query.substr(at + 1, size);
      at += size + 1U;
    }
    const int type = static_cast<unsigned char>(query[at + 2]);
    const std::string question = query.substr(12, at + 5 - 12);
    if (name == "silent.example.com") return {};
    std::string data;
    if (name == "mail.example.com" && type == 1) data = std::string("\xC0\x00\x02\x07", 4);
    if (name == "six.example.com" && type == 28)
      data = std::string("\x20\x01\x0D\xB8", 4) + std::string(11, '\0') + '\1';
    if (name == "_autodiscover._tcp.example.com" && type == 33)
      data = number(10, 2) + number(5, 2) + number(8443, 2) + labels("mail.example.com");
    const bool known = name == "mail.example.com" || name == "six.example.com" || !data.empty();
    std::string out = query.substr(0, 2) + number(known ? 0x8180 : 0x8183, 2) + number(1, 2) +
                      number(data.empty() ? 0 : 1, 2) + number(0, 4) + question;
    if (!data.empty())
      out += number(0xC00C, 2) + number(static_cast<unsigned>(type), 2) + number(1, 2) + number(60, 4) +
             number(static_cast<unsigned>(data.size()), 2) + data;
    return out;
  }

  int socket_;
  std::uint16_t port_ = 0;
  std::atomic<int> questions_ = 0;
  std::jthread thread_;
};

}  // namespace

TEST_CASE("A, AAAA and SRV, names that do not exist, and addresses that need no question") {
  const NameServer server;
  const std::vector<std::string> names = {"mail.example.com", "six.example.com", "_autodiscover._tcp.example.com",
                                          "none.example.com", "192.0.2.9",       "[2001:db8::9]",
                                          "MAIL.example.com"};
  const auto found = resolve_names(names, {server.address(), std::chrono::seconds(5)});
  REQUIRE(found.has_value());
  CHECK(found->size() == 6);  // a name is looked up once
  CHECK(find_resolution(*found, "Mail.Example.Com")->ipv4 == std::vector<std::string>{"192.0.2.7"});
  CHECK(find_resolution(*found, "six.example.com")->ipv6 == std::vector<std::string>{"2001:db8::1"});
  const Resolution* srv = find_resolution(*found, "_autodiscover._tcp.example.com");
  REQUIRE(srv->services.size() == 1);
  CHECK(srv->services[0] == ServiceRecord{"mail.example.com", 8443, 10, 5});
  const Resolution* none = find_resolution(*found, "none.example.com");
  CHECK(none->empty());
  CHECK(none->problem.starts_with("none.example.com: "));
  CHECK(find_resolution(*found, "192.0.2.9")->ipv4 == std::vector<std::string>{"192.0.2.9"});
  CHECK(find_resolution(*found, "[2001:db8::9]")->ipv6 == std::vector<std::string>{"2001:db8::9"});
  CHECK(!find_resolution(*found, "other.example.com"));
}

TEST_CASE("a server that says nothing costs the bound, and no more") {
  const NameServer server;
  const std::vector<std::string> names = {"silent.example.com"};
  const auto begin = std::chrono::steady_clock::now();
  const auto found = resolve_names(names, {server.address(), std::chrono::milliseconds(300)});
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
  REQUIRE(found.has_value());
  CHECK(found->front().empty());
  CHECK(!found->front().problem.empty());
}

TEST_CASE("a name server that is no address is a complaint") {
  CHECK(!resolve_names({}, {"not a server", std::chrono::seconds(1)}).has_value());
}

TEST_CASE("a run asks for what it needs: the target, and what <resolve> names") {
  const NameServer server;
  const Site where = site();
  RunContext context;
  context.site = &where;
  const std::vector<std::shared_ptr<const Plan>> plans = {
      plan("<scenario id='t' version='1'><resolve id='a' host='_autodiscover._tcp.${mail.domain}'/>"
           "<http id='b' method='GET' host='other.example.com'/></scenario>")};
  const auto found = resolve_for(plans, context, {server.address(), std::chrono::seconds(5)});
  REQUIRE(found.has_value());
  CHECK(find_resolution(*found, "mail.example.com"));
  CHECK(!find_resolution(*found, "_autodiscover._tcp.example.com")->empty());
  CHECK(find_resolution(*found, "other.example.com"));
}

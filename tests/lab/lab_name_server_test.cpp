#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

#include "lab/name_server.h"
#include "tests/lab/lab_client.h"

using namespace easel::lab;

namespace {

std::string question(const std::string& labels, char type) {
  return std::string("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12) + labels + std::string("\x00\x00", 2) +
         type + std::string("\x00\x01", 2);
}

const std::string kHost(
    "\x04mail\x07"
    "contoso\x04test");

Zone zone() {
  Zone out;
  out.a["mail.contoso.test"] = {"127.0.0.1", "127.0.0.2"};
  out.srv["_x._tcp.contoso.test"] = {{.priority = 1, .weight = 2, .port = 443, .target = "mail.contoso.test"}};
  return out;
}

}  // namespace

TEST_CASE("the name server answers A, SRV, nothing of that type, and no such name") {
  const std::string a = name_server_answer(question(kHost, 1), zone());
  CHECK(a.substr(2, 2) == "\x85\x80");
  CHECK(a.substr(6, 2) == std::string("\x00\x02", 2));
  CHECK(a.ends_with(std::string("\x7F\x00\x00\x02", 4)));
  const std::string aaaa = name_server_answer(question(kHost, 28), zone());
  CHECK(aaaa.substr(2, 2) == "\x85\x80");
  CHECK(aaaa.substr(6, 2) == std::string("\x00\x00", 2));
  const std::string srv = name_server_answer(question("\x02_x\x04_tcp\x07"
                                                      "contoso\x04test",
                                                      33),
                                             zone());
  CHECK(srv.ends_with(std::string("\x00\x01\x00\x02\x01\xBB", 6) + kHost + std::string(1, '\0')));
  CHECK(name_server_answer(question("\x02no", 1), zone()).substr(2, 2) == "\x85\x83");
  Zone none = zone();
  none.nothing_exists = true;
  CHECK(name_server_answer(question(kHost, 1), none).substr(2, 2) == "\x85\x83");
}

TEST_CASE("what is no question gets no answer") {
  const std::string whole = question(kHost, 1);
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK(name_server_answer(whole.substr(0, size), zone()).empty());
  CHECK(name_server_answer(question("\xC0\x0C", 1), zone()).empty());
}

TEST_CASE("a lab resolves its own name on its dns port") {
  const auto lab = Lab::start({});
  REQUIRE(lab.has_value());
  const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons((*lab)->facts().listener("dns"));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string asked = question(kHost, 1);
  ::sendto(fd, asked.data(), asked.size(), 0, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const timeval limit{.tv_sec = 5, .tv_usec = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  std::array<char, 512> answer{};
  const auto got = ::recv(fd, answer.data(), answer.size(), 0);
  ::close(fd);
  REQUIRE(got > 20);
  CHECK(std::string(answer.data(), static_cast<std::size_t>(got)).ends_with(std::string("\x7F\x00\x00\x01", 4)));
}

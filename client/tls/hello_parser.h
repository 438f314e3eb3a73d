#pragma once
// Reads a server's first flight strictly, octet by octet if need be: SSL 2.0 draft (SERVER-HELLO), RFC 6101, RFC 2246,
// RFC 4346, RFC 5246 (7.4), RFC 8446 (4.1.3, 4.1.4). Input is hostile: every length and count has a bound.

#include <cstddef>
#include <string>
#include <string_view>

#include "client/tls/hello.h"
#include "client/tls/hello_answer.h"

namespace easel {

class HelloParser {
 public:
  /// `hello` is what was sent with `secrets`; answers that it did not offer are malformed.
  HelloParser(Hello hello, const HelloSecrets& secrets);

  /// Takes what has arrived. True: the answer is complete, nothing more need be read.
  bool feed(std::string_view bytes);
  /// The stream has ended (or the time is up, with Kind::Silence). Gives the answer as it stands.
  HelloAnswer finish(HelloAnswer::Kind how);
  [[nodiscard]] bool done() const { return done_; }

 private:
  bool stop(HelloAnswer::Kind kind, std::string text);
  bool malformed(std::string_view message, std::string_view what, std::size_t offset);
  bool read_records();
  bool read_ssl2();
  bool on_alert(std::string_view body);
  bool read_messages();
  bool on_message(std::uint8_t type, std::string_view body);
  bool on_server_hello(std::string_view body);
  bool check_choice(std::string_view body, std::size_t session_id_size);
  bool on_server_hello_extensions(std::string_view block, std::size_t offset);
  bool on_certificate(std::string_view body);
  bool on_key_exchange(std::string_view body);
  bool on_certificate_request(std::string_view body);

  Hello hello_;
  HelloSecrets secrets_;
  HelloAnswer answer_;
  std::string stream_;        ///< octets not yet taken apart into records
  std::string messages_;      ///< handshake octets not yet taken apart into messages
  std::size_t received_ = 0;  ///< octets of the stream taken apart
  std::size_t records_ = 0;
  std::string server_random_;
  std::uint16_t record_version_ = 0;
  std::uint8_t last_message_ = 0;
  bool done_ = false;
};

}  // namespace easel

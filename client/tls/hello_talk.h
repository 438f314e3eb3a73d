#pragma once
// One emulated ClientHello on a socket that is connected already: the hello goes out, the answer is read, nothing else.
// Never blocks; whoever owns the socket waits for it.

#include <string>
#include <string_view>

#include "client/tls/hello.h"
#include "client/tls/hello_answer.h"
#include "client/tls/hello_parser.h"

namespace easel {

class HelloTalk {
 public:
  /// `server_name` is for SNI, where the hello has it.
  HelloTalk(const Hello& hello, const HelloSecrets& secrets, std::string_view server_name);

  /// Is there something to send yet?
  [[nodiscard]] bool wants_write() const { return !unsent_.empty(); }
  /// Sends and reads what can be had from the non-blocking `socket` now. True: the talk is over.
  bool on_event(int socket);
  /// Ends it where it stands, with HelloAnswer::Kind::Silence.
  void time_is_up();
  /// The answer, without `took`, once the talk is over.
  [[nodiscard]] HelloAnswer take() { return std::move(answer_); }

 private:
  bool end(HelloAnswer::Kind how);
  void send_some(int socket);

  HelloParser parser_;
  std::string unsent_;
  HelloAnswer answer_;
};

}  // namespace easel

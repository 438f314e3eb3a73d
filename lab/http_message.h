#pragma once
// HTTP/1.1 requests and answers as the lab reads and writes them ([RFC 9112]). Any method is taken, headers keep
// their order and spelling, an answer is exactly what it says and no more.

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lab/stream.h"

namespace easel::lab {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// Value of the first header of that name (case does not matter); empty if there is none.
[[nodiscard]] std::string_view header_of(const Headers& headers, std::string_view name);
[[nodiscard]] bool has_header(const Headers& headers, std::string_view name);
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);
/// Decodes %XX; what is no escape stays as it is. `plus_is_blank` for query values.
[[nodiscard]] std::string percent_decoded(std::string_view text, bool plus_is_blank);
/// Decodes base64 with or without padding; empty if a character does not belong.
[[nodiscard]] std::string base64_decoded(std::string_view text);

struct HttpRequest {
  std::string line{};  ///< as it came
  std::string method{}, target{}, version{};
  std::string path{};   ///< target up to the question mark, decoded
  std::string query{};  ///< after it, as it came
  Headers headers{};
  std::string body{};
  [[nodiscard]] std::string_view header(std::string_view name) const { return header_of(headers, name); }
};

struct HttpResponse {
  int status = 200;
  std::string reason = "OK";
  Headers headers{};  ///< without Date, Server, Content-Length and Connection, which the writer adds
  std::string body{};
  bool close = false;                             ///< end the connection afterwards
  void set(std::string name, std::string value);  ///< replaces a header of that name or adds it
};

/// Reads requests from a stream, keeping what came too early for the next one.
class RequestReader {
 public:
  explicit RequestReader(Stream& stream) : stream_(stream) {}

  struct Outcome {
    Io io = Io::ok;     ///< not ok: no request; `why` says whether something had begun
    std::string why{};  ///< empty when the peer left between requests
    HttpRequest request{};
  };
  /// Request line and headers. At most 256 KiB.
  [[nodiscard]] Outcome read_head(std::chrono::milliseconds limit);
  /// The body that the headers announce, at most 64 MiB; sends "100 Continue" when it is asked for.
  [[nodiscard]] Outcome read_body(HttpRequest request, std::chrono::milliseconds limit);

 private:
  bool fill(std::chrono::milliseconds limit, Outcome& outcome);
  bool read_chunks(std::string& body, std::chrono::milliseconds limit, Outcome& outcome);
  bool read_line(std::string& line, std::chrono::milliseconds limit, Outcome& outcome);
  Stream& stream_;
  std::string buffer_{};
};

/// The instant as an HTTP date, "Wed, 25 Nov 2026 07:00:00 GMT".
[[nodiscard]] std::string http_date(std::chrono::system_clock::time_point when);

}  // namespace easel::lab

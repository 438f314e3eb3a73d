#include "lab/http_message.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <ctime>
#include <optional>

namespace easel::lab {

namespace {

constexpr std::size_t kMaxHead = 256U << 10U;
constexpr std::size_t kMaxBody = 64U << 20U;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<std::size_t> number_in(std::string_view text, int base) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Splits the head of a request. Returns why it is none, or an empty text.
std::string parse_head(std::string_view head, HttpRequest& request) {
  const auto line_end = head.find("\r\n");
  request.line = head.substr(0, line_end);
  const auto first = request.line.find(' ');
  const auto last = request.line.rfind(' ');
  if (first == std::string::npos || last == first) return "the request line has no three parts";
  request.method = request.line.substr(0, first);
  request.target = request.line.substr(first + 1, last - first - 1);
  request.version = request.line.substr(last + 1);
  if (!request.version.starts_with("HTTP/1.")) return "the request line ends in no HTTP version";
  const auto mark = request.target.find('?');
  request.path = percent_decoded(std::string_view(request.target).substr(0, mark), false);
  if (mark != std::string::npos) request.query = request.target.substr(mark + 1);
  std::string_view rest = line_end == std::string_view::npos ? std::string_view() : head.substr(line_end + 2);
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 2);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return "a header line has no colon";
    request.headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  }
  return {};
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string_view header_of(const Headers& headers, std::string_view name) {
  for (const auto& [known, value] : headers)
    if (equal_ignoring_case(known, name)) return value;
  return {};
}

bool has_header(const Headers& headers, std::string_view name) {
  return std::ranges::any_of(headers, [&](const auto& header) { return equal_ignoring_case(header.first, name); });
}

std::string percent_decoded(std::string_view text, bool plus_is_blank) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      if (const auto value = number_in(text.substr(i + 1, 2), 16); value) {
        out += static_cast<char>(*value);
        i += 2;
        continue;
      }
    }
    out += text[i] == '+' && plus_is_blank ? ' ' : text[i];
  }
  return out;
}

std::string base64_decoded(std::string_view text) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned held = 0;
  int bits = 0;
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  for (const char c : text) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return {};
    held = (held << 6U) | static_cast<unsigned>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>((held >> static_cast<unsigned>(bits)) & 0xFFU);
    }
  }
  return out;
}

void HttpResponse::set(std::string name, std::string value) {
  for (auto& [known, old] : headers)
    if (equal_ignoring_case(known, name)) {
      old = std::move(value);
      return;
    }
  headers.emplace_back(std::move(name), std::move(value));
}

bool RequestReader::fill(std::chrono::milliseconds limit, Outcome& outcome) {
  outcome.io = stream_.read(buffer_, limit);
  if (outcome.io == Io::ok) return true;
  if (!buffer_.empty()) outcome.why = "the connection ended in the middle of a request";
  return false;
}

RequestReader::Outcome RequestReader::read_head(std::chrono::milliseconds limit) {
  Outcome outcome;
  std::size_t end = std::string::npos;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (buffer_.size() > kMaxHead) {
      outcome.io = Io::failed;
      outcome.why = "the headers are longer than 256 KiB";
      return outcome;
    }
    if (!fill(limit, outcome)) return outcome;
  }
  outcome.why = parse_head(std::string_view(buffer_).substr(0, end), outcome.request);
  if (!outcome.why.empty()) outcome.io = Io::failed;
  buffer_.erase(0, end + 4);
  return outcome;
}

bool RequestReader::read_line(std::string& line, std::chrono::milliseconds limit, Outcome& outcome) {
  std::size_t end = std::string::npos;
  while ((end = buffer_.find("\r\n")) == std::string::npos) {
    if (buffer_.size() > kMaxHead || !fill(limit, outcome)) return false;
  }
  line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return true;
}

bool RequestReader::read_chunks(std::string& body, std::chrono::milliseconds limit, Outcome& outcome) {
  std::string line;
  while (read_line(line, limit, outcome)) {
    const auto size = number_in(std::string_view(line).substr(0, line.find(';')), 16);
    if (!size || *size > kMaxBody - body.size()) {
      outcome.why = "a chunk size is wrong or too large";
      return false;
    }
    while (buffer_.size() < *size + 2)
      if (!fill(limit, outcome)) return false;
    body.append(buffer_, 0, *size);
    buffer_.erase(0, *size);
    if (!read_line(line, limit, outcome) || !line.empty()) return false;
    if (*size == 0) return true;
  }
  return false;
}

RequestReader::Outcome RequestReader::read_body(HttpRequest request, std::chrono::milliseconds limit) {
  Outcome outcome{.io = Io::ok, .why = {}, .request = std::move(request)};
  HttpRequest& r = outcome.request;
  if (equal_ignoring_case(r.header("Expect"), "100-continue")) {
    outcome.io = stream_.write("HTTP/1.1 100 Continue\r\n\r\n", limit);
    if (outcome.io != Io::ok) return outcome;
  }
  if (equal_ignoring_case(r.header("Transfer-Encoding"), "chunked")) {
    if (!read_chunks(r.body, limit, outcome)) {
      if (outcome.io == Io::ok) outcome.io = Io::failed;
      if (outcome.why.empty()) outcome.why = "a chunk is malformed";
    }
    return outcome;
  }
  const std::string_view length = r.header("Content-Length");
  if (length.empty()) return outcome;
  const auto size = number_in(length, 10);
  if (!size || *size > kMaxBody) {
    outcome.io = Io::failed;
    outcome.why = "Content-Length is no number or more than 64 MiB";
    return outcome;
  }
  while (buffer_.size() < *size)
    if (!fill(limit, outcome)) return outcome;
  r.body = buffer_.substr(0, *size);
  buffer_.erase(0, *size);
  return outcome;
}

std::string http_date(std::chrono::system_clock::time_point when) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const int written = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                    kDays.at(static_cast<std::size_t>(parts.tm_wday)), parts.tm_mday,
                                    kMonths.at(static_cast<std::size_t>(parts.tm_mon)), parts.tm_year + 1900,
                                    parts.tm_hour, parts.tm_min, parts.tm_sec);
  return {text.data(), static_cast<std::size_t>(written)};
}

}  // namespace easel::lab

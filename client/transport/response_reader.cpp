#include "client/transport/response_reader.h"

#include <utility>
#include <vector>

#include "client/transport/bound_options.h"

namespace easel {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string octets(std::uint64_t count) {
  constexpr std::uint64_t kKib = 1024;
  constexpr std::uint64_t kMib = kKib * kKib;
  if (count >= kMib && count % kMib == 0) return std::to_string(count / kMib) + " MiB";
  if (count >= kKib && count % kKib == 0) return std::to_string(count / kKib) + " KiB";
  return std::to_string(count) + " octets";
}

}  // namespace

ResponseReader::ResponseReader(std::uint64_t max_headers, std::uint64_t max_body)
    : max_headers_(max_headers), max_body_(max_body) {}

bool ResponseReader::fail(NetworkFailure::Kind kind, std::string text) {
  if (!failure_) failure_ = NetworkFailure{kind, std::move(text), true, received()};
  return false;
}

bool ResponseReader::on_header_line(std::string_view line) {
  if (failure_) return false;
  header_bytes_ += line.size();
  if (header_bytes_ > max_headers_) {
    return fail(NetworkFailure::Kind::TooLarge,
                "the header lines passed " + octets(max_headers_) + " (" + std::string(kMaxHeadersOption) + ")");
  }
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  if (head_complete_) return true;  // trailers are counted, and say nothing
  ++lines_;
  if (line.empty()) return on_head_end();
  return lines_ == 1 ? on_status_line(line) : on_field(line);
}

bool ResponseReader::on_status_line(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (!line.starts_with("HTTP/") || space == std::string_view::npos || line.size() < space + 4) {
    return fail(NetworkFailure::Kind::Malformed, "the answer does not begin with an HTTP status line");
  }
  int status = 0;
  for (const char digit : line.substr(space + 1, 3)) {
    if (digit < '0' || digit > '9') {
      return fail(NetworkFailure::Kind::Malformed, "the status code is not a number of three digits");
    }
    status = status * 10 + (digit - '0');
  }
  response_.version = line.substr(0, space);
  response_.status = status;
  response_.reason = trim(line.substr(space + 4));
  return true;
}

bool ResponseReader::on_field(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') {  // RFC 9112, 5.2: obsolete line folding
    if (response_.headers.empty()) {
      return fail(NetworkFailure::Kind::Malformed, "the first header line begins with white space");
    }
    response_.headers.back().value += ' ';
    response_.headers.back().value += trim(line);
    return true;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    return fail(NetworkFailure::Kind::Malformed,
                "header line " + std::to_string(lines_ - 1) + " has no " + (colon == 0 ? "name" : "colon"));
  }
  response_.headers.push_back({std::string(trim(line.substr(0, colon))), std::string(trim(line.substr(colon + 1)))});
  return true;
}

bool ResponseReader::on_head_end() {
  const bool interim = response_.status >= 100 && response_.status < 200 && response_.status != 101;
  if (interim) {
    response_ = HttpResponse{};
    lines_ = 0;
    return true;
  }
  head_complete_ = true;
  const auto lengths = header_values(response_.headers, "Content-Length");
  for (const std::string_view length : lengths) {
    constexpr std::size_t kMaxDigits = 18;
    const bool number = !length.empty() && length.find_first_not_of("0123456789") == std::string_view::npos;
    if (!number || length.size() > kMaxDigits) {
      return fail(NetworkFailure::Kind::Malformed, "Content-Length is not a number, or larger than any file");
    }
    if (length != lengths.front()) {
      return fail(NetworkFailure::Kind::Malformed, "two Content-Length headers contradict each other");
    }
  }
  std::string encodings;
  for (const std::string_view value : header_values(response_.headers, "Content-Encoding")) {
    if (!encodings.empty()) encodings += ',';
    encodings += value;
  }
  if (!encodings.empty()) decoder_.emplace(encodings);
  return true;
}

bool ResponseReader::on_body(std::string_view bytes) {
  if (failure_) return false;
  response_.body_wire_size += bytes.size();
  ContentDecoder::Result result = ContentDecoder::Result::Ok;
  if (response_.body_wire_size > max_body_) {
    result = ContentDecoder::Result::TooLarge;
  } else if (decoder_) {
    result = decoder_->feed(bytes, response_.body, max_body_);
  } else {
    response_.body.append(bytes);
  }
  if (result == ContentDecoder::Result::TooLarge) {
    return fail(NetworkFailure::Kind::TooLarge, "the body passed " + octets(max_body_) +
                                                    (decoder_ ? " after decoding (" : " (") +
                                                    std::string(kMaxBodyOption) + ")");
  }
  if (result == ContentDecoder::Result::Broken) {
    return fail(NetworkFailure::Kind::Malformed, "Content-Encoding: " + decoder_->error());
  }
  return true;
}

bool ResponseReader::on_end() {
  if (failure_) return false;
  if (decoder_ && decoder_->finish() != ContentDecoder::Result::Ok) {
    return fail(NetworkFailure::Kind::Malformed, "Content-Encoding: " + decoder_->error());
  }
  return true;
}

}  // namespace easel

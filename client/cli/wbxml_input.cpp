#include "client/cli/wbxml_input.h"

#include <zlib.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <optional>

#include "wbxml/base64.h"

namespace easel {
namespace {

using wbxml::Bytes;

constexpr std::size_t kMostUnpacked = std::size_t{64} << 20;
constexpr std::size_t kMostWrappings = 4;
constexpr std::string_view kHeader("\x03\x01\x6A\x00", 4);

std::string_view view(const Bytes& bytes) { return wbxml::as_text(bytes); }
Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool looks_like_document(std::string_view octets) {
  return octets.starts_with(kHeader) || octets.starts_with("\x1F\x8B") || octets.starts_with("\x03\x01");
}

std::optional<Bytes> gunzip(std::string_view packed) {
  z_stream stream{};
  constexpr int kGzipOrZlib = 15 + 32;
  if (inflateInit2(&stream, kGzipOrZlib) != Z_OK) return std::nullopt;
  Bytes input = bytes_of(packed), out;
  stream.next_in = input.data();
  stream.avail_in = static_cast<unsigned>(input.size());
  int result = Z_OK;
  std::uint8_t block[16384];
  while (result == Z_OK && out.size() < kMostUnpacked) {
    stream.next_out = block;
    stream.avail_out = sizeof block;
    result = inflate(&stream, Z_NO_FLUSH);
    out.insert(out.end(), block, block + (sizeof block - stream.avail_out));
    if (result == Z_OK && stream.avail_in == 0 && stream.avail_out != 0) break;
  }
  inflateEnd(&stream);
  if (result != Z_STREAM_END) return std::nullopt;
  return out;
}

// "1A\r\n" octets "\r\n" ... "0\r\n\r\n"; extensions and trailers are passed over.
std::optional<Bytes> dechunk(std::string_view text) {
  Bytes out;
  for (;;) {
    const std::size_t line_end = text.find('\n');
    if (line_end == std::string_view::npos || line_end > 64) return std::nullopt;
    std::size_t size = 0, digits = 0;
    while (digits < line_end && hex_value(text[digits]) >= 0 && digits < 8)
      size = size << 4 | static_cast<std::size_t>(hex_value(text[digits++]));
    const char behind = text[digits];
    if (digits == 0 || (behind != '\r' && behind != '\n' && behind != ';' && behind != ' ')) return std::nullopt;
    text.remove_prefix(line_end + 1);
    if (size == 0) return out;
    if (size > text.size()) return std::nullopt;
    out.insert(out.end(), text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
    text.remove_prefix(size);
    if (text.starts_with("\r")) text.remove_prefix(1);
    if (!text.starts_with("\n")) return std::nullopt;
    text.remove_prefix(1);
  }
}

// Hex digits in pairs; between them blanks, ':', '-', ',' and 0x or \x. Ends at anything else.
Bytes read_hex(std::string_view text) {
  Bytes out;
  for (std::size_t i = 0; i < text.size();) {
    if (std::string_view(" \t\r\n:-,").find(text[i]) != std::string_view::npos) {
      ++i;
    } else if (i + 1 < text.size() && (text[i] == '0' || text[i] == '\\') &&
               (text[i + 1] == 'x' || text[i + 1] == 'X')) {
      i += 2;
    } else if (i + 1 < text.size() && hex_value(text[i]) >= 0 && hex_value(text[i + 1]) >= 0) {
      out.push_back(static_cast<std::uint8_t>(hex_value(text[i]) * 16 + hex_value(text[i + 1])));
      i += 2;
    } else {
      break;
    }
  }
  return out;
}

// Lines as xxd and hexdump -C print them: an offset, octets, and the characters again behind two blanks or a bar.
std::optional<Bytes> read_dump(std::string_view text) {
  Bytes out;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    std::size_t digits = 0;
    while (digits < line.size() && hex_value(line[digits]) >= 0) ++digits;
    if (digits < 4 || digits > 16 || digits == line.size()) return std::nullopt;
    line.remove_prefix(digits);
    if (line.starts_with(":")) line.remove_prefix(1);
    if (line.find_first_not_of(" \r") == std::string_view::npos) continue;  // the last line of hexdump
    line.remove_prefix(line.find_first_not_of(' '));
    line = line.substr(0, line.find('|'));
    const std::size_t group_gap = line.find("  ");
    // hexdump -C has a double blank in the middle too; xxd has the characters behind it.
    const bool hexdump = line.size() > 24 && group_gap == 23 && hex_value(line[25]) >= 0;
    const Bytes octets = read_hex(hexdump ? line : line.substr(0, group_gap));
    if (octets.empty() || octets.size() > 64) return std::nullopt;
    out.insert(out.end(), octets.begin(), octets.end());
  }
  if (out.empty()) return std::nullopt;
  return out;
}

// A string literal as programs log octets: \x03\x01j\x00E...
Bytes read_escapes(std::string_view text, char quote) {
  Bytes out;
  for (std::size_t i = 0; i < text.size() && text[i] != quote && text[i] != '\n'; ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out.push_back(static_cast<std::uint8_t>(text[i]));
      continue;
    }
    const char c = text[++i];
    constexpr std::string_view kNames = "nrtabfv0", kValues("\n\r\t\a\b\f\v\0", 8);
    const std::size_t known = kNames.find(c);
    if (c == 'x' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      out.push_back(static_cast<std::uint8_t>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
      i += 2;
    } else {
      out.push_back(static_cast<std::uint8_t>(known == std::string_view::npos ? c : kValues[known]));
    }
  }
  return out;
}

std::optional<Bytes> read_base64(std::string_view text) {
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '-', '+');
  std::replace(plain.begin(), plain.end(), '_', '/');
  Bytes out(wbxml::detail::base64_bound(plain.size()));
  const auto decoded = wbxml::detail::base64_decode(plain, out.data(), wbxml::SimdLevel::automatic);
  // What follows the base64 in a log line ends it; complete groups of four count.
  if (decoded.bad != wbxml::detail::Base64Decoded::kNone && decoded.bad < 8) return std::nullopt;
  out.resize(decoded.size);
  if (out.empty()) return std::nullopt;
  return out;
}

bool is_base64(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/' || c == '-' || c == '_' || c == '=';
}

// A document's start somewhere inside a line of text.
struct Found {
  Bytes octets;
  std::string wrapping;
};
std::optional<Found> find_in_text(std::string_view text) {
  if (const std::size_t at = text.find("\\x03\\x01"); at != std::string_view::npos) {
    const char quote = at > 0 ? text[at - 1] : '\0';
    return Found{read_escapes(text.substr(at), quote == '\'' || quote == '"' ? quote : '\n'), "escapes"};
  }
  for (const std::string_view start : {"AwFqA", "H4sI"}) {  // the header, and gzip's
    const std::size_t at = text.find(start);
    if (at == std::string_view::npos) continue;
    std::string_view run = text.substr(at);
    run = run.substr(0, static_cast<std::size_t>(std::find_if_not(run.begin(), run.end(), is_base64) - run.begin()));
    if (auto octets = read_base64(run)) return Found{std::move(*octets), "base64"};
  }
  for (std::size_t at = 0; at + 8 <= text.size(); ++at) {
    if (text[at] != '0' && text[at] != '1') continue;
    if (at > 0 && hex_value(text[at - 1]) >= 0) continue;
    Bytes octets = read_hex(text.substr(at, 40));
    if (!view(octets).starts_with(kHeader) && !view(octets).starts_with("\x1F\x8B\x08")) continue;
    return Found{read_hex(text.substr(at)), "hex"};
  }
  return std::nullopt;
}

bool is_text(std::string_view input) {
  return std::all_of(input.begin(), input.end(),
                     [](unsigned char c) { return c >= 0x20 || c == '\n' || c == '\r' || c == '\t'; });
}

// One wrapping less, or nothing when it is not recognised.
std::optional<Found> unwrap_once(std::string_view input) {
  if (input.starts_with("\x1F\x8B")) {
    auto octets = gunzip(input);
    if (!octets) return std::nullopt;
    return Found{std::move(*octets), "gzip"};
  }
  if (input.starts_with("HTTP/") || input.starts_with("POST ")) {
    const std::size_t body = input.find("\r\n\r\n");
    if (body != std::string_view::npos) return Found{bytes_of(input.substr(body + 4)), "HTTP header"};
  }
  if (auto octets = dechunk(input); octets && !octets->empty()) return Found{std::move(*octets), "chunked"};
  if (!is_text(input)) return std::nullopt;
  if (auto octets = read_dump(input); octets && looks_like_document(view(*octets)))
    return Found{std::move(*octets), "hex dump"};
  std::string packed;
  std::copy_if(input.begin(), input.end(), std::back_inserter(packed),
               [](unsigned char c) { return std::isspace(c) == 0; });
  if (Bytes octets = read_hex(packed); octets.size() * 2 == packed.size() && looks_like_document(view(octets)))
    return Found{std::move(octets), "hex"};
  if (std::all_of(packed.begin(), packed.end(), is_base64))
    if (auto octets = read_base64(packed); octets && looks_like_document(view(*octets)))
      return Found{std::move(*octets), "base64"};
  return find_in_text(input);
}

std::optional<Bytes> unwrap_as(std::string_view input, std::string_view format) {
  if (format == "raw") return bytes_of(input);
  if (format == "gzip") return gunzip(input);
  if (format == "chunked") return dechunk(input);
  if (format == "base64") return read_base64(input);
  if (auto octets = read_dump(input)) return octets;
  Bytes octets = read_hex(input);
  if (octets.empty()) return std::nullopt;
  return octets;
}

}  // namespace

std::expected<WbxmlInput, std::string> unwrap_wbxml(std::string_view input, std::string_view format) {
  WbxmlInput result;
  if (!format.empty()) {
    auto octets = unwrap_as(input, format);
    if (!octets) return std::unexpected("the input is not " + std::string(format));
    result.octets = std::move(*octets);
    if (format != "raw") result.wrappings.emplace_back(format);
    if (format == "raw") return result;
  } else {
    result.octets = bytes_of(input);
  }
  while (!view(result.octets).starts_with(kHeader) && result.wrappings.size() < kMostWrappings) {
    auto found = unwrap_once(view(result.octets));
    if (!found || found->octets.empty()) break;
    result.octets = std::move(found->octets);
    result.wrappings.push_back(std::move(found->wrapping));
  }
  return result;
}

}  // namespace easel

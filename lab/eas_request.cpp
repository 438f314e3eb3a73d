#include "lab/eas_request.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace easel::lab {

namespace {

/// [MS-ASHTTP] Command Codes; the four empty ones are no longer in current tables.
constexpr std::array<const char*, 24> kCommands{"Sync",
                                                "SendMail",
                                                "SmartForward",
                                                "SmartReply",
                                                "GetAttachment",
                                                "GetHierarchy",
                                                "CreateCollection",
                                                "DeleteCollection",
                                                "MoveCollection",
                                                "FolderSync",
                                                "FolderCreate",
                                                "FolderDelete",
                                                "FolderUpdate",
                                                "MoveItems",
                                                "GetItemEstimate",
                                                "MeetingResponse",
                                                "Search",
                                                "Settings",
                                                "Ping",
                                                "ItemOperations",
                                                "Provision",
                                                "ResolveRecipients",
                                                "ValidateCert",
                                                "Find"};

/// [MS-ASHTTP] Command Parameters
constexpr std::array<const char*, 9> kParameters{"AttachmentName", "CollectionId", "CollectionName", "ItemId", "LongId",
                                                 "ParentId",       "Occurrence",   "Options",        "User"};

int version_number(std::string_view text) {
  int whole = 0;
  int tenth = 0;
  const auto* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, whole);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.' || whole > 99 || whole < 0) return 0;
  const auto second = std::from_chars(first.ptr + 1, end, tenth);
  return second.ec == std::errc() && second.ptr == end && tenth >= 0 && tenth < 10 ? whole * 10 + tenth : 0;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4U];
    out += kDigits[static_cast<unsigned char>(c) & 0xFU];
  }
  return out;
}

/// A device id in a base64 query is text, or the 16 raw bytes of an id of 32 hex digits.
std::string device_id_of(std::string_view field) {
  const bool text = std::ranges::all_of(
      field, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
  return text ? std::string(field) : hex(field);
}

class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : bytes_(bytes) {}
  std::optional<std::string_view> take(std::size_t size) {
    if (size > bytes_.size()) return std::nullopt;
    const std::string_view out = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return out;
  }
  std::optional<unsigned> number() {
    const auto byte = take(1);
    if (!byte) return std::nullopt;
    return static_cast<unsigned char>(byte->front());
  }
  std::optional<std::string_view> sized() {
    const auto size = number();
    return size ? take(*size) : std::nullopt;
  }
  [[nodiscard]] bool at_end() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};

bool read_parameters(FieldReader& reader, EasRequest& request) {
  while (!reader.at_end()) {
    const auto tag = reader.number();
    const auto value = reader.sized();
    if (!tag || !value || *tag >= kParameters.size()) return false;
    const std::string_view name = kParameters.at(*tag);
    if (name == "User") request.user = *value;
    if (name == "Options" && value->size() == 1) {
      const auto bits = static_cast<unsigned char>(value->front());
      request.save_in_sent = (bits & 0x01U) != 0;
      request.multipart = (bits & 0x02U) != 0;
    }
    request.parameters[std::string(name)] = *value;
  }
  return true;
}

bool read_base64_query(std::string_view bytes, EasRequest& request) {
  FieldReader reader(bytes);
  const auto version = reader.number();
  const auto command = reader.number();
  const auto locale = reader.take(2);
  const auto device = reader.sized();
  const auto key = reader.sized();
  const auto type = reader.sized();
  if (!version || !command || !locale || !device || !key || !type) return false;
  if (*command >= kCommands.size() || (!key->empty() && key->size() != 4)) return false;
  request.base64_query = true;
  request.version = static_cast<int>(*version);
  request.version_text = std::to_string(*version / 10) + "." + std::to_string(*version % 10);
  request.command = kCommands.at(*command);
  request.device_id = device_id_of(*device);
  request.device_type = *type;
  if (!key->empty()) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = (value << 8U) | static_cast<unsigned char>((*key)[i]);
    request.policy_key = std::to_string(value);
  }
  return read_parameters(reader, request);
}

void read_plain_query(std::string_view query, EasRequest& request) {
  while (!query.empty()) {
    const auto end = query.find('&');
    const std::string_view part = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    const auto equals = part.find('=');
    const std::string name = percent_decoded(part.substr(0, equals), true);
    std::string value = equals == std::string_view::npos ? "" : percent_decoded(part.substr(equals + 1), true);
    if (name == "Cmd") request.command = value;
    if (name == "User") request.user = value;
    if (name == "DeviceId") request.device_id = value;
    if (name == "DeviceType") request.device_type = value;
    if (name == "SaveInSent") request.save_in_sent = value == "T";
    request.parameters[name] = std::move(value);
  }
}

}  // namespace

std::expected<EasRequest, std::string> read_eas_request(const HttpRequest& http) {
  EasRequest request;
  request.content_type = http.header("Content-Type");
  request.content_type = request.content_type.substr(0, request.content_type.find(';'));
  request.body = http.body;
  if (http.query.find('&') != std::string::npos || http.query.starts_with("Cmd=")) {
    read_plain_query(http.query, request);
    request.version_text = http.header("MS-ASProtocolVersion");
    request.version = version_number(request.version_text);
    if (has_header(http.headers, "X-MS-PolicyKey")) request.policy_key = http.header("X-MS-PolicyKey");
    request.multipart = http.header("MS-ASAcceptMultiPart") == "T";
  } else {
    const std::string bytes = base64_decoded(percent_decoded(http.query, false));
    if (bytes.empty()) return std::unexpected("the query is neither plain text nor base64");
    if (!read_base64_query(bytes, request)) return std::unexpected("the base64 query is malformed");
  }
  if (request.command.empty()) return std::unexpected("the query names no command");
  if (request.device_id.empty()) return std::unexpected("the query names no device");
  if (request.device_type.empty()) return std::unexpected("the query names no device type");
  return request;
}

}  // namespace easel::lab

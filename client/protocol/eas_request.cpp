#include "client/protocol/eas_request.h"

#include <algorithm>
#include <charconv>

#include "client/protocol/base64.h"
#include "client/protocol/commands.h"

namespace easel {
namespace {

// MS-ASHTTP, Command Parameters: tags of the base64 query.
constexpr std::pair<std::string_view, std::uint8_t> kParameterTags[] = {
    {"AttachmentName", 0}, {"CollectionId", 1}, {"CollectionName", 2}, {"ItemId", 3},
    {"LongId", 4},         {"ParentId", 5},     {"Occurrence", 6},     {"User", 8}};
constexpr std::uint8_t kOptionsTag = 7;

char to_hex(unsigned value) { return "0123456789ABCDEF"[value & 0xF]; }

std::uint64_t fnv1a(std::string_view text, std::uint64_t hash) {
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001B3ULL;
  }
  return hash;
}

bool is_hex32(std::string_view id) {
  return id.size() == 32 && std::ranges::all_of(id, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
         });
}

std::string from_hex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    unsigned value = 0;
    std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
    out += static_cast<char>(value);
  }
  return out;
}

void put_counted(std::string& out, std::string_view value) {
  const std::size_t length = std::min<std::size_t>(value.size(), 255);
  out += static_cast<char>(length);
  out += value.substr(0, length);
}

std::uint8_t option_bit(const Header& parameter) {
  if (parameter.value != "T") return 0;
  return parameter.name == "SaveInSent" ? 0x01 : parameter.name == "AcceptMultiPart" ? 0x02 : 0;
}

std::string base64_query(const DeviceProfile& profile, const EasRequest& request) {
  std::string out;
  unsigned major = 0, minor = 0;
  const std::string& v = request.version;
  const auto [dot, error] = std::from_chars(v.data(), v.data() + v.size(), major);
  if (dot < v.data() + v.size()) std::from_chars(dot + 1, v.data() + v.size(), minor);
  out += static_cast<char>(major * 10 + minor);
  const Command* command = find_command(request.cmd);
  out += static_cast<char>(command ? command->code : 0xFF);
  out += static_cast<char>(profile.locale & 0xFF);
  out += static_cast<char>(profile.locale >> 8);
  // A device whose id is 32 hexadecimal digits sends the 16 octets behind them; servers show the same id for both.
  put_counted(out, request.raw_id && is_hex32(request.device_id) ? from_hex(request.device_id) : request.device_id);
  if (request.policy_key == "absent") {
    out += '\0';
  } else {
    std::uint32_t key = 0;
    std::from_chars(request.policy_key.data(), request.policy_key.data() + request.policy_key.size(), key);
    out += '\4';
    for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(key >> shift & 0xFF);
  }
  put_counted(out, profile.device_type_base64);
  std::uint8_t options = 0;
  for (const Header& p : request.parameters) options = static_cast<std::uint8_t>(options | option_bit(p));
  bool options_sent = false;  // one field for all of them, where the first of them stands
  for (const Header& p : request.parameters) {
    if (option_bit(p) != 0 && !options_sent) {
      out += static_cast<char>(kOptionsTag);
      out += '\1';
      out += static_cast<char>(options);
      options_sent = true;
    }
    for (const auto& [name, tag] : kParameterTags) {
      if (p.name != name) continue;
      out += static_cast<char>(tag);
      put_counted(out, p.value);
    }
  }
  return base64_encode(out);
}

std::string plain_query(const DeviceProfile& profile, const EasRequest& request) {
  std::string out;
  const auto put = [&](std::string_view name, std::string_view value) {
    if (!out.empty()) out += '&';
    out += std::string(name) + '=' + percent_encode(value);
  };
  for (const std::string& name : profile.query_order) {
    if (name == "Cmd" && !request.cmd.empty()) put(name, request.cmd);
    if (name == "User") put(name, request.user);
    if (name == "DeviceId") put(name, request.device_id);
    if (name == "DeviceType") put(name, profile.device_type);
  }
  for (const Header& p : request.parameters) {
    if (p.name != "AcceptMultiPart") put(p.name, p.value);
  }
  return out;
}

std::string fill(std::string_view value, const DeviceProfile& profile, const EasRequest& request) {
  const std::pair<std::string_view, std::string_view> known[] = {
      {"{version}", request.version},
      {"{policy-key}", request.policy_key},
      {"{authorization}", request.authorization},
      {"{content-type}", request.content_type.empty() ? profile.content_type : request.content_type},
      {"{user-agent}", profile.user_agent}};
  std::string out(value);
  for (const auto& [name, with] : known) {
    if (const std::size_t at = out.find(name); at != std::string::npos) out.replace(at, name.size(), with);
  }
  return out;
}

}  // namespace

std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto o = static_cast<unsigned char>(c);
    const bool plain = (o >= 'a' && o <= 'z') || (o >= 'A' && o <= 'Z') || (o >= '0' && o <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += to_hex(o >> 4);
      out += to_hex(o);
    }
  }
  return out;
}

bool uses_base64_query(const DeviceProfile& profile, const EasRequest& request) {
  if (request.cmd.empty()) return false;
  if (!request.query.empty()) return request.query == "base64";
  return !profile.base64_since.empty() && compare_versions(request.version, profile.base64_since) >= 0;
}

std::string build_query(const DeviceProfile& profile, const EasRequest& request) {
  return uses_base64_query(profile, request) ? base64_query(profile, request) : plain_query(profile, request);
}

Headers device_headers(const DeviceProfile& profile, const EasRequest& request, bool has_body, bool is_options) {
  const bool base64 = uses_base64_query(profile, request);
  Headers out;
  for (const ProfileHeader& h : profile.headers) {
    using When = ProfileHeader::When;
    if (h.when == When::Body && !has_body) continue;
    if (h.when == When::PlainQuery && (base64 || is_options)) continue;
    if (h.when == When::Credentials && request.authorization.empty()) continue;
    if (h.when == When::OptionsOnly && !is_options) continue;
    if (h.when == When::PostOnly && is_options) continue;
    if (h.name == "X-MS-PolicyKey" && request.policy_key == "absent") continue;
    out.push_back({h.name, fill(h.value, profile, request)});
  }
  for (const Header& p : request.parameters) {
    if (p.name == "AcceptMultiPart" && !base64) out.push_back({"MS-ASAcceptMultiPart", p.value});
  }
  return out;
}

HttpRequest build_eas_request(const DeviceProfile& profile, const EasRequest& request, std::string_view path) {
  HttpRequest http;
  const bool is_options = request.cmd.empty();
  http.method = is_options ? "OPTIONS" : "POST";
  http.target = std::string(path);
  if (!is_options || profile.options_query) http.target += '?' + build_query(profile, request);
  http.headers = device_headers(profile, request, !request.body.empty(), is_options);
  http.body = request.body;
  return http;
}

std::string stable_device_id(const DeviceProfile& profile, std::string_view account, std::string_view lane) {
  const std::string key = profile.id + '\n' + std::string(account) + '\n' + std::string(lane);
  std::string hex;
  std::uint64_t seed = 0xCBF29CE484222325ULL;
  for (int half = 0; half < 2; ++half, seed = 0x9AE16A3B2F90404FULL) {
    const std::uint64_t hash = fnv1a(key, seed);
    for (int shift = 60; shift >= 0; shift -= 4) hex += to_hex(static_cast<unsigned>(hash >> shift & 0xF));
  }
  if (profile.device_id_form == "appl") return "Appl" + hex.substr(0, 11);
  if (profile.device_id_form == "android") {
    std::string digits = "androidc";
    for (std::size_t i = 0; i < 10; ++i) digits += static_cast<char>('0' + static_cast<unsigned char>(hex[i]) % 10);
    return digits;
  }
  return hex;
}

}  // namespace easel

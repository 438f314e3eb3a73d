#include "lab/item_rendering.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "lab/http_message.h"

namespace easel::lab {

namespace {

namespace as = tags::AirSync;
namespace em = tags::Email;
namespace ab = tags::AirSyncBase;

/// [MS-ASCMD] Truncation, 0 to 8; 9 is the whole.
constexpr std::array<std::size_t, 9> kTruncation{0, 512, 1024, 2048, 5120, 10240, 20480, 51200, 102400};
/// [MS-ASCMD] FilterType, days; 0 is everything.
constexpr std::array<int, 8> kFilterDays{0, 1, 3, 7, 14, 31, 92, 183};

/// Cuts at a character's end, never in its middle.
std::string_view cut(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return text.substr(0, size);
}

std::string html_of(std::string_view text) {
  std::string out = "<html><body><pre>";
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '&')
      out += "&amp;";
    else
      out += c;
  }
  return out + "</pre></body></html>";
}

void write_old_body(WbxmlWriter& out, const Item& mail, int truncation) {
  const bool whole = truncation < 0 || truncation >= static_cast<int>(kTruncation.size());
  const std::size_t limit = whole ? mail.body.size() : kTruncation.at(static_cast<std::size_t>(truncation));
  const std::string_view body = cut(mail.body, limit);
  out.number(em::BodyTruncated, body.size() < mail.body.size() ? 1 : 0);
  out.number(em::BodySize, static_cast<long long>(mail.body.size()));
  if (!body.empty()) out.text(em::Body, body);
}

void write_body(WbxmlWriter& out, const Item& mail, const SyncOptions& options) {
  std::string data = mail.body;
  if (options.body_type == 2) data = html_of(mail.body);
  if (options.body_type == 4) data = mime_of(mail);
  const std::string_view shown = options.truncation_size ? cut(data, *options.truncation_size) : std::string_view(data);
  out.open(ab::Body);
  out.number(ab::Type, options.body_type);
  out.number(ab::EstimatedDataSize, static_cast<long long>(data.size()));
  if (shown.size() < data.size()) out.number(ab::Truncated, 1);
  if (!shown.empty()) out.text(ab::Data, shown);
  out.close();
}

void write_attachment(WbxmlWriter& out, const Item& mail, int version) {
  const std::string reference = mail.server_id + ":0";
  const auto size = static_cast<long long>(mail.attachment.size());
  if (version < 120) {
    out.open(em::Attachments);
    out.open(em::Attachment);
    out.text(em::AttName, reference);
    out.number(em::AttSize, size);
    out.number(em::AttMethod, 1);
    out.text(em::DisplayName, mail.attachment_name);
  } else {
    out.open(ab::Attachments);
    out.open(ab::Attachment);
    out.text(ab::DisplayName, mail.attachment_name);
    out.text(ab::FileReference, reference);
    out.number(ab::Method, 1);
    out.number(ab::EstimatedDataSize, size);
  }
  out.close();
  out.close();
}

void write_mail(WbxmlWriter& out, const Item& mail, int version, const SyncOptions& options) {
  out.text(em::To, mail.to);
  out.text(em::From, mail.from);
  out.text(em::Subject, mail.subject);
  out.text(em::DateReceived, iso_date(mail.date));
  out.text(em::DisplayTo, mail.to);
  out.text(em::ThreadTopic, mail.subject);
  out.number(em::Importance, 1);
  out.number(em::Read, mail.read ? 1 : 0);
  if (!mail.attachment_name.empty()) write_attachment(out, mail, version);
  if (version < 120)
    write_old_body(out, mail, options.truncation);
  else
    write_body(out, mail, options);
  out.text(em::MessageClass, "IPM.Note");
  out.number(em::InternetCPID, 65001);
  if (version >= 120) {
    out.text(em::ContentClass, "urn:content-classes:message");
    out.number(ab::NativeBodyType, 1);
  }
}

}  // namespace

int number_of(std::string_view text, int otherwise) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : otherwise;
}

void write_item(WbxmlWriter& out, const Item& item, std::string_view item_class, int version,
                const SyncOptions& options) {
  if (item_class == "Email") return write_mail(out, item, version, options);
  for (const Node& property : item.properties) out.node(property);
}

std::string mime_of(const Item& mail) {
  return "From: " + mail.from + "\r\nTo: " + mail.to + "\r\nSubject: " + mail.subject +
         "\r\nDate: " + http_date(std::chrono::system_clock::time_point(std::chrono::seconds(mail.date))) +
         "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" +
         mail.body;
}

Item mail_from_mime(std::string_view mime) {
  Item mail;
  while (!mime.empty()) {
    const auto end = mime.find('\n');
    std::string_view line = mime.substr(0, end);
    mime = end == std::string_view::npos ? std::string_view() : mime.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) break;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    if (equal_ignoring_case(line.substr(0, colon), "From")) mail.from = value;
    if (equal_ignoring_case(line.substr(0, colon), "To")) mail.to = value;
    if (equal_ignoring_case(line.substr(0, colon), "Subject")) mail.subject = value;
  }
  mail.body = mime;
  return mail;
}

std::string_view item_of_reference(std::string_view reference) {
  const auto last = reference.rfind(':');
  return last == std::string_view::npos ? std::string_view() : reference.substr(0, last);
}

void read_options(const Node& options, SyncOptions& into) {
  into = SyncOptions{};
  for (const Node& option : options.children) {
    if (option.tag == as::FilterType) into.filter = number_of(option.text, -1);
    if (option.tag == as::Truncation) into.truncation = number_of(option.text, 9);
    if (option.tag != ab::BodyPreference) continue;
    into.body_type = number_of(option.text_of(ab::Type), 1);
    if (option.has(ab::TruncationSize))
      into.truncation_size = static_cast<std::uint32_t>(std::max(0, number_of(option.text_of(ab::TruncationSize), 0)));
    else
      into.truncation_size.reset();
  }
}

bool passes_filter(const Item& item, std::string_view item_class, int filter) {
  if (filter <= 0 || filter >= static_cast<int>(kFilterDays.size())) return true;
  if (item_class != "Email" && item_class != "Calendar") return true;
  constexpr std::int64_t kDay = 86400;
  return item.date >= seconds_now() - kFilterDays.at(static_cast<std::size_t>(filter)) * kDay;
}

}  // namespace easel::lab

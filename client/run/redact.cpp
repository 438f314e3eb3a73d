#include "client/run/redact.h"

#include <algorithm>
#include <cctype>

#include "client/protocol/base64.h"
#include "client/protocol/credentials.h"
#include "client/protocol/eas_request.h"
#include "client/xml/xml_tree.h"

namespace easel {
namespace {

constexpr std::string_view kMask = "•••";
constexpr std::size_t kShortest = 4;  // replacing "a" everywhere would hide the evidence, not the secret

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// Base64 of the secret as it looks inside a longer text, at each of the three offsets: the characters that depend on
// the neighbours are left out.
std::vector<std::string> embedded_base64(std::string_view secret) {
  std::vector<std::string> out;
  for (std::size_t before = 0; before < 3; ++before) {
    std::string text = base64_encode(std::string(before, 'x') + std::string(secret));
    const std::size_t whole = (before + secret.size()) * 8 / 6, first = (before * 8 + 5) / 6;
    if (whole > first + 5) out.push_back(text.substr(first, whole - first));
  }
  return out;
}

std::string lower_percent(std::string text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    if (text[i] != '%') continue;
    text[i + 1] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[i + 1])));
    text[i + 2] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[i + 2])));
  }
  return text;
}

void mask_headers(Headers& headers, const Redactor& redactor) {
  static constexpr std::string_view kSecret[] = {"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"};
  for (Header& h : headers) {
    const bool secret = std::ranges::any_of(kSecret, [&](std::string_view name) { return same_name(name, h.name); });
    h.name = redactor.apply(h.name);
    if (!secret) {
      h.value = redactor.apply(h.value);
      continue;
    }
    // The scheme, or the cookie's name, is evidence; the rest is not.
    const std::size_t cut = h.value.find_first_of(" =");
    h.value =
        redactor.apply(cut == std::string::npos ? std::string() : h.value.substr(0, cut + 1)) + std::string(kMask);
  }
}

// A secret that straddles the cut must not leave its first half: mask a little more than is kept.
void mask_body(std::string& body, const Redactor& redactor, std::size_t max_body) {
  constexpr std::size_t kMargin = 16U << 10;
  if (body.size() > max_body + kMargin) body.resize(max_body + kMargin);
  body = redactor.apply(body);
  if (body.size() > max_body) body.resize(max_body);
}

void mask_response(HttpResponse& response, const Redactor& redactor, std::size_t max_body) {
  mask_headers(response.headers, redactor);
  response.reason = redactor.apply(response.reason);
  mask_body(response.body, redactor, max_body);
}

}  // namespace

void Redactor::add(std::string_view secret) {
  if (secret.size() < kShortest) return;
  std::vector<std::string> forms = embedded_base64(secret);
  for (const std::string& form : {std::string(secret), base64_encode(secret), percent_encode(secret),
                                  lower_percent(percent_encode(secret)), to_windows_1252(secret), escape_xml(secret)})
    forms.push_back(form);
  for (std::string& form : forms) {
    while (form.ends_with('=')) form.pop_back();
    if (form.size() >= kShortest && std::ranges::find(secrets_, form) == secrets_.end()) secrets_.push_back(form);
  }
  std::ranges::sort(secrets_, std::ranges::greater(), &std::string::size);
}

void Redactor::add_credentials(std::string_view user, std::string_view password) {
  if (password.empty()) return;
  add(password);
  for (const std::string_view charset : {"utf-8", "windows-1252"}) {
    std::string value = basic_authorization(user, password, charset).substr(6);
    while (value.ends_with('=')) value.pop_back();
    if (std::ranges::find(secrets_, value) == secrets_.end()) secrets_.push_back(value);
  }
  std::ranges::sort(secrets_, std::ranges::greater(), &std::string::size);
}

std::string Redactor::apply(std::string_view text) const {
  std::string out(text);
  for (const std::string& secret : secrets_) {
    for (std::size_t at = out.find(secret); at != std::string::npos; at = out.find(secret, at + kMask.size())) {
      const std::size_t end = at + secret.size();
      const std::size_t padding = std::min<std::size_t>(out.find_first_not_of('=', end), end + 2);  // of base64
      out.replace(at, std::min(padding, out.size()) - at, kMask);
    }
  }
  return out;
}

RoundTrip Redactor::apply(RoundTrip round_trip, std::size_t max_body) const {
  mask_headers(round_trip.request.headers, *this);
  round_trip.request.target = apply(round_trip.request.target);
  round_trip.request.host = apply(round_trip.request.host);
  mask_body(round_trip.request.body, *this, max_body);
  if (auto* response = std::get_if<HttpResponse>(&round_trip.outcome)) mask_response(*response, *this, max_body);
  if (auto* tls = std::get_if<TlsFailure>(&round_trip.outcome)) tls->text = apply(tls->text);
  if (auto* network = std::get_if<NetworkFailure>(&round_trip.outcome)) network->text = apply(network->text);
  if (round_trip.partial) mask_response(*round_trip.partial, *this, max_body);
  return round_trip;
}

}  // namespace easel

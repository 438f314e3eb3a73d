#include "lab/fault_table.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <numeric>

#include "lab/lab.h"
#include "lab/personas.h"
#include "lab/wire_bytes.h"

namespace easel::lab {

namespace {

/// A listener on which a key of 512 bits still works: no RSA-PSS, which needs more.
std::string tls_of_2008() {
  return "NONE:+VERS-TLS1.2:+AES-128-CBC:+AES-256-CBC:+RSA:+SHA1:+SHA256:+SIGN-ALL:+COMP-NULL";
}

/// The log-on page of Outlook Web Access, which anybody may read.
void open_log_on_form(Behaviour& b) {
  Directory& form = b.directory("/exchweb/bin/auth");
  form.anonymous = true;
  form.page =
      "<html><head><title>Outlook Web Access</title></head><body><form action=\"owaauth.dll\" method=\"post\">"
      "<input name=\"username\"><input name=\"password\" type=\"password\"></form></body></html>";
}

void turn_securid_on(Behaviour& b) {
  b.securid.on = true;
  Directory& web_id = b.directory("/WebID");
  web_id.anonymous = true;
  web_id.headers = {{"MSAS-TwoFactorAuth", "True"},
                    {"MS-ASProtocolVersions", "1.0,2.0"},
                    {"MS-ASProtocolCommands", "Sync,SendMail,SmartForward,SmartReply,GetAttachment,FolderSync,Ping"}};
}

void ask_for_certificates(Behaviour& b) { b.tls.client_certificates.mode = ClientCertificateShape::Mode::handshake; }

struct FaultRow {
  FaultInfo info;
  void (*apply)(Behaviour& b);
};

#define EASEL_LAB_FAULT(id, area, checks, sentence, ...) \
  FaultRow{{id, "http", area, checks, sentence}, [](Behaviour& b) { __VA_ARGS__; }},
#define EASEL_LAB_WIRE(id, phase, area, checks, sentence, ...) \
  FaultRow{{id, "wire", area, checks, sentence},               \
           [](Behaviour& b) { b.wire = WireScript{WirePhase::phase, {__VA_ARGS__}}; }},
constexpr auto kFaults = std::to_array<FaultRow>({
#include "lab/faults.inc"
});
#undef EASEL_LAB_FAULT
#undef EASEL_LAB_WIRE

constexpr bool is_kebab(std::string_view id) {
  return !id.empty() &&
         std::ranges::all_of(id, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

constexpr bool ids_are_sound() {
  for (std::size_t i = 0; i < kFaults.size(); ++i) {
    if (!is_kebab(kFaults[i].info.id) || !kFaults[i].info.sentence.ends_with('.')) return false;
    for (std::size_t j = 0; j < i; ++j)
      if (kFaults[i].info.id == kFaults[j].info.id) return false;
  }
  return true;
}
static_assert(ids_are_sound(), "faults.inc: an id is used twice or is not kebab-case, or a sentence has no full stop");

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t change = diagonal + (a[i] == b[j] ? 0U : 1U);
      diagonal = row[j + 1];
      row[j + 1] = std::min({change, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

template <class Rows, class Id>
std::string unknown(std::string_view kind, std::string_view what, const Rows& rows, Id id_of) {
  const auto nearest = std::ranges::min_element(rows, {}, [&](const auto& row) { return distance(what, id_of(row)); });
  return "unknown " + std::string(kind) + " '" + std::string(what) + "'; the nearest is '" +
         std::string(id_of(*nearest)) + "'";
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

Directory& Behaviour::directory(std::string_view path) {
  for (Directory& known : directories)
    if (equal_ignoring_case(known.path, path)) return known;
  directories.push_back({.path = std::string(path)});
  return directories.back();
}

std::vector<FaultInfo> faults() {
  std::vector<FaultInfo> out;
  for (const FaultRow& row : kFaults) out.push_back(row.info);
  return out;
}

std::expected<Behaviour, std::string> behaviour_of(std::string_view persona, const std::vector<std::string>& faults) {
  const auto known = persona_rows();
  const auto row = std::ranges::find(known, persona, [](const PersonaRow& r) { return r.info.id; });
  if (row == known.end())
    return std::unexpected(unknown("persona", persona, known, [](const PersonaRow& r) { return r.info.id; }));
  Behaviour behaviour = row->make();
  for (const std::string& id : faults) {
    const auto fault = std::ranges::find(kFaults, std::string_view(id), [](const FaultRow& r) { return r.info.id; });
    if (fault == kFaults.end())
      return std::unexpected(unknown("fault", id, kFaults, [](const FaultRow& r) { return r.info.id; }));
    fault->apply(behaviour);
  }
  return behaviour;
}

}  // namespace easel::lab

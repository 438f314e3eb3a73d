#include "client/cli/baseline_option.h"

#include <nlohmann/json.hpp>

#include "client/data/data_files.h"
#include "client/tls/certificate.h"

namespace easel {
namespace {

using Json = nlohmann::json;

constexpr int kDeepest = 32;

// The first chain of the report, wherever it stands: the format of reports may grow around it.
const Json* first_chain(const Json& value, int depth = 0) {
  if (depth > kDeepest || !value.is_structured()) return nullptr;
  if (value.is_object()) {
    const auto chain = value.find("chain");
    if (chain != value.end() && chain->is_array() && !chain->empty() && chain->front().is_object() &&
        chain->front().contains("sha256"))
      return &*chain;
  }
  for (const Json& part : value) {
    if (const Json* found = first_chain(part, depth + 1)) return found;
  }
  return nullptr;
}

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::expected<Baseline, Diagnostics> read_baseline(const std::string& text, const std::string& option) {
  const auto complain = [&](std::string message, std::string hint) {
    return std::unexpected(Diagnostics{{option, 0, 0, std::move(message), std::move(hint)}});
  };
  if (std::string digest = fingerprint_of(text); !digest.empty()) return Baseline{digest, "", "", option};
  if (text.starts_with("sha256//")) {
    if (text.size() != 52 || !text.ends_with('=')) return complain("'" + text + "' is not sha256//BASE64", "");
    return Baseline{"", text.substr(8), "", option};
  }
  const std::string hint = "a JSON report (--report json=FILE), a SHA-256 fingerprint or a pin sha256//BASE64";
  auto bytes = read_user_file(text, 64U << 20);
  if (!bytes) return complain(bytes.error(), hint);
  const Json report = Json::parse(*bytes, nullptr, false);
  if (report.is_discarded()) return complain(text + " is no JSON", hint);
  const Json* chain = first_chain(report);
  if (!chain) return complain(text + " holds no certificate", hint);
  Baseline out{text_of(chain->front(), "sha256"), text_of(chain->front(), "spki_pin"), "", text};
  if (fingerprint_of(out.certificate).empty()) return complain(text + ": its fingerprint is none", hint);
  return out;
}

}  // namespace easel

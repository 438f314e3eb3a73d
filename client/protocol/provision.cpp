#include "client/protocol/provision.h"

#include "client/protocol/eas_status.h"
#include "wbxml/code_pages.h"
#include "wbxml/writer.h"

namespace easel {
namespace {

namespace prov = wbxml::tags::Provision;
namespace set = wbxml::tags::Settings;

std::string to_text(std::expected<wbxml::Bytes, wbxml::Error> bytes) {
  return bytes ? std::string(wbxml::as_text(*bytes)) : std::string();
}

void write_device_information(wbxml::Writer& writer, const DeviceProfile& profile) {
  writer.start(set::DeviceInformation).start(set::Set);
  writer.leaf(set::Model, profile.device_type);
  writer.leaf(set::FriendlyName, "easel as " + profile.id);
  writer.leaf(set::OS, profile.title);
  writer.leaf(set::OSLanguage, "English");
  writer.leaf(set::UserAgent, profile.user_agent);
  writer.end().end();
}

}  // namespace

bool asks_to_provision(const RoundTrip& round_trip, const wbxml::Document* answer) {
  const HttpResponse* response = round_trip.response();
  if (!response) return false;
  if (response->status == 449) return true;
  if (response->status != 200 || !answer) return false;
  const int status = root_status(*answer);
  return status >= 142 && status <= 144;
}

std::string_view policy_type(std::string_view version) {
  return compare_versions(version, "12.0") < 0 ? "MS-WAP-Provisioning-XML" : "MS-EAS-Provisioning-WBXML";
}

std::string provision_request(const DeviceProfile& profile, std::string_view version) {
  wbxml::Writer writer;
  writer.start(prov::Provision);
  if (compare_versions(version, "14.1") >= 0) write_device_information(writer, profile);
  writer.start(prov::Policies).start(prov::Policy);
  writer.leaf(prov::PolicyType, policy_type(version));
  writer.end().end().end();
  return to_text(writer.finish());
}

std::string provision_acknowledgement(std::string_view version, std::string_view temporary_key,
                                      std::string_view status) {
  wbxml::Writer writer;
  writer.start(prov::Provision).start(prov::Policies).start(prov::Policy);
  writer.leaf(prov::PolicyType, policy_type(version));
  writer.leaf(prov::PolicyKey, temporary_key);
  writer.leaf(prov::Status, status);
  writer.end().end().end();
  return to_text(writer.finish());
}

std::optional<PolicyAnswer> read_policy_answer(const wbxml::Document& answer) {
  if (answer.empty() || !answer.root().is(prov::Provision)) return std::nullopt;
  const wbxml::Element root = answer.root();
  const wbxml::Element policy = root.child(prov::Policies).child(prov::Policy);
  PolicyAnswer out;
  out.provision_status = root.child_text(prov::Status);
  out.remote_wipe = static_cast<bool>(root.child(prov::RemoteWipe));
  out.policy_status = policy.child_text(prov::Status);
  out.policy_key = policy.child_text(prov::PolicyKey);
  out.policy_type = policy.child_text(prov::PolicyType);
  const wbxml::Element data = policy.child(prov::Data);
  out.wap_document = data.text();
  out.has_document = static_cast<bool>(data.child(prov::EASProvisionDoc));
  return out;
}

}  // namespace easel

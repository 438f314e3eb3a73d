// Provision ([MS-ASPROV]): the two phases, both forms of the policy, the remote wipe.

#include <algorithm>
#include <string>
#include <string_view>

#include "lab/eas.h"

namespace easel::lab {

namespace {

namespace p = tags::Provision;
namespace s = tags::Settings;

constexpr std::string_view kWap = "MS-WAP-Provisioning-XML";
constexpr std::string_view kWbxml = "MS-EAS-Provisioning-WBXML";

std::string wap_document(const PolicyShape& policy) {
  const auto parm = [](std::string_view name, int value) {
    return "<parm name=\"" + std::string(name) + "\" value=\"" + std::to_string(value) + "\"/>";
  };
  const std::string lassd = "HKLM\\Comm\\Security\\Policy\\LASSD";
  return "<wap-provisioningdoc><characteristic type=\"SecurityPolicy\">" + parm("4131", policy.password ? 0 : 1) +
         "</characteristic><characteristic type=\"Registry\"><characteristic type=\"" + lassd +
         "\\AE\\{50C13377-C66D-400C-889E-C316FC4AB374}\">" + parm("AEFrequencyType", 1) +
         parm("AEFrequencyValue", policy.lock_minutes) + "</characteristic><characteristic type=\"" + lassd + "\">" +
         parm("DeviceWipeThreshold", policy.attempts) + parm("CodewordFrequency", 4) +
         "</characteristic><characteristic type=\"" + lassd + "\\LAP\\lap_pw\">" +
         parm("MinimumPasswordLength", policy.length) + parm("PasswordComplexity", 1) +
         "</characteristic></characteristic></wap-provisioningdoc>";
}

void write_wbxml_policy(WbxmlWriter& out, const PolicyShape& policy, int version) {
  out.open(p::EASProvisionDoc);
  out.number(p::DevicePasswordEnabled, policy.password ? 1 : 0);
  out.number(p::AlphanumericDevicePasswordRequired, 0);
  out.number(p::PasswordRecoveryEnabled, 0);
  out.number(p::AttachmentsEnabled, 1);
  out.number(p::MinDevicePasswordLength, policy.length);
  out.number(p::MaxInactivityTimeDeviceLock, policy.lock_minutes * 60L);
  out.number(p::MaxDevicePasswordFailedAttempts, policy.attempts);
  out.empty(p::MaxAttachmentSize);
  out.number(p::AllowSimpleDevicePassword, 1);
  out.empty(p::DevicePasswordExpiration);
  out.number(p::DevicePasswordHistory, 0);
  if (version >= 121) {
    out.number(p::RequireDeviceEncryption, 0);
    out.number(p::AllowStorageCard, 1);
    out.number(p::AllowCamera, 1);
    out.number(p::MaxEmailAgeFilter, 0);
  }
  out.close();
}

/// Answers that hold one Policy: its status, and the key and document where there are any.
HttpResponse policy_answer(std::string_view type, int status, const std::string& key, const PolicyShape* document,
                           const EasRequest& request, bool information) {
  WbxmlWriter out;
  out.open(p::Provision);
  if (information) {
    out.open(s::DeviceInformation);
    out.number(s::Status, 1);
    out.close();
  }
  out.number(p::Status, 1);
  out.open(p::Policies);
  out.open(p::Policy);
  out.text(p::PolicyType, type);
  out.number(p::Status, status);
  if (!key.empty()) out.text(p::PolicyKey, key);
  if (document != nullptr && type == kWap) out.text(p::Data, wap_document(*document));
  if (document != nullptr && type == kWbxml) {
    out.open(p::Data);
    write_wbxml_policy(out, *document, request.version);
    out.close();
  }
  out.close();
  out.close();
  out.close();
  return wbxml_response(out.take());
}

HttpResponse status_answer(int status, bool wipe = false) {
  WbxmlWriter out;
  out.open(p::Provision);
  out.number(p::Status, status);
  if (wipe) out.empty(p::RemoteWipe);
  out.close();
  return wbxml_response(out.take());
}

HttpResponse first_phase(const EasRequest& request, std::string_view type, bool information,
                         const EasContext& context) {
  const PolicyShape& policy = context.behaviour.policy;
  if (request.version >= 141 && !information) return status_answer(165);
  if (type != (request.version < 120 ? kWap : kWbxml) || (type == kWap && !policy.wap_form))
    return policy_answer(type, 3, {}, nullptr, request, information);
  if (!policy.required) return policy_answer(type, 2, {}, nullptr, request, information);
  const auto held = context.store.lock();
  Device& device = device_of(request, context);
  device.temporary_policy_key = context.store.new_key();
  return policy_answer(type, 1, device.temporary_policy_key, &policy, request, information);
}

/// Phase two: the device says what it did with the policy it was given under the temporary key.
HttpResponse acknowledgement(const EasRequest& request, const Node& policy, const EasContext& context) {
  const std::string_view type = policy.text_of(p::PolicyType);
  const std::string_view status = policy.text_of(p::Status);
  const auto held = context.store.lock();
  Device& device = device_of(request, context);
  const PolicyShape& shape = context.behaviour.policy;
  const bool known =
      !device.temporary_policy_key.empty() && policy.text_of(p::PolicyKey) == device.temporary_policy_key;
  if (!known && !shape.stale_acknowledged) return policy_answer(type, 5, {}, nullptr, request, false);
  if (status != "1" && !shape.refusal_accepted) {
    if (status == "4") return request.version < 140 ? http_error(403, "Forbidden") : status_answer(145);
    if (status == "2" || status == "3")
      return request.version < 140 ? http_error(403, "Forbidden") : status_answer(139);
    return status_answer(2);
  }
  device.policy_key = shape.key_repeated && known ? device.temporary_policy_key : context.store.new_key();
  device.temporary_policy_key.clear();
  return policy_answer(type, 1, device.policy_key, nullptr, request, false);
}

}  // namespace

HttpResponse eas_provision(const EasRequest& request, const Node* body, const EasContext& context) {
  const Node* wiped = body->find(p::RemoteWipe);
  {
    const auto held = context.store.lock();
    Device& device = device_of(request, context);
    if (wiped != nullptr && device.wipe) {
      device = Device{};
      return status_answer(1);
    }
    if (device.wipe || (context.behaviour.policy.wipes_unasked && !device.policy_key.empty()))
      return status_answer(1, true);
  }
  if (body->children.empty()) return status_answer(1);
  const Node* policies = body->find(p::Policies);
  const Node* policy = policies != nullptr ? policies->find(p::Policy) : nullptr;
  if (policy == nullptr || !policy->has(p::PolicyType)) return status_answer(2);
  if (policy->has(p::PolicyKey)) return acknowledgement(request, *policy, context);
  return first_phase(request, policy->text_of(p::PolicyType), body->has(s::DeviceInformation), context);
}

}  // namespace easel::lab

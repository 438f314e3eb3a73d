#include "lab/eas.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>

namespace easel::lab {

namespace {

using Handler = HttpResponse (*)(const EasRequest&, const Node*, const EasContext&);

enum class Body { wbxml, optional_wbxml, mail, none };

struct CommandRow {
  std::string_view name;
  int since;
  Body body;
  Tag root, status;  ///< for answers that hold nothing but a status
  Handler handler;
};

constexpr std::array kCommandTable{
    CommandRow{"Provision", 25, Body::wbxml, tags::Provision::Provision, tags::Provision::Status, eas_provision},
    CommandRow{"FolderSync", 10, Body::wbxml, tags::FolderHierarchy::FolderSync, tags::FolderHierarchy::Status,
               eas_folder_sync},
    CommandRow{"FolderCreate", 10, Body::wbxml, tags::FolderHierarchy::FolderCreate, tags::FolderHierarchy::Status,
               eas_folder_change},
    CommandRow{"FolderDelete", 10, Body::wbxml, tags::FolderHierarchy::FolderDelete, tags::FolderHierarchy::Status,
               eas_folder_change},
    CommandRow{"FolderUpdate", 10, Body::wbxml, tags::FolderHierarchy::FolderUpdate, tags::FolderHierarchy::Status,
               eas_folder_change},
    CommandRow{"Sync", 10, Body::optional_wbxml, tags::AirSync::Sync, tags::AirSync::Status, eas_sync},
    CommandRow{"GetItemEstimate", 10, Body::wbxml, tags::GetItemEstimate::GetItemEstimate,
               tags::GetItemEstimate::Status, eas_get_item_estimate},
    CommandRow{"Ping", 10, Body::optional_wbxml, tags::Ping::Ping, tags::Ping::Status, eas_ping},
    CommandRow{"SendMail", 10, Body::mail, tags::ComposeMail::SendMail, tags::ComposeMail::Status, eas_send_mail},
    CommandRow{"SmartReply", 10, Body::mail, tags::ComposeMail::SmartReply, tags::ComposeMail::Status, eas_send_mail},
    CommandRow{"SmartForward", 10, Body::mail, tags::ComposeMail::SmartForward, tags::ComposeMail::Status,
               eas_send_mail},
    CommandRow{"MoveItems", 10, Body::wbxml, tags::Move::MoveItems, tags::Move::Status, eas_move_items},
    CommandRow{"GetAttachment", 10, Body::none, tags::AirSync::Sync, tags::AirSync::Status, eas_get_attachment},
    CommandRow{"Search", 10, Body::wbxml, tags::Search::Search, tags::Search::Status, eas_search},
    CommandRow{"ResolveRecipients", 10, Body::wbxml, tags::ResolveRecipients::ResolveRecipients,
               tags::ResolveRecipients::Status, eas_resolve_recipients},
    CommandRow{"ValidateCert", 10, Body::wbxml, tags::ValidateCert::ValidateCert, tags::ValidateCert::Status,
               eas_validate_cert},
    CommandRow{"MeetingResponse", 10, Body::wbxml, tags::MeetingResponse::MeetingResponse,
               tags::MeetingResponse::Status, eas_meeting_response},
    CommandRow{"GetHierarchy", 10, Body::none, tags::FolderHierarchy::Folders, tags::FolderHierarchy::Status,
               eas_get_hierarchy},
    CommandRow{"ItemOperations", 120, Body::wbxml, tags::ItemOperations::ItemOperations, tags::ItemOperations::Status,
               eas_item_operations},
    CommandRow{"Settings", 120, Body::wbxml, tags::Settings::Settings, tags::Settings::Status, eas_settings},
};

const CommandRow* row_of(std::string_view command) {
  const auto row = std::ranges::find(kCommandTable, command, &CommandRow::name);
  return row == kCommandTable.end() ? nullptr : &*row;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ",") + part;
  return out;
}

bool device_id_is_sound(std::string_view id) {
  return id.size() <= 32 && std::ranges::all_of(id, [](unsigned char c) { return std::isalnum(c) != 0; });
}

/// The status that keeps the device from going on until it has done Provision; 0 if nothing does.
int policy_status(const EasRequest& request, const EasContext& context) {
  if (request.command == "Provision" || request.command == "Ping") return 0;
  const auto held = context.store.lock();
  const Device& device = device_of(request, context);
  if (device.wipe) return 140;
  const PolicyShape& policy = context.behaviour.policy;
  if (!policy.required || !policy.enforced) return 0;
  if (policy.absent_key_passes && !request.policy_key) return 0;
  if (policy.any_key_passes && request.policy_key && *request.policy_key != "0") return 0;
  if (policy.temporary_key_passes && !device.temporary_policy_key.empty() &&
      request.policy_key == device.temporary_policy_key)
    return 0;
  if (!device.policy_key.empty() && request.policy_key == device.policy_key) return 0;
  return device.policy_key.empty() || !request.policy_key || *request.policy_key == "0" ? 142 : 144;
}

HttpResponse need_provision(const EasRequest& request, const EasContext& context, int status) {
  if (request.version >= 140 && !context.behaviour.policy.always_449) return common_status(request, status);
  HttpResponse response = http_error(449, "Retry after sending a PROVISION command");
  response.body.clear();
  response.headers = eas_headers(context.behaviour.eas);
  response.set("Cache-Control", "private");
  return response;
}

HttpResponse run_command(const CommandRow& row, const EasRequest& request, const EasContext& context) {
  const bool mail_in_wbxml = row.body == Body::mail && request.version >= 140;
  if (row.body == Body::mail && !mail_in_wbxml)
    return request.content_type == "message/rfc822" ? row.handler(request, nullptr, context)
                                                    : common_status(request, 101);
  if (row.body == Body::none) return row.handler(request, nullptr, context);
  if (request.body.empty())
    return row.body == Body::optional_wbxml ? row.handler(request, nullptr, context) : common_status(request, 101);
  if (request.content_type != "application/vnd.ms-sync.wbxml" && request.content_type != "application/vnd.ms-sync")
    return common_status(request, 101);
  const auto document = read_wbxml(request.body);
  if (!document && context.behaviour.eas.hangs_on_malformed) {
    context.wait(std::chrono::hours(1), -1);
    return HttpResponse{.status = 0};
  }
  if (!document) return common_status(request, 102);
  if (document->tag != row.root) return common_status(request, 103);
  return row.handler(request, &*document, context);
}

HttpResponse answer_post(const HttpRequest& http, const EasContext& context) {
  const auto request = read_eas_request(http);
  const EasShape& shape = context.behaviour.eas;
  if (!request || (request->base64_query && !shape.base64_query)) return http_error(400, "Bad Request");
  if (!device_id_is_sound(request->device_id)) return http_error(400, "Bad Request");
  if (std::ranges::find(shape.versions, request->version_text) == shape.versions.end())
    return shape.accepts_any_version ? HttpResponse{} : http_error(400, "Bad Request");
  if (shape.answers_empty) return HttpResponse{};
  if (request->version_text == shape.broken_version) return http_error(500, "Internal Server Error");
  if (shape.device_blocked) return common_status(*request, 129);
  const CommandRow* row = row_of(request->command);
  const auto& offered = shape.commands;
  const bool known = row != nullptr &&
                     (std::ranges::find(offered, request->command) != offered.end() || request->command == "Provision");
  if (!known) return http_error(501, "Not Implemented");
  if (request->version < row->since) return common_status(*request, 138);
  if (const int status = policy_status(*request, context); status != 0)
    return need_provision(*request, context, status);
  return run_command(*row, *request, context);
}

}  // namespace

Device& device_of(const EasRequest& request, const EasContext& context) {
  std::string id;
  for (const char c : request.device_id) id += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return context.store.mailbox(context.user)->devices[id];
}

Headers eas_headers(const EasShape& shape) {
  Headers headers;
  if (!shape.build.empty()) headers.emplace_back(shape.server_header, shape.build);
  headers.emplace_back("MS-ASProtocolVersions", joined(shape.versions));
  headers.emplace_back("MS-ASProtocolCommands", joined(shape.commands));
  std::erase_if(headers, [&](const auto& header) {
    return std::ranges::find(shape.dropped_headers, header.first) != shape.dropped_headers.end();
  });
  return headers;
}

HttpResponse wbxml_response(std::string body) {
  HttpResponse response;
  response.headers = {{"Content-Type", "application/vnd.ms-sync.wbxml"}, {"Cache-Control", "private"}};
  response.body = std::move(body);
  return response;
}

HttpResponse http_error(int status, std::string reason) {
  HttpResponse response{.status = status, .reason = std::move(reason), .headers = {{"Content-Type", "text/html"}}};
  response.body = "<html><head><title>Error</title></head><body>" + response.reason + "</body></html>\r\n";
  return response;
}

HttpResponse common_status(const EasRequest& request, int status) {
  const CommandRow* row = row_of(request.command);
  if (request.version >= 140 && row != nullptr && row->body != Body::none) {
    WbxmlWriter out;
    out.open(row->root);
    out.number(row->status, status);
    out.close();
    return wbxml_response(out.take());
  }
  switch (status) {
    case 110:
      return http_error(500, "Internal Server Error");
    case 111:
      return http_error(503, "Service Unavailable");
    case 126:
    case 129:
    case 139:
    case 145:
      return http_error(403, "Forbidden");
    case 137:
      return http_error(501, "Not Implemented");
    default:
      return http_error(400, "Bad Request");
  }
}

HttpResponse answer_eas(const HttpRequest& http, const EasContext& context) {
  if (context.behaviour.eas.html_answers) {
    HttpResponse page{.headers = {{"Content-Type", "text/html; charset=utf-8"}}};
    page.body = "<!DOCTYPE html><html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>\n";
    return page;
  }
  if (http.method == "OPTIONS") {
    HttpResponse response;
    response.headers = eas_headers(context.behaviour.eas);
    response.headers.emplace_back("Allow", "OPTIONS,POST");
    response.headers.emplace_back("Public", "OPTIONS,POST");
    return response;
  }
  if (http.method != "POST") return http_error(501, "Not Implemented");
  return answer_post(http, context);
}

}  // namespace easel::lab

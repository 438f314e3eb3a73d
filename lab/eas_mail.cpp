// SendMail, SmartReply, SmartForward, MoveItems and GetAttachment ([MS-ASCMD]).

#include <algorithm>
#include <string>

#include "lab/eas.h"
#include "lab/item_rendering.h"

namespace easel::lab {

namespace {

namespace cm = tags::ComposeMail;
namespace mv = tags::Move;

/// Puts the mail into the inbox of each account that it is addressed to, and a copy into Sent Items.
void deliver(std::string_view mime, bool keep_copy, const EasContext& context) {
  Item mail = mail_from_mime(mime);
  mail.date = seconds_now();
  mail.from = context.user + "@contoso.test";  // the server writes the sender, whatever the device says
  for (const std::string& user : context.store.users()) {
    if (mail.to.find(user + "@") == std::string::npos) continue;
    context.store.add(*context.store.mailbox(user)->folder_of_type(kInbox), mail);
    context.store.notify(user);
  }
  if (!keep_copy) return;
  mail.read = true;
  context.store.add(*context.store.mailbox(context.user)->folder_of_type(kSent), mail);
}

/// [MS-ASCMD] Status (MoveItems); 3 is success.
int move_one(const Node& move, Mailbox& box, Store& store, std::string& moved_id) {
  Folder* from = box.folder(move.text_of(mv::SrcFldId));
  Folder* to = box.folder(move.text_of(mv::DstFldId));
  Item* item = from != nullptr ? from->find(move.text_of(mv::SrcMsgId)) : nullptr;
  if (item == nullptr) return 1;
  if (to == nullptr) return 2;
  if (to == from) return 4;
  Item taken = *item;
  std::erase_if(from->items, [&](const Item& one) { return one.server_id == taken.server_id; });
  moved_id = store.add(*to, std::move(taken));
  return 3;
}

}  // namespace

HttpResponse eas_send_mail(const EasRequest& request, const Node* body, const EasContext& context) {
  const auto held = context.store.lock();
  if (body == nullptr) {
    if (mail_from_mime(request.body).to.empty()) return http_error(400, "Bad Request");
    deliver(request.body, request.save_in_sent, context);
    return HttpResponse{};
  }
  const std::string client_id(body->text_of(cm::ClientId));
  const std::string_view mime = body->text_of(cm::Mime);
  if (client_id.empty() || client_id.size() > 40) return common_status(request, 103);
  auto& seen = context.store.mailbox(context.user)->sent_client_ids;
  if (std::ranges::find(seen, client_id) != seen.end()) return common_status(request, 118);
  if (mime.empty()) return common_status(request, 107);
  if (mail_from_mime(mime).to.empty()) return common_status(request, 119);
  seen.push_back(client_id);
  deliver(mime, body->has(cm::SaveInSentItems), context);
  return HttpResponse{};
}

HttpResponse eas_move_items(const EasRequest& request, const Node* body, const EasContext& context) {
  static_cast<void>(request);
  const auto held = context.store.lock();
  Mailbox& box = *context.store.mailbox(context.user);
  WbxmlWriter out;
  out.open(mv::MoveItems);
  for (const Node& move : body->children) {
    std::string moved_id;
    const int status = move_one(move, box, context.store, moved_id);
    out.open(mv::Response);
    out.text(mv::SrcMsgId, move.text_of(mv::SrcMsgId));
    out.number(mv::Status, status);
    if (status == 3) out.text(mv::DstMsgId, moved_id);
    out.close();
  }
  out.close();
  context.store.notify(context.user);
  return wbxml_response(out.take());
}

HttpResponse eas_get_attachment(const EasRequest& request, const Node*, const EasContext& context) {
  const auto name = request.parameters.find("AttachmentName");
  if (request.version >= 140 || name == request.parameters.end()) return http_error(400, "Bad Request");
  const auto held = context.store.lock();
  const std::string_view id = item_of_reference(name->second);
  for (Folder& folder : context.store.mailbox(context.user)->folders) {
    const Item* item = folder.find(id);
    if (item == nullptr || item->attachment_name.empty()) continue;
    HttpResponse response{.headers = {{"Content-Type", "text/csv"}}};
    response.body = item->attachment;
    return response;
  }
  return http_error(500, "Internal Server Error");
}

}  // namespace easel::lab

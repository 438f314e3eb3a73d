// Search, ResolveRecipients, ValidateCert, MeetingResponse and GetHierarchy ([MS-ASCMD]): what looks things up.

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "lab/eas.h"
#include "lab/item_rendering.h"

namespace easel::lab {

namespace {

namespace se = tags::Search;
namespace as = tags::AirSync;
namespace rr = tags::ResolveRecipients;
namespace vc = tags::ValidateCert;
namespace mr = tags::MeetingResponse;
namespace fh = tags::FolderHierarchy;

bool holds(std::string_view text, std::string_view wanted) {
  const auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
  return std::ranges::search(text, wanted, same).begin() != text.end() || wanted.empty();
}

std::string address_of(const std::string& user) { return user + "@contoso.test"; }

/// The users whose name or address holds that text.
std::vector<std::string> people(std::string_view wanted, const EasContext& context) {
  std::vector<std::string> out;
  for (const std::string& user : context.store.users())
    if (holds(address_of(user), wanted)) out.push_back(user);
  return out;
}

void write_range(WbxmlWriter& out, std::size_t count) {
  if (count == 0) return;
  out.text(se::Range, "0-" + std::to_string(count - 1));
  out.number(se::Total, static_cast<long long>(count));
}

void search_people(WbxmlWriter& out, std::string_view wanted, const EasContext& context) {
  const auto found = people(wanted, context);
  for (const std::string& user : found) {
    out.open(se::Result);
    out.open(se::Properties);
    out.text(tags::Gal::DisplayName, user);
    out.text(tags::Gal::EmailAddress, address_of(user));
    out.text(tags::Gal::Alias, user);
    out.close();
    out.close();
  }
  write_range(out, found.size());
}

void search_mail(WbxmlWriter& out, const Node& query, const EasRequest& request, const EasContext& context) {
  const Node* conditions = query.find(se::And);
  const std::string_view wanted = conditions != nullptr ? conditions->text_of(se::FreeText) : std::string_view();
  const std::string_view folder_id = conditions != nullptr ? conditions->text_of(as::CollectionId) : std::string_view();
  std::size_t count = 0;
  for (const Folder& folder : context.store.mailbox(context.user)->folders) {
    if (folder.item_class() != "Email" || (!folder_id.empty() && folder.id != folder_id)) continue;
    for (const Item& item : folder.items) {
      if (!holds(item.subject, wanted) && !holds(item.body, wanted)) continue;
      ++count;
      out.open(se::Result);
      out.text(as::Class, "Email");
      out.text(se::LongId, item.server_id);
      out.text(as::CollectionId, folder.id);
      out.open(se::Properties);
      write_item(out, item, "Email", request.version, SyncOptions{.truncation_size = 200});
      out.close();
      out.close();
    }
  }
  write_range(out, count);
}

}  // namespace

HttpResponse eas_search(const EasRequest& request, const Node* body, const EasContext& context) {
  const auto held = context.store.lock();
  const Node* store = body->find(se::Store);
  const Node* query = store != nullptr ? store->find(se::Query) : nullptr;
  const std::string_view name = store != nullptr ? store->text_of(se::Name) : std::string_view();
  const bool people_wanted = name == "GAL";
  const bool mail_wanted = name == "Mailbox" && request.version >= 120;
  const bool good = query != nullptr && (people_wanted || mail_wanted);
  WbxmlWriter out;
  out.open(se::Search);
  out.number(se::Status, 1);
  out.open(se::Response);
  out.open(se::Store);
  out.number(se::Status, good ? 1 : 2);
  if (good && people_wanted) search_people(out, query->text, context);
  if (good && mail_wanted) search_mail(out, *query, request, context);
  out.close();
  out.close();
  out.close();
  return wbxml_response(out.take());
}

HttpResponse eas_resolve_recipients(const EasRequest&, const Node* body, const EasContext& context) {
  const auto held = context.store.lock();
  WbxmlWriter out;
  out.open(rr::ResolveRecipients);
  out.number(rr::Status, 1);
  for (const Node& to : body->children) {
    if (to.tag != rr::To) continue;
    const auto found = people(to.text, context);
    out.open(rr::Response);
    out.text(rr::To, to.text);
    out.number(rr::Status, found.empty() ? 4 : found.size() == 1 ? 1 : 2);
    out.number(rr::RecipientCount, static_cast<long long>(found.size()));
    for (const std::string& user : found) {
      out.open(rr::Recipient);
      out.number(rr::Type, 1);
      out.text(rr::DisplayName, user);
      out.text(rr::EmailAddress, address_of(user));
      out.close();
    }
    out.close();
  }
  out.close();
  return wbxml_response(out.take());
}

/// The lab knows no authority for mail certificates: every one is untrusted.
HttpResponse eas_validate_cert(const EasRequest&, const Node* body, const EasContext&) {
  const Node* certificates = body->find(vc::Certificates);
  WbxmlWriter out;
  out.open(vc::ValidateCert);
  out.number(vc::Status, certificates != nullptr ? 1 : 2);
  for (std::size_t i = 0; certificates != nullptr && i < certificates->children.size(); ++i) {
    out.open(vc::Certificate);
    out.number(vc::Status, 4);
    out.close();
  }
  out.close();
  return wbxml_response(out.take());
}

/// The lab's mailboxes hold no meeting requests: every answer to one is invalid.
HttpResponse eas_meeting_response(const EasRequest&, const Node* body, const EasContext&) {
  WbxmlWriter out;
  out.open(mr::MeetingResponse);
  for (const Node& request : body->children) {
    out.open(mr::Result);
    if (request.has(mr::RequestId)) out.text(mr::RequestId, request.text_of(mr::RequestId));
    out.number(mr::Status, 2);
    out.close();
  }
  out.close();
  return wbxml_response(out.take());
}

HttpResponse eas_get_hierarchy(const EasRequest& request, const Node*, const EasContext& context) {
  if (request.version >= 140) return http_error(501, "Not Implemented");
  const auto held = context.store.lock();
  WbxmlWriter out;
  out.open(fh::Folders);
  for (const Folder& folder : context.store.mailbox(context.user)->folders) {
    if (folder.item_class() != "Email") continue;
    out.open(fh::Folder);
    out.text(fh::DisplayName, folder.name);
    out.text(fh::ServerId, folder.id);
    out.number(fh::Type, folder.type == kUserMail ? 1 : folder.type);
    out.text(fh::ParentId, folder.parent);
    out.close();
  }
  out.close();
  return wbxml_response(out.take());
}

}  // namespace easel::lab

// ItemOperations and Settings ([MS-ASCMD]), both from 12.0 on.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "lab/eas.h"
#include "lab/item_rendering.h"

namespace easel::lab {

namespace {

namespace io = tags::ItemOperations;
namespace as = tags::AirSync;
namespace ab = tags::AirSyncBase;
namespace st = tags::Settings;
constexpr Tag kLinkId{19, 0x05};  ///< DocumentLibrary: LinkId

std::string base64(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j)
      group = (group << 8U) | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j)
      out += i + j > bytes.size() ? '=' : kAlphabet[(group >> (18U - 6U * static_cast<unsigned>(j))) & 0x3FU];
  }
  return out;
}

struct Operations {
  const EasRequest& request;
  const EasContext& context;
  Mailbox& box;
  WbxmlWriter out;
  std::vector<std::string> parts;  ///< of a multipart answer, after the document

  void attachment(std::string_view reference) {
    const Item* item = nullptr;
    for (Folder& folder : box.folders)
      if (const Item* one = folder.find(item_of_reference(reference)); one != nullptr) item = one;
    const bool found = item != nullptr && !item->attachment_name.empty();
    out.open(io::Fetch);
    out.number(io::Status, found ? 1 : 15);
    out.text(ab::FileReference, reference);
    if (found) {
      out.open(io::Properties);
      out.text(ab::ContentType, "text/csv");
      if (request.multipart) {
        parts.push_back(item->attachment);
        out.number(io::Part, static_cast<long long>(parts.size()));
      } else {
        out.text(io::Data, base64(item->attachment));
      }
      out.close();
    }
    out.close();
  }

  void fetch(const Node& node) {
    if (node.text_of(io::Store) == "DocumentLibrary" && context.behaviour.surface.unc) return file(node);
    if (node.text_of(io::Store) != "Mailbox") return failed(9);
    if (node.has(ab::FileReference)) return attachment(node.text_of(ab::FileReference));
    Folder* folder = box.folder(node.text_of(as::CollectionId));
    const Item* item = folder != nullptr ? folder->find(node.text_of(as::ServerId)) : nullptr;
    if (item == nullptr) return failed(6);
    SyncOptions options;
    if (const Node* wanted = node.find(io::Options); wanted != nullptr) read_options(*wanted, options);
    out.open(io::Fetch);
    out.number(io::Status, 1);
    out.text(as::CollectionId, folder->id);
    out.text(as::ServerId, item->server_id);
    out.text(as::Class, folder->item_class());
    out.open(io::Properties);
    write_item(out, *item, folder->item_class(), request.version, options);
    out.close();
    out.close();
  }

  /// A file of a share, which a sound server does not hand out.
  void file(const Node& node) {
    out.open(io::Fetch);
    out.number(io::Status, 1);
    out.text(kLinkId, node.text_of(kLinkId));
    out.open(io::Properties);
    out.text(io::Data, base64("inside only\r\n"));
    out.close();
    out.close();
  }

  void failed(int status) {
    out.open(io::Fetch);
    out.number(io::Status, status);
    out.close();
  }

  void empty_folder(const Node& node) {
    Folder* folder = box.folder(node.text_of(as::CollectionId));
    if (folder != nullptr) folder->items.clear();
    out.open(io::EmptyFolderContents);
    out.number(io::Status, folder != nullptr ? 1 : 6);
    out.text(as::CollectionId, node.text_of(as::CollectionId));
    out.close();
  }
};

std::string little_endian(std::size_t value) {
  std::string out;
  for (unsigned shift = 0; shift < 32; shift += 8) out += static_cast<char>((value >> shift) & 0xFFU);
  return out;
}

/// [MS-ASCMD] MultiPartResponse: the number of parts, offset and length of each, then the parts.
HttpResponse multipart(std::string document, std::vector<std::string> parts) {
  parts.insert(parts.begin(), std::move(document));
  std::string head = little_endian(parts.size());
  std::size_t offset = 4 + 8 * parts.size();
  std::string bytes;
  for (const std::string& part : parts) {
    head += little_endian(offset) + little_endian(part.size());
    offset += part.size();
    bytes += part;
  }
  HttpResponse response{.headers = {{"Content-Type", "application/vnd.ms-sync.multipart"}}};
  response.body = head + bytes;
  return response;
}

void write_property(WbxmlWriter& out, const Node& property, const EasContext& context) {
  out.open(property.tag);
  out.number(st::Status, 1);
  if (property.tag == st::UserInformation) {
    out.open(st::Get);
    out.open(st::EmailAddresses);
    out.text(st::SMTPAddress, context.user + "@contoso.test");
    out.close();
    out.close();
  }
  if (property.tag == st::Oof && property.has(st::Get)) {
    out.open(st::Get);
    out.number(st::OofState, 0);
    out.close();
  }
  out.close();
}

}  // namespace

HttpResponse eas_item_operations(const EasRequest& request, const Node* body, const EasContext& context) {
  const auto held = context.store.lock();
  Operations run{
      .request = request, .context = context, .box = *context.store.mailbox(context.user), .out = {}, .parts = {}};
  run.out.open(io::ItemOperations);
  run.out.number(io::Status, 1);
  run.out.open(io::Response);
  for (const Node& operation : body->children) {
    if (operation.tag == io::Fetch) run.fetch(operation);
    if (operation.tag == io::EmptyFolderContents) run.empty_folder(operation);
  }
  run.out.close();
  run.out.close();
  if (request.multipart) return multipart(run.out.take(), std::move(run.parts));
  return wbxml_response(run.out.take());
}

HttpResponse eas_settings(const EasRequest& request, const Node* body, const EasContext& context) {
  const auto held = context.store.lock();
  if (const Node* information = body->find(st::DeviceInformation); information != nullptr)
    if (const Node* set = information->find(st::Set); set != nullptr)
      device_of(request, context).information = set->text_of(st::Model);
  WbxmlWriter out;
  out.open(st::Settings);
  out.number(st::Status, 1);
  for (const Node& property : body->children) write_property(out, property, context);
  out.close();
  return wbxml_response(out.take());
}

}  // namespace easel::lab

// Names of the ActiveSync code pages and tags, both ways. The table itself is code_pages.inc.
// [MS-ASWBXML] Code Pages. Names without a trailing colon, as the Microsoft documents print them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "wbxml/tokens.h"

namespace easel::wbxml {

/// Every tag as a constant: tags::AirSync::SyncKey, tags::FolderHierarchy::Status, ...
namespace tags {
#define EAS_PAGE(page, Namespace)
#define EAS_TAG(page, token, Namespace, Name, since) \
  namespace Namespace {                              \
  inline constexpr Tag Name{page, token};            \
  }
#include "wbxml/code_pages.inc"  // IWYU pragma: keep
#undef EAS_TAG
#undef EAS_PAGE
}  // namespace tags

/// Bit t of entry p says that page p has a tag with token t. 256 entries: a page octet needs no check.
extern const std::array<std::uint64_t, 256> kValidTokens;

/// A name in a cell of fixed size: printers copy the whole cell and advance by the length.
struct NameCell {
  char text[47];
  std::uint8_t length;
};
/// "SyncKey>" for Tag::index(); length 0 where the page has no such token. Pages 0 to 25 only.
extern const std::array<NameCell, std::size_t{kPages} * 64> kTagCells;
/// " xmlns="AirSync">" for each page.
extern const std::array<NameCell, kPages> kNamespaceCells;

/// Namespace of a code page ("AirSync"); empty above page 25.
[[nodiscard]] std::string_view namespace_of(std::uint8_t page);

/// Name of a tag ("SyncKey"); empty when the page has no such token.
[[nodiscard]] std::string_view tag_name(Tag tag);

/// First protocol version that knows the tag ("2.5", "14.1"); "?" when unknown, empty when there is no such tag.
[[nodiscard]] std::string_view tag_since(Tag tag);

/// Code page of a namespace: any case, with or without the trailing colon ("AirSync:", "GAL").
[[nodiscard]] std::optional<std::uint8_t> page_of(std::string_view name);

/// Tag by its exact name on a page, or by a spelling of older documents ("BusinessCity", "Attendee_Email").
[[nodiscard]] std::optional<Tag> find_tag(std::uint8_t page, std::string_view name);

/// "AirSync:SyncKey" (colon between namespace and name) to a tag.
[[nodiscard]] std::optional<Tag> find_tag(std::string_view qualified_name);

/// The page's tag whose name is nearest to a misspelt one; empty when none is near.
[[nodiscard]] std::string_view nearest_tag_name(std::uint8_t page, std::string_view name);

/// The namespace nearest to a misspelt one; empty when none is near.
[[nodiscard]] std::string_view nearest_namespace(std::string_view name);

/// True for the tags whose value is a byte array and therefore sent as OPAQUE ([MS-ASDTYPE] Byte Array).
[[nodiscard]] constexpr bool is_byte_array(Tag tag) {
  using namespace tags;
  return tag == ComposeMail::Mime || tag == Email2::ConversationId || tag == Email2::ConversationIndex ||
         tag == Search::ConversationId || tag == ItemOperations::ConversationId || tag == ResolveRecipients::Data ||
         tag == Gal::Data || tag == AirSyncBase::Content;
}

}  // namespace easel::wbxml

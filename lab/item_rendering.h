#pragma once
// Items as ApplicationData or ItemOperations Properties, as the version of the device wants them
// ([MS-ASEMAIL], [MS-ASCNTC], [MS-ASCAL], [MS-ASAIRS] Body).

#include <string>
#include <string_view>

#include "lab/mailbox.h"

namespace easel::lab {

/// Writes the properties of the item, without an element around them.
void write_item(WbxmlWriter& out, const Item& item, std::string_view item_class, int version,
                const SyncOptions& options);

/// The mail as [RFC 5322] text.
[[nodiscard]] std::string mime_of(const Item& mail);
/// The text of a MIME message: headers From, To, Subject and what follows them.
[[nodiscard]] Item mail_from_mime(std::string_view mime);
/// "5:1" of the reference of its attachment, "5:1:0"; empty if it is none.
[[nodiscard]] std::string_view item_of_reference(std::string_view reference);

/// Reads an Options element of Sync, GetItemEstimate or ItemOperations over what held before.
void read_options(const Node& options, SyncOptions& into);
/// A decimal number; `otherwise` if it is none.
[[nodiscard]] int number_of(std::string_view text, int otherwise);
/// Whether the item falls into the time that the FilterType asks for.
[[nodiscard]] bool passes_filter(const Item& item, std::string_view item_class, int filter);

}  // namespace easel::lab

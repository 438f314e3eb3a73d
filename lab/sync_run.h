#pragma once
// One pass over the collections of a Sync request ([MS-ASCMD] Sync), against the mailbox as it is now.

#include <cstddef>
#include <optional>

#include "lab/eas.h"

namespace easel::lab {

/// The answer when there is something to say, or when it is the `last` chance to say so; otherwise none.
/// Hold the store's lock.
[[nodiscard]] std::optional<HttpResponse> sync_once(const Node& sync, const EasRequest& request,
                                                    const EasContext& context, bool last);

/// How many changes the device has not been told of yet. Hold the store's lock.
[[nodiscard]] std::size_t pending_count(const Folder& folder, const CollectionState& state);

}  // namespace easel::lab

#pragma once
// Status values in answers (MS-ASCMD, Status and Common Status Codes).

#include "wbxml/document.h"

namespace easel {

/// The Status of a command's answer: the root's own (as 14.x puts its common statuses), else the first in document
/// order (Sync and GetItemEstimate report inside a Collection or Response). -1 if there is none.
int root_status(const wbxml::Document& document);

}  // namespace easel

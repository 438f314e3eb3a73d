#pragma once
// Each octet of a document with its offset and what it means.

#include <iosfwd>
#include <map>
#include <string>
#include <string_view>

#include "wbxml/decode_options.h"
#include "wbxml/tokens.h"

namespace easel {

/// Meanings of Status values: profiles/status-codes.tsv.
class StatusCodes {
 public:
  /// `table`: the file's text. Lines that are not four fields are passed over.
  explicit StatusCodes(std::string_view table);
  /// "SyncKeyMismatch: the sync key ..." for a command's status; its own row first, then the common ones. Or empty.
  [[nodiscard]] std::string meaning(std::string_view command, std::string_view status) const;

 private:
  std::map<std::string, std::string, std::less<>> meanings_;  // "command status"
};

/// Writes the lines; stops with the error's line where the document is refused. False when it was refused.
bool explain_wbxml(const wbxml::Bytes& octets, const wbxml::DecodeOptions& options, const StatusCodes& codes,
                   std::ostream& out);

}  // namespace easel

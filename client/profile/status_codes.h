#pragma once
// What the Status of an ActiveSync answer means, and what an HTTP status means there: profiles/status-codes.tsv and
// profiles/http-statuses.tsv.

#include <string>
#include <string_view>
#include <vector>

#include "client/data/data_files.h"

namespace easel {

struct StatusCode {
  std::string command;  ///< "FolderSync"; "*": every command (MS-ASCMD, section 2.2.2, Common Status Codes)
  std::string status;   ///< a number
  std::string name;
  std::string meaning;
};

struct HttpStatus {
  std::string status;
  std::string meaning;
  std::string device;  ///< what a device does then
};

class StatusCodes {
 public:
  /// Reads both tables; lines that are not whole are passed over. Empty where a table cannot be read.
  explicit StatusCodes(const DataFiles& data);
  /// "SyncKeyMismatch: the sync key ..." for a command's status; its own row first, then the common ones. Or empty.
  [[nodiscard]] std::string meaning(std::string_view command, std::string_view status) const;
  /// Every row with this number: of one command, or of all where `command` is empty. The common ones count for each.
  [[nodiscard]] std::vector<const StatusCode*> rows(std::string_view command, std::string_view status) const;
  [[nodiscard]] const HttpStatus* http(std::string_view status) const;
  [[nodiscard]] bool is_command(std::string_view name) const;

 private:
  std::vector<StatusCode> codes_;
  std::vector<HttpStatus> http_;
};

}  // namespace easel

#pragma once
// The support codes that devices show, and what on the wire leads to each. The table is profiles/support-codes.tsv.

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/data/data_files.h"
#include "client/diagnostic.h"

namespace easel {

struct SupportCode {
  std::string code;  ///< "0x80072F0D"
  std::string symbol;
  std::string message;  ///< what the screen says, as far as it is known
  std::string meaning;
  std::vector<std::string> causes;  ///< cause keys, as cause_key() gives them
  std::string trigger;              ///< the same in words
  std::string source;
  std::string confidence;
};

class SupportCodes {
 public:
  /// Reads the table; complaints name the line.
  static std::expected<SupportCodes, Diagnostics> load(const DataFiles& data);
  /// The row for a cause key, or nullptr.
  [[nodiscard]] const SupportCode* by_cause(std::string_view cause) const;
  /// The row of a code, written with or without 0x, in any case; nullptr if it is not in the table.
  [[nodiscard]] const SupportCode* by_code(std::string_view code) const;
  [[nodiscard]] const std::vector<SupportCode>& all() const { return codes_; }

 private:
  std::vector<SupportCode> codes_;
};

}  // namespace easel

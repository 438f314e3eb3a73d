#pragma once
// Compares two documents as trees and names what differs, with offsets.

#include <string>
#include <string_view>
#include <vector>

#include "wbxml/document.h"

namespace easel {

/// Names of elements whose values differ from one session to the next: sync keys, policy keys, ids.
[[nodiscard]] const std::vector<std::string_view>& volatile_names();

struct WbxmlDifference {
  std::string path;  ///< "Sync/Collections/Collection/Status"
  std::string left;  ///< value or "-" when it is missing there
  std::string right;
  std::size_t left_offset = 0, right_offset = 0;
};

/// Children are aligned by tag, in order. Values of elements named in `ignored` are not compared.
/// At most `most` differences are told.
[[nodiscard]] std::vector<WbxmlDifference> diff_wbxml(const wbxml::Document& left, const wbxml::Document& right,
                                                      const std::vector<std::string_view>& ignored,
                                                      std::size_t most = 1000);

}  // namespace easel

#pragma once
// Waivers: findings that somebody has looked at and answers for until a day. They stand outside of the checks, in a
// file of the administrator's. scenarios/README.md describes the format.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "client/diagnostic.h"
#include "client/xml/xml_tree.h"

namespace easel {

struct Waiver {
  std::string check;     ///< id of the check
  std::string target;    ///< host, or host:port
  std::int64_t until{};  ///< seconds since 1970: the first moment at which it does not hold any more
  std::string until_text;
  std::string owner;
  std::string reason;
  std::string evidence;  ///< text that must stand in what was found: another finding is not waived with it
  std::string file;
  XmlPlace place;
};

/// Reads `<waivers version="1"><waive check="…" target="…" until="2027-03-31" owner="…" reason="…" evidence="…"/>`.
/// Every attribute is required; all complaints at once.
std::expected<std::vector<Waiver>, Diagnostics> parse_waivers(std::string_view text, const std::string& path);
std::expected<std::vector<Waiver>, Diagnostics> load_waivers(const std::string& path);

}  // namespace easel

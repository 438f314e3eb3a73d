#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "wbxml/code_pages.h"

#include <doctest/doctest.h>

namespace easel::wbxml {

TEST_CASE("names go both ways over all pages") {
  int tags = 0;
  for (unsigned page = 0; page < kPages; ++page)
    for (unsigned token = 0; token < 64; ++token) {
      const Tag tag{static_cast<std::uint8_t>(page), static_cast<std::uint8_t>(token)};
      const std::string_view name = tag_name(tag);
      CHECK(name.empty() == (((kValidTokens[page] >> token) & 1) == 0));
      if (name.empty()) continue;
      ++tags;
      CHECK(find_tag(tag.page, name) == tag);
      CHECK(find_tag(std::string(namespace_of(tag.page)) + ":" + std::string(name)) == tag);
      CHECK_FALSE(tag_since(tag).empty());
    }
  CHECK(tags == 653);
}

TEST_CASE("namespaces are read in any case, with and without the colon") {
  CHECK(page_of("AirSync") == 0);
  CHECK(page_of("airsync:") == 0);
  CHECK(page_of("GAL:") == 16);
  CHECK(page_of("Find") == 25);
  CHECK_FALSE(page_of("AirSyn"));
  CHECK_FALSE(page_of(""));
  CHECK(namespace_of(16) == "Gal");
  CHECK(namespace_of(26).empty());
}

TEST_CASE("older spellings are read, never printed") {
  CHECK(find_tag("Contacts:BusinessCity") == tags::Contacts::BusinessAddressCity);
  CHECK(find_tag("Calendar:Attendee_Email") == tags::Calendar::Email);
  CHECK(tag_name(tags::Calendar::Email) == "Email");
}

TEST_CASE("a misspelt name gets the nearest one") {
  CHECK(nearest_tag_name(0, "SyncKy") == "SyncKey");
  CHECK(nearest_tag_name(0, "synckey") == "SyncKey");
  CHECK(nearest_tag_name(0, "Xyzzyplugh").empty());
  CHECK(nearest_namespace("FolderHierachy:") == "FolderHierarchy");
  CHECK(nearest_tag_name(0, std::string(100000, 'a')).empty());
}

TEST_CASE("equal names on different pages are different tags") {
  CHECK(tags::AirSync::Status != tags::FolderHierarchy::Status);
  CHECK(tags::FolderHierarchy::Status == Tag{7, 0x0C});
}

}  // namespace easel::wbxml

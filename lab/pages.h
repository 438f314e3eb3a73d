#pragma once
// HTML pages in the manner of IIS, in our own words; titles and sub-statuses as IIS 6 has them.

#include <string_view>

#include "lab/http_message.h"

namespace easel::lab {

[[nodiscard]] HttpResponse page_401();
[[nodiscard]] HttpResponse page_403_4();  ///< SSL is required
[[nodiscard]] HttpResponse page_404();
/// What a signed-in browser sees in that directory.
[[nodiscard]] HttpResponse page_directory(std::string_view path);

}  // namespace easel::lab

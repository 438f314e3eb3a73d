#pragma once
// HTML pages in the manner of IIS, in our own words; titles and sub-statuses as IIS 6 has them.

#include <string_view>

#include "lab/http_message.h"

namespace easel::lab {

[[nodiscard]] HttpResponse page_401();
[[nodiscard]] HttpResponse page_403_4();  ///< SSL is required
/// 403 with a sub-status about the client's certificate: 7, 12, 13, 16 or 17.
[[nodiscard]] HttpResponse page_403_certificate(int sub_status);
[[nodiscard]] HttpResponse page_413();
[[nodiscard]] HttpResponse page_404();
/// What a signed-in browser sees in that directory.
[[nodiscard]] HttpResponse page_directory(std::string_view path);

}  // namespace easel::lab

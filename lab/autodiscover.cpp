#include "lab/autodiscover.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "lab/eas.h"

namespace easel::lab {

namespace {

constexpr std::string_view kSchema =
    "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006";
constexpr std::string_view kOuter = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";

/// Text of the first element of that name, whatever its prefix; empty if there is none.
std::string_view element(std::string_view xml, std::string_view name) {
  const auto open = xml.find(std::string(name) + ">");
  if (open == std::string_view::npos) return {};
  const std::string_view rest = xml.substr(open + name.size() + 1);
  return rest.substr(0, rest.find('<'));
}

HttpResponse document(const std::string& inside) {
  HttpResponse response{.headers = {{"Content-Type", "text/xml; charset=utf-8"}}};
  response.body = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<Autodiscover xmlns=\"";
  response.body.append(kOuter).append("\">").append(inside).append("</Autodiscover>");
  return response;
}

HttpResponse error(int code, std::string_view message) {
  std::string inside = "<Response><Error Time=\"12:00:00.0000000\" Id=\"1\"><ErrorCode>";
  inside.append(std::to_string(code)).append("</ErrorCode><Message>").append(message);
  return document(inside + "</Message><DebugData/></Error></Response>");
}

}  // namespace

HttpResponse answer_autodiscover(const HttpRequest& request, const LabAccount& account, const Behaviour& b,
                                 const Site& site) {
  if (b.autodiscover.broken) return http_error(500, "Internal Server Error");
  const std::string_view address = element(request.body, "EMailAddress");
  if (request.method != "POST" || address.empty()) return error(600, "Invalid Request");
  if (element(request.body, "AcceptableResponseSchema") != kSchema) return error(601, "Provider is not available");
  if (!equal_ignoring_case(address, account.upn)) {
    const bool known = std::ranges::any_of(
        site.facts.accounts, [&](const LabAccount& one) { return equal_ignoring_case(one.upn, address); });
    return b.autodiscover.tells_users && !known ? error(500, "The e-mail address cannot be found")
                                                : error(600, "Invalid Request");
  }
  const std::string url = with_facts(b.autodiscover.url, site.facts);
  std::string inside = "<Response xmlns=\"";
  inside.append(kSchema).append("\"><Culture>en:us</Culture><User><DisplayName>").append(account.user);
  inside.append("</DisplayName><EMailAddress>").append(account.upn).append("</EMailAddress></User><Action><Settings>");
  inside.append("<Server><Type>MobileSync</Type><Url>").append(url).append("</Url><Name>").append(url);
  return document(inside + "</Name></Server></Settings></Action></Response>");
}

}  // namespace easel::lab

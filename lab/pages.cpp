#include "lab/pages.h"

#include <string>
#include <utility>

namespace easel::lab {

namespace {

HttpResponse page(int status, std::string reason, std::string_view title, std::string_view text) {
  HttpResponse response{.status = status, .reason = std::move(reason), .headers = {{"Content-Type", "text/html"}}};
  response.body = "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">\r\n<html><head><title>" + std::string(title) +
                  "</title></head>\r\n<body><h1>" + std::string(title) + "</h1><p>" + std::string(text) +
                  "</p></body></html>\r\n";
  return response;
}

}  // namespace

HttpResponse page_401() {
  return page(401, "Unauthorized", "You are not authorized to view this page",
              "HTTP Error 401.2 - Unauthorized: access is denied by the server's configuration.");
}

HttpResponse page_403_4() {
  return page(403, "Forbidden", "The page must be viewed over a secure channel",
              "HTTP Error 403.4 - Forbidden: SSL is required to view this resource. Type https:// in front of the "
              "address and try again.");
}

HttpResponse page_403_certificate(int sub_status) {
  std::string_view why = "a client certificate is required";
  if (sub_status == 12) why = "the client certificate leads to no account";
  if (sub_status == 13) why = "the client certificate has been revoked";
  if (sub_status == 16) why = "the client certificate is untrusted or invalid";
  if (sub_status == 17) why = "the client certificate has expired or is not yet valid";
  return page(403, "Forbidden", "The page requires a client certificate",
              "HTTP Error 403." + std::to_string(sub_status) + " - Forbidden: " + std::string(why) + ".");
}

HttpResponse page_413() {
  return page(413, "Request Entity Too Large", "The request is too large",
              "HTTP Error 413 - The request does not fit into the buffer.");
}

HttpResponse page_404() {
  return page(404, "Not Found", "The page cannot be found", "HTTP Error 404 - File or directory not found.");
}

HttpResponse page_directory(std::string_view path) { return page(200, "OK", std::string(path), "You are signed in."); }

}  // namespace easel::lab

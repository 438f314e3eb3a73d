#include "lab/securid.h"

#include <chrono>
#include <string>

#include "lab/gatekeeper.h"

namespace easel::lab {

namespace {

constexpr std::string_view kTicket = "rsa-ticket";
constexpr std::string_view kPagePath = "/WebID/IISWebAgentIF.dll";

/// The value of a field of a posted form.
std::string field_of(std::string_view form, std::string_view name) {
  while (!form.empty()) {
    const auto end = form.find('&');
    const std::string_view part = form.substr(0, end);
    form = end == std::string_view::npos ? std::string_view() : form.substr(end + 1);
    const auto equals = part.find('=');
    if (equals != std::string_view::npos && part.substr(0, equals) == name)
      return percent_decoded(part.substr(equals + 1), true);
  }
  return {};
}

HttpResponse passcode_page() {
  HttpResponse response{.headers = {{"Content-Type", "text/html"}}};
  response.body = "<html><head><title>RSA SecurID : Log In</title></head><body><form method=\"post\" action=\"" +
                  std::string(kPagePath) +
                  "\"><input name=\"username\"><input name=\"passcode\" type=\"password\"></form></body></html>\r\n";
  return response;
}

}  // namespace

HttpResponse answer_securid(const HttpRequest& request, Site& site) {
  HttpResponse response = passcode_page();
  if (request.method != "POST" || field_of(request.body, "passcode") != kPasscode) return response;
  const std::string user = field_of(request.body, "username");
  const std::scoped_lock lock(site.memory.mutex);
  std::string ticket = std::to_string(1000003 * (site.memory.tickets.size() + 7));
  ticket.append("-").append(user);
  site.memory.tickets[ticket] = user;
  response.set("Set-Cookie", std::string(kTicket) + "=" + ticket + "; path=/; secure");
  return response;
}

HttpResponse ticket_wanted(const HttpRequest& request, const LogOnResult& who, Site& site, const Caller& caller) {
  const SecurIdShape& shape = caller.door.behaviour.securid;
  const std::string ticket = cookie_of(request, kTicket);
  bool good = false;
  {
    const std::scoped_lock lock(site.memory.mutex);
    const auto known = site.memory.tickets.find(ticket);
    good = known != site.memory.tickets.end() && !shape.tickets_lost;
    const bool own = good && who.account != nullptr && equal_ignoring_case(known->second, who.account->user);
    good = good && (own || who.account == nullptr || shape.late_and_mixed);
  }
  if (shape.late_and_mixed && caller.wait(std::chrono::seconds(5), -1) != Io::timeout) return HttpResponse{.status = 0};
  if (good) return go_on();
  return redirect_to(https_base(site) + std::string(kPagePath) + "?referrer=" + request.path);
}

}  // namespace easel::lab

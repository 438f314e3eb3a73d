#include "client_testing.h"

#include <doctest/doctest.h>

#include <deque>

#include "client/protocol/base64.h"
#include "client/protocol/commands.h"
#include "client/protocol/session.h"
#include "wbxml/decoder.h"
#include "wbxml/xml_reader.h"
#include "wbxml/xml_text.h"

namespace easel::testing {

std::string wbxml_of(std::string_view xml) {
  const auto bytes = wbxml::from_xml(xml);
  REQUIRE_MESSAGE(bytes.has_value(), std::string(xml));
  return std::string(wbxml::as_text(*bytes));
}

RoundTrip answer(int status, std::string_view xml, Headers headers) {
  HttpResponse response;
  response.status = status;
  response.version = "HTTP/1.1";
  response.headers = std::move(headers);
  if (!xml.empty()) {
    response.body = wbxml_of(xml);
    response.headers.push_back({"Content-Type", "application/vnd.ms-sync.wbxml"});
  }
  RoundTrip t;
  t.outcome = std::move(response);
  return t;
}

RoundTrip failure(NetworkFailure::Kind kind, bool reused) {
  NetworkFailure f;
  f.kind = kind;
  RoundTrip t;
  t.reused = reused;
  t.outcome = std::move(f);
  return t;
}

Site site() {
  Site s;
  s.host = "mail.example.com";
  s.plain_port = 80;
  s.accounts.push_back({"main", "CORP\\alice", Secret("Sesame 1"), 2});
  s.accounts.push_back({"other", "bob", Secret("Other 2"), 2});
  return s;
}

DeviceProfile device(std::string_view id) {
  auto profile = load_device_profile(DataFiles(), id);
  REQUIRE(profile.has_value());
  return std::move(*profile);
}

std::shared_ptr<const Plan> plan(std::string_view xml, const Variables& parameters) {
  const DataFiles data;
  const DeviceProfile profile = device();
  const Site where = site();
  auto compiled = compile(parse_scenario(xml, "t.xml", data), {data, profile, where, parameters, false});
  REQUIRE_MESSAGE(compiled.has_value(), (compiled ? std::string() : to_text(compiled.error())));
  return *compiled;
}

std::string complaints(std::string_view xml, const Variables& parameters) {
  const DataFiles data;
  const DeviceProfile profile = device();
  const Site where = site();
  auto compiled = compile(parse_scenario(xml, "t.xml", data), {data, profile, where, parameters, false});
  return compiled ? std::string() : to_text(compiled.error());
}

Played play(std::string_view xml, const Server& server, const Variables& parameters,
            const std::function<void(RunContext&)>& change) {
  const Site where = site();
  Redactor redactor;
  redactor.add_credentials(where.accounts[0].user, where.accounts[0].password.reveal());
  RunContext context;
  context.site = &where;
  context.redactor = &redactor;
  context.run_id = "12345678";
  context.now = now;
  if (change) change(context);
  Played played;
  Run run(plan(xml, parameters), context);
  std::deque<Ticket> pauses;
  for (int rounds = 0; !run.done(); ++rounds) {
    REQUIRE(rounds < 10'000);
    if (auto action = run.next()) {
      if (const auto* send = std::get_if<SendAction>(&*action)) {
        played.requests.push_back(send->request);
        RoundTrip round_trip = server(send->request);
        round_trip.request = send->request.request;
        run.on(send->ticket, std::move(round_trip));
      } else {
        pauses.push_back(std::get<PauseAction>(*action).ticket);
      }
    } else if (!pauses.empty()) {
      const Ticket ticket = pauses.front();
      pauses.pop_front();
      ++played.pauses;
      run.on_pause(ticket);
    } else {
      REQUIRE(run.done());
    }
  }
  played.outcome = run.take();
  return played;
}

std::string command_of(const SendRequest& request) {
  const HttpRequest& http = request.request;
  if (http.method == "OPTIONS") return "OPTIONS";
  const std::size_t question = http.target.find('?');
  if (http.method != "POST" || question == std::string::npos) return http.method + " " + http.target;
  const std::string query = http.target.substr(question + 1);
  if (const std::size_t at = query.find("Cmd="); at != std::string::npos)
    return query.substr(at + 4,
                        query.find('&', at) == std::string::npos ? std::string::npos : query.find('&', at) - at - 4);
  const auto octets = base64_decode(query);
  if (!octets || octets->size() < 2) return "?";
  for (const Command& c : commands()) {
    if (c.code == static_cast<unsigned char>((*octets)[1])) return std::string(c.name);
  }
  return "?";
}

std::string body_of(const SendRequest& request) {
  const auto document = wbxml::decode(wbxml::as_bytes(request.request.body));
  return document ? wbxml::to_xml(*document, {.declaration = false}) : "";
}

PredicateResult ask_of(std::string_view predicate_xml, const RoundTrip& round_trip,
                       const std::function<void(Evidence&)>& change) {
  const auto element = read_xml(predicate_xml, "p.xml");
  REQUIRE(element.has_value());
  XmlChecker checker("p.xml");
  const auto assertion = compile_assertion(*element, "FolderHierarchy", checker);
  REQUIRE_MESSAGE(checker.clean(), to_text(checker.diagnostics()));
  REQUIRE(assertion.has_value());
  const Site where = site();
  const DeviceProfile profile = device();
  const Session session;
  const Variables variables = {{"known", "7"}};
  const std::map<std::string, RoundTrip, std::less<>> earlier;
  std::expected<wbxml::Document, wbxml::Error> document = wbxml::Document();
  Evidence e;
  e.round_trip = &round_trip;
  if (const HttpResponse* response = round_trip.response(); response && !response->body.empty()) {
    document = wbxml::decode(wbxml::as_bytes(response->body));
    if (document)
      e.response = &*document;
    else
      e.decode_problem = "not WBXML";
  }
  e.session = &session;
  e.site = &where;
  e.device = &profile;
  e.variables = &variables;
  e.earlier = &earlier;
  e.now = kNow;
  if (change) change(e);
  return ask(*assertion, e);
}

}  // namespace easel::testing

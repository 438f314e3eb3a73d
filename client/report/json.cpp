#include <nlohmann/json.hpp>

#include "client/report/report.h"

namespace easel {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Headers& headers) {
  Json out = Json::array();
  for (const Header& h : headers) out.push_back({{"name", h.name}, {"value", h.value}});
  return out;
}

Json json_of(const Certificate& c) {
  return {{"subject", c.subject},
          {"issuer", c.issuer},
          {"serial", c.serial},
          {"common_name", c.common_name},
          {"dns_names", c.dns_names},
          {"ip_names", c.ip_names},
          {"extended_key_usage", c.extended_key_usage},
          {"is_ca", c.is_ca},
          {"not_before", iso_time(c.not_before)},
          {"not_after", iso_time(c.not_after)},
          {"key_type", c.key_type},
          {"key_bits", c.key_bits},
          {"signature_hash", c.signature_hash},
          {"sha256", c.sha256},
          {"sha1", c.sha1},
          {"spki_pin", c.spki_pin}};
}

Json json_of(const TlsSession& tls) {
  Json chain = Json::array(), complaints = Json::array();
  for (const Certificate& c : tls.chain) chain.push_back(json_of(c));
  for (const TrustComplaint& c : tls.verdict.complaints) {
    complaints.push_back({{"problem", std::string(to_string(c.problem))}, {"depth", c.depth}, {"text", c.text}});
  }
  return {{"version", tls.version},
          {"cipher", tls.cipher},
          {"alpn", tls.alpn},
          {"completed", tls.completed},
          {"resumed", tls.resumed},
          {"secure_renegotiation", tls.secure_renegotiation},
          {"renegotiations", tls.renegotiations},
          {"renegotiation_end", tls.renegotiation_end},
          {"trusted", tls.verdict.trusted()},
          {"complaints", complaints},
          {"client_certificate_asked", tls.client_certificate_asked},
          {"client_certificate_sent", tls.client_certificate_sent},
          {"path", tls.verdict.path},
          {"chain", chain}};
}

Json json_of(const HelloExchange& hello) {
  return {{"name", hello.name},
          {"offer", describe(hello.offer)},
          {"suites", suite_list(hello.offer)},
          {"predicted", hello.offer.predicted()},
          {"answered", hello.answered()},
          {"answer", std::string(to_string(hello.answer.kind))},
          {"version", hello.answer.version == 0 ? "" : version_text(hello.answer.version)},
          {"suite", hello.answer.suite_text},
          {"key_exchange", hello.answer.key_exchange},
          {"alert", hello.answer.alert},
          {"text", hello.answer.text}};
}

Json json_of(const RoundTripRecord& r) {
  const RoundTrip& t = r.round_trip;
  Json out = {
      {"step", r.step},
      {"what", r.what},
      {"device", r.device},
      {"peer", t.peer},
      {"reused", t.reused},
      {"request",
       {{"method", t.request.method},
        {"url", t.request.scheme + "://" + t.request.host + ":" + std::to_string(t.request.port) + t.request.target},
        {"headers", json_of(t.request.headers)},
        {"body_size", t.request.body.size()},
        {"xml", r.request_xml}}}};
  if (t.tls) out["tls"] = json_of(*t.tls);
  if (t.hello) out["hello"] = json_of(*t.hello);
  const auto answer = [&](const HttpResponse& a) {
    return Json{{"status", a.status},         {"reason", a.reason},    {"headers", json_of(a.headers)},
                {"body_size", a.body.size()}, {"xml", r.response_xml}, {"problem", r.problem}};
  };
  if (const HttpResponse* response = t.response()) {
    out["response"] = answer(*response);
  } else {
    out["failure"] = {{"text", summary(t)}, {"cause", cause_key(t)}};
    if (t.partial) out["partial_response"] = answer(*t.partial);
  }
  const auto ms = [](std::chrono::microseconds us) { return static_cast<double>(us.count()) / 1000.0; };
  out["started_at"] = iso_time(t.started_at);
  out["milliseconds"] = ms(t.timing.total);
  out["timing"] = {{"connected", ms(t.timing.connected)},
                   {"secured", ms(t.timing.secured)},
                   {"first_byte", ms(t.timing.first_byte)}};
  return out;
}

Json json_of(const CheckResult& c, bool finding) {
  const Verdict& v = c.verdict;
  Json out = {{"id", c.id},
              {"title", c.title},
              {"severity", c.severity},
              {"axis", c.axis},
              {"guide", c.guide},
              {"spec", c.spec},
              {"verdict", std::string(to_string(v.kind))},
              {"finding", finding}};
  if (!v.reason.empty()) out["reason"] = v.reason;
  if (!v.expected.empty()) out["expected"] = v.expected;
  if (!v.actual.empty()) out["actual"] = v.actual;
  if (!v.where.empty()) out["where"] = v.where;
  if (!v.cause.empty()) out["cause"] = v.cause;
  if (!v.notes.empty()) out["notes"] = v.notes;
  if (!v.predicted.code.empty()) {
    out["predicted"] = {{"code", v.predicted.code},
                        {"symbol", v.predicted.symbol},
                        {"text", v.predicted.text},
                        {"confidence", v.predicted.confidence}};
  }
  if (!c.why.empty()) out["why"] = c.why;
  if (!c.symptom.empty()) out["symptom"] = c.symptom;
  if (!c.remedy.empty()) out["remedy"] = c.remedy;
  out["milliseconds"] = c.took.count();
  Json steps = Json::array(), trips = Json::array();
  for (const StepRecord& s : c.steps) {
    Json step = {{"step", s.label}, {"passed", s.passed}, {"attempts", s.attempts}};
    if (!s.passed) step.update(Json{{"expected", s.expected}, {"actual", s.actual}, {"where", s.where}});
    steps.push_back(step);
  }
  for (const RoundTripRecord& r : c.round_trips) trips.push_back(json_of(r));
  out["steps"] = steps;
  out["evidence"] = v.evidence;
  out["round_trips"] = trips;
  if (!c.left_behind.empty()) out["left_behind"] = c.left_behind;
  return out;
}

Json json_of(const AddressResult& a) {
  Json verdicts = Json::array();
  for (const AddressVerdict& v : a.verdicts) {
    Json one = {{"check", v.check}, {"verdict", std::string(to_string(v.kind))}};
    if (!v.reason.empty()) one["reason"] = v.reason;
    if (!v.actual.empty()) one["actual"] = v.actual;
    verdicts.push_back(one);
  }
  Json out = {{"label", a.label}, {"at", a.at}, {"certificate", a.certificate}};
  if (!a.left_out.empty()) out["left_out"] = a.left_out;
  out["verdicts"] = verdicts;
  return out;
}

}  // namespace

std::string render_json(const RunResult& r) {
  Json counts;
  for (const VerdictKind kind : {VerdictKind::Pass, VerdictKind::Fail, VerdictKind::Waived, VerdictKind::XPass,
                                 VerdictKind::Flaky, VerdictKind::Skip, VerdictKind::Blocked, VerdictKind::Error}) {
    counts[std::string(to_string(kind))] = count(r, kind);
  }
  Json controls = Json::array(), checks = Json::array();
  for (const ControlResult& c : r.controls) {
    Json control = {{"layer", c.layer}, {"holds", c.holds}, {"closing", c.last}, {"actual", c.actual}};
    Json trips = Json::array();
    for (const RoundTripRecord& t : c.detail.round_trips) trips.push_back(json_of(t));
    if (!c.holds) control["round_trips"] = trips;
    controls.push_back(control);
  }
  for (const CheckResult& c : r.checks) checks.push_back(json_of(c, is_finding(r, c)));
  Json addresses = Json::array();
  for (const AddressResult& a : r.addresses) addresses.push_back(json_of(a));
  const Json out = {{"schema", "easel-report/1"},
                    {"easel", EASEL_VERSION},
                    {"exit_code", exit_code(r)},
                    {"verdict", std::string(verdict_word(exit_code(r)))},
                    {"site", r.site},
                    {"host", r.host},
                    {"port", r.port},
                    {"route", r.route},
                    {"plan", r.plan},
                    {"axis", r.axis},
                    {"fail_on", r.fail_on},
                    {"summary", verdict_sentence(r)},
                    {"device", {{"id", r.device}, {"title", r.device_title}, {"device_id", r.device_id}}},
                    {"trust", r.trust},
                    {"account", r.account},
                    {"protocol_version", r.version},
                    {"server", r.server},
                    {"product", r.product},
                    {"started_at", iso_time(r.started_at)},
                    {"milliseconds", r.took.count()},
                    {"run_id", r.run_id},
                    {"seed", r.seed},
                    {"interrupted", r.interrupted},
                    {"guide", {{"seen", r.guide_seen}, {"visible", r.guide_total}}},
                    {"refused_logons", r.refused_logons},
                    {"refusals", r.refusals},
                    {"counts", counts},
                    {"controls", controls},
                    {"addresses", addresses},
                    {"checks", checks},
                    {"left_behind", r.left_behind},
                    {"notes", r.notes}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace easel

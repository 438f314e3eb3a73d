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
          {"dns_names", c.dns_names},
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
          {"trusted", tls.verdict.trusted()},
          {"complaints", complaints},
          {"client_certificate_asked", tls.client_certificate_asked},
          {"client_certificate_sent", tls.client_certificate_sent},
          {"chain", chain}};
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
  if (const HttpResponse* response = t.response()) {
    out["response"] = {
        {"status", response->status},         {"reason", response->reason}, {"headers", json_of(response->headers)},
        {"body_size", response->body.size()}, {"xml", r.response_xml},      {"problem", r.problem}};
  } else {
    out["failure"] = {{"text", summary(t)}, {"cause", cause_key(t)}};
  }
  out["milliseconds"] = static_cast<double>(t.timing.total.count()) / 1000.0;
  return out;
}

Json json_of(const CheckResult& c) {
  const Verdict& v = c.verdict;
  Json out = {{"id", c.id},
              {"title", c.title},
              {"severity", c.severity},
              {"axis", c.axis},
              {"guide", c.guide},
              {"spec", c.spec},
              {"verdict", std::string(to_string(v.kind))}};
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
  for (const ControlResult& c : r.controls)
    controls.push_back({{"layer", c.layer}, {"holds", c.holds}, {"closing", c.last}, {"actual", c.actual}});
  for (const CheckResult& c : r.checks) checks.push_back(json_of(c));
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
                    {"checks", checks},
                    {"left_behind", r.left_behind},
                    {"notes", r.notes}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace easel

// Every address of a site: which there are, in which order, and what is said about the first that differs.
#include <doctest/doctest.h>

#include "client/run/addresses.h"
#include "client/run/logon_ledger.h"

using namespace easel;

namespace {

Site named_site() {
  Site site;
  site.host = "mail.example.com";
  return site;
}

Resolutions resolved(std::vector<std::string> ipv4, std::vector<std::string> ipv6) {
  return {{"mail.example.com", std::move(ipv4), std::move(ipv6), {}, ""}};
}

AddressVerdict verdict(std::string check, VerdictKind kind, std::string reason = {}, std::string cause = {}) {
  return {std::move(check), kind, std::move(reason), kind == VerdictKind::Pass ? "" : "as found", std::move(cause), {}};
}

AddressResult result(const std::string& label, std::vector<AddressVerdict> verdicts) {
  return {label, label + ":443", "", "", std::move(verdicts)};
}

}  // namespace

TEST_CASE("a name with several records has an address a record, IPv6 among them") {
  const auto hops = hops_of(named_site(), resolved({"192.0.2.10", "192.0.2.11"}, {"2001:db8::10"}));
  REQUIRE(hops.size() == 3);
  CHECK(hops[0].label == "A 192.0.2.10");
  CHECK(hops[1].route.addresses == std::vector<std::string>{"192.0.2.11"});
  CHECK(hops[2].at == "[2001:db8::10]:443");
  CHECK(hops[2].ipv6);
}

TEST_CASE("the site's addresses follow the public name, from outside to inside") {
  Site site = named_site();
  site.addresses = {{"10.1.0.2", 0, "proxy"}, {"10.1.0.5", 8443, "front end 1"}};
  const auto hops = hops_of(site, resolved({"192.0.2.10"}, {}));
  REQUIRE(hops.size() == 3);
  CHECK(hops[0].label == "public name");
  CHECK(hops[0].at == "192.0.2.10:443");
  CHECK(hops[1].label == "proxy");
  CHECK(hops[2].at == "10.1.0.5:8443");
  CHECK(hops[2].route.connect_to_host == "10.1.0.5");
}

TEST_CASE("--connect-to stands for the public name, and no endpoint is met twice") {
  Site site = named_site();
  site.route.connect_to_host = "10.1.0.5";
  site.addresses = {{"10.1.0.5", 443, "front end 1"}, {"10.1.0.6", 0, "front end 2"}};
  const auto hops = hops_of(site, resolved({"192.0.2.10"}, {}));
  REQUIRE(hops.size() == 2);
  CHECK(hops[0].label == "front end 1");
  CHECK(hops[1].label == "front end 2");
}

TEST_CASE("the first address that differs is named with the lowest check and both verdicts") {
  const auto pass = VerdictKind::Pass, fail = VerdictKind::Fail;
  const Verdict v = judge_addresses(
      {result("A", {verdict("tls", pass), verdict("auth", pass)}),
       result("B", {verdict("tls", pass), verdict("auth", VerdictKind::Flaky)}),
       result("C", {verdict("tls", fail, "", "tls.untrusted"), verdict("auth", VerdictKind::Blocked, "trust")}),
       result("D", {verdict("tls", pass), verdict("auth", fail)})});
  CHECK(v.kind == fail);
  CHECK(v.expected == "tls at C (C:443) as at A (A:443): pass");
  CHECK(v.actual == "tls at C (C:443) is fail: as found");
  CHECK(v.cause == "tls.untrusted");
  REQUIRE(v.notes.size() == 1);
  CHECK(v.notes[0].find("auth at D (D:443) is fail") != std::string::npos);
}

TEST_CASE("addresses that fail alike do not differ; skips differ by their reason") {
  const auto fail = VerdictKind::Fail, skip = VerdictKind::Skip;
  CHECK(judge_addresses({result("A", {verdict("x", fail)}), result("B", {verdict("x", fail)})}).kind ==
        VerdictKind::Pass);
  CHECK(
      judge_addresses({result("A", {verdict("x", skip, "role")}), result("B", {verdict("x", skip, "absent")})}).kind ==
      fail);
}

TEST_CASE("one address, or one that this machine can reach, is nothing to compare") {
  AddressResult far = result("AAAA", {verdict("x", VerdictKind::Fail)});
  far.left_out = "no IPv6";
  const Verdict v = judge_addresses({result("A", {verdict("x", VerdictKind::Pass)}), far});
  CHECK(v.kind == VerdictKind::Skip);
  CHECK(v.reason == "no-address");
  CHECK(v.notes.size() == 1);
}

TEST_CASE("an interrupted comparison says nothing about the server") {
  const Verdict v = judge_addresses({result("A", {verdict("x", VerdictKind::Pass)}),
                                     result("B", {verdict("x", VerdictKind::Blocked, "interrupted")})});
  CHECK(v.kind == VerdictKind::Blocked);
  CHECK(v.reason == "interrupted");
}

TEST_CASE("other certificates are a note, not a difference") {
  AddressResult a = result("A", {verdict("x", VerdictKind::Pass)}), b = result("B", {verdict("x", VerdictKind::Pass)});
  a.certificate = "aa";
  b.certificate = "bb";
  const Verdict v = judge_addresses({a, b});
  CHECK(v.kind == VerdictKind::Pass);
  CHECK(v.notes.size() == 1);
}

TEST_CASE("failed log-ons are counted by account against what it allows") {
  Site site = named_site();
  site.accounts = {{"main", "alice", Secret("x"), 2}, {"other", "bob", Secret("y"), 0}};
  LogonLedger ledger;
  ledger.failed("main");
  ledger.failed("main");
  CHECK(judge_logons(ledger, site).kind == VerdictKind::Pass);
  ledger.failed("other");
  const Verdict v = judge_logons(ledger, site);
  CHECK(v.kind == VerdictKind::Fail);
  CHECK(v.where == "account other");
  CHECK(v.actual == "1");
}

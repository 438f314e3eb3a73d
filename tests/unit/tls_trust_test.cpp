#include "client/tls/revocation.h"
#include "client/tls/trust.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <ctime>
#include <string>

#include "tests/unit/tls_test_ca.h"

using namespace easel;
using namespace easel::testing;

namespace {

std::int64_t now() { return std::time(nullptr); }

TrustPolicy trusting(std::vector<Certificate> authorities) {
  TrustPolicy policy;
  policy.store = TrustPolicy::Store::Authorities;
  policy.name = "the test's store";
  policy.authorities = std::move(authorities);
  return policy;
}

const Family& family() {
  static const Family made = mint_family("Easel");
  return made;
}

std::vector<TrustProblem> problems(const TrustVerdict& verdict) {
  std::vector<TrustProblem> out;
  for (const TrustComplaint& complaint : verdict.complaints) out.push_back(complaint.problem);
  return out;
}

using Problems = std::vector<TrustProblem>;

Minted server_of(const Minted& issuer, Wish wish) {
  wish.common_name = "localhost";
  if (wish.dns_names.empty()) wish.dns_names = {"localhost"};
  return mint(wish, &issuer);
}

}  // namespace

TEST_CASE("a whole chain under a trusted root passes, and the path is told") {
  const TrustVerdict verdict = judge_chain(family().chain(), trusting({family().root.certificate}), "localhost", now());
  CHECK(verdict.trusted());
  CHECK(verdict.path == std::vector<std::string>{"CN=localhost", "CN=Easel intermediate", "CN=Easel root"});
}

TEST_CASE("a missing intermediate is told from an unknown root") {
  const TrustPolicy policy = trusting({family().root.certificate});
  const TrustVerdict missing = judge_chain({family().server.certificate}, policy, "localhost", now());
  CHECK(problems(missing) == Problems{TrustProblem::IntermediateMissing});
  CHECK(missing.path.empty());
  CHECK(
      missing.complaints.front().text ==
      "the server certificate \"CN=localhost\" was issued by \"CN=Easel intermediate\", which the server did not send "
      "and the test's store does not hold; add that intermediate to the server's bundle (it can be had from "
      "http://ca.example/intermediate.cer; devices do not fetch it)");
  const Family other = mint_family("Other");
  const TrustVerdict unknown = judge_chain(other.chain(), policy, "localhost", now());
  CHECK(problems(unknown) == Problems{TrustProblem::Untrusted});
  CHECK(unknown.complaints.front().depth == 1);
  CHECK(unknown.complaints.front().text.find("\"CN=Other root\"") != std::string::npos);
  std::vector<Certificate> with_root = other.chain();
  with_root.push_back(other.root.certificate);
  const TrustVerdict root_sent = judge_chain(with_root, policy, "localhost", now());
  CHECK(problems(root_sent) == Problems{TrustProblem::Untrusted});
  CHECK(root_sent.complaints.front().depth == 2);
}

TEST_CASE("a leaf signed by an unknown root directly is untrusted, not in want of an intermediate") {
  const Minted root = mint({.common_name = "Home root", .ca = true}, nullptr);
  const Minted leaf = server_of(root, {});
  const TrustVerdict verdict = judge_chain({leaf.certificate}, trusting({}), "localhost", now());
  CHECK(problems(verdict) == Problems{TrustProblem::Untrusted});
}

TEST_CASE("a self-signed server is untrusted until it is installed itself") {
  const Minted self = mint({.common_name = "localhost", .dns_names = {"localhost"}}, nullptr);
  CHECK(problems(judge_chain({self.certificate}, trusting({}), "localhost", now())) ==
        Problems{TrustProblem::Untrusted});
  CHECK(judge_chain({self.certificate}, trusting({self.certificate}), "localhost", now()).trusted());
}

TEST_CASE("an issued leaf in the root store does not help; an intermediate in it does") {
  CHECK_FALSE(judge_chain({family().server.certificate}, trusting({family().server.certificate}), "localhost", now())
                  .trusted());
  CHECK(judge_chain({family().server.certificate}, trusting({family().intermediate.certificate}), "localhost", now())
            .trusted());
}

TEST_CASE("an intermediate store builds, and does not trust") {
  TrustPolicy policy = trusting({family().root.certificate});
  policy.intermediates = {family().intermediate.certificate};
  CHECK(judge_chain({family().server.certificate}, policy, "localhost", now()).trusted());
  policy.authorities.clear();
  CHECK(problems(judge_chain({family().server.certificate}, policy, "localhost", now())) ==
        Problems{TrustProblem::Untrusted});
}

TEST_CASE("the empty store trusts nobody, the host's not our root") {
  TrustPolicy policy;
  policy.store = TrustPolicy::Store::Empty;
  std::vector<Certificate> chain = family().chain();
  chain.push_back(family().root.certificate);
  CHECK(judge_chain(chain, policy, "localhost", now()).has(TrustProblem::Untrusted));
  policy.store = TrustPolicy::Store::Host;
  CHECK(judge_chain(chain, policy, "localhost", now()).has(TrustProblem::Untrusted));
}

TEST_CASE("every complaint is recorded, not only the first") {
  const Minted root = mint({.common_name = "Old root", .ca = true}, nullptr);
  const Minted leaf = server_of(root, {.dns_names = {"other.example.com"},
                                       .not_before = -100 * 86400,
                                       .not_after = -10 * 86400,
                                       .extended_key_usage = "clientAuth"});
  const TrustVerdict verdict = judge_chain({leaf.certificate}, trusting({}), "localhost", now());
  CHECK(verdict.complaints.size() == 4);
  CHECK(verdict.has(TrustProblem::Untrusted));
  CHECK(verdict.has(TrustProblem::Expired));
  CHECK(verdict.has(TrustProblem::WrongPurpose));
  CHECK(verdict.has(TrustProblem::NameMismatch));
}

TEST_CASE("dates are judged at the time that is given, for each certificate") {
  const TrustPolicy policy = trusting({family().root.certificate});
  const TrustVerdict early = judge_chain(family().chain(), policy, "localhost", now() - 90 * 86400);
  CHECK(early.has(TrustProblem::NotYetValid));
  CHECK_FALSE(early.has(TrustProblem::Expired));
  const TrustVerdict late = judge_chain(family().chain(), policy, "localhost", now() + 90 * 86400);
  CHECK(late.has(TrustProblem::Expired));
  CHECK(late.complaints.size() == 3);
  CHECK(late.complaints.front().text.find(" expired on 20") != std::string::npos);
}

TEST_CASE("the host's name must be among the certificate's") {
  const TrustPolicy policy = trusting({family().root.certificate});
  const TrustVerdict verdict = judge_chain(family().chain(), policy, "www.example.com", now());
  CHECK(problems(verdict) == Problems{TrustProblem::NameMismatch});
  CHECK(verdict.complaints.front().text ==
        "the server certificate is for localhost, mail.example.com, 127.0.0.1, not for www.example.com");
  CHECK(judge_chain(family().chain(), policy, "127.0.0.1", now()).trusted());
}

TEST_CASE("names are compared as RFC 6125 says") {
  struct Row {
    std::vector<std::string> dns;
    std::string common_name;
    std::string host;
    bool matches;
    bool by_common_name;
  };
  const Row rows[] = {
      {{"mail.example.com"}, "", "MAIL.example.COM.", true, false},
      {{"*.example.com"}, "", "mail.example.com", true, false},
      {{"*.example.com"}, "", "a.mail.example.com", false, false},
      {{"*.example.com"}, "", "example.com", false, false},
      {{"*.com"}, "", "example.com", false, false},
      {{"m*.example.com"}, "", "mail.example.com", false, false},
      {{"*.*.com"}, "", "mail.example.com", false, false},
      {{"other.example.com"}, "mail.example.com", "mail.example.com", false, false},
      {{}, "mail.example.com", "mail.example.com", true, true},
      {{}, "*.example.com", "mail.example.com", true, true},
      {{}, "127.0.0.1", "127.0.0.1", true, true},
      {{}, "", "mail.example.com", false, true},
      {{"127.0.0.1"}, "", "127.0.0.1", false, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.host);
    CAPTURE(row.common_name);
    Certificate leaf;
    leaf.dns_names = row.dns;
    leaf.common_name = row.common_name;
    bool used_common_name = false;
    CHECK(name_matches(leaf, row.host, used_common_name) == row.matches);
    CHECK(used_common_name == row.by_common_name);
  }
  Certificate leaf;
  leaf.ip_names = {"2001:db8:0:0:0:0:0:1"};
  bool used_common_name = false;
  CHECK(name_matches(leaf, "[2001:db8::1]", used_common_name));
}

TEST_CASE("a pin replaces the chain check, and nothing else") {
  TrustPolicy policy = trusting({});
  policy.pins = {"sha256//" + family().server.certificate.spki_pin};
  CHECK(judge_chain({family().server.certificate}, policy, "localhost", now()).trusted());
  CHECK(problems(judge_chain({family().server.certificate}, policy, "www.example.com", now())) ==
        Problems{TrustProblem::NameMismatch});
  CHECK(judge_chain({family().server.certificate}, policy, "localhost", now() + 90 * 86400).has(TrustProblem::Expired));
  policy.pins = {family().intermediate.certificate.spki_pin, "backup"};
  CHECK(judge_chain(family().chain(), policy, "localhost", now()).trusted());
  policy.pins = {mint_family("Other").server.certificate.spki_pin};
  CHECK(problems(judge_chain(family().chain(), policy, "localhost", now())) == Problems{TrustProblem::PinMismatch});
}

TEST_CASE("a pinned certificate that is merely sent along does not vouch for another's leaf") {
  const Family thief = mint_family("Thief");
  TrustPolicy policy = trusting({thief.root.certificate});
  policy.pins = {family().intermediate.certificate.spki_pin};
  const std::vector<Certificate> chain = {thief.server.certificate, thief.intermediate.certificate,
                                          family().intermediate.certificate};
  CHECK(problems(judge_chain(chain, policy, "localhost", now())) == Problems{TrustProblem::PinMismatch});
}

TEST_CASE("revocation lists are asked only whether the certificate is revoked") {
  TrustPolicy policy = trusting({family().root.certificate});
  policy.revocation_lists = mint_revocation_list(family().intermediate, {});
  CHECK(judge_chain(family().chain(), policy, "localhost", now()).trusted());
  policy.revocation_lists = mint_revocation_list(family().intermediate, {family().server.certificate.serial});
  CHECK(problems(judge_chain(family().chain(), policy, "localhost", now())) == Problems{TrustProblem::Revoked});
}

TEST_CASE("old keys and hashes are other checks' business, bad signatures are not") {
  const Minted root = mint({.common_name = "Root", .ca = true, .rsa = true, .hash = "MD5"}, nullptr);
  Minted leaf = server_of(root, {.rsa = true, .hash = "SHA1"});
  const TrustPolicy policy = trusting({root.certificate});
  CHECK(judge_chain({leaf.certificate}, policy, "localhost", now()).trusted());
  leaf.certificate.der.back() = static_cast<char>(leaf.certificate.der.back() ^ 1);
  CHECK(judge_chain({leaf.certificate}, policy, "localhost", now()).has(TrustProblem::WeakOrBad));
}

TEST_CASE("a leaf that signs another leaf makes no authority") {
  const Minted root = mint({.common_name = "Root", .ca = true}, nullptr);
  const Minted middle = server_of(root, {});
  const Minted leaf = server_of(middle, {});
  CHECK(judge_chain({leaf.certificate, middle.certificate}, trusting({root.certificate}), "localhost", now())
            .has(TrustProblem::WeakOrBad));
}

TEST_CASE("no certificate, an unreadable one, and a thousand of them end in a verdict") {
  CHECK(judge_chain({}, trusting({}), "localhost", now()).has(TrustProblem::Untrusted));
  Certificate broken;
  broken.der = "broken";
  CHECK(judge_chain({broken}, trusting({}), "localhost", now()).has(TrustProblem::WeakOrBad));
  const std::vector<Certificate> many(1000, family().server.certificate);
  CHECK_FALSE(judge_chain(many, trusting({family().root.certificate}), "localhost", now()).trusted());
}

TEST_CASE("a revocation list clears, condemns, or says nothing") {
  using Kind = RevocationAnswer::Kind;
  const Family family = mint_family("Lists"), other = mint_family("Others");
  const Certificate& leaf = family.server.certificate;
  const Certificate& issuer = family.intermediate.certificate;
  const std::int64_t now = std::time(nullptr);
  const std::string clean = mint_revocation_list(family.intermediate, {});
  CHECK(look_up_revocation(clean, leaf, issuer, now).kind == Kind::Good);
  CHECK(look_up_revocation(mint_revocation_list(family.intermediate, {leaf.serial}), leaf, issuer, now).kind ==
        Kind::Revoked);
  CHECK(look_up_revocation(clean, leaf, issuer, now + 10 * 365 * 86400LL).kind == Kind::Stale);
  CHECK(look_up_revocation(clean, leaf, issuer, now - 10 * 365 * 86400LL).kind == Kind::Stale);
  // Revoked stays revoked, however old the list is.
  CHECK(look_up_revocation(mint_revocation_list(family.intermediate, {leaf.serial}), leaf, issuer,
                           now + 10 * 365 * 86400LL)
            .kind == Kind::Revoked);
  CHECK(look_up_revocation(mint_revocation_list(other.intermediate, {}), leaf, issuer, now).kind == Kind::Foreign);
  // The issuer's name with somebody else's key.
  Minted forger = other.intermediate;
  forger.certificate = issuer;
  CHECK(look_up_revocation(mint_revocation_list(forger, {}), leaf, issuer, now).kind == Kind::Foreign);
  for (const std::string& odd : {std::string(), std::string("<html>404</html>"), clean.substr(0, clean.size() / 2),
                                 std::string("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n")})
    CHECK(look_up_revocation(odd, leaf, issuer, now).kind == Kind::Unreadable);
}

TEST_CASE("fingerprints as people write them") {
  const std::string digits = "00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff";
  CHECK(fingerprint_of(digits) == "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF");
  CHECK(fingerprint_of("00:" + digits.substr(2)) == fingerprint_of(digits));
  CHECK(fingerprint_of(digits.substr(1)).empty());
  CHECK(fingerprint_of(digits + "0").empty());
  CHECK(fingerprint_of("report.json").empty());
}

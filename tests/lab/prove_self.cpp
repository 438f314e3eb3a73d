#include "tests/lab/prove_self.h"

#include <algorithm>
#include <array>
#include <functional>
#include <memory>

#include "client/transport/curl_transport.h"
#include "tests/lab/prove.h"

namespace easel::prove {
namespace {

using Change = std::function<void(SendRequest&)>;

// A client with a seam: what it sends is changed on the way to the wire.
class DishonestTransport : public Transport {
 public:
  explicit DishonestTransport(Change change) : change_(std::move(change)) {}
  void start(Ticket ticket, SendRequest request) override {
    change_(request);
    honest_.start(ticket, std::move(request));
  }
  void cancel(Ticket ticket) override { honest_.cancel(ticket); }
  std::vector<Completion> wait(std::chrono::milliseconds limit) override { return honest_.wait(limit); }

 private:
  CurlTransport honest_;
  Change change_;
};

void change_nothing(SendRequest&) {}

// A verdict that is always yes: whatever policy the check asked for, the server's own authority is trusted.
Change say_yes(const TrustPolicy& trusted) {
  return [trusted](SendRequest& request) {
    auto identity = std::make_shared<ConnectionIdentity>(*request.identity);
    identity->trust = trusted;
    request.identity = std::move(identity);
  };
}

void trust_intermediates(SendRequest& request) {
  if (request.identity->trust.intermediates.empty()) return;
  auto identity = std::make_shared<ConnectionIdentity>(*request.identity);
  identity->trust.store = TrustPolicy::Store::Authorities;
  identity->trust.authorities = identity->trust.intermediates;
  request.identity = std::move(identity);
}

struct Scene {
  std::unique_ptr<lab::Lab> lab;
  Site site;
};

Scene scene() {
  auto lab = lab::Lab::start({});
  if (!lab) return {};
  Site site = site_of((*lab)->facts());
  return {std::move(*lab), std::move(site)};
}

// Empty if the check is red with this site and client; before that it must have passed with the honest ones.
std::string must_turn_red(std::string_view id, const Site& honest, const Site& site, Change change) {
  const auto verdict_of = [&](const Site& s, Transport* transport) -> std::string {
    const auto result = judge(s, {std::string(id)}, true, transport);
    if (!result) return result.error();
    if (result->checks.size() != 1) return "no result";
    const Verdict& v = result->checks.front().verdict;
    return std::string(to_string(v.kind)) +
           (v.kind == VerdictKind::Pass || v.kind == VerdictKind::Fail ? "" : ": " + v.actual);
  };
  if (const std::string before = verdict_of(honest, nullptr); before != "pass") return "honest: " + before;
  DishonestTransport dishonest(std::move(change));
  const std::string after = verdict_of(site, &dishonest);
  return after == "fail" ? std::string() : "dishonest: " + after;
}

std::string forced_verdict() {
  const Scene s = scene();
  return must_turn_red("trust.untrusted.aborts", s.site, s.site, say_yes(s.site.trust));
}

std::string trusted_intermediates() {
  const Scene s = scene();
  return must_turn_red("trust.intermediate-only.fails", s.site, s.site, trust_intermediates);
}

std::string wrong_ca() {
  const Scene s = scene();
  Site site = s.site;
  // The root of every lab in this process has the same key; only a lab with a second authority has another.
  lab::LabOptions options;
  options.faults = {"ca-unknown"};
  const auto other = lab::Lab::start(options);
  const std::string_view root = other ? (*other)->facts().pem_of("other-root") : std::string_view();
  if (root.empty()) return "no other authority could be had";
  site.trust.authorities = parse_certificates(root, "wrong").value_or(std::vector<Certificate>());
  return must_turn_red("trust.ca-install.enables", s.site, site, change_nothing);
}

std::string wrong_pin() {
  const Scene s = scene();
  Site site = s.site;
  site.trust.pins = {"BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA="};
  return must_turn_red("trust.pin.enforced", s.site, site, change_nothing);
}

// A client without the budget: it plans as if the account could bear a thousand failures, and is judged by what the
// account really bears.
std::string no_budget() {
  const Scene s = scene();
  Site site = s.site;
  for (Account& a : site.accounts) a.failed_logons = 2;
  const std::vector<std::string> wanted = {"auth.*"};
  const auto verdict_of = [&](const Site& planned) {
    const auto result = judge(site, wanted, true, nullptr, {}, &planned);
    if (!result) return result.error();
    const auto check = std::ranges::find(result->checks, "auth.lockout.budget", &CheckResult::id);
    return check == result->checks.end() ? std::string("no result") : std::string(to_string(check->verdict.kind));
  };
  if (const std::string honest = verdict_of(site); honest != "pass") return "honest: " + honest;
  const std::string careless = verdict_of(s.site);
  return careless == "fail" ? std::string() : "without the budget: " + careless;
}

std::size_t authorizations(const lab::Lab& lab) {
  const auto entries = lab.transcript();
  return static_cast<std::size_t>(std::ranges::count_if(entries, [](const lab::TranscriptEntry& e) {
    return e.event == lab::Event::request &&
           std::ranges::any_of(e.headers, [](const auto& h) { return h.first == "Authorization"; });
  }));
}

// Here the lab is the witness: not one Authorization from the honest client, some from the other.
std::string early_credentials() {
  const Scene s = scene();
  Site nobody = s.site;
  nobody.trust.authorities.clear();
  nobody.trust.store = TrustPolicy::Store::Empty;
  if (auto honest = judge(nobody, {"trust.no-early-credentials"}, true, nullptr); !honest) return honest.error();
  if (authorizations(*s.lab) != 0) return "the honest client sent credentials to a server that it does not trust";
  const std::string red = must_turn_red("trust.no-early-credentials", s.site, s.site, say_yes(s.site.trust));
  if (!red.empty()) return red;
  return authorizations(*s.lab) > 0 ? std::string() : "the lab saw no credentials of the dishonest client";
}

// A check whose <proof> says input="…" or self="…" has its row here.
constexpr auto kProofs = std::to_array<SelfProof>({
    {"trust.untrusted.aborts", "self:verdict-forced", forced_verdict},
    {"trust.no-early-credentials", "self:credentials-first", early_credentials},
    {"trust.ca-install.enables", "input:wrong-ca", wrong_ca},
    {"trust.intermediate-only.fails", "self:intermediates-as-anchors", trusted_intermediates},
    {"auth.lockout.budget", "self:no-budget", no_budget},
    {"trust.pin.enforced", "input:wrong-pin", wrong_pin},
});

}  // namespace

const SelfProof* find_self_proof(std::string_view check, std::string_view kind) {
  for (const SelfProof& p : kProofs) {
    if (p.check == check && p.kind == kind) return &p;
  }
  return nullptr;
}

}  // namespace easel::prove

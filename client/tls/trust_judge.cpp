#include "client/tls/trust_judge.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "client/tls/openssl_handles.h"
#include "client/tls/trust_store.h"

namespace easel {
namespace {

constexpr std::size_t kMaxChain = 32;
constexpr int kMaxDepth = 16;

struct X509StackFree {
  void operator()(STACK_OF(X509) * stack) const noexcept { sk_X509_free(stack); }
};
using X509Stack = std::unique_ptr<STACK_OF(X509), X509StackFree>;

std::string day(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 40> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &parts);
  return text.data();
}

std::string label(const Certificate& certificate, int depth) {
  return (depth == 0 ? "the server certificate \"" : "certificate " + std::to_string(depth) + " of the chain \"") +
         (certificate.subject.empty() ? "no subject" : certificate.subject) + "\"";
}

std::string join(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

std::string_view bare_pin(std::string_view pin) {
  for (const std::string_view prefix : {"sha256//", "sha256/", "pin-sha256="}) {
    if (pin.starts_with(prefix)) return pin.substr(prefix.size());
  }
  return pin;
}

/// The issuer's own certificate is a root, as far as the authorityKeyIdentifier of `x509` tells.
bool issuer_is_known_root(const X509* x509) {
  auto* key = static_cast<AUTHORITY_KEYID*>(X509_get_ext_d2i(x509, NID_authority_key_identifier, nullptr, nullptr));
  bool root = false;
  for (int i = 0; key != nullptr && i < sk_GENERAL_NAME_num(key->issuer); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(key->issuer, i);
    root = root || (name->type == GEN_DIRNAME && X509_NAME_cmp(name->d.directoryName, X509_get_issuer_name(x509)) == 0);
  }
  AUTHORITY_KEYID_free(key);
  return root;
}

/// What one verification collects. The path is judged certificate by certificate; OpenSSL goes on after each error.
struct Collector {
  struct Problem {
    int error;
    int depth;
    Certificate certificate;
  };
  std::vector<Problem> problems;
  static int on_result(int ok, X509_STORE_CTX* context);
};

Certificate describe(X509* x509) {
  unsigned char* der = nullptr;
  const int size = x509 == nullptr ? 0 : i2d_X509(x509, &der);
  Certificate out;
  if (size > 0) {
    const void* bytes = der;
    out = parse_certificate({static_cast<const char*>(bytes), static_cast<std::size_t>(size)}).value_or(Certificate{});
  }
  OPENSSL_free(der);
  return out;
}

int Collector::on_result(int ok, X509_STORE_CTX* context) {
  if (ok == 1) return 1;
  auto* self = static_cast<Collector*>(X509_STORE_CTX_get_app_data(context));
  if (self->problems.size() < 4 * kMaxChain) {
    self->problems.push_back({X509_STORE_CTX_get_error(context), X509_STORE_CTX_get_error_depth(context),
                              describe(X509_STORE_CTX_get_current_cert(context))});
  }
  return 1;
}

bool is_missing_anchor(int error) {
  switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
      return true;
    default:
      return false;
  }
}

bool is_ignored(int error) {
  switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_CRL:  // Only "revoked" is asked of the lists that were given.
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
    case X509_V_ERR_DIFFERENT_CRL_SCOPE:
      return true;
    default:
      return false;
  }
}

TrustComplaint complain(const Collector::Problem& problem) {
  const std::string who = label(problem.certificate, problem.depth);
  switch (problem.error) {
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return {TrustProblem::NotYetValid, problem.depth,
              who + " is not valid before " + day(problem.certificate.not_before)};
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return {TrustProblem::Expired, problem.depth, who + " expired on " + day(problem.certificate.not_after)};
    case X509_V_ERR_CERT_REVOKED:
      return {TrustProblem::Revoked, problem.depth,
              who + " (serial " + problem.certificate.serial + ") is on its issuer's revocation list"};
    case X509_V_ERR_INVALID_PURPOSE:
      return {TrustProblem::WrongPurpose, problem.depth,
              who + " may not be used for a TLS server" +
                  (problem.certificate.extended_key_usage.empty()
                       ? std::string()
                       : ": its extendedKeyUsage is " + join(problem.certificate.extended_key_usage))};
    default:
      return {TrustProblem::WeakOrBad, problem.depth, who + ": " + X509_verify_cert_error_string(problem.error)};
  }
}

void add_once(TrustVerdict& verdict, TrustComplaint complaint) {
  const bool known = std::ranges::any_of(verdict.complaints, [&](const TrustComplaint& c) {
    return c.problem == complaint.problem && c.depth == complaint.depth &&
           (c.problem != TrustProblem::WeakOrBad || c.text == complaint.text);
  });
  if (!known) verdict.complaints.push_back(std::move(complaint));
}

}  // namespace

struct TrustJudge::State {
  TrustPolicy policy;
  std::vector<X509Ptr> intermediates;
  StorePtr store;

  [[nodiscard]] StorePtr store_with_sent_roots(const std::vector<Certificate>& chain) const;
  [[nodiscard]] StorePtr pinned_store(const std::vector<Certificate>& chain) const;
  [[nodiscard]] TrustComplaint missing_anchor(X509* top, int depth) const;
  void verify(const std::vector<X509Ptr>& sent, X509_STORE* anchors, std::int64_t now, TrustVerdict& verdict) const;
};

TrustJudge::TrustJudge(TrustPolicy policy) : state_(std::make_unique<State>()) {
  state_->policy = std::move(policy);
  for (const Certificate& certificate : state_->policy.intermediates) {
    if (X509Ptr x509 = decode_certificate(certificate)) state_->intermediates.push_back(std::move(x509));
  }
  state_->store = build_trust_store(state_->policy);
}

TrustJudge::~TrustJudge() = default;

const TrustPolicy& TrustJudge::policy() const { return state_->policy; }

/// A root of the device's table that the server sends along is the real one: its fingerprint says so. Null: none came.
StorePtr TrustJudge::State::store_with_sent_roots(const std::vector<Certificate>& chain) const {
  if (policy.fingerprints.empty()) return nullptr;
  StorePtr anchors;
  for (const Certificate& certificate : chain) {
    if (!certificate.self_issued ||
        std::ranges::find(policy.fingerprints, certificate.sha1) == policy.fingerprints.end()) {
      continue;
    }
    if (!anchors) anchors = build_trust_store(policy);
    if (const X509Ptr x509 = decode_certificate(certificate)) X509_STORE_add_cert(anchors.get(), x509.get());
  }
  return anchors;
}

/// The pinned certificates become the only anchors, so that a pinned certificate which is merely sent along, without
/// having signed anything, is worth nothing.
StorePtr TrustJudge::State::pinned_store(const std::vector<Certificate>& chain) const {
  StorePtr anchors(X509_STORE_new());
  const auto add = [&](const Certificate& certificate) {
    const bool pinned =
        std::ranges::any_of(policy.pins, [&](const std::string& pin) { return bare_pin(pin) == certificate.spki_pin; });
    if (!pinned || certificate.spki_pin.empty()) return;
    if (const X509Ptr x509 = decode_certificate(certificate)) X509_STORE_add_cert(anchors.get(), x509.get());
  };
  for (const Certificate& certificate : chain) add(certificate);
  for (const Certificate& certificate : policy.authorities) add(certificate);
  add_revocation_lists(anchors.get(), policy.revocation_lists);
  return anchors;
}

TrustComplaint TrustJudge::State::missing_anchor(X509* top, int depth) const {
  const Certificate certificate = describe(top);
  const std::string who = label(certificate, depth);
  if (certificate.self_issued) {
    return {TrustProblem::Untrusted, depth,
            depth == 0 ? who + " is self-signed, and " + policy.name + " does not hold it"
                       : "the chain ends in \"" + certificate.subject + "\", which " + policy.name +
                             " does not hold; install this root, or use a certificate of an authority that is held"};
  }
  const std::string issuer = who + " was issued by \"" + certificate.issuer + "\", which the server did not send and " +
                             policy.name + " does not hold";
  if (depth == 0 && !certificate.issuer_urls.empty() && !issuer_is_known_root(top)) {
    return {TrustProblem::IntermediateMissing, depth,
            issuer + "; add that intermediate to the server's bundle (it can be had from " +
                certificate.issuer_urls.front() + "; devices do not fetch it)"};
  }
  return {TrustProblem::Untrusted, depth,
          issuer + "; if it is a root, install it on the device, else add it to the server's bundle" +
              (certificate.issuer_urls.empty() ? "" : " (" + certificate.issuer_urls.front() + ")")};
}

void TrustJudge::State::verify(const std::vector<X509Ptr>& sent, X509_STORE* anchors, std::int64_t now,
                               TrustVerdict& verdict) const {
  const X509Stack untrusted(sk_X509_new_null());
  for (const X509Ptr& x509 : sent) sk_X509_push(untrusted.get(), x509.get());
  for (const X509Ptr& x509 : intermediates) sk_X509_push(untrusted.get(), x509.get());
  const StoreContextPtr context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), anchors, sent.front().get(), untrusted.get());
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_time(parameters, now);
  X509_VERIFY_PARAM_set_depth(parameters, kMaxDepth);
  X509_VERIFY_PARAM_set_auth_level(parameters, 0);  // key sizes and hashes are judged by checks of their own
  unsigned long flags = X509_V_FLAG_TRUSTED_FIRST;
  if (!policy.pins.empty() || policy.store == TrustPolicy::Store::Authorities) flags |= X509_V_FLAG_PARTIAL_CHAIN;
  if (!policy.revocation_lists.empty()) flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
  X509_VERIFY_PARAM_set_flags(parameters, flags);
  Collector collector;
  X509_STORE_CTX_set_app_data(context.get(), &collector);
  X509_STORE_CTX_set_verify_cb(context.get(), &Collector::on_result);
  const bool ran = X509_verify_cert(context.get()) >= 0;
  const STACK_OF(X509)* path = X509_STORE_CTX_get0_chain(context.get());
  const int top = sk_X509_num(path) - 1;
  bool anchored = ran && top >= 0;
  for (const Collector::Problem& problem : collector.problems) {
    if (is_ignored(problem.error)) continue;
    if (!is_missing_anchor(problem.error)) {
      add_once(verdict, complain(problem));
      continue;
    }
    anchored = false;
  }
  if (!anchored && policy.pins.empty())
    add_once(verdict, missing_anchor(sk_X509_value(path, std::max(top, 0)), std::max(top, 0)));
  if (!anchored && !policy.pins.empty()) {
    add_once(verdict, {TrustProblem::PinMismatch, 0,
                       "no key of the chain is pinned; the server certificate's is sha256//" +
                           describe(sent.front().get()).spki_pin});
  }
  for (int i = 0; anchored && i <= top; ++i) verdict.path.push_back(describe(sk_X509_value(path, i)).subject);
  if (anchored) verdict.anchor = describe(sk_X509_value(path, top));
  ERR_clear_error();
}

namespace {

/// What the device cannot make use of. It says "untrusted" then (Windows Mobile: 0x80072F0D), so that is the problem.
void apply_rules(const CertificateRules& rules, const std::vector<Certificate>& chain, TrustVerdict& verdict) {
  for (std::size_t i = 0; i < std::min(chain.size(), kMaxChain); ++i) {
    const Certificate& certificate = chain[i];
    const int depth = static_cast<int>(i);
    const bool root = i > 0 && certificate.self_issued;  // nobody verifies a root's own signature
    const std::string who = label(certificate, depth);
    if (!root && std::ranges::find(rules.refused_hashes, certificate.signature_hash) != rules.refused_hashes.end()) {
      add_once(verdict, {TrustProblem::Untrusted, depth,
                         who + " is signed with " + certificate.signature_hash + ", which the device cannot verify"});
    }
    if (!rules.ecdsa && certificate.key_type == "EC") {
      add_once(verdict, {TrustProblem::Untrusted, depth, who + " has an EC key, which the device does not know"});
    }
    if (rules.max_rsa_bits > 0 && certificate.key_type == "RSA" && certificate.key_bits > rules.max_rsa_bits) {
      add_once(verdict, {TrustProblem::Untrusted, depth,
                         who + " has an RSA key of " + std::to_string(certificate.key_bits) +
                             " bits; the device takes at most " + std::to_string(rules.max_rsa_bits)});
    }
  }
}

}  // namespace

TrustVerdict TrustJudge::judge(const std::vector<Certificate>& chain, std::string_view host, std::int64_t now) const {
  TrustVerdict verdict;
  if (chain.empty()) {
    verdict.complaints.push_back({TrustProblem::Untrusted, 0, "the server sent no certificate"});
    return verdict;
  }
  std::vector<X509Ptr> sent;
  for (std::size_t i = 0; i < std::min(chain.size(), kMaxChain); ++i) {
    X509Ptr x509 = decode_certificate(chain[i]);
    if (!x509) {
      add_once(verdict, {TrustProblem::WeakOrBad, static_cast<int>(i),
                         "certificate " + std::to_string(i) + " as sent cannot be read"});
      if (i == 0) return verdict;
      continue;
    }
    sent.push_back(std::move(x509));
  }
  const bool pinned = !state_->policy.pins.empty();
  const StorePtr own = pinned ? state_->pinned_store(chain) : state_->store_with_sent_roots(chain);
  state_->verify(sent, own ? own.get() : state_->store.get(), now, verdict);
  const CertificateRules& rules = state_->policy.rules;
  apply_rules(rules, chain, verdict);
  std::string why_not;
  if (!name_matches_on_device(chain.front(), host, rules, why_not)) {
    std::vector<std::string> names = chain.front().dns_names;
    names.insert(names.end(), chain.front().ip_names.begin(), chain.front().ip_names.end());
    if (names.empty()) names.push_back(chain.front().common_name);
    add_once(verdict, {TrustProblem::NameMismatch, 0,
                       "the server certificate is for " + join(names) + ", not for " + std::string(host) +
                           (why_not.empty() ? "" : "; " + why_not)});
  }
  return verdict;
}

}  // namespace easel

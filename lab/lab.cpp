#include "lab/lab.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <optional>
#include <thread>
#include <utility>

#include "lab/connection.h"
#include "lab/fault_table.h"
#include "lab/key_cache.h"
#include "lab/listener.h"
#include "lab/name_server.h"
#include "lab/securid.h"
#include "lab/site.h"

namespace easel::lab {

namespace {

constexpr const char* kForeignHost = "mail.fabrikam.test";

std::string replaced(std::string text, std::string_view mark, std::string_view by) {
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + by.size()))
    text.replace(at, mark.size(), by);
  return text;
}

template <class Pairs>
auto value_of(const Pairs& pairs, std::string_view name) {
  const auto found = std::ranges::find(pairs, name, [](const auto& pair) { return std::string_view(pair.first); });
  return found != pairs.end() ? &found->second : nullptr;
}

}  // namespace

std::string with_facts(std::string_view text, const LabFacts& facts) {
  std::string out = replaced(std::string(text), "{host}", facts.host);
  out = replaced(std::move(out), "{foreign_host}", kForeignHost);
  out = replaced(std::move(out), "{https_port}", std::to_string(facts.https_port));
  out = replaced(std::move(out), "{http_port}", std::to_string(facts.http_port));
  for (const auto& [name, port] : facts.listeners)
    out = replaced(std::move(out), "{" + name + "_port}", std::to_string(port));
  return out;
}

const LabAccount& LabFacts::account(std::string_view role) const {
  const auto found = std::ranges::find(accounts, role, &LabAccount::role);
  assert(found != accounts.end());
  return *found;
}

std::uint16_t LabFacts::listener(std::string_view name) const {
  const auto* port = value_of(listeners, name);
  return port != nullptr ? *port : std::uint16_t{0};
}

std::string_view LabFacts::pem_of(std::string_view name) const {
  const auto* text = value_of(pem, name);
  return text != nullptr ? std::string_view(*text) : std::string_view();
}

const LabClientCertificate* LabFacts::client_certificate(std::string_view name) const {
  const auto found = std::ranges::find(client_certificates, name, &LabClientCertificate::name);
  return found != client_certificates.end() ? &*found : nullptr;
}

struct Lab::Impl {
  explicit Impl(const LabOptions& options) : site(options), crew(options.max_connections) {}

  ~Impl() {
    site.stop.raise();
    acceptors.clear();
    crew.wait_until_gone();
  }

  /// A TLS or plain listener, its port reserved but not yet open. The error is a sentence.
  std::expected<Door*, std::string> add_door(Door door, std::uint16_t wanted_port) {
    auto port = Port::reserve(wanted_port);
    if (!port) return std::unexpected(port.error());
    doors.push_back(std::make_unique<Door>(std::move(door)));
    ports.push_back(std::move(*port));
    return doors.back().get();
  }

  std::string add_doors(const LabOptions& options) {
    using Role = Door::Role;
    const Behaviour& b = site.behaviour;
    std::vector<std::pair<Door, std::uint16_t>> wanted;
    wanted.emplace_back(Door{.name = "https", .role = Role::https, .behaviour = b}, options.https_port);
    wanted.emplace_back(Door{.name = "http", .role = Role::http, .behaviour = b}, options.http_port);
    wanted.emplace_back(Door{.name = "pki", .role = Role::pki, .behaviour = b}, 0);
    if (b.second) wanted.emplace_back(Door{.name = "https-2", .role = Role::https, .behaviour = *b.second}, 0);
    if (b.foreign_host) wanted.emplace_back(Door{.name = "foreign", .role = Role::foreign, .behaviour = b}, 0);
    for (auto& [door, port] : wanted) {
      const auto added = add_door(std::move(door), port);
      if (!added) return added.error();
    }
    site.facts.https_port = ports[0].number();
    site.facts.http_port = ports[1].number();
    site.facts.http_open = b.plain != PlainPort::closed;
    for (std::size_t i = 0; i < doors.size(); ++i) {
      const bool closed = (i == 0 && b.https_closed) || (i == 1 && !site.facts.http_open);
      if (!closed) site.facts.listeners.emplace_back(doors[i]->name, ports[i].number());
    }
    return {};
  }

  /// Mints what the door shows and sets its TLS up.
  std::string make_tls(Door& door, const TlsShape& shape, const std::string& host) {
    ChainShape wanted = shape.chain;
    wanted.leaf.issuer_url = with_facts(wanted.leaf.issuer_url, site.facts);
    wanted.leaf.crl_url = with_facts(wanted.leaf.crl_url, site.facts);
    auto chain = mint_chain(wanted, host, &door != doors.front().get() ? &doors.front()->chain : nullptr);
    if (!chain) return chain.error();
    door.chain = std::move(*chain);
    std::optional<ServerChain> without_sni;
    if (shape.other_chain_without_sni) {
      wanted.leaf.common_name = "default.contoso.test";
      wanted.leaf.alt_names = {wanted.leaf.common_name};
      auto other = mint_chain(wanted, host, &door.chain);
      if (!other) return other.error();
      without_sni = std::move(*other);
    }
    auto tls = TlsServer::make(shape, {.chain = door.chain,
                                       .without_sni = without_sni ? &*without_sni : nullptr,
                                       .client_authority_pem = site.client_authority.root.pem});
    if (!tls) return tls.error();
    door.tls = std::move(*tls);
    return {};
  }

  std::string make_certificates(const LabOptions& options) {
    const TlsShape& tls = site.behaviour.tls;
    if (options.client_certificates || tls.client_certificates.mode != ClientCertificateShape::Mode::none) {
      auto authority = mint_client_certificates(site.facts.accounts);
      if (!authority) return authority.error();
      site.client_authority = std::move(*authority);
      site.facts.client_certificates = site.client_authority.certificates;
    }
    for (const auto& door : doors) {
      std::string error;
      if (door->role == Door::Role::https) error = make_tls(*door, door->behaviour.tls, options.host);
      if (door->role == Door::Role::foreign) error = make_tls(*door, TlsShape{.priority = tls.priority}, kForeignHost);
      if (!error.empty()) return error;
    }
    const ServerChain& chain = doors.front()->chain;
    const bool revoked = tls.chain.revoked;
    Minted signer = chain.intermediate;
    if (tls.chain.foreign_list) signer.key_pem = key_of("foreign", KeyKind::rsa2048);
    site.revocation_list_der =
        make_revocation_list(signer, revoked ? std::vector<std::string>{chain.leaf.pem} : std::vector<std::string>());
    const bool stranger = tls.chain.signer == ChainShape::Signer::stranger;
    site.issuer_der = der_of(stranger ? chain.stranger_intermediate.pem : chain.intermediate.pem);
    site.facts.ca_pem = chain.root.pem;
    site.facts.pem = {{"root", chain.root.pem}, {"intermediate", chain.intermediate.pem}, {"leaf", chain.leaf.pem}};
    if (!chain.leaf_before.pem.empty()) site.facts.pem.emplace_back("leaf-before", chain.leaf_before.pem);
    if (!chain.stranger_root.pem.empty()) site.facts.pem.emplace_back("other-root", chain.stranger_root.pem);
    return {};
  }

  std::string prepare(const LabOptions& options) {
    auto behaviour = behaviour_of(options.persona, options.faults);
    if (!behaviour) return behaviour.error();
    site.behaviour = std::move(*behaviour);
    site.busy_left = site.behaviour.http.busy_times;
    site.facts.host = options.host;
    site.facts.accounts = make_accounts();
    if (site.behaviour.securid.on) site.facts.notes.emplace_back("securid-passcode", kPasscode);
    if (site.behaviour.http.connections != 0) crew.limit(site.behaviour.http.connections);
    if (site.behaviour.tls.client_certificates.mode != ClientCertificateShape::Mode::none)
      site.facts.notes.emplace_back("site.client-certificate", "yes");
    if (site.behaviour.foreign_host) site.facts.notes.emplace_back("foreign-host", kForeignHost);
    for (const LabAccount& account : site.facts.accounts) site.store.seed(account.user);
    prepare_keys();
    std::string error = add_doors(options);
    return error.empty() ? make_certificates(options) : error;
  }

  /// Every name of the lab stands for 127.0.0.1; the SRV record leads to the TLS port.
  [[nodiscard]] Zone zone() const {
    const LabFacts& facts = site.facts;
    const std::string domain = facts.host.substr(facts.host.find('.') + 1);
    Zone out{.nothing_exists = site.behaviour.names.nothing_exists, .silent = site.behaviour.names.silent};
    for (const std::string& name : {facts.host, std::string(kForeignHost), "autodiscover." + domain})
      out.a[name] = {"127.0.0.1"};
    out.a[facts.host] = site.behaviour.names.addresses;
    out.srv["_autodiscover._tcp." + domain] = {{.port = facts.https_port, .target = facts.host}};
    return out;
  }

  std::string open() {
    auto server = NameServer::start(zone(), site.stop);
    if (!server) return server.error();
    names.emplace(std::move(*server));
    site.facts.listeners.emplace_back("dns", names->port());
    for (std::size_t i = 0; i < doors.size(); ++i) {
      const Door& door = *doors[i];
      if (site.facts.listener(door.name) == 0) continue;
      if (!ports[i].listen()) return "port " + std::to_string(ports[i].number()) + " of 127.0.0.1 cannot listen";
      acceptors.push_back(accept_on(ports[i], site.stop, [this, &door](int fd) { accepted(fd, door); }));
    }
    return {};
  }

  void accepted(int fd, const Door& door) {
    const std::uint64_t number = ++connections;
    if (crew.run([this, fd, &door, number] { serve_connection(site, fd, door, number); })) return;
    site.transcript.add({.connection = number, .listener = door.name, .event = Event::tcp_turned_away});
    ::close(fd);
  }

  Site site;
  Crew crew;
  std::vector<std::unique_ptr<Door>> doors;
  std::vector<Port> ports;  ///< one a door
  std::atomic<std::uint64_t> connections = 0;
  std::optional<NameServer> names;
  std::vector<std::jthread> acceptors;
};

Lab::Lab(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Lab::~Lab() = default;

std::expected<std::unique_ptr<Lab>, std::string> Lab::start(const LabOptions& options) {
  auto impl = std::make_unique<Impl>(options);
  std::string error = impl->prepare(options);
  if (error.empty()) error = impl->open();
  if (!error.empty()) return std::unexpected(std::move(error));
  return std::unique_ptr<Lab>(new Lab(std::move(impl)));
}

const LabFacts& Lab::facts() const { return impl_->site.facts; }
std::vector<TranscriptEntry> Lab::transcript() const { return impl_->site.transcript.entries(); }
void Lab::clear_transcript() { impl_->site.transcript.clear(); }

std::string Lab::deliver_mail(std::string_view user, std::string_view subject, std::string_view text) {
  Store& store = impl_->site.store;
  const auto held = store.lock();
  Mailbox* box = store.mailbox(user);
  if (box == nullptr) return {};
  Item mail;
  mail.date = seconds_now();
  mail.from = "The Lab <lab@contoso.test>";
  mail.to = std::string(user) + "@contoso.test";
  mail.subject = subject;
  mail.body = text;
  std::string id = store.add(*box->folder_of_type(kInbox), std::move(mail));
  store.notify(user);
  return id;
}

std::size_t Lab::item_count(std::string_view user, std::string_view folder) const {
  Store& store = impl_->site.store;
  const auto held = store.lock();
  Mailbox* box = store.mailbox(user);
  const Folder* found = box != nullptr ? box->folder_named(folder) : nullptr;
  return found != nullptr ? found->items.size() : 0;
}

void Lab::forget_devices() {
  Store& store = impl_->site.store;
  const auto held = store.lock();
  for (const std::string& user : store.users()) store.mailbox(user)->devices.clear();
}

void Lab::queue_wipe(std::string_view user) {
  Store& store = impl_->site.store;
  const auto held = store.lock();
  if (Mailbox* box = store.mailbox(user); box != nullptr)
    for (auto& [id, device] : box->devices) device.wipe = true;
}

bool Lab::wait_for_ping(std::string_view user, std::chrono::milliseconds limit) const {
  const auto until = std::chrono::steady_clock::now() + limit;
  do {
    {
      const auto held = impl_->site.store.lock();
      if (impl_->site.store.waiting(user) != 0) return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  } while (std::chrono::steady_clock::now() < until);
  return false;
}

}  // namespace easel::lab

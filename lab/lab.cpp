#include "lab/lab.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <thread>
#include <utility>

#include "lab/connection.h"
#include "lab/fault_table.h"
#include "lab/key_cache.h"
#include "lab/listener.h"
#include "lab/site.h"

namespace easel::lab {

namespace {

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
  out = replaced(std::move(out), "{https_port}", std::to_string(facts.https_port));
  return replaced(std::move(out), "{http_port}", std::to_string(facts.http_port));
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

  /// Opens the port for connections under that name. The text is the error.
  std::string open(const Port& port, const std::string& name, bool tls) {
    if (!port.listen()) return "port " + std::to_string(port.number()) + " of 127.0.0.1 cannot listen";
    site.facts.listeners.emplace_back(name, port.number());
    acceptors.push_back(accept_on(port, site.stop, [this, name, tls](int fd) { accepted(fd, name, tls); }));
    return {};
  }

  void accepted(int fd, const std::string& name, bool tls) {
    const std::uint64_t number = ++connections;
    if (crew.run([this, fd, name, tls, number] { serve_connection(site, fd, name, tls, number); })) return;
    site.transcript.add({.connection = number, .listener = name, .event = Event::tcp_turned_away});
    ::close(fd);
  }

  std::string prepare(const LabOptions& options) {
    auto behaviour = behaviour_of(options.persona, options.faults);
    if (!behaviour) return behaviour.error();
    site.behaviour = std::move(*behaviour);
    prepare_keys();
    auto chain = mint_chain(site.behaviour.tls.chain, options.host);
    if (!chain) return chain.error();
    site.chain = std::move(*chain);
    auto tls = TlsServer::make(site.behaviour.tls, site.chain);
    if (!tls) return tls.error();
    site.tls = std::move(*tls);
    site.facts.host = options.host;
    site.facts.ca_pem = site.chain.root.pem;
    site.facts.pem = {
        {"root", site.chain.root.pem}, {"intermediate", site.chain.intermediate.pem}, {"leaf", site.chain.leaf.pem}};
    if (!site.chain.stranger_root.pem.empty()) site.facts.pem.emplace_back("other-root", site.chain.stranger_root.pem);
    site.facts.accounts = make_accounts();
    for (const LabAccount& account : site.facts.accounts) site.store.seed(account.user);
    return {};
  }

  std::string listen(const LabOptions& options) {
    for (const auto& [number, name] : {std::pair{options.https_port, "https"}, std::pair{options.http_port, "http"}}) {
      auto port = Port::reserve(number);
      if (!port) return port.error();
      (name == std::string_view("https") ? site.facts.https_port : site.facts.http_port) = port->number();
      ports.push_back(std::move(*port));
    }
    site.facts.http_open = site.behaviour.plain != PlainPort::closed;
    std::string error = open(ports[0], "https", true);
    if (error.empty() && site.facts.http_open) error = open(ports[1], "http", false);
    return error;
  }

  Site site;
  Crew crew;
  std::vector<Port> ports;
  std::atomic<std::uint64_t> connections = 0;
  std::vector<std::jthread> acceptors;
};

Lab::Lab(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Lab::~Lab() = default;

std::expected<std::unique_ptr<Lab>, std::string> Lab::start(const LabOptions& options) {
  auto impl = std::make_unique<Impl>(options);
  std::string error = impl->prepare(options);
  if (error.empty()) error = impl->listen(options);
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

#include "client/report/handshake_table.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "client/report/text.h"
#include "client/tls/bundle_order.h"
#include "client/tls/hello.h"

namespace easel {
namespace {

constexpr int kName = 19, kVersion = 5, kSuite = 34, kExchange = 12, kChain = 21;

std::string padded(std::string text, int width) {
  text.resize(std::max(static_cast<std::size_t>(width), text.size() + 1), ' ');
  return text;
}

bool chosen(const DeviceHandshake& row) {
  return row.answer.kind == HelloAnswer::Kind::Accepted || row.answer.kind == HelloAnswer::Kind::Retry;
}

std::string_view without(std::string_view text, std::string_view prefix) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

std::string outcome(const DeviceHandshake& row) {
  if (row.answer.kind == HelloAnswer::Kind::Alert && !row.answer.alert.empty()) return "alert " + row.answer.alert;
  return std::string(to_string(row.answer.kind));
}

std::string chain_word(const DeviceHandshake& row) {
  if (!row.verdict) return "-";
  return row.verdict->trusted() ? "trusted" : std::string(to_string(row.verdict->complaints.front().problem));
}

std::string table_row(const DeviceHandshake& row, const SupportCodes& codes) {
  std::string device = row.device;
  if (!row.hello.empty() && row.hello != "default") device += " " + row.hello;
  std::string out = padded(device, kName);
  if (row.hello.empty()) return out + "no capture, no verdict\n";
  const bool met = chosen(row);
  out += padded(met ? std::string(without(version_text(row.answer.version), "TLSv")) : "-", kVersion);
  out += padded(met ? std::string(without(row.answer.suite_text, "TLS_")) : outcome(row), kSuite);
  out += padded(met ? row.answer.key_exchange : "-", kExchange) + padded(chain_word(row), kChain);
  const SupportCode* code = row.cause.empty() ? nullptr : codes.by_cause(row.cause);
  out += row.cause.empty() ? "connects" : code == nullptr ? row.cause : code->code;
  return out + (row.predicted ? " *\n" : "\n");
}

/// Sentences, each once, with the devices that it is about.
class Grouped {
 public:
  void add(const std::string& text, const std::string& device) {
    const auto known = std::ranges::find(groups_, text, &std::pair<std::string, std::vector<std::string>>::first);
    if (known == groups_.end())
      groups_.push_back({text, {device}});
    else if (std::ranges::find(known->second, device) == known->second.end())
      known->second.push_back(device);
  }
  [[nodiscard]] std::string text(int columns) const {
    std::string out;
    for (const auto& [text, devices] : groups_) {
      std::string line;
      for (const std::string& device : devices) line += (line.empty() ? "" : ", ") + device;
      out += wrapped(line + ": " + printable(text), 2, columns) + "\n";
    }
    return out;
  }

 private:
  std::vector<std::pair<std::string, std::vector<std::string>>> groups_;
};

/// The same complaint reads the same for every device, whatever its store is called.
std::string of_any_device(std::string text, const std::string& store) {
  constexpr std::string_view kStore = "the device's root store";
  for (std::size_t at = 0; !store.empty() && (at = text.find(store, at)) != std::string::npos; at += kStore.size())
    text.replace(at, store.size(), kStore);
  return text;
}

std::string reasons(const std::vector<DeviceHandshake>& rows, int columns) {
  Grouped grouped;
  for (const DeviceHandshake& row : rows) {
    if (row.hello.empty())
      grouped.add(row.reason, row.device);
    else if (!row.verdict && !row.answer.text.empty())
      grouped.add(row.answer.text, row.device);
    if (row.answer.signature_valid == false)
      grouped.add("the key exchange is not signed by the certificate's key", row.device);
    if (!row.verdict) continue;
    for (const TrustComplaint& complaint : row.verdict->complaints)
      grouped.add(of_any_device(complaint.text, row.trust), row.device);
  }
  return grouped.text(columns);
}

std::string stores(const std::vector<DeviceHandshake>& rows, int columns) {
  Grouped grouped;
  for (const DeviceHandshake& row : rows) {
    if (row.hello.empty() || !row.verdict) continue;
    std::string store = row.trust;
    const std::size_t at = store.find(" of " + row.device);
    if (at != std::string::npos) store.replace(at + 4, row.device.size(), "the device");
    grouped.add(store, row.device);
  }
  return grouped.text(columns);
}

std::string legend(const std::vector<DeviceHandshake>& rows, const SupportCodes& codes, int columns) {
  std::vector<const SupportCode*> seen;
  for (const DeviceHandshake& row : rows) {
    const SupportCode* code = row.hello.empty() || row.cause.empty() ? nullptr : codes.by_cause(row.cause);
    if (code != nullptr && std::ranges::find(seen, code) == seen.end()) seen.push_back(code);
  }
  std::string out;
  for (const SupportCode* code : seen) {
    out += wrapped(code->code + " " + code->symbol + ": " + code->meaning + " (confidence " + code->confidence +
                       "; easel explain " + code->code + ")",
                   2, columns) +
           "\n";
  }
  return out;
}

std::string chain_text(const std::vector<Certificate>& chain, const TrustVerdict& verdict, int columns) {
  std::string out;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const Certificate& c = chain[i];
    out += "  " + std::to_string(i) + "  " +
           wrapped(printable(c.subject) + " · " + c.key_type + " " + std::to_string(c.key_bits) + ", " +
                       c.signature_hash + ", until " + iso_time(c.not_after).substr(0, 10) + " · issued by " +
                       (c.self_issued ? "itself" : printable(c.issuer)),
                   5, columns) +
           "\n";
  }
  const BundleOrder order = bundle_order(chain, verdict);
  if (order.as_sent()) return out;
  out += "\nThe bundle that mends it, in this order:\n";
  for (std::size_t i = 0; i < order.entries.size(); ++i) {
    const BundleEntry& entry = order.entries[i];
    std::string note = entry.sent >= 0 ? "sent" : "missing";
    if (entry.sent > 0 && entry.sent != static_cast<int>(i)) note += ", at place " + std::to_string(entry.sent);
    if (!entry.source.empty()) note += ": " + entry.source;
    out += "  " + std::to_string(i) + "  " + wrapped(printable(entry.subject + " (" + note + ")"), 5, columns) + "\n";
  }
  for (const int place : order.superfluous) {
    out +=
        wrapped("take out " + std::to_string(place) + ", " + printable(chain[static_cast<std::size_t>(place)].subject) +
                    ": it certifies nothing that is before it",
                2, columns) +
        "\n";
  }
  return out;
}

/// One server may send two chains: with a name in the hello and without.
std::string chains(const std::vector<DeviceHandshake>& rows, int columns) {
  struct Seen {
    const DeviceHandshake* row;
    std::vector<std::string> devices;
  };
  std::vector<Seen> seen;
  for (const DeviceHandshake& row : rows) {
    if (row.chain.empty() || !row.verdict) continue;
    const auto known = std::ranges::find_if(seen, [&](const Seen& s) { return s.row->chain == row.chain; });
    if (known == seen.end())
      seen.push_back({&row, {row.device}});
    else if (known->devices.back() != row.device)
      known->devices.push_back(row.device);
  }
  std::string out;
  for (const Seen& s : seen) {
    std::string devices;
    for (const std::string& d : s.devices) devices += (devices.empty() ? "" : ", ") + d;
    out += "\n" + wrapped("Chain as sent" + (seen.size() > 1 ? " to " + devices : std::string()) + ":", 0, columns) +
           "\n" + chain_text(s.row->chain, *s.row->verdict, columns);
  }
  return out;
}

std::string section(std::string_view title, const std::string& text) {
  return text.empty() ? std::string() : "\n" + std::string(title) + "\n" + text;
}

}  // namespace

std::string render_handshakes(const std::vector<DeviceHandshake>& rows, const SupportCodes& codes, int columns) {
  std::string out = padded("device", kName) + padded("TLS", kVersion) + padded("suite", kSuite) +
                    padded("exchange", kExchange) + padded("chain", kChain) + "device shows\n";
  for (const DeviceHandshake& row : rows) out += table_row(row, codes);
  if (std::ranges::any_of(rows, &DeviceHandshake::predicted))
    out += "* predicted: this device's hello is put together from documents, not captured\n";
  out += section("Why", reasons(rows, columns)) + chains(rows, columns);
  return out + section("What devices show", legend(rows, codes, columns)) +
         section("Chains are judged by", stores(rows, columns));
}

std::string render_handshakes_tsv(const std::vector<DeviceHandshake>& rows, const SupportCodes& codes) {
  std::string out;
  for (const DeviceHandshake& row : rows) {
    const bool met = chosen(row);
    const SupportCode* code = row.cause.empty() ? nullptr : codes.by_cause(row.cause);
    const bool captured = !row.hello.empty();
    std::string line;
    for (const std::string& field :
         {row.device, row.hello, std::string(captured ? (row.predicted ? "predicted" : "captured") : ""),
          captured ? outcome(row) : std::string("no capture"), std::string(met ? version_text(row.answer.version) : ""),
          met ? row.answer.suite_text : std::string(), met ? row.answer.key_exchange : std::string(),
          row.verdict ? chain_word(row) : std::string(), captured ? row.cause : std::string(),
          code == nullptr ? std::string() : code->code})
      line += (line.empty() ? "" : "\t") + (field.empty() ? "-" : printable(field));
    out += line + "\n";
  }
  return out;
}

}  // namespace easel

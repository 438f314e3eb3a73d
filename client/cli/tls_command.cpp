// easel tls: which devices could shake hands, and why the others cannot.
#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <ostream>

#include "client/cli/command.h"
#include "client/profile/device_profile.h"
#include "client/profile/support_codes.h"
#include "client/report/report.h"
#include "client/run/device_handshakes.h"
#include "client/tls/hello.h"
#include "client/transport/curl_transport.h"

namespace easel {
namespace {

struct TlsOptions {
  std::string target;
  std::vector<std::string> devices;
  std::vector<std::string> trust_ca;
  std::string address;
  std::string data_folder;
  double bound = 5;
  bool tsv = false;
};

/// "mail.example.com:8443", "[::1]:443", or a whole https URL.
bool parse_host(std::string text, HandshakeTarget& target) {
  if (text.starts_with("https://")) text = text.substr(8);
  text = text.substr(0, text.find('/'));
  const std::size_t colon = text.rfind(':');
  const bool has_port = colon != std::string::npos && text.find(']', colon) == std::string::npos &&
                        (text.front() == '[' || text.find(':') == colon);
  if (has_port) {
    const std::string port = text.substr(colon + 1);
    if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos) return false;
    const int number = std::stoi(port);
    if (number < 1 || number > 65535) return false;
    target.port = static_cast<std::uint16_t>(number);
    text.resize(colon);
  }
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  target.host = text;
  return !text.empty();
}

std::string first_address(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0 || found == nullptr) return {};
  std::array<char, NI_MAXHOST> text{};
  getnameinfo(found->ai_addr, found->ai_addrlen, text.data(), static_cast<socklen_t>(text.size()), nullptr, 0,
              NI_NUMERICHOST);
  freeaddrinfo(found);
  return text.data();
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size() + 1), ' ');
  return text;
}

std::string certificate_text(const DeviceHandshake& row) {
  if (!row.verdict) return "-";
  return row.verdict->trusted() ? "trusted" : std::string(to_string(row.verdict->complaints.front().problem));
}

void print_row(const DeviceHandshake& row, const SupportCodes& codes, std::ostream& out) {
  const HelloAnswer& answer = row.answer;
  std::string device = row.device;
  if (!row.hello.empty() && row.hello != "default") device += " " + row.hello;
  out << padded(device, 20);
  if (row.hello.empty()) {
    out << "no capture, no verdict\n";
    return;
  }
  const bool chosen = answer.kind == HelloAnswer::Kind::Accepted || answer.kind == HelloAnswer::Kind::Retry;
  const std::string outcome = answer.kind == HelloAnswer::Kind::Alert && !answer.alert.empty()
                                  ? "alert " + answer.alert
                                  : std::string(to_string(answer.kind));
  std::string code = "connects";
  if (!row.cause.empty()) {
    const SupportCode* found = codes.by_cause(row.cause);
    code = found == nullptr ? row.cause : found->code + " (" + found->confidence + ")";
  }
  out << padded(chosen ? version_text(answer.version) : "-", 9) << padded(chosen ? answer.suite_text : outcome, 38)
      << padded(chosen ? answer.key_exchange : "-", 12) << padded(certificate_text(row), 10) << code
      << (row.predicted ? ", predicted" : "") << "\n";
}

/// device, hello, predicted, outcome, version, suite, key exchange, chain, cause key, support code
void print_tsv(const DeviceHandshake& row, const SupportCodes& codes, std::ostream& out) {
  const HelloAnswer& answer = row.answer;
  const bool chosen = answer.kind == HelloAnswer::Kind::Accepted || answer.kind == HelloAnswer::Kind::Retry;
  const SupportCode* code = row.cause.empty() ? nullptr : codes.by_cause(row.cause);
  std::string outcome = row.hello.empty() ? "no capture" : std::string(to_string(answer.kind));
  if (!answer.alert.empty()) outcome += " " + answer.alert;
  out << row.device << '\t' << row.hello << '\t' << (row.predicted ? "predicted" : "captured") << '\t' << outcome
      << '\t' << (chosen ? version_text(answer.version) : "") << '\t' << (chosen ? answer.suite_text : "") << '\t'
      << (chosen ? answer.key_exchange : "") << '\t' << (row.verdict ? certificate_text(row) : "") << '\t' << row.cause
      << '\t' << (code == nullptr ? "" : code->code) << '\n';
}

/// Each thing once, with the devices that it stops.
void print_reasons(const std::vector<DeviceHandshake>& rows, std::ostream& out) {
  std::vector<std::pair<std::string, std::string>> reasons;
  const auto add = [&](const std::string& text, const std::string& device) {
    const auto known = std::ranges::find(reasons, text, &std::pair<std::string, std::string>::first);
    if (known == reasons.end())
      reasons.emplace_back(text, device);
    else if (!known->second.ends_with(device))
      known->second += ", " + device;
  };
  for (const DeviceHandshake& row : rows) {
    if (row.hello.empty())
      add(row.reason, row.device);
    else if (!row.verdict && !row.answer.text.empty())
      add(row.answer.text, row.device);
    if (row.answer.signature_valid == false) add("the key exchange is not signed by the certificate's key", row.device);
    if (!row.verdict) continue;
    for (const TrustComplaint& complaint : row.verdict->complaints) add(complaint.text, row.device);
  }
  for (const auto& [text, devices] : reasons) out << "\n" << wrapped(devices + ": " + text, 2, 100) << "\n";
}

Diagnostics read_authorities(const std::vector<std::string>& files, std::vector<Certificate>& out) {
  Diagnostics problems;
  for (const std::string& file : files) {
    const auto bytes = read_user_file(file);
    if (!bytes) {
      problems.push_back({"--trust-ca", 0, 0, bytes.error(), ""});
      continue;
    }
    auto certificates = parse_certificates(*bytes, file);
    if (certificates)
      out.insert(out.end(), certificates->begin(), certificates->end());
    else
      problems.push_back({"--trust-ca", 0, 0, certificates.error(), "PEM, DER and PKCS#7 files are read"});
  }
  return problems;
}

}  // namespace

int tls_main(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
  TlsOptions options;
  CLI::App app("Which devices could shake hands with a server, and why the others cannot.", "easel tls");
  app.footer("Example: easel tls mail.example.com --trust-ca company-root.pem");
  app.add_option("HOST", options.target, "host, host:port or https URL")->required()->type_name("");
  app.add_option("--device", options.devices, "only these profiles (default: all)")->type_name("ID");
  app.add_option("--trust-ca", options.trust_ca, "install these authorities on every device")->type_name("FILE");
  app.add_option("--address", options.address, "connect there; HOST stays the name")->type_name("IP");
  app.add_option("--connect-timeout", options.bound, "seconds for all handshakes together")->type_name("S");
  app.add_flag("--tsv", options.tsv, "one tab-separated row a hello, for scripts");
  app.add_option("--data", options.data_folder, "folder with own profiles")->type_name("DIR");
  if (const ParseOutcome parsed = parse_words(app, args, out, err); parsed.done) return parsed.code;
  const DataFiles data(options.data_folder);
  HandshakeTarget target;
  Diagnostics problems = read_authorities(options.trust_ca, target.installed);
  if (!parse_host(options.target, target)) {
    problems.push_back(
        {"HOST", 0, 0, "'" + options.target + "' is no host", "mail.example.com or mail.example.com:443"});
  }
  const auto codes = SupportCodes::load(data);
  if (!codes) problems.insert(problems.end(), codes.error().begin(), codes.error().end());
  if (!problems.empty()) return usage_error(problems, err);
  target.address = options.address.empty() ? first_address(target.host) : options.address;
  if (target.address.empty()) {
    err << "easel tls: DNS has no address for " << target.host << "\n";
    return 3;
  }
  target.bound = std::chrono::milliseconds(static_cast<long>(options.bound * 1000));
  target.now = system_now();
  CurlTransport transport;
  const auto rows =
      shake_hands(data, options.devices.empty() ? device_profile_ids(data) : options.devices, target, transport);
  if (!rows) return usage_error(rows.error(), err);
  const bool met = std::ranges::any_of(*rows, [](const DeviceHandshake& row) {
    return !row.hello.empty() && row.answer.kind != HelloAnswer::Kind::NoTcp;
  });
  if (options.tsv) {
    for (const DeviceHandshake& row : *rows) print_tsv(row, *codes, out);
    return met ? 0 : 3;
  }
  out << target.host << " (" << target.address << ", port " << target.port << ")\n\n"
      << padded("device", 20) << padded("version", 9) << padded("suite", 38) << padded("exchange", 12)
      << padded("chain", 10) << "device shows\n";
  for (const DeviceHandshake& row : *rows) print_row(row, *codes, out);
  print_reasons(*rows, out);
  return met ? 0 : 3;
}

}  // namespace easel

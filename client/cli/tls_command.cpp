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
#include "client/profile/installed_authorities.h"
#include "client/profile/support_codes.h"
#include "client/report/handshake_table.h"
#include "client/run/device_handshakes.h"
#include "client/transport/curl_transport.h"

namespace easel {
namespace {

struct TlsOptions {
  std::string target;
  std::vector<std::string> devices;
  std::vector<std::string> trust_ca;
  std::string address;
  std::string device_folder = default_device_folder();
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
  app.add_option("--devices", options.device_folder, "folder of what devices hold (easel device ca)")->type_name("DIR");
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
  target.device_folder = options.device_folder;
  CurlTransport transport;
  const auto rows =
      shake_hands(data, options.devices.empty() ? device_profile_ids(data) : options.devices, target, transport);
  if (!rows) return usage_error(rows.error(), err);
  const bool met = std::ranges::any_of(*rows, [](const DeviceHandshake& row) {
    return !row.hello.empty() && row.answer.kind != HelloAnswer::Kind::NoTcp;
  });
  if (options.tsv) {
    out << render_handshakes_tsv(*rows, *codes);
  } else {
    out << target.host << " (" << target.address << ", port " << target.port << ")\n\n"
        << render_handshakes(*rows, *codes, terminal_columns());
  }
  return met ? 0 : 3;
}

}  // namespace easel

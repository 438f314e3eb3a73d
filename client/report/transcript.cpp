#include <algorithm>

#include "client/report/report.h"

namespace easel {
namespace {

constexpr int kIndent = 6;
constexpr std::size_t kMaxLines = 400;  // of one document
constexpr std::size_t kMaxLine = 400;   // octets of one line of it
constexpr std::size_t kMaxBody = 2000;  // octets of a body that is no document

// Lines of one check's round trips, each with the mark that says what it is: > sent, < received, * TLS, ! trouble.
class Transcript {
 public:
  explicit Transcript(int columns) : columns_(columns) {}

  void add(const RoundTripRecord& record) {
    const RoundTrip& t = record.round_trip;
    std::string head = "[" + record.step + "] " + record.what + " as " + record.device;
    if (!t.peer.empty()) head += " at " + t.peer;
    if (t.timing.total.count() > 0) head += ", " + std::to_string(t.timing.total.count() / 1000) + " ms";
    out_ += "\n    " + wrapped(head, 4, columns_) + "\n";
    if (t.hello) return hello(*t.hello, t);
    if (t.tls && !t.tls->version.empty()) session(*t.tls, t.reused);
    line('>', t.request.method + " " + t.request.target + " HTTP/1.1");
    line('>', "Host: " + t.request.host);
    for (const Header& h : t.request.headers) line('>', h.name + ": " + h.value);
    document(record.request_xml);
    if (const HttpResponse* response = t.response()) {
      answer(*response, record.response_xml);
    } else {
      line('!', summary(t));
      if (t.partial) answer(*t.partial, record.response_xml);
    }
    if (!record.problem.empty()) line('!', record.problem);
  }

  std::string take() { return std::move(out_); }

 private:
  void line(char mark, std::string_view text) {
    out_ += std::string(kIndent, ' ') + mark + ' ' + folded(clipped(text, 4096), kIndent + 2, columns_) + "\n";
  }

  void session(const TlsSession& tls, bool reused) {
    line('*', tls.version + " " + tls.cipher + (tls.verdict.trusted() ? ", trusted" : ", NOT trusted") +
                  (reused ? ", connection reused" : ""));
    for (std::size_t i = 0; i < tls.chain.size() && !reused; ++i) {
      line('*', "certificate " + std::to_string(i) + ": " + tls.chain[i].subject + ", until " +
                    iso_time(tls.chain[i].not_after));
    }
    for (const TrustComplaint& c : tls.verdict.complaints) line('*', c.text);
  }

  void hello(const HelloExchange& hello, const RoundTrip& t) {
    line('>', "ClientHello " + hello.name + ": " + describe(hello.offer));
    line('>', "suites " + suite_list(hello.offer));
    for (const std::string& warning : hello.answer.warnings) line('<', "warning alert " + warning);
    line(hello.answered() ? '<' : '!', summary(t));
    if (!hello.answer.key_exchange.empty()) line('<', "key exchange " + hello.answer.key_exchange);
    if (!hello.answer.text.empty()) line('*', hello.answer.text);
    if (t.tls && !t.tls->chain.empty()) session(*t.tls, false);
  }

  void answer(const HttpResponse& response, const std::string& xml) {
    line('<', response.version + " " + std::to_string(response.status) + " " + response.reason);
    for (const Header& h : response.headers) line('<', h.name + ": " + h.value);
    document(xml.empty() ? std::string_view(response.body).substr(0, kMaxBody) : std::string_view(xml));
  }

  void document(std::string_view text) {
    const std::string indent(kIndent + 2, ' ');
    for (std::size_t lines = 0; !text.empty(); ++lines) {
      if (lines == kMaxLines) {
        out_ += indent + "…\n";
        return;
      }
      const std::size_t end = std::min(text.find('\n'), text.size());
      out_ += indent + folded(clipped(text.substr(0, end), kMaxLine), kIndent + 2, columns_) + "\n";
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  int columns_;
  std::string out_;
};

}  // namespace

std::string render_transcript(const CheckResult& check, int columns) {
  Transcript transcript(columns);
  for (const RoundTripRecord& r : check.round_trips) transcript.add(r);
  return transcript.take();
}

}  // namespace easel

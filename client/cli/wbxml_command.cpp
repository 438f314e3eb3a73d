// easel wbxml: decode, encode, diff, tokens.
#include "client/cli/wbxml_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>

#include "client/cli/command.h"
#include "client/cli/wbxml_diff.h"
#include "client/cli/wbxml_explain.h"
#include "client/cli/wbxml_input.h"
#include "client/cli/wbxml_json.h"
#include "client/data/data_files.h"
#include "wbxml/base64.h"
#include "wbxml/code_pages.h"
#include "wbxml/decoder.h"
#include "wbxml/xml_reader.h"
#include "wbxml/xml_text.h"

namespace easel {
namespace {

using namespace wbxml;
using Words = std::span<const std::string>;

constexpr int kRefused = 1;

struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
};

int complain(const Streams& io, const std::string& text, int code) {
  io.err << "easel wbxml: " << text << "\n";
  return code;
}

// A file, or standard input for "-" and for no name. At most 64 MiB.
std::expected<std::string, std::string> read_all(const Streams& io, const std::string& file) {
  constexpr std::size_t kMost = std::size_t{64} << 20;
  if (!file.empty() && file != "-") return read_user_file(file, kMost);
  std::string text;
  char block[16384];
  while (text.size() <= kMost && (io.in.read(block, sizeof block) || io.in.gcount() > 0))
    text.append(block, static_cast<std::size_t>(io.in.gcount()));
  if (text.size() > kMost) return std::unexpected("the input is larger than 64 MiB");
  return text;
}

std::expected<WbxmlInput, std::string> read_document(const Streams& io, const std::string& file,
                                                     const std::string& format) {
  const auto text = read_all(io, file);
  if (!text) return std::unexpected(text.error());
  if (text->empty()) return std::unexpected("the input is empty (an empty HTTP body is no WBXML document)");
  return unwrap_wbxml(*text, format);
}

CLI::Option* add_format(CLI::App& app, std::string& format) {
  return app.add_option("--from", format, "what the input is, when guessing is wrong")
      ->check(CLI::IsMember({"raw", "hex", "base64", "gzip", "chunked"}))
      ->type_name("FORMAT");
}

int decode_command(Words args, const Streams& io) {
  CLI::App app("Shows WBXML as XML. Takes it raw, as hex, base64, gzip, chunked, or inside a log line.",
               "easel wbxml decode");
  app.footer("Example: echo AwFqAAAHVkwDOQABAQ== | easel wbxml decode --explain");
  std::string file, format;
  bool explain = false, json = false, tolerant = false;
  app.add_option("FILE", file, "input; - or none is standard input")->type_name("");
  app.add_flag("--explain", explain, "each octet with its offset and meaning");
  app.add_flag("--json", json, "the tree with offsets as JSON");
  app.add_flag("--tolerant", tolerant, "decode what can be understood, and say what was odd");
  add_format(app, format);
  if (const ParseOutcome parsed = parse_words(app, args, io.out, io.err); parsed.done) return parsed.code;
  const auto input = read_document(io, file, format);
  if (!input) return complain(io, input.error(), kExitUsage);
  const DecodeOptions options{.tolerant = tolerant, .max_depth = tolerant ? kDepthLimit : DecodeOptions{}.max_depth};
  if (explain) {
    for (const std::string& wrapping : input->wrappings) io.out << "unwrapped: " << wrapping << "\n";
    const StatusCodes codes{DataFiles()};
    return explain_wbxml(input->octets, options, codes, io.out) ? 0 : kRefused;
  }
  const auto document = wbxml::decode(input->octets, {}, options);
  if (!document) {
    const char* hint = tolerant ? "" : " (--tolerant decodes what it can; --explain shows how far it went)";
    return complain(io, "refused at " + describe(document.error()) + hint, kRefused);
  }
  io.out << (json ? wbxml_json(*document) : to_xml(*document));
  if (!json)
    for (const Error& oddity : document->oddities()) io.err << "odd: " << describe(oddity) << "\n";
  return 0;
}

void write_octets(const Bytes& octets, const std::string& format, std::ostream& out) {
  if (format == "raw") {
    out.write(as_text(octets).data(), static_cast<std::streamsize>(octets.size()));
  } else if (format == "base64") {
    std::string text(detail::base64_size(octets.size()) + detail::kBase64Slack, '\0');
    detail::base64_encode_for(SimdLevel::automatic)(octets, text.data());
    text.resize(detail::base64_size(octets.size()));
    out << text << "\n";
  } else {
    constexpr std::string_view digits = "0123456789abcdef";
    for (const std::uint8_t octet : octets) out << digits[octet >> 4] << digits[octet & 15];
    out << "\n";
  }
}

int encode_command(Words args, const Streams& io) {
  CLI::App app("Makes WBXML of XML as the Microsoft documents print it.", "easel wbxml encode");
  app.footer("Example: easel wbxml encode request.xml --to hex");
  std::string file, format = "raw", output;
  app.add_option("FILE", file, "XML; - or none is standard input")->type_name("");
  app.add_option("--to", format, "raw (default), hex or base64")
      ->check(CLI::IsMember({"raw", "hex", "base64"}))
      ->type_name("FORMAT");
  app.add_option("-o,--output", output, "file to write")->type_name("FILE");
  if (const ParseOutcome parsed = parse_words(app, args, io.out, io.err); parsed.done) return parsed.code;
  const auto xml = read_all(io, file);
  if (!xml) return complain(io, xml.error(), kExitUsage);
  const auto octets = from_xml(*xml);
  if (!octets)
    return complain(io, (file.empty() || file == "-" ? "" : file + ": ") + describe(octets.error(), *xml), kRefused);
  if (output.empty()) {
    write_octets(*octets, format, io.out);
    return 0;
  }
  std::ofstream target(output, std::ios::binary);
  write_octets(*octets, format, target);
  target.flush();
  return target ? 0 : complain(io, "cannot write " + output, kExitUsage);
}

int diff_command(Words args, const Streams& io) {
  CLI::App app("Compares two documents as trees. Sync keys and ids are not compared.", "easel wbxml diff");
  app.footer("Example: easel wbxml diff yesterday.wbxml today.wbxml --ignore DateReceived");
  std::vector<std::string> files, more;
  bool all = false, tolerant = false;
  app.add_option("FILE", files, "two files; one may be -")->expected(2)->required()->type_name("");
  app.add_option("--ignore", more, "also ignore values of this element")->type_name("NAME")->expected(1)->take_all();
  app.add_flag("--all", all, "compare keys and ids too");
  app.add_flag("--tolerant", tolerant, "decode what can be understood");
  if (const ParseOutcome parsed = parse_words(app, args, io.out, io.err); parsed.done) return parsed.code;
  WbxmlInput inputs[2];
  std::optional<Document> documents[2];
  for (std::size_t i = 0; i < 2; ++i) {
    auto input = read_document(io, files[i], {});
    if (!input) return complain(io, files[i] + ": " + input.error(), kExitUsage);
    inputs[i] = std::move(*input);
    auto document = wbxml::decode(inputs[i].octets, {}, {.tolerant = tolerant});
    if (!document) return complain(io, files[i] + ": refused at " + describe(document.error()), kRefused);
    documents[i] = std::move(*document);
  }
  std::vector<std::string_view> ignored;
  if (!all) ignored = volatile_names();
  ignored.insert(ignored.end(), more.begin(), more.end());
  const auto differences = diff_wbxml(*documents[0], *documents[1], ignored);
  for (const WbxmlDifference& d : differences) {
    io.out << d.path << "\n";
    io.out << "  - " << d.left << (d.left == "-" ? "" : " at offset " + std::to_string(d.left_offset)) << "\n";
    io.out << "  + " << d.right << (d.right == "-" ? "" : " at offset " + std::to_string(d.right_offset)) << "\n";
  }
  return differences.empty() ? 0 : kRefused;
}

int tokens_command(Words args, const Streams& io) {
  CLI::App app("Code pages and tokens; the last column is the first protocol version.", "easel wbxml tokens");
  app.footer("Example: easel wbxml tokens SyncKey");
  std::string filter;
  app.add_option("WHAT", filter, "a page number, a namespace, or a part of a name")->type_name("");
  if (const ParseOutcome parsed = parse_words(app, args, io.out, io.err); parsed.done) return parsed.code;
  std::optional<std::uint8_t> page = page_of(filter);
  if (!filter.empty() && filter.size() <= 2 &&
      std::all_of(filter.begin(), filter.end(), [](char c) { return c >= '0' && c <= '9'; }))
    page = static_cast<std::uint8_t>(std::stoi(filter));
  const auto lower = [](std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
  };
  int shown = 0;
  for (unsigned p = 0; p < kPages; ++p)
    for (unsigned token = kFirstTagToken; token <= kTokenBits; ++token) {
      const Tag tag{static_cast<std::uint8_t>(p), static_cast<std::uint8_t>(token)};
      const std::string name(tag_name(tag));
      if (name.empty() || (page && *page != p)) continue;
      if (!page && lower(name).find(lower(filter)) == std::string::npos) continue;
      constexpr std::string_view digits = "0123456789ABCDEF";
      io.out << p << "\t" << namespace_of(tag.page) << "\t0x" << digits[token >> 4] << digits[token & 15] << "\t"
             << name << "\t" << tag_since(tag) << "\n";
      ++shown;
    }
  return shown > 0 ? 0 : complain(io, "no tag or page matches '" + filter + "'", kRefused);
}

constexpr std::string_view kHelp =
    "easel wbxml decode [FILE]      WBXML to XML; --explain annotates each octet, --json, --tolerant\n"
    "easel wbxml encode [FILE]      XML to WBXML; --to raw|hex|base64\n"
    "easel wbxml diff FILE FILE     tree diff with offsets; keys and ids are ignored\n"
    "easel wbxml tokens [WHAT]      code pages and tokens\n\n"
    "Example: echo AwFqAAAHVkwDOQABAQ== | easel wbxml decode --explain\n"
    "Exit: 0 done, 1 refused or different, 2 usage or unreadable\n";

}  // namespace

int wbxml_main(std::span<const std::string> args, std::istream& in, std::ostream& out, std::ostream& err) {
  const Streams io{in, out, err};
  if (args.empty() || args.front() == "--help" || args.front() == "-h") {
    (args.empty() ? err : out) << kHelp;
    return args.empty() ? kExitUsage : 0;
  }
  const Words rest = args.subspan(1);
  if (args.front() == "decode") return decode_command(rest, io);
  if (args.front() == "encode") return encode_command(rest, io);
  if (args.front() == "diff") return diff_command(rest, io);
  if (args.front() == "tokens") return tokens_command(rest, io);
  return complain(io, "no action '" + args.front() + "'; known are decode, encode, diff, tokens", kExitUsage);
}

int wbxml_main(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
  return wbxml_main(args, std::cin, out, err);
}

}  // namespace easel

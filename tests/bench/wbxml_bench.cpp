// easel-wbxml-bench: the codec beside memcpy, memchr, pugixml and libwbxml on the same documents. Every result is
// verified before it is timed. See wbxml/README.md for the table.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <pugixml.hpp>
#include <string>
#include <vector>

#include "tests/bench/bench_harness.h"
#include "tests/bench/libwbxml_peer.h"
#include "tests/bench/wbxml_goals.h"
#include "tests/bench/wbxml_report.h"
#include "tests/bench/wbxml_shapes.h"
#include "tests/golden/wbxml/wbxml_files.h"
#include "wbxml/decoder.h"
#include "wbxml/reader.h"
#include "wbxml/stream_reader.h"
#include "wbxml/writer.h"
#include "wbxml/xml_reader.h"
#include "wbxml/xml_text.h"

namespace easel::bench {
namespace {

using namespace wbxml;

// One named document, or a pack of small ones that is run as a whole.
struct Subject {
  std::string name;
  std::vector<Bytes> octets;
  std::vector<std::string> xml;
  std::vector<Tag> opaque_tags;
  std::size_t size = 0, elements = 0, tokens = 0;
  bool libwbxml_can = true;
};

struct Appender final : pugi::xml_writer {
  std::string text;
  void write(const void* data, std::size_t size) override { text.append(static_cast<const char*>(data), size); }
};

std::uint64_t sum_events(const Bytes& octets, SimdLevel simd) {
  std::uint64_t sum = 0;
  Reader reader(octets, {.simd = simd});
  while (reader.next()) {
    const Event& event = reader.event();
    sum += static_cast<std::uint64_t>(event.kind) + event.text.size() + event.tag.token;
  }
  return reader.event().kind == EventKind::done ? sum : 0;
}

std::uint64_t stream(const Bytes& octets, std::size_t chunk, SimdLevel simd) {
  StreamReader reader({.simd = simd});
  std::uint64_t sum = 0;
  const auto add = [&](const Event& event) {
    sum += static_cast<std::uint64_t>(event.kind) + event.text.size() + event.tag.token;
  };
  for (ByteView rest = octets; !rest.empty();) {
    const ByteView piece = rest.first(std::min(chunk, rest.size()));
    if (!reader.feed(piece, add)) return 0;
    rest = rest.subspan(piece.size());
  }
  return reader.finish() ? sum : 0;
}

struct Bench {
  explicit Bench(SimdLevel level) : simd(level), peer(LibwbxmlPeer::load()) {}

  // Buffers that stay warm between runs, one for each document of a pack.
  struct Warm {
    std::vector<Document> documents;
    Bytes encoded;
    std::string text;
    std::vector<std::unique_ptr<pugi::xml_document>> trees;
    std::string copy;
    Bytes target;
  };

  bool verify(const Subject& subject) {
    for (std::size_t i = 0; i < subject.octets.size(); ++i) {
      const Bytes& octets = subject.octets[i];
      const auto document = decode(octets);
      if (!document) return complain(subject, describe(document.error()));
      const auto again = encode(*document);
      if (!again || *again != octets) return complain(subject, "encode differs");
      const auto back = from_xml(to_xml(*document));
      if (!back || *back != octets) return complain(subject, "its XML gives other octets");
      const auto given = from_xml(subject.xml[i], {}, {.base64_opaque = subject.opaque_tags});
      if (!given || *given != octets) return complain(subject, "the given XML gives other octets");
      if (sum_events(octets, simd) == 0) return complain(subject, "events fail");
      for (const std::size_t chunk : {std::size_t{1460}, std::size_t{16384}})
        if (stream(octets, chunk, simd) == 0) return complain(subject, "streaming fails");
    }
    return true;
  }
  static bool complain(const Subject& subject, const std::string& text) {
    std::cerr << subject.name << ": " << text << "\n";
    return false;
  }

  std::vector<Cell> cells(const Subject& s, Warm& warm) {
    std::vector<Cell> list;
    const auto add = [&](const char* name, auto&& one) {
      list.push_back({name, [&s, one] {
                        for (std::size_t i = 0; i < s.octets.size(); ++i) one(i);
                      }});
    };
    warm.documents.resize(s.octets.size());
    for (std::size_t i = 0; i < s.octets.size(); ++i) {
      static_cast<void>(decode_into(s.octets[i], warm.documents[i]));
      warm.trees.push_back(std::make_unique<pugi::xml_document>());
      warm.trees.back()->load_buffer(s.xml[i].data(), s.xml[i].size(),
                                     pugi::parse_default | pugi::parse_ws_pcdata_single);
    }
    warm.target.resize(s.size);
    add("memcpy", [&](std::size_t i) {
      std::memcpy(warm.target.data(), s.octets[i].data(), s.octets[i].size());
      keep(*warm.target.data());
    });
    add("memchr", [&](std::size_t i) { keep(std::memchr(s.octets[i].data(), 0xFE, s.octets[i].size())); });
    add("events", [&](std::size_t i) { keep(sum_events(s.octets[i], simd)); });
    add("document", [&](std::size_t i) { keep(decode_into(s.octets[i], warm.documents[i], {.simd = simd})); });
    add("stream-16k", [&](std::size_t i) { keep(stream(s.octets[i], 16384, simd)); });
    add("stream-1460", [&](std::size_t i) { keep(stream(s.octets[i], 1460, simd)); });
    add("encode", [&](std::size_t i) {
      auto done = encode(warm.documents[i], std::move(warm.encoded), simd);
      warm.encoded = std::move(*done);
    });
    add("render", [&](std::size_t i) {
      to_xml(warm.documents[i], warm.text, {.indent = false, .declaration = false, .simd = simd});
    });
    add("decode+render", [&](std::size_t i) {
      static_cast<void>(decode_into(s.octets[i], warm.documents[i], {.simd = simd}));
      to_xml(warm.documents[i], warm.text, {.indent = false, .declaration = false, .simd = simd});
    });
    add("from-xml", [&](std::size_t i) {
      auto done = from_xml(s.xml[i], std::move(warm.encoded), {.base64_opaque = s.opaque_tags, .simd = simd});
      warm.encoded = std::move(*done);
    });
    add("copy-xml", [&](std::size_t i) { warm.copy = s.xml[i]; });
    add("pugixml-copy+parse", [&](std::size_t i) {
      warm.copy = s.xml[i];
      pugi::xml_document tree;
      keep(tree.load_buffer_inplace(warm.copy.data(), warm.copy.size()));
    });
    add("pugixml-print", [&](std::size_t i) {
      static Appender appender;
      appender.text.clear();
      warm.trees[i]->save(appender, "", pugi::format_raw | pugi::format_no_declaration);
    });
    if (peer && s.libwbxml_can) {
      add("libwbxml-tree", [&](std::size_t i) { keep(peer->tree(s.octets[i])); });
      if (s.size < 300000) {
        add("libwbxml-to-xml", [&](std::size_t i) { keep(peer->to_xml(s.octets[i], warm.copy)); });
        add("libwbxml-from-xml", [&](std::size_t i) { keep(peer->from_xml(s.xml[i], warm.target)); });
      }
    }
    return list;
  }

  SimdLevel simd;
  std::unique_ptr<LibwbxmlPeer> peer;
};

void count(Subject& subject) {
  for (const Bytes& octets : subject.octets) {
    subject.size += octets.size();
    Reader reader(octets);
    while (reader.next()) {
      const EventKind kind = reader.event().kind;
      if (kind == EventKind::end || kind == EventKind::text || kind == EventKind::opaque) {
        ++subject.tokens;
        continue;
      }
      ++subject.elements;
      subject.tokens += kind == EventKind::leaf || kind == EventKind::opaque_leaf ? 3 : 1;
    }
  }
  // A page switch is a token too, but only the storm has many.
  if (subject.name.starts_with("h-")) subject.tokens *= 2;
}

std::vector<Subject> subjects(const std::string& only, std::uint64_t seed) {
  std::vector<Subject> list;
  for (const std::string& name : test::corpus_names())
    list.push_back({name, test::corpus_documents(name), test::corpus_texts(name), test::corpus_opaque_tags(name)});
  for (Shape& shape : make_shapes(seed)) {
    const auto document = decode(shape.octets);
    const std::string xml = to_xml(*document, {.indent = false});
    list.push_back({shape.name, {shape.octets}, {xml}, {}});
  }
  std::erase_if(list, [&](const Subject& subject) { return !subject.name.starts_with(only); });
  for (Subject& subject : list) {
    count(subject);
    // It walks all siblings to append one, and overflows its stack on deep documents.
    subject.libwbxml_can = !subject.name.starts_with("h-") && !subject.name.starts_with("s-tiny");
  }
  return list;
}

using Times = std::map<std::string, double>;

Times times_of(const Subject& subject, const std::vector<Cell>& cells) {
  Times times;
  for (const Cell& cell : cells) times[cell.name] = cell.nanoseconds;
  times["pugixml-parse"] = std::max(1.0, times["pugixml-copy+parse"] - times["copy-xml"]);
  times["pugixml-parse+encode"] = times["pugixml-parse"] + times["encode"];
  times["per-document"] = static_cast<double>(subject.octets.size());
  times["per-token"] = static_cast<double>(subject.tokens);
  return times;
}

void add_rows(const Subject& subject, const Times& times, std::vector<Row>& rows) {
  const auto like = std::ranges::find(likenesses(), subject.name, &Likeness::document);
  const bool other_shape = like != likenesses().end();
  const std::string_view name = other_shape ? like->like : subject.name;
  for (const Goal& goal : goals()) {
    if (!name.starts_with(goal.document)) continue;
    const auto ours = times.find(std::string(goal.ours)), anchor = times.find(std::string(goal.anchor));
    if (ours == times.end() || anchor == times.end()) continue;
    const double ratio = ours->second / anchor->second;
    rows.push_back(
        {&goal, subject.name, goal.anchor_over_ours ? 1 / ratio : ratio, other_shape ? kLikenessSlack : 1.0});
  }
}

// Time per element from a thousand to a million elements; true when it stays within 20 % (and the tolerance).
bool scaling(SimdLevel simd) {
  constexpr double kFlat = 1.2, kTolerance = 1.1;
  std::printf("\n| elements | events, ns each | document, ns each |\n| ---: | ---: | ---: |\n");
  constexpr std::size_t kSizes[] = {1000, 10000, 100000, 1000000};
  std::vector<Bytes> octets;
  std::vector<Document> documents(std::size(kSizes));
  for (const std::size_t elements : kSizes) octets.push_back(make_folders(elements / 5, 1));
  std::vector<Cell> cells;  // all sizes in every round
  for (std::size_t i = 0; i < std::size(kSizes); ++i) {
    cells.push_back({"events", [&, i] { keep(sum_events(octets[i], simd)); }});
    cells.push_back({"document", [&, i] { keep(decode_into(octets[i], documents[i], {.simd = simd})); }});
  }
  measure(cells, 15, 3);
  double least[2] = {1e9, 1e9}, most[2] = {0, 0};
  for (std::size_t i = 0; i < std::size(kSizes); ++i) {
    double each[2];
    for (std::size_t k = 0; k < 2; ++k) {
      each[k] = cells[2 * i + k].nanoseconds / static_cast<double>(kSizes[i]);
      least[k] = std::min(least[k], each[k]);
      most[k] = std::max(most[k], each[k]);
    }
    std::printf("| %zu | %.2f | %.2f |\n", kSizes[i], each[0], each[1]);
  }
  return most[0] <= least[0] * kFlat * kTolerance && most[1] <= least[1] * kFlat * kTolerance;
}

struct Arguments {
  std::string tsv, only, cell;
  bool gate = false, table = false;
  int rounds = 61;
  std::uint64_t seed = 20261125;
  SimdLevel simd = SimdLevel::automatic;
};

int usage() {
  std::cerr << "usage: easel-wbxml-bench [--gate] [--table] [--tsv FILE] [--only DOCUMENT] [--cell OPERATION]\n"
               "                         [--rounds N] [--seed N] [--portable]\n"
               "  --table     the ratios once more, a row a document, as in wbxml/README.md\n"
               "  --gate      exit 1 when a ratio is more than 10 % below its floor\n"
               "  --cell      times only that (or several: events,encode), in cycles an element too\n"
               "  --seed      of the made documents\n"
               "  --portable  without AVX2 and AVX-512, as on a processor that lacks them\n";
  return 2;
}

bool is_listed(const std::string& name, const std::string& list) {
  return ("," + list + ",").find("," + name + ",") != std::string::npos;
}

int run(const Arguments& arguments) {
  Bench bench(arguments.simd);
  if (!bench.peer) std::cerr << "libwbxml is not installed: its ratios are left out\n";
  std::ofstream tsv;
  if (!arguments.tsv.empty()) tsv.open(arguments.tsv);
  if (tsv.is_open()) tsv << "document\toperation\tns\tMB/s WBXML\tns per element\tallocations\n";
  std::vector<Row> rows;
  const std::vector<Subject> all = subjects(arguments.only, arguments.seed);
  if (all.empty()) return std::cerr << "no document's name begins with '" << arguments.only << "'\n", 2;
  for (const Subject& subject : all) {
    if (!bench.verify(subject)) return 1;
    Bench::Warm warm;
    auto cells = bench.cells(subject, warm);
    if (!arguments.cell.empty())
      std::erase_if(cells, [&](const Cell& cell) { return !is_listed(cell.name, arguments.cell); });
    measure(cells, arguments.rounds, 1.5);
    std::printf("%-20s %8zu octets %7zu elements:", subject.name.c_str(), subject.size, subject.elements);
    for (const Cell& cell : cells) {
      std::printf(" %s %.4g", cell.name.c_str(), cell.nanoseconds / 1000);
      if (!arguments.cell.empty())
        std::printf(" us, cycles an element: %.4g", cell.cycles / static_cast<double>(subject.elements));
      tsv << subject.name << '\t' << cell.name << '\t' << cell.nanoseconds << '\t'
          << static_cast<double>(subject.size) * 1e3 / cell.nanoseconds << '\t'
          << cell.nanoseconds / static_cast<double>(subject.elements) << '\t' << cell.allocations << '\n';
    }
    std::printf("\n");
    std::fflush(stdout);
    if (!arguments.cell.empty()) continue;
    std::vector<Row> own;
    add_rows(subject, times_of(subject, cells), own);
    if (std::ranges::any_of(own, fails)) {  // once more: the machine is not ours alone
      measure(cells, arguments.rounds, 1.5);
      own.clear();
      add_rows(subject, times_of(subject, cells), own);
    }
    rows.insert(rows.end(), own.begin(), own.end());
  }
  if (!arguments.cell.empty()) return 0;
  print_ratios(rows);
  if (arguments.table) print_table(rows);
  int result = 0;
  if (arguments.gate) result = print_gate(rows) ? 0 : 1;
  if (arguments.only.empty() && !scaling(arguments.simd)) {
    std::printf("\ntime per element is not flat within 20 %%\n");
    if (arguments.gate) result = 1;
  }
  return result;
}

}  // namespace
}  // namespace easel::bench

int main(int argc, char** argv) {
  easel::bench::Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const bool has_value = i + 1 < argc;
    if (argument == "--gate")
      arguments.gate = true;
    else if (argument == "--table")
      arguments.table = true;
    else if (argument == "--portable")
      arguments.simd = easel::wbxml::SimdLevel::portable;
    else if (argument == "--tsv" && has_value)
      arguments.tsv = argv[++i];
    else if (argument == "--only" && has_value)
      arguments.only = argv[++i];
    else if (argument == "--cell" && has_value)
      arguments.cell = argv[++i];
    else if (argument == "--rounds" && has_value)
      arguments.rounds = std::max(1, std::atoi(argv[++i]));
    else if (argument == "--seed" && has_value)
      arguments.seed = std::strtoull(argv[++i], nullptr, 10);
    else
      return easel::bench::usage();
  }
  return easel::bench::run(arguments);
}

// One exported function a form, run on one corpus document: counted by callgrind, see wbxml_instructions.sh.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/golden/wbxml/wbxml_files.h"
#include "wbxml/decoder.h"
#include "wbxml/reader.h"
#include "wbxml/stream_reader.h"
#include "wbxml/writer.h"
#include "wbxml/xml_reader.h"
#include "wbxml/xml_text.h"

namespace {

using namespace easel::wbxml;

// The level is fixed, so that the count does not depend on the processor.
constexpr SimdLevel kLevel = SimdLevel::portable;

struct Work {
  Bytes octets, encoded;
  std::string xml, text;
  std::vector<Tag> opaque_tags;
  Document document;
};

}  // namespace

extern "C" {
[[gnu::noinline]] std::uint64_t wbxml_form_events(const Work& work) {
  std::uint64_t sum = 0;
  Reader reader(work.octets, {.simd = kLevel});
  while (reader.next()) sum += static_cast<std::uint64_t>(reader.event().kind) + reader.event().text.size();
  return sum;
}
[[gnu::noinline]] std::uint64_t wbxml_form_document(Work& work) {
  return decode_into(work.octets, work.document, {.simd = kLevel}) ? 1 : 0;
}
[[gnu::noinline]] std::uint64_t wbxml_form_stream(const Work& work) {
  std::uint64_t sum = 0;
  StreamReader reader({.simd = kLevel});
  const auto handler = [&](const Event& event) { sum += static_cast<std::uint64_t>(event.kind) + event.text.size(); };
  constexpr std::size_t kChunk = 16384;
  for (std::size_t at = 0; at < work.octets.size(); at += kChunk)
    if (!reader.feed(ByteView(work.octets).subspan(at, std::min(kChunk, work.octets.size() - at)), handler)) return 0;
  return reader.finish() ? sum : 0;
}
[[gnu::noinline]] std::uint64_t wbxml_form_encode(Work& work) {
  work.encoded = *encode(work.document, std::move(work.encoded), kLevel);
  return work.encoded.size();
}
[[gnu::noinline]] std::uint64_t wbxml_form_render(Work& work) {
  to_xml(work.document, work.text, {.indent = false, .declaration = false, .simd = kLevel});
  return work.text.size();
}
[[gnu::noinline]] std::uint64_t wbxml_form_from_xml(Work& work) {
  work.encoded = *from_xml(work.xml, std::move(work.encoded), {.base64_opaque = work.opaque_tags, .simd = kLevel});
  return work.encoded.size();
}
}

int main(int argc, char** argv) {
  if (argc != 3) return std::fputs("usage: wbxml_instructions FORM DOCUMENT\n", stderr), 2;
  const std::string form = argv[1], name = argv[2];
  Work work;
  work.octets = test::corpus_documents(name).front();
  work.xml = test::corpus_texts(name).front();
  work.opaque_tags = test::corpus_opaque_tags(name);
  std::uint64_t sum = 0;
  // Collection is on inside the named function only; the first runs warm the buffers and are subtracted by the script.
  const int runs = std::getenv("WBXML_RUNS") != nullptr ? std::atoi(std::getenv("WBXML_RUNS")) : 1;
  if (!decode_into(work.octets, work.document)) return 1;
  for (int i = 0; i < runs; ++i) {
    if (form == "events") sum += wbxml_form_events(work);
    if (form == "document") sum += wbxml_form_document(work);
    if (form == "stream") sum += wbxml_form_stream(work);
    if (form == "encode") sum += wbxml_form_encode(work);
    if (form == "render") sum += wbxml_form_render(work);
    if (form == "from_xml") sum += wbxml_form_from_xml(work);
  }
  return sum == 0 ? 1 : 0;
}

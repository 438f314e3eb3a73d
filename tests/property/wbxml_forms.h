// Reads a document by every form and says whether they tell the same story.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "wbxml/decode_options.h"
#include "wbxml/document.h"
#include "wbxml/error.h"
#include "wbxml/reader.h"
#include "wbxml/tokens.h"

namespace easel::wbxml::test {

/// What a form told: tags, texts and ends in order, however they were cut; or the refusal.
struct Story {
  std::string text;
  std::optional<Error> refusal;
  friend bool operator==(const Story& a, const Story& b) {
    if (a.refusal || b.refusal) return a.refusal == b.refusal;
    return a.text == b.text;
  }
};

[[nodiscard]] Story story_of(const Document& document);
[[nodiscard]] Story by_document(const Bytes& octets, const DecodeOptions& options = {});
[[nodiscard]] Story by_reader(const Bytes& octets, const DecodeOptions& options = {});
/// Chunks end at the given positions, which ascend.
[[nodiscard]] Story by_stream(const Bytes& octets, std::span<const std::size_t> splits,
                              const DecodeOptions& options = {});
/// Chunks of one size.
[[nodiscard]] Story by_stream(const Bytes& octets, std::size_t chunk, const DecodeOptions& options = {});
/// Replays the events into a Writer; the refusal when reading or writing fails.
[[nodiscard]] std::optional<Bytes> by_writer(const Bytes& octets);

/// Empty when all forms agree on these octets, at both instruction levels; otherwise what differs.
[[nodiscard]] std::string disagreement(const Bytes& octets);

}  // namespace easel::wbxml::test

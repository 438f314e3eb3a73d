#include "client/transport/content_decoder.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cctype>

namespace easel {
namespace {

constexpr std::size_t kMaxStages = 3;
constexpr int kGzipWindow = 15 + 16;
constexpr int kZlibWindow = 15;
constexpr int kRawWindow = -15;

/// Encodings in the order in which they were applied; empty if one of them is unknown or there are too many.
std::vector<std::string> parse_encodings(std::string_view value) {
  std::vector<std::string> out;
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    std::string name;
    for (const char c : value.substr(0, comma)) {
      if (c != ' ' && c != '\t') name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    value.remove_prefix(std::min(comma + 1, value.size()));
    if (name.empty() || name == "identity") continue;
    if ((name != "gzip" && name != "x-gzip" && name != "deflate") || out.size() == kMaxStages) return {};
    out.push_back(std::move(name));
  }
  return out;
}

}  // namespace

struct ContentDecoder::Stage {
  std::string name;
  z_stream stream{};
  bool open = false;
  bool ended = false;
  std::string head;  ///< deflate: the first octets, until zlib and raw deflate can be told apart
  std::uint64_t consumed = 0;
  std::uint64_t produced = 0;  ///< bounded too: an outer stage must not spin on what an inner one makes of nothing

  explicit Stage(std::string encoding) : name(std::move(encoding)) {}
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  ~Stage() {
    if (open) inflateEnd(&stream);
  }
  [[nodiscard]] bool is_gzip() const { return name != "deflate"; }
  bool begin(int window) {
    open = inflateInit2(&stream, window) == Z_OK;
    return open;
  }
};

ContentDecoder::ContentDecoder(std::string_view encodings) {
  const std::vector<std::string> names = parse_encodings(encodings);
  for (auto name = names.rbegin(); name != names.rend(); ++name) stages_.push_back(std::make_unique<Stage>(*name));
}
ContentDecoder::ContentDecoder(ContentDecoder&&) noexcept = default;
ContentDecoder& ContentDecoder::operator=(ContentDecoder&&) noexcept = default;
ContentDecoder::~ContentDecoder() = default;

ContentDecoder::Result ContentDecoder::feed(std::string_view bytes, std::string& out, std::uint64_t limit) {
  return feed_stage(0, bytes, out, limit);
}

ContentDecoder::Result ContentDecoder::feed_stage(std::size_t index, std::string_view bytes, std::string& out,
                                                  std::uint64_t limit) {
  if (bytes.empty()) return Result::Ok;
  if (index == stages_.size()) {
    if (out.size() + bytes.size() > limit) return Result::TooLarge;
    out.append(bytes);
    return Result::Ok;
  }
  Stage& stage = *stages_[index];
  std::string joined;
  if (!stage.open) {
    stage.head.append(bytes);
    if (stage.head.size() < 2) return Result::Ok;
    joined = std::move(stage.head);
    bytes = joined;
    // RFC 9110, 8.4.1.2: "deflate" is the zlib format, but many servers send raw deflate.
    const unsigned first = static_cast<unsigned char>(bytes[0]);
    const unsigned second = static_cast<unsigned char>(bytes[1]);
    const bool zlib = (first & 15) == 8 && (first << 8 | second) % 31 == 0;
    if (!stage.begin(stage.is_gzip() ? kGzipWindow : zlib ? kZlibWindow : kRawWindow)) {
      error_ = "zlib could not be started";
      return Result::Broken;
    }
  }
  std::string input(bytes);  // zlib wants a pointer to what is not const
  stage.stream.next_in = static_cast<Bytef*>(static_cast<void*>(input.data()));
  stage.stream.avail_in = static_cast<uInt>(input.size());
  std::array<char, 16384> part{};
  for (;;) {
    if (stage.ended) {
      if (stage.stream.avail_in == 0) return Result::Ok;
      if (!stage.is_gzip() || inflateReset(&stage.stream) != Z_OK) {
        error_ = "octets after the end of the " + stage.name + " stream";
        return Result::Broken;
      }
      stage.ended = false;  // RFC 1952, 2.2: members follow one another
    }
    stage.stream.next_out = static_cast<Bytef*>(static_cast<void*>(part.data()));
    stage.stream.avail_out = static_cast<uInt>(part.size());
    const uInt before = stage.stream.avail_in;
    const int code = inflate(&stage.stream, Z_NO_FLUSH);
    stage.consumed += before - stage.stream.avail_in;
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
      error_ = "the " + stage.name + " stream is broken at octet " + std::to_string(stage.consumed);
      return Result::Broken;
    }
    stage.ended = code == Z_STREAM_END;
    const std::size_t made = part.size() - stage.stream.avail_out;
    stage.produced += made;
    if (stage.produced > limit) return Result::TooLarge;
    const Result result = feed_stage(index + 1, {part.data(), made}, out, limit);
    if (result != Result::Ok) return result;
    if (stage.stream.avail_in == 0 && stage.stream.avail_out != 0) return Result::Ok;
    if (code == Z_BUF_ERROR && made == 0) return Result::Ok;
  }
}

ContentDecoder::Result ContentDecoder::finish() {
  for (const auto& stage : stages_) {
    const bool begun = stage->open || !stage->head.empty();
    if (begun && !stage->ended) {
      error_ = "the " + stage->name + " stream ends early, after octet " +
               std::to_string(stage->consumed + stage->head.size());
      return Result::Broken;
    }
  }
  return Result::Ok;
}

}  // namespace easel

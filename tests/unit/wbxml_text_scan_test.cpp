// The vector loops over text against the one that goes character by character, with the text right before memory that
// must not be touched.
#include <doctest/doctest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "wbxml/text_scan.h"

using namespace easel::wbxml;
using namespace easel::wbxml::detail;

namespace {

// A page, and behind it one that nobody may read.
class LastPage {
 public:
  LastPage() : size_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    void* const pages = mmap(nullptr, 2 * size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(pages != MAP_FAILED);
    pages_ = static_cast<std::uint8_t*>(pages);
    REQUIRE(mprotect(pages_ + size_, size_, PROT_NONE) == 0);
  }
  ~LastPage() { munmap(pages_, 2 * size_); }
  LastPage(const LastPage&) = delete;
  LastPage& operator=(const LastPage&) = delete;
  const std::uint8_t* place(const std::string& text) {
    REQUIRE(text.size() <= size_);
    std::uint8_t* const at = end() - text.size();
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    return at;
  }
  [[nodiscard]] std::uint8_t* begin() const { return pages_; }
  [[nodiscard]] std::uint8_t* end() const { return pages_ + size_; }

 private:
  std::size_t size_;
  std::uint8_t* pages_ = nullptr;
};

TextWindow window_from(const std::uint8_t* begin, const std::uint8_t* p, const std::uint8_t* end) {
#if defined(__SSE2__)
  return window_at(begin, p, end);
#else
  static_cast<void>(begin), static_cast<void>(end);
  return {p, 0};
#endif
}

// As the token step uses a window.
TextEnd text_end(TextWindow& window, const std::uint8_t* begin, const std::uint8_t* p, const std::uint8_t* end,
                 ScanText scan) {
  const std::uint8_t* const suspect = next_suspect(window, begin, p, end);
  if (suspect != nullptr && *suspect == 0) return {suspect, TextState::found, false};
  return scan(p, end);
}

void compare(LastPage& page, const std::string& text) {
  const std::uint8_t* const p = page.place(text);
  const TextEnd wanted = scan_text_portable(p, page.end());
  for (const SimdLevel level : {SimdLevel::automatic, SimdLevel::avx512, SimdLevel::avx2, SimdLevel::portable}) {
    const TextEnd found = find_text_end(p, p, page.end(), scan_text_for(level));
    const TextEnd direct = scan_text_for(level)(p, page.end());
    const auto equal = [&](const TextEnd& end) {
      // What is ill-formed is refused, whatever else is odd about it.
      const bool odd_alike = end.not_xml == wanted.not_xml || wanted.state == TextState::bad;
      return end.at == wanted.at && end.state == wanted.state && odd_alike;
    };
    bool same = equal(found) && equal(direct);
    // Through a window that is of no use, one that begins before the text, and in a buffer that begins with it.
    for (const std::ptrdiff_t back : {0, 1, 20, 63, 64}) {
      if (text.empty()) break;
      TextWindow window = window_from(page.begin(), p - back, page.end());
      same = same && equal(text_end(window, page.begin(), p, page.end(), scan_text_for(level)));
      same = same && equal(text_end(window, page.begin(), p, page.end(), scan_text_for(level)));
    }
    TextWindow window{p, 0};
    same = same && (text.empty() || equal(text_end(window, p, p, page.end(), scan_text_for(level))));
    std::string copy(text.size() + 64, '?');
    const TextEnd copied = copy_text_for(level)(p, page.end(), reinterpret_cast<std::uint8_t*>(copy.data()));
    same = same && equal(copied);
    if (copied.at == page.end()) same = same && copy.starts_with(text);
    if (!same) {
      INFO(text);
      CAPTURE(static_cast<int>(level));
      CHECK(same);
    }
  }
}

const char* const kPieces[] = {
    "\xC3\xA4",
    "\xD0\x94",
    "\xE4\xB8\xAD",
    "\xEF\xBC\x8C",
    "\xF0\x9F\x98\x80",
    "\xEF\xBF\xBD",  // good
    "\xEF\xBF\xBE",
    "\xEF\xBF\xBF",
    "\xEF\xBE\xBF",
    "\x01",
    "\x19",
    "\x1D",
    "\x7F",
    "\t",
    "\r\n",  // odd, or nearly
    "\xC0\x80",
    "\xC1\xBF",
    "\xE0\x80\x80",
    "\xE0\x9F\xBF",
    "\xED\xA0\x80",
    "\xED\xBF\xBF",
    "\xF0\x80\x80\x80",
    "\xF0\x8F\xBF\xBF",
    "\xF4\x90\x80\x80",
    "\xF5\x80\x80\x80",
    "\xFF",
    "\x80",
    "\xC3",
    "\xE4\xB8",
    "\xF0\x9F\x98",
    "\xC3\xC3\xA4",
    "\xE4\xB8\xADx\x80",  // ill-formed
};

}  // namespace

TEST_CASE("every loop finds the same end, at every place in a block") {
  LastPage page;
  for (const char* piece : kPieces) {
    for (std::size_t before = 0; before <= 140; ++before) {
      for (const std::size_t after : {std::size_t{0}, std::size_t{1}, std::size_t{30}, std::size_t{70}}) {
        std::string text(before, 'x');
        text += piece;
        text.append(after, 'y');
        compare(page, text);
        text += '\0';
        compare(page, text);
        compare(page, text + "\x01\xFF behind it");
        compare(page, text + "\xEF\xBF\xBE behind it, and well-formed");
        // The same among characters of three octets, and of two, so that no block is ASCII.
        for (const std::string_view character : {std::string_view("\xE4\xB8\xAD"), std::string_view("\xD0\x94")}) {
          if (before % character.size() != 0) continue;
          std::string wide;
          while (wide.size() < before) wide += character;
          compare(page, wide + piece + std::string(after, 'y') + '\0');
          compare(page, wide + piece + wide + wide + '\0');
        }
      }
    }
  }
}

TEST_CASE("every loop finds the same end of random texts") {
  LastPage page;
  std::mt19937 random(20261125);
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    const std::size_t parts = below(12);
    for (std::size_t i = 0; i < parts; ++i) {
      if (below(3) == 0)
        text += kPieces[below(below(4) == 0 ? std::size(kPieces) : 6)];
      else
        text.append(below(60), static_cast<char>('a' + below(26)));
    }
    if (below(4) != 0) text += '\0';
    compare(page, text);
  }
}

// Long copies store to whole cache lines, wherever they begin.
TEST_CASE("a long copy is the text, and judged alike, at every alignment") {
  std::mt19937 random(20261128);
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  std::vector<std::uint8_t> room(4096);
  for (int round = 0; round < 4000; ++round) {
    const std::size_t size = 1000 + below(1500);
    std::string text;
    const std::string_view filler = below(2) == 0 ? "x" : below(2) == 0 ? "\xD0\x94" : "\xE4\xB8\xAD";
    while (text.size() < size) text += filler;
    for (std::size_t i = below(4); i > 0; --i) {
      const std::size_t at = below(below(2) == 0 ? text.size() : 130) / filler.size() * filler.size();
      text.insert(at, kPieces[below(below(4) == 0 ? std::size(kPieces) : 6)]);
    }
    const auto* const begin = reinterpret_cast<const std::uint8_t*>(text.data());
    const std::uint8_t* const end = begin + text.size();
    const TextEnd wanted = scan_text_portable(begin, end);
    for (const SimdLevel level : {SimdLevel::automatic, SimdLevel::avx2, SimdLevel::portable}) {
      std::fill(room.begin(), room.end(), std::uint8_t{'?'});
      std::uint8_t* const to = room.data() + below(64);
      const TextEnd copied = copy_text_for(level)(begin, end, to);
      REQUIRE(copied.at == wanted.at);
      REQUIRE(copied.state == wanted.state);
      if (copied.state == TextState::bad) continue;
      REQUIRE(copied.not_xml == wanted.not_xml);
      REQUIRE(std::equal(begin, copied.at, to));
    }
  }
}

// Small documents are a buffer of their own.
TEST_CASE("a window over a buffer of any size finds all its texts") {
  LastPage page;
  std::mt19937 random(20261128);
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  for (std::size_t size = 1; size <= 200; ++size) {
    for (int round = 0; round < 60; ++round) {
      std::string buffer;
      while (buffer.size() < size) {
        buffer.append(below(12), 'x');
        if (below(5) == 0) buffer += kPieces[below(std::size(kPieces))];
        buffer += '\0';
      }
      buffer.resize(size);
      const std::uint8_t* const begin = page.place(buffer);
      for (const SimdLevel level : {SimdLevel::automatic, SimdLevel::avx2, SimdLevel::portable}) {
        TextWindow window{begin, 0};
        for (const std::uint8_t* p = begin; p != page.end();) {
          const TextEnd wanted = scan_text_portable(p, page.end());
          const TextEnd found = text_end(window, begin, p, page.end(), scan_text_for(level));
          REQUIRE(found.at == wanted.at);
          REQUIRE(found.state == wanted.state);
          if (found.state != TextState::bad) REQUIRE(found.not_xml == wanted.not_xml);
          p = std::find(p, static_cast<const std::uint8_t*>(page.end()), 0);
          if (p != page.end()) ++p;
        }
        // Behind the last octet there is nothing, whatever the window was.
        TextWindow fresh{begin, 0};
        REQUIRE(next_suspect(window, begin, page.end(), page.end()) == nullptr);
        REQUIRE(next_suspect(fresh, begin, page.end(), page.end()) == nullptr);
      }
    }
  }
}

TEST_CASE("a level that the processor lacks comes to one that it has") {
  for (const SimdLevel level : {SimdLevel::automatic, SimdLevel::portable, SimdLevel::avx2, SimdLevel::avx512}) {
    const SimdLevel found = simd_for(level);
    CHECK(found != SimdLevel::automatic);
    CHECK(simd_for(level) == found);
    if (level != SimdLevel::automatic) CHECK(found <= level);
  }
  CHECK(simd_for(SimdLevel::portable) == SimdLevel::portable);
  CHECK(simd_for(SimdLevel::automatic) == simd_for(SimdLevel::avx512));
}

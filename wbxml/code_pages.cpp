#include "wbxml/code_pages.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <type_traits>
#include <utility>

namespace easel::wbxml {
namespace {

struct TagRow {
  Tag tag;
  std::string_view name, since;
};
struct PageRow {
  std::uint8_t page;
  std::string_view name;
};
struct NameRow {
  Tag tag;
  std::string_view name;
};

#define EAS_PAGE(page, Namespace)
#define EAS_TAG(page, token, Namespace, Name, since) TagRow{{page, token}, #Name, since},
constexpr TagRow kTags[] = {
#include "wbxml/code_pages.inc"
};
#undef EAS_PAGE
#undef EAS_TAG
#define EAS_PAGE(page, Namespace) PageRow{page, #Namespace},
#define EAS_TAG(page, token, Namespace, Name, since)
constexpr PageRow kPageRows[] = {
#include "wbxml/code_pages.inc"
};
#undef EAS_PAGE
#undef EAS_TAG
#define EAS_ALIAS(page, token, name) NameRow{{page, token}, name},
constexpr NameRow kAliases[] = {
#include "wbxml/code_page_aliases.inc"
};
#undef EAS_ALIAS

constexpr std::array<std::uint64_t, 256> valid_tokens() {
  std::array<std::uint64_t, 256> masks{};
  for (const TagRow& row : kTags) masks[row.tag.page] |= std::uint64_t{1} << row.tag.token;
  return masks;
}

// The table proves itself: ranges, no token and no name twice on a page, pages in order, aliases that point at tags.
constexpr bool in_range() {
  for (const TagRow& row : kTags)
    if (row.tag.page >= kPages || row.tag.token < kFirstTagToken || row.tag.token > kTokenBits) return false;
  for (std::size_t i = 0; i < std::size(kPageRows); ++i)
    if (kPageRows[i].page != i) return false;
  return std::size(kPageRows) == kPages;
}
constexpr bool no_duplicates() {
  for (std::size_t i = 0; i < std::size(kTags); ++i)
    for (std::size_t k = i + 1; k < std::size(kTags) && kTags[k].tag.page == kTags[i].tag.page; ++k)
      if (kTags[k].tag.token == kTags[i].tag.token || kTags[k].name == kTags[i].name) return false;
  return true;
}
constexpr bool grouped_by_page() {
  for (std::size_t i = 1; i < std::size(kTags); ++i)
    if (kTags[i].tag.page < kTags[i - 1].tag.page) return false;
  return true;
}
constexpr bool aliases_hold() {
  for (const NameRow& alias : kAliases) {
    if (((valid_tokens()[alias.tag.page] >> alias.tag.token) & 1) == 0) return false;
    for (const TagRow& row : kTags)
      if (row.tag.page == alias.tag.page && row.name == alias.name) return false;
  }
  return true;
}
static_assert(in_range());
static_assert(no_duplicates());
static_assert(grouped_by_page());
static_assert(aliases_hold());

constexpr auto rows_by_tag() {
  std::array<std::uint16_t, std::size_t{kPages} * 64> rows{};  // row number + 1; 0 = no such tag
  for (std::size_t i = 0; i < std::size(kTags); ++i) rows[kTags[i].tag.index()] = static_cast<std::uint16_t>(i + 1);
  return rows;
}
constexpr auto kRowByTag = rows_by_tag();

const TagRow* row_of(Tag tag) {
  if (tag.page >= kPages || tag.token > kTokenBits) return nullptr;
  const std::uint16_t row = kRowByTag[tag.index()];
  return row == 0 ? nullptr : &kTags[row - 1];
}

constexpr NameCell cell_of(std::string_view before, std::string_view name, std::string_view after) {
  NameCell cell{};
  for (const std::string_view part : {before, name, after})
    for (const char c : part) cell.text[cell.length++] = c;
  return cell;
}
constexpr auto tag_cells() {
  std::array<NameCell, std::size_t{kPages} * 64> cells{};
  for (const TagRow& row : kTags) cells[row.tag.index()] = cell_of("", row.name, ">");
  return cells;
}
constexpr auto namespace_cells() {
  std::array<NameCell, kPages> cells{};
  for (const PageRow& row : kPageRows) cells[row.page] = cell_of(" xmlns=\"", row.name, "\">");
  return cells;
}

// Names hash into an open table. The key is made of the ends of the name, read as words; where they overlap all of it,
// equal keys are equal names.
struct NameKey {
  std::uint64_t head = 0, middle = 0, tail = 0;
  friend constexpr bool operator==(const NameKey&, const NameKey&) = default;
};
constexpr std::size_t kCoveredByKey = 24;

template <class Word>
constexpr std::uint64_t load(const char* p) {
  if (std::is_constant_evaluated()) {
    std::uint64_t word = 0;
    for (std::size_t i = sizeof(Word); i-- > 0;) word = word << 8 | static_cast<std::uint8_t>(p[i]);
    return word;
  }
  Word word = 0;
  std::memcpy(&word, p, sizeof word);
  return word;
}
constexpr NameKey key_of(std::string_view name) {
  const char* p = name.data();
  const std::size_t n = name.size();
  if (n > 16) return {load<std::uint64_t>(p), load<std::uint64_t>(p + 8), load<std::uint64_t>(p + n - 8)};
  if (n >= 8) return {load<std::uint64_t>(p), 0, load<std::uint64_t>(p + n - 8)};
  if (n >= 4) return {load<std::uint32_t>(p) | load<std::uint32_t>(p + n - 4) << 32, 0, 0};
  if (n == 0) return {};
  return {load<std::uint8_t>(p) | load<std::uint8_t>(p + n / 2) << 8 | load<std::uint8_t>(p + n - 1) << 16, 0, 0};
}
constexpr std::size_t kBuckets = 4096;
constexpr std::size_t bucket_of(std::uint8_t page, const NameKey& key, std::size_t length) {
  const std::uint64_t mixed = (key.head ^ std::uint64_t{page} * 0x9E3779B97F4A7C15u) * 0xD6E8FEB86659FD93u ^
                              (key.tail + length) * 0xA0761D6478BD642Fu;
  return (mixed ^ (mixed >> 29)) >> 7 & (kBuckets - 1);
}
constexpr std::size_t kNames = std::size(kTags) + std::size(kAliases);
static_assert(kNames * 4 < kBuckets);

struct NameEntry {
  NameKey key;
  const char* name;
  std::uint16_t length;
  Tag tag;
};
constexpr auto name_entries() {
  std::array<NameEntry, kNames> entries{};
  std::size_t i = 0;
  for (const TagRow& row : kTags)
    entries[i++] = {key_of(row.name), row.name.data(), static_cast<std::uint16_t>(row.name.size()), row.tag};
  for (const NameRow& row : kAliases)
    entries[i++] = {key_of(row.name), row.name.data(), static_cast<std::uint16_t>(row.name.size()), row.tag};
  return entries;
}
constexpr auto kNameEntries = name_entries();

constexpr auto name_table() {
  std::array<std::uint16_t, kBuckets> table{};
  for (std::size_t i = 0; i < kNames; ++i) {
    const NameEntry& entry = kNameEntries[i];
    std::size_t bucket = bucket_of(entry.tag.page, entry.key, entry.length);
    while (table[bucket] != 0) bucket = (bucket + 1) % kBuckets;
    table[bucket] = static_cast<std::uint16_t>(i + 1);
  }
  return table;
}
constexpr auto kNameTable = name_table();

// Namespaces as the tables spell them; other spellings are looked for one by one.
constexpr std::size_t kPageBuckets = 128;
constexpr std::size_t page_bucket_of(std::string_view name) {
  const auto octet = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(name[i])); };
  return (octet(0) + octet(name.size() / 2) * 5 + octet(name.size() - 1) * 3 + name.size() * 9) % kPageBuckets;
}
constexpr auto page_table() {
  std::array<std::uint8_t, kPageBuckets> table{};  // page + 1; 0 = none
  for (const PageRow& row : kPageRows) {
    std::size_t bucket = page_bucket_of(row.name);
    while (table[bucket] != 0) bucket = (bucket + 1) % kPageBuckets;
    table[bucket] = static_cast<std::uint8_t>(row.page + 1);
  }
  return table;
}
constexpr auto kPageTable = page_table();

// The key does not cover the middle of a long name; no two on a page have the same.
constexpr bool long_keys_differ() {
  for (const NameEntry& a : kNameEntries) {
    if (a.length <= kCoveredByKey) continue;
    for (const NameEntry& b : kNameEntries)
      if (b.length == a.length && &a != &b && a.key == b.key && a.tag.page == b.tag.page) return false;
  }
  return true;
}
static_assert(long_keys_differ());
[[gnu::noinline]] std::optional<Tag> tag_if_same(const NameEntry& entry, std::string_view name) {
  if (std::memcmp(entry.name, name.data(), name.size()) != 0) return std::nullopt;
  return entry.tag;
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

constexpr std::size_t kLongestCompared = 64;

// Letters to change, insert or drop to come from one word to the other, ignoring case.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::array<std::size_t, kLongestCompared + 1> row{};
  for (std::size_t k = 0; k <= b.size(); ++k) row[k] = k;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t k = 1; k <= b.size(); ++k) {
      const std::size_t change = diagonal + (lower(a[i - 1]) == lower(b[k - 1]) ? 0 : 1);
      diagonal = std::exchange(row[k], std::min({row[k] + 1, row[k - 1] + 1, change}));
    }
  }
  return row[b.size()];
}

class Nearest {
 public:
  explicit Nearest(std::string_view name)
      : name_(name), best_distance_(std::max<std::size_t>(2, name.size() / 3) + 1) {}
  void offer(std::string_view candidate) {
    if (name_.size() > kLongestCompared) return;
    const std::size_t distance = edit_distance(name_, candidate);
    if (distance < best_distance_) {
      best_distance_ = distance;
      best_ = candidate;
    }
  }
  [[nodiscard]] std::string_view best() const { return best_; }

 private:
  std::string_view name_, best_;
  std::size_t best_distance_;
};

}  // namespace

constinit const std::array<std::uint64_t, 256> kValidTokens = valid_tokens();
constinit const std::array<NameCell, std::size_t{kPages} * 64> kTagCells = tag_cells();
constinit const std::array<NameCell, kPages> kNamespaceCells = namespace_cells();

std::string_view namespace_of(std::uint8_t page) { return page < kPages ? kPageRows[page].name : std::string_view{}; }

std::string_view tag_name(Tag tag) {
  const TagRow* row = row_of(tag);
  return row == nullptr ? std::string_view{} : row->name;
}

std::string_view tag_since(Tag tag) {
  const TagRow* row = row_of(tag);
  return row == nullptr ? std::string_view{} : row->since;
}

std::optional<std::uint8_t> page_of(std::string_view name) {
  if (name.ends_with(':')) name.remove_suffix(1);
  if (name.empty()) return std::nullopt;
  for (std::size_t bucket = page_bucket_of(name); kPageTable[bucket] != 0; bucket = (bucket + 1) % kPageBuckets) {
    const PageRow& row = kPageRows[kPageTable[bucket] - 1u];
    if (row.name == name) return row.page;
  }
  const char first = lower(name.front());
  for (const PageRow& row : kPageRows)
    if (row.name.size() == name.size() && lower(row.name.front()) == first && same_letters(row.name, name))
      return row.page;
  return std::nullopt;
}

std::optional<Tag> find_tag(std::uint8_t page, std::string_view name) {
  const NameKey key = key_of(name);
  for (std::size_t bucket = bucket_of(page, key, name.size()); kNameTable[bucket] != 0;
       bucket = (bucket + 1) % kBuckets) {
    const NameEntry& entry = kNameEntries[kNameTable[bucket] - 1u];
    if (entry.key != key || entry.tag.page != page || entry.length != name.size()) continue;
    return name.size() <= kCoveredByKey ? entry.tag : tag_if_same(entry, name);
  }
  return std::nullopt;
}

std::optional<Tag> find_tag(std::string_view qualified_name) {
  const std::size_t colon = qualified_name.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto page = page_of(qualified_name.substr(0, colon));
  if (!page) return std::nullopt;
  return find_tag(*page, qualified_name.substr(colon + 1));
}

std::string_view nearest_tag_name(std::uint8_t page, std::string_view name) {
  Nearest nearest(name);
  for (const TagRow& row : kTags)
    if (row.tag.page == page) nearest.offer(row.name);
  return nearest.best();
}

std::string_view nearest_namespace(std::string_view name) {
  if (name.ends_with(':')) name.remove_suffix(1);
  Nearest nearest(name);
  for (const PageRow& row : kPageRows) nearest.offer(row.name);
  return nearest.best();
}

}  // namespace easel::wbxml

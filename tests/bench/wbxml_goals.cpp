#include <string_view>

#include "tests/bench/wbxml_goals.h"

namespace easel::bench {

namespace {

constexpr Goal kGoals[] = {
    // Events against the tree of libwbxml.
    {"a1", "events", "libwbxml-tree", true, 55, 90},
    {"a2", "events", "libwbxml-tree", true, 75, 115},
    {"b-", "events", "libwbxml-tree", true, 42, 70},
    {"c-", "events", "libwbxml-tree", true, 46, 75},
    {"d-", "events", "libwbxml-tree", true, 4, 6},
    {"f-", "events", "libwbxml-tree", true, 55, 90},
    {"i-", "events", "libwbxml-tree", true, 55, 90},
    {"g-", "events", "libwbxml-tree", true, 45, 75},
    {"h2-cyrillic", "events", "libwbxml-tree", true, 16, 26},
    {"h2-cjk", "events", "libwbxml-tree", true, 4.4, 7},
    {"d-", "events", "memcpy", false, 1.8, 1.2},
    {"e-", "events", "memcpy", false, 0.005, 0.001},
    {"e-", "document", "memcpy", false, 0.005, 0.001},
    // The flat document against pugixml's parse of the same content.
    {"a", "document", "pugixml-parse", true, 2.5, 4},
    {"b-", "document", "pugixml-parse", true, 4.2, 6.8},
    {"c-", "document", "pugixml-parse", true, 4.8, 8},
    {"d-", "document", "pugixml-parse", true, 12, 20},
    {"f-", "document", "pugixml-parse", true, 3.4, 5.5},
    {"i-", "document", "pugixml-parse", true, 3.4, 5.5},
    {"g-", "document", "pugixml-parse", true, 3.8, 6.3},
    {"h-", "document", "pugixml-parse", true, 4.2, 7},
    {"h2-cyrillic", "document", "pugixml-parse", true, 3, 4.9},
    {"h2-cjk", "document", "pugixml-parse", true, 4.5, 7.4},
    // Encoding against the time of events.
    {"a", "encode", "events", false, 1.4, 1.0},
    {"b-", "encode", "events", false, 1.4, 1.05},
    {"c-", "encode", "events", false, 1.4, 1.1},
    {"d-", "encode", "events", false, 2.0, 1.45},
    {"e-", "encode", "memcpy", false, 1.3, 1.05},
    {"f-", "encode", "events", false, 2.2, 1.8},
    {"i-", "encode", "events", false, 2.2, 1.8},
    {"g-", "encode", "events", false, 1.4, 1.05},
    {"h-", "encode", "events", false, 1.3, 0.95},
    {"h2", "encode", "events", false, 1.5, 1.2},
    // XML text against pugixml's serialiser.
    {"a", "render", "pugixml-print", true, 1.8, 2.8},
    {"b-", "render", "pugixml-print", true, 1.9, 3},
    {"c-", "render", "pugixml-print", true, 1.8, 3},
    {"d-", "render", "pugixml-print", true, 1.9, 3.2},
    {"e-", "render", "pugixml-print", true, 3.5, 6},
    {"f-", "render", "pugixml-print", true, 1.6, 2.6},
    {"i-", "render", "pugixml-print", true, 1.6, 2.6},
    {"g-", "render", "pugixml-print", true, 1.7, 2.8},
    {"h-", "render", "pugixml-print", true, 1.2, 1.9},
    {"h2", "render", "pugixml-print", true, 1.5, 2.5},
    // XML to WBXML against pugixml's parse and our encoding.
    {"a", "from-xml", "pugixml-parse+encode", true, 1.0, 1.4},
    {"b-", "from-xml", "pugixml-parse+encode", true, 1.0, 1.6},
    {"c-", "from-xml", "pugixml-parse+encode", true, 1.0, 1.6},
    {"d-", "from-xml", "pugixml-parse+encode", true, 1.0, 1.4},
    {"e-", "from-xml", "pugixml-parse+encode", true, 2.4, 4},
    {"f-", "from-xml", "pugixml-parse+encode", true, 0.8, 1.3},
    {"i-", "from-xml", "pugixml-parse+encode", true, 0.8, 1.3},
    {"g-", "from-xml", "pugixml-parse+encode", true, 1.0, 1.5},
    {"h-", "from-xml", "pugixml-parse+encode", true, 0.5, 0.9},
    {"h2", "from-xml", "pugixml-parse+encode", true, 1.0, 1.4},
    // Streaming in 16 KiB chunks against events on the whole.
    {"a", "stream-16k", "events", false, 1.3, 1.05},
    {"b-", "stream-16k", "events", false, 1.3, 1.05},
    {"c-", "stream-16k", "events", false, 1.9, 1.25},
    {"d-", "stream-16k", "events", false, 1.9, 1.25},
    {"f-", "stream-16k", "events", false, 1.3, 1.05},
    {"g-", "stream-16k", "events", false, 1.3, 1.05},
    // Absolute, for the machine of the table only: nanoseconds a document, a token.
    {"i-", "events", "per-document", false, 85, 50},
    {"h-", "events", "per-token", false, 2.2, 1.4},
};

// Made documents of other shapes, and the class whose goals they are held to.
constexpr Likeness kLikenesses[] = {
    {"s-contacts", "b-"}, {"s-headers", "b-"}, {"s-folders", "a1"}, {"s-tiny-fields", "a1"}, {"s-nested", "a1"},
};

}  // namespace

std::span<const Likeness> likenesses() { return kLikenesses; }

std::span<const Goal> goals() { return kGoals; }

}  // namespace easel::bench

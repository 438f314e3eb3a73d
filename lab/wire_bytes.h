#pragma once
// Bytes for wire scripts that are too long or too odd to stand in a row of the fault table.

#include <cstddef>
#include <string>

namespace easel::lab {

/// The begin of a gzip stream of the letter A without end; what gzip_bomb_more() gives may follow again and again.
[[nodiscard]] std::string gzip_bomb_begin();
/// Some 65 KiB that stand for about 10 MiB.
[[nodiscard]] std::string gzip_bomb_more();
/// A whole gzip stream of nothing.
[[nodiscard]] std::string gzip_of_nothing();
/// `count` times `text`.
[[nodiscard]] std::string repeated(const std::string& text, std::size_t count);
/// `text` as one chunk of a chunked body.
[[nodiscard]] std::string chunk(const std::string& text);

}  // namespace easel::lab

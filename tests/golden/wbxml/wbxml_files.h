// Reads the WBXML test data of this folder: tables, vectors, corpus; packed or not.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "wbxml/tokens.h"

namespace easel::wbxml::test {

/// A file of this folder by relative name; unpacks `name.gz` when only that exists. Throws when neither does.
[[nodiscard]] std::string read_file(const std::string& name);
/// True when the file or its packed form exists.
[[nodiscard]] bool has_file(const std::string& name);
/// Rows of a tab separated table, by column name.
[[nodiscard]] std::vector<std::map<std::string, std::string>> read_table(const std::string& name);
/// A corpus document (by its index.tsv name), or the documents of a pack.
[[nodiscard]] std::vector<Bytes> corpus_documents(const std::string& name);
/// The XML texts that belong to them.
[[nodiscard]] std::vector<std::string> corpus_texts(const std::string& name);
/// Tags that the corpus document's XML gives as base64.
[[nodiscard]] std::vector<Tag> corpus_opaque_tags(const std::string& name);
/// Names of index.tsv.
[[nodiscard]] std::vector<std::string> corpus_names();

[[nodiscard]] inline Bytes to_bytes(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace easel::wbxml::test
